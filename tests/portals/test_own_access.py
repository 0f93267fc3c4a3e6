"""My, who has access: the page tells the truth about who sees the record, and an old form undoes nothing (MY-14, EXC-1, CON-10)."""

import re

import pytest

from tests.actions.clinic import Clinic
from tests.gate.world import Worker
from tests.portals.conftest import Visitor
from tests.signin.person import Browser
from unidossier.kernel.uuid7 import new_id

EXCLUDE = "/my/access/exclude/{}/"


@pytest.fixture
def patient(clinic: Clinic, visitor: Visitor) -> Browser:
    return visitor(clinic.world.person(professional=False, patient=clinic.patient))


@pytest.fixture
def carer(clinic: Clinic) -> Worker:
    made = clinic.world.worker("gp", clinic.world.institution(network=False))
    clinic.world.relation(clinic.patient, made, kind="gp")
    return made


def section(browser: Browser, key: str) -> str:
    """The text of one part of the page; '' when it is not there."""
    page = browser.get("/my/access/").content.decode()
    found = re.search(rf'<section aria-labelledby="{key}".*?</section>', page, re.S)
    return found[0] if found else ""


def seen(browser: Browser, address: str) -> str:
    told = re.search(r'name="seen" value="(\w+)"', browser.get(address).content.decode())
    assert told
    return told[1]


def test_whoever_is_shut_out_is_not_shown_among_those_who_see(patient: Browser, carer: Worker) -> None:
    href = EXCLUDE.format(carer.person)
    assert href in section(patient, "people")
    patient.post("/my/access/outside/", refuse="yes")
    assert href not in section(patient, "people")
    assert href in section(patient, "waiting")
    patient.post("/my/access/outside/", refuse="no")
    assert href in section(patient, "people")
    patient.post(href, id=str(new_id()), seen="none")
    assert href not in section(patient, "people") + section(patient, "waiting")


def test_an_old_form_does_not_weaken_an_exclusion(clinic: Clinic, patient: Browser, carer: Worker) -> None:
    address = EXCLUDE.format(carer.person)
    old = {"id": str(new_id()), "seen": seen(patient, address)}
    now = {"id": str(new_id()), "seen": seen(patient, address), "absolute": "on"}
    for _ in range(2):  # sent twice is done once
        assert patient.post(address, **now).headers["Location"] == "/my/access/"
    assert patient.post(address, **old).headers["Location"] == address
    assert "also in emergencies. Look again" in patient.get(address).content.decode()
    rows = "SELECT absolute FROM relations.exclusion WHERE patient_id = %s AND until_at IS NULL"
    assert clinic.world.run(rows, clinic.patient) == [(True,)]


def test_a_team_that_stays_open_is_told(clinic: Clinic, patient: Browser) -> None:
    member, team = clinic.physician, clinic.world.team(clinic.id)
    clinic.world.duty(member.person, team=team)
    clinic.world.relation(clinic.patient, member, person_id=None, team_id=team)
    address = f"/my/access/withdraw/person/{member.person}/"
    assert "this person still sees your record" in patient.get(address).content.decode()
    patient.post(address)
    assert "still sees your record as one of a team" in patient.get("/my/access/").content.decode()
