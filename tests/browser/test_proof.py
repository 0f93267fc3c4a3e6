"""A patient takes a proof home, and it is verified on "another computer" by the program that lies beside it (MY-15, LOG-3)."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.site import wait_until
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser


@pytest.fixture(params=LANGUAGES)
def patient(visitor: Visitor, request: pytest.FixtureRequest) -> Visit:
    """Rita Goossens at home."""
    return visitor("rita.goossens", language=request.param)


def _save(visit: Visit, text: str, folder: Path) -> Path:
    """Click a link of this text and keep the file that comes."""
    with visit.page.expect_download() as coming:
        visit.click(text, role="link")
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_a_proof_is_taken_home_and_verified_there(patient: Visit, tmp_path: Path) -> None:
    patient.page.goto("/my/who-looked/")
    patient.click("Take a proof home", role="link")
    expect(patient.heading("A proof of who looked", level=1)).to_be_visible()
    patient.check()
    proof = _save(patient, "Save the proof", tmp_path)
    program = _save(patient, "Save the program", tmp_path)
    keys = _save(patient, "Save the keys", tmp_path)
    command = patient.page.locator("code").last.inner_text().split()
    assert command == ["python", program.name, proof.name, "--keys", keys.name], (
        "the page names these very files"
    )
    done = subprocess.run(
        [sys.executable, *command[1:]], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert (counted := re.match(r"GOOD: (\d+) entries", last)) and int(counted[1]) > 0
    proof.write_bytes(proof.read_bytes().replace(b'"value":"open-', b'"value":"Open-', 1))
    assert subprocess.run([sys.executable, *command[1:]], cwd=tmp_path, capture_output=True).returncode == 1


def test_one_line_has_its_own_proof(visitor: Visitor, tmp_path: Path) -> None:
    patient = visitor("rita.goossens", language="de")
    patient.page.goto("/my/who-looked/")
    visit = patient.page.locator("li.visit").last
    visit.locator("summary").click()
    link = visit.get_by_role(
        "link", name=re.compile(f"^{patient.words('Proof')}")
    ).first  # and the time of the line
    number = re.search(r"/(\d+)/proof/", link.get_attribute("href") or "")
    assert number
    with patient.page.expect_download() as coming:
        link.click()
    text = Path(coming.value.path()).read_text()
    assert f'\\"id\\": \\"{number[1]}\\"' in text and text.count('"position"') == 1


def test_what_is_too_new_says_so(visitor: Visitor) -> None:
    """An entry that is nobody's is not told from one that is not there."""
    patient = visitor("rita.goossens", language="fr")
    patient.page.goto("/my/who-looked/202611000000000/proof/")
    expect(patient.heading("A proof of who looked", level=1)).to_be_visible()
    expect(patient.page.get_by_role("status").or_(patient.page.locator(".notice")).first).to_be_visible()
    wait_until(lambda: patient.page.url.endswith("/my/who-looked/proof/"), what="the page of proofs")
