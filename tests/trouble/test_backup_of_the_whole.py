"""A backup of a site at work, restored elsewhere: the same people, records, attachments and ways in."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.trouble.conftest import linux_only
from tests.trouble.installation import Installation
from tests.trouble.resources import paper, report
from tests.trouble.test_killed import Traffic
from tests.trouble.visitor import ApiClient, Visitor, rows
from unidossier.demo.fill.ids import patient_id

pytestmark = [linux_only, pytest.mark.prove]

DOCTOR = "an.verlinden"
RITA = patient_id("p-000001")
FILE = re.compile(r'"(/ward/file/[0-9a-f-]{36}/([0-9a-f]{64})/)"')
PAPER = b"%PDF-1.4 " + b"a paper of some length. " * 50_000


@pytest.fixture
def saved(filled: Installation, tmp_path: Path) -> tuple[Path, list[tuple[str, str]], str]:
    """A backup made while reports are written; what was stored before it began; and what it said."""
    filled.start()
    token = filled.token(DOCTOR)
    with ApiClient(filled.port, token=token) as client:
        answers = [
            client.create(report(str(RITA), mark="before the backup")),
            client.create(paper(str(RITA), mark="before", data=PAPER)),
        ]
        assert [answer.status_code for answer in answers] == [201, 201], answers[-1].text[:400]
    kept = [(answer.json()["resourceType"], answer.json()["id"]) for answer in answers]
    with Traffic(filled, token=token) as traffic:
        traffic.await_more()
        done = filled.run("backup", tmp_path / "saved.tar")
        traffic.await_more()
    assert done.returncode == 0, done.stderr
    assert traffic.pages.empty == [] and traffic.written.unexpected == []
    kept += list(traffic.written.kept.values())[:5]  # stored before `backup` began
    assert filled.stop() == 0
    return tmp_path / "saved.tar", kept, done.stdout


def test_a_restored_site_is_the_saved_one(
    saved: tuple[Path, list[tuple[str, str]], str], filled: Installation, tmp_path: Path, record_property
) -> None:
    tar, kept, told = saved
    restored = Installation(tmp_path / "elsewhere")
    done = restored.run("restore", tar)
    assert done.returncode == 0, done.stderr
    rows_saved = int(told.split(" rows of ")[0].removeprefix("Saved "))
    assert done.stdout.startswith(f"Restored {rows_saved} rows of ")
    try:
        restored.start()
        assert "are there already" in restored.shown
        assert restored.halves() == {}
        assert_readable(restored, kept)
        record_property("attachments", assert_files_open(restored))
        record_property("restored_rows", rows_saved)
        assert restored.stop() == 0
    finally:
        restored.end()


def assert_readable(site: Installation, kept: list[tuple[str, str]]) -> None:
    """Everything stored before the backup is there, the large file too."""
    with ApiClient(site.port, token=site.token(DOCTOR)) as client:
        answers = {(kind, id_): client.read(kind, id_) for kind, id_ in kept}
        assert {answer.status_code for answer in answers.values()} == {200}
        paper_id = next(id_ for kind, id_ in kept if kind == "DocumentReference")
        assert len(answers["DocumentReference", paper_id].content) > len(PAPER)


def assert_files_open(site: Installation) -> int:
    """Open the attachments that the pages of a record offer; return how many."""
    opened: dict[str, str] = {}
    with Visitor(site.port) as visitor:
        visitor.sign_in(DOCTOR)
        page = visitor.get(f"/ward/patient/{RITA}/?kind=letter&kind=imaging&kind=discharge").text
        assert rows(page) > 5
        for item in dict.fromkeys(re.findall(r"item=([0-9a-f-]{36})", page)):
            found = FILE.findall(visitor.get(f"/ward/patient/{RITA}/?item={item}").text)
            opened |= {address: sha256 for address, sha256 in found}
            if len(opened) > 8:
                break
        assert opened
        for address, sha256 in opened.items():
            assert hashlib.sha256(visitor.get(address).content).hexdigest() == sha256
    return len(opened)
