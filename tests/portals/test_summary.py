"""The summary to take along, on My and in Ward: a page that reads nothing, a paper, a file; each taking is an entry (MY-4, LOG-1)."""

from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic
from tests.gate.world import World
from tests.portals.conftest import Visitor
from tests.signin.person import Browser
from unidossier.record.validation import validate


@pytest.fixture
def herself(clinic: Clinic, world: World, visitor: Visitor) -> Browser:
    """The browser of the patient of the clinic."""
    return visitor(world.person(professional=False, patient=clinic.patient))


def taken(world: World, patient: UUID) -> int:
    ((count,),) = world.run(
        "SELECT count(*) FROM log.entry WHERE patient_id = %s AND verb = 'fhir-summary' AND permitted",
        patient,
    )
    return int(count)


@pytest.mark.parametrize("face", ["my", "ward"])
def test_it_is_offered_and_taken_as_paper_and_as_file(
    clinic: Clinic, world: World, physician: Browser, herself: Browser, face: str
) -> None:
    browser = herself if face == "my" else physician
    record = "/my/record/" if face == "my" else f"/ward/patient/{clinic.patient}/"
    base = f"{record}summary/"
    assert f'href="{base}"' in browser.get(record).content.decode()
    page = browser.get(base).content.decode()
    assert taken(world, clinic.patient) == 0  # the page itself reads nothing
    answers: dict[str, Any] = {}
    for name in ("paper", "file"):
        assert f'href="{base}{name}/"' in page
        answers[name] = browser.get(f"{base}{name}/")
        assert answers[name].status_code == 200
        assert "no-store" in answers[name]["Cache-Control"]
    assert answers["paper"].content.startswith(b"%PDF")
    document = validate(answers["file"].content).resource
    assert document["entry"][1]["resource"]["id"] == str(clinic.patient)
    assert taken(world, clinic.patient) == 2


def test_staff_to_whom_nothing_of_it_is_open_are_not_offered_it(
    clinic: Clinic, world: World, visitor: Visitor
) -> None:  # ACS-2
    record = f"/ward/patient/{clinic.patient}/"
    for function, is_offered in (("reception", False), ("nurse", True)):
        worker = world.worker(function, clinic.id)
        world.relation(clinic.patient, worker)
        page = visitor(worker.person).get(record)
        assert page.status_code == 200
        assert (f'href="{record}summary/"' in page.content.decode()) is is_offered


def test_a_carer_without_relation_takes_nothing(
    clinic: Clinic, world: World, visitor: Visitor
) -> None:  # ACD-8
    stranger = visitor(world.worker("specialist", clinic.id).person)
    nobody = world.institution()  # an id that is no patient's
    answers = [stranger.get(f"/ward/patient/{one}/summary/paper/") for one in (clinic.patient, nobody)]
    assert {one.status_code for one in answers} == {stranger.get(f"/ward/patient/{nobody}/").status_code}
    assert not any(one.content.startswith(b"%PDF") for one in answers)
    assert taken(world, clinic.patient) == 0
