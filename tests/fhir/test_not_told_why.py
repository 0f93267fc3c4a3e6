"""Reception and billing see that there is an appointment, a stay or a bill, and are not told why (ACS-2).

What they may not read looks as if it were not there, by every way that leads to a text, a count or a page; who treats reads it all.
"""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.gate.world import World
from unidossier.kernel.category import Category
from unidossier.record.describe.category import category_of
from unidossier.record.describe.inside import TELLS, inside_category

WHY = "Chlamydia"
REASON = {"text": WHY, "coding": [{"system": "http://snomed.info/sct", "code": "240589008"}]}
FOUND_BY = "reason-code=http://snomed.info/sct|240589008"


def _stay(known: UUID, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{known}"},
        "period": {"start": "2026-03-01T10:00:00Z"},
    } | more


@pytest.fixture
def plain(machine: Sender, known: UUID) -> str:
    """A stay that tells no reason."""
    return machine.post("/fhir/Encounter", _stay(known)).json()["id"]


@pytest.fixture
def telling(machine: Sender, known: UUID) -> str:
    """A stay that tells its reason."""
    return machine.post("/fhir/Encounter", _stay(known, reasonCode=[REASON])).json()["id"]


def _at_work(world: World, hospital: Hospital, machine: Sender, known: UUID, function: str) -> Sender:
    worker = world.worker(function, hospital.id)
    ((patient,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", known)
    world.relation(patient, worker)
    return Sender(machine.client, world.session(worker, face="api"))


@pytest.fixture
def reception(world: World, hospital: Hospital, machine: Sender, known: UUID) -> Sender:
    return _at_work(world, hospital, machine, known, "reception")


@pytest.fixture
def treating(world: World, hospital: Hospital, machine: Sender, known: UUID) -> Sender:
    return _at_work(world, hospital, machine, known, "specialist")


def _ids(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {one["resource"]["id"] for one in answer.json().get("entry", ())}


def test_by_its_address(reception: Sender, treating: Sender, plain: str, telling: str) -> None:
    assert treating.get(f"/fhir/Encounter/{telling}").json()["reasonCode"][0]["text"] == WHY
    assert reception.get(f"/fhir/Encounter/{plain}").status_code == 200
    absent = reception.get(f"/fhir/Encounter/{uuid4()}")
    for address in ("", "/_history", "/_history/1"):
        answer = reception.get(f"/fhir/Encounter/{telling}{address}")
        assert (answer.status_code, answer.content) == (absent.status_code, absent.content), address
        assert treating.get(f"/fhir/Encounter/{telling}{address}").status_code == 200


@pytest.mark.parametrize(
    "how",
    [
        "",
        f"&{FOUND_BY}",
        "&_text=Chlamydia",
        "&_content=Chlamydia",
        "&reason-code:missing=false",
        "&date=ge2026-01-01",
    ],
)
def test_by_a_search(
    reception: Sender, treating: Sender, known: UUID, plain: str, telling: str, how: str
) -> None:
    address = f"/fhir/Encounter?patient={known}{how}"
    shown = {plain} if how in ("", "&date=ge2026-01-01") else set()
    assert _ids(reception.get(address)) == shown
    assert reception.get(f"{address}&_summary=count").json()["total"] == len(shown)
    assert reception.get(f"{address}&_total=accurate").json()["total"] == len(shown)
    if "Chlamydia" not in how:  # the words of a reason are in no index at all
        assert telling in _ids(treating.get(address))


def test_through_others(
    reception: Sender, treating: Sender, machine: Sender, known: UUID, telling: str
) -> None:
    bill = {
        "resourceType": "Account", "status": "active", "subject": [{"reference": f"Patient/{known}"}, {"reference": f"Encounter/{telling}"}],
    }  # fmt: skip
    answer = machine.post("/fhir/Account", bill)
    assert answer.status_code == 201, answer.text
    chain = f"/fhir/Account?patient={known}&subject:Encounter.{FOUND_BY}"
    assert _ids(reception.get(chain)) == set()
    assert _ids(treating.get(chain)) == {answer.json()["id"]}
    brought = f"/fhir/Account?patient={known}&_include=Account:subject:Encounter"
    assert _ids(reception.get(brought)) == {answer.json()["id"]}
    assert _ids(treating.get(brought)) == {answer.json()["id"], telling}


def test_with_everything_page_by_page(
    reception: Sender, treating: Sender, machine: Sender, known: UUID, telling: str, plain: str
) -> None:
    more = {
        machine.post("/fhir/Encounter", _stay(known, diagnosis=[{"condition": {"display": WHY}}])).json()[
            "id"
        ]
        for _ in range(4)
    }
    last = machine.post("/fhir/Encounter", _stay(known)).json()["id"]

    def pages(sender: Sender) -> set[str]:
        found, address = set(), f"/fhir/Patient/{known}/$everything?_type=Encounter&_count=2"
        while address:
            answer = sender.get(address)
            assert WHY not in answer.text or sender is treating
            found |= _ids(answer)
            links = {one["relation"]: one["url"] for one in answer.json()["link"]}
            address = links.get("next", "").partition("localhost")[2] or links.get("next", "")
        return found

    assert pages(reception) == {plain, last}
    assert pages(treating) == {plain, last, telling, *more}


def test_a_later_version_that_tells_nothing_is_read_and_the_earlier_is_not(
    reception: Sender, machine: Sender, known: UUID, telling: str
) -> None:
    assert machine.put(f"/fhir/Encounter/{telling}", _stay(known, id=telling)).status_code == 200
    assert reception.get(f"/fhir/Encounter/{telling}").status_code == 200
    assert reception.get(f"/fhir/Encounter/{telling}/_history/1").status_code == 404
    assert WHY not in reception.get(f"/fhir/Encounter/{telling}/_history").text


def test_an_earlier_version_that_told_nothing_does_not_stand_for_the_newest(
    reception: Sender, machine: Sender, known: UUID, plain: str
) -> None:
    assert (
        machine.put(f"/fhir/Encounter/{plain}", _stay(known, id=plain, reasonCode=[REASON])).status_code
        == 200
    )
    assert reception.get(f"/fhir/Encounter/{plain}").status_code == 404
    assert _ids(reception.get(f"/fhir/Encounter?patient={known}")) == set()
    assert WHY not in reception.get(f"/fhir/Encounter/{plain}/_history").text


def test_what_was_taken_back_is_told_to_nobody_who_could_not_read_it(
    reception: Sender, treating: Sender, machine: Sender, telling: str
) -> None:
    assert (
        machine.client.request("DELETE", f"/fhir/Encounter/{telling}", headers=machine.headers).status_code
        == 204
    )
    assert reception.get(f"/fhir/Encounter/{telling}").status_code == 404
    assert treating.get(f"/fhir/Encounter/{telling}").status_code == 410


@pytest.mark.parametrize("kind", sorted(TELLS))
def test_each_element_that_may_tell_why_closes_the_text(kind: str) -> None:
    bare = {"resourceType": kind}
    category = category_of(bare)
    assert inside_category(bare, category=category) is None
    for name in TELLS[kind]:
        assert inside_category(bare | {name: [{}]}, category=category) == Category.PROBLEM
        label = {"meta": {"security": [{"code": "PSY"}]}}
        assert inside_category(bare | label | {name: [{}]}, category=category) == Category.PSYCHIATRY


def test_what_is_clinical_keeps_its_category() -> None:
    order = {"resourceType": "ServiceRequest", "reasonCode": [REASON]}
    assert inside_category(order, category=Category.ORDER) is None
