"""A disk without room, for the attachments, the database, or all of it: told in words, nothing half stored, over when there is room."""

import os
import secrets
import signal
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.trouble.conftest import linux_only
from tests.trouble.installation import Installation, await_that
from tests.trouble.resources import paper, report
from tests.trouble.small_disk import MB, SmallDisk, small_disk
from tests.trouble.visitor import ApiClient, Visitor, rows
from unidossier.demo.fill.ids import patient_id

pytestmark = [linux_only, pytest.mark.prove]

DOCTOR = "an.verlinden"
RITA = str(patient_id("p-000001"))
ENOUGH = 400


def used(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def files(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".ballast"
    }


def test_no_room_for_attachments_is_told_and_stores_nothing(filled: Installation) -> None:
    folder = filled.home / "attachments"
    with small_disk(folder, size=used(folder) + 12 * MB) as disk:
        filled.start()
        with ApiClient(filled.port, token=filled.token(DOCTOR)) as client:
            disk.fill(leave=64 * 1024)
            before, versions = files(folder), filled.versions()
            answer = client.create(paper(RITA, mark="too large", data=uuid4().bytes * 100_000))
            assert answer.status_code == 507, f"{answer.status_code} {answer.text[:400]}"
            assert "full: nothing was stored" in answer.text
            assert files(folder) == before
            assert filled.versions() == versions
            # what needs no file goes on, and what is there stays readable
            assert client.create(report(RITA, mark="without a file")).status_code == 201
            disk.relieve()
            data = uuid4().bytes * 100_000
            answer = client.create(paper(RITA, mark="now it fits", data=data))
            assert answer.status_code == 201, answer.text[:400]
            assert len(client.read("DocumentReference", answer.json()["id"]).content) > len(data)
        assert filled.halves() == {}
        assert filled.stop() == 0


def write_until_refused(client: ApiClient) -> tuple[list[str], httpx.Response | None]:
    """Write large reports until one is not taken; return the ids of those that were, and the refusal."""
    kept = []
    for number in range(ENOUGH):
        sent = report(RITA, mark=f"mark-{number:04}")
        sent["section"][0]["text"]["div"] = (
            '<div xmlns="http://www.w3.org/1999/xhtml"><p>' + secrets.token_hex(50_000) + "</p></div>"
        )
        try:
            answer = client.create(sent)
        except httpx.HTTPError:
            return kept, None
        if answer.status_code != 201:
            return kept, answer
        kept.append(answer.json()["id"])
    raise AssertionError("the disk never was full")


def assert_kept(client: ApiClient, ids: list[str]) -> None:
    """Read all; a connection of before the outage may tell once that the record could not be read."""
    for id_ in ids:
        answer = await_that(
            lambda: (found := client.read("Composition", id_)).status_code != 503 and found,  # noqa: B023  (asked at once)
            what=f"an answer about {id_}",
        )
        assert answer.status_code == 200, answer.text[:400]


def fill_and_relieve(filled: Installation, disk: SmallDisk) -> None:
    """Fill the disk under the database, look at what is told, make room, and see everything go on by itself."""
    with ApiClient(filled.port, token=filled.token(DOCTOR)) as client, Visitor(filled.port) as visitor:
        visitor.sign_in(DOCTOR)
        whole = rows(visitor.get(f"/ward/patient/{RITA}/").text)
        disk.fill(leave=4 * MB)
        kept, refusal = write_until_refused(client)
        if refusal is not None:
            assert refusal.status_code in (503, 507), f"{refusal.status_code} {refusal.text[:400]}"
            assert "diagnostics" in refusal.text
        disk.fill()
        for _ in range(5):
            page = visitor.get(f"/ward/patient/{RITA}/")
            assert page.status_code in (502, 503) or (page.status_code == 200 and rows(page.text) >= whole)
            answer = client.create(report(RITA, mark="little room"))
            if answer.status_code == 201:  # a page or a log segment had room for a small one
                kept.append(answer.json()["id"])
            else:
                assert answer.status_code in (503, 507), f"{answer.status_code} {answer.text[:400]}"
        assert filled.is_running(), filled.shown
        disk.relieve()
        filled.await_well(within_s=120)
        await_that(
            lambda: client.create(report(RITA, mark="room again")).status_code == 201,
            what="a report to be stored",
        )
        assert rows(visitor.get(f"/ward/patient/{RITA}/").text) >= whole
        assert_kept(client, kept)
    assert filled.halves() == {}


def test_no_room_for_the_database_is_told_and_passes(filled: Installation) -> None:
    with small_disk(filled.home / "pg", size=used(filled.home / "pg") + 100 * MB) as disk:
        filled.start()
        fill_and_relieve(filled, disk)
        assert filled.stop() == 0


def test_no_room_for_anything_is_told_and_passes(filled: Installation) -> None:
    """One disk for all, as on most machines: logs, state and keys are on it too."""
    with small_disk(filled.home, size=used(filled.home) + 100 * MB) as disk:
        filled.start()
        fill_and_relieve(filled, disk)
        assert filled.stop() == 0


def test_a_database_that_dies_on_a_full_disk_comes_back(filled: Installation) -> None:
    """Its recovery finds no room either; the site goes on telling so, and is whole again when there is room."""
    with small_disk(filled.home, size=used(filled.home) + 100 * MB) as disk:
        filled.start()
        with ApiClient(filled.port, token=filled.token(DOCTOR)) as client:
            answers = [client.create(report(RITA, mark=f"mark-{number}")) for number in range(20)]
            assert {answer.status_code for answer in answers} == {201}, answers[-1].text[:400]
            disk.fill()
            os.kill(filled.part("postmaster"), signal.SIGKILL)
            await_that(lambda: "starts again" in filled.shown, what="the outage to be noticed")
            disk.relieve()
            filled.await_well(within_s=180)
            assert_kept(client, [answer.json()["id"] for answer in answers])
        assert filled.halves() == {}
        assert filled.stop() == 0
