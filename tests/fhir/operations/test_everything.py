"""Patient/$everything: all that one may see, once, in pages that stay as they are."""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import bundle, entry, observation
from tests.gate.world import World
from unidossier.exchange.fhir.xml import from_xml
from unidossier.record.validation import validate

Json = dict[str, Any]


def condition(subject: UUID, *, onset: str) -> Json:
    return {
        "resourceType": "Condition",
        "code": {"text": f"Problem of {onset}"},
        "subject": {"reference": f"Patient/{subject}"},
        "onsetDateTime": onset,
    }


@pytest.fixture
def filled(machine: Sender, known: UUID) -> UUID:
    """A record with seven values of seven days and three problems."""
    values = [
        entry(observation(known, effectiveDateTime=f"2026-11-1{day}T10:00:00+01:00")) for day in range(7)
    ]
    problems = [entry(condition(known, onset=year)) for year in ("2004", "2012-06", "2020-01-31")]
    answer = machine.post("/fhir", bundle(*values, *problems))
    assert answer.status_code == 200, answer.text
    return known


def walk(sender: Sender, address: str) -> list[list[Json]]:
    """The resources of each page."""
    pages = []
    while address:
        answer = sender.get(address)
        assert answer.status_code == 200, answer.text
        page = validate(answer.content).resource
        pages.append([one["resource"] for one in page.get("entry", ())])
        address = next((one["url"] for one in page["link"] if one["relation"] == "next"), "")
    return pages


def kinds(resources: list[Json]) -> list[str]:
    return sorted(one["resourceType"] for one in resources)


def test_the_whole_record_comes_once_with_the_patient_first(machine: Sender, filled: UUID) -> None:
    answer = machine.get(f"/fhir/Patient/{filled}/$everything").json()
    resources = [one["resource"] for one in answer["entry"]]
    assert answer["total"] == len(resources) == 11
    assert resources[0]["resourceType"] == "Patient"
    assert resources[0]["id"] == str(filled)
    assert kinds(resources) == ["Condition"] * 3 + ["Observation"] * 7 + ["Patient"]
    for one in answer["entry"]:
        assert machine.get(one["fullUrl"]).json() == one["resource"]
    by_post = machine.client.request(
        "POST", f"/fhir/Patient/{filled}/$everything", headers=machine.headers
    ).json()
    assert by_post["entry"] == answer["entry"]


def test_pages_hold_everything_once_though_data_arrive(machine: Sender, filled: UUID) -> None:
    before = {one["id"] for one in walk(machine, f"/fhir/Patient/{filled}/$everything")[0]}
    first = machine.get(f"/fhir/Patient/{filled}/$everything?_count=4").json()
    assert "total" not in first
    for _ in range(3):  # arrives while somebody reads
        machine.post("/fhir/Observation", observation(filled))
    further = next(one["url"] for one in first["link"] if one["relation"] == "next")
    later = [one for page in walk(machine, further) for one in page]
    ids = [one["resource"]["id"] for one in first["entry"]] + [one["id"] for one in later]
    assert len(ids) == len(set(ids))
    assert before <= set(ids)
    assert "Patient" not in kinds(later)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("_type=Condition", ["Condition"] * 3),
        ("_type=Condition,Patient", ["Condition"] * 3 + ["Patient"]),
        ("_type=Condition&_type=Immunization", ["Condition"] * 3),
        ("start=2026-11-15", ["Observation", "Observation", "Patient"]),
        ("end=2012-06", ["Condition", "Condition", "Patient"]),
        ("start=2012&end=2026-11-11&_type=Observation,Condition", ["Condition"] * 2 + ["Observation"] * 2),
        ("_since=2100-01-01", []),
        ("_since=2020-01-01T00:00:00Z&_type=Condition", ["Condition"] * 3),
    ],
)
def test_a_part_of_it(machine: Sender, filled: UUID, asked: str, found: list[str]) -> None:
    (page,) = walk(machine, f"/fhir/Patient/{filled}/$everything?{asked}")
    assert kinds(page) == found


def test_more_than_a_page_may_hold_is_a_full_page(machine: Sender, filled: UUID) -> None:
    most = machine.get(f"/fhir/Patient/{filled}/$everything?_count=100000").json()
    assert most["total"] == len(most["entry"]) == 11


def instant_now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def test_since_an_instant_the_patient_comes_when_he_has_changed(
    client: Any, machine: Sender, filled: UUID, world: World
) -> None:
    """As every resource, `_since` of hl7.org/fhir/R4/patient-operation-everything.html: his institution's and the registry's."""
    sent = f"/fhir/Patient/{filled}/$everything?_since={instant_now()}"
    assert walk(machine, sent) == [[]]
    told = machine.get(f"/fhir/Patient/{filled}").json()
    assert machine.put(f"/fhir/Patient/{filled}", told | {"active": True}).status_code == 200
    assert kinds(walk(machine, sent)[0]) == ["Patient"]
    house, patient = world.institution(), world.patient()
    other = Sender(client, world.session(world.worker("machine", house), face="api", purpose="exchange"))
    world.run("INSERT INTO record.presence (patient_id, institution_id) VALUES (%s, %s)", patient, house)
    registered = f"/fhir/Patient/{patient}/$everything?_since={instant_now()}"
    assert walk(other, registered) == [[]]
    world.run("UPDATE registry.patient SET family = 'Changed' WHERE id = %s", patient)
    assert kinds(walk(other, registered)[0]) == ["Patient"]


def test_since_an_instant_a_merge_is_a_change_of_the_patient(
    machine: Sender, filled: UUID, world: World
) -> None:  # REC-8
    ((kept,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", filled)
    away = world.patient()
    address = f"/fhir/Patient/{filled}/$everything?_since={instant_now()}"
    assert walk(machine, address) == [[]]
    world.run("UPDATE registry.patient SET merged_into = %s WHERE id = %s", kept, away)
    ((told,),) = walk(machine, address)
    assert told["link"][0]["other"]["reference"] == f"Patient/{away}"


def test_what_was_taken_back_is_not_in_it(machine: Sender, filled: UUID) -> None:
    (page,) = walk(machine, f"/fhir/Patient/{filled}/$everything?_type=Condition")
    gone = page[0]["id"]
    answer = machine.client.request("DELETE", f"/fhir/Condition/{gone}", headers=machine.headers)
    assert answer.status_code in (200, 204)
    (page,) = walk(machine, f"/fhir/Patient/{filled}/$everything?_type=Condition")
    assert len(page) == 2
    assert gone not in [one["id"] for one in page]


def test_each_text_is_the_stored_one_and_files_are_whole(machine: Sender, known: UUID) -> None:
    data = base64.b64encode(bytes(range(256)) * 400).decode()
    reference = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": f"Patient/{known}"},
        "content": [{"attachment": {"contentType": "application/pdf", "data": data}}],
    }
    value = json.dumps(observation(known)).replace("5.6", "72.50")
    assert machine.post("/fhir/DocumentReference", reference).status_code == 201
    assert machine.post("/fhir/Observation", value).status_code == 201
    answer = machine.get(f"/fhir/Patient/{known}/$everything")
    assert '"value": 72.50' in answer.text
    by_type = {one["resource"]["resourceType"]: one["resource"] for one in answer.json()["entry"]}
    assert by_type["DocumentReference"]["content"][0]["attachment"]["data"] == data
    assert set(by_type) == {"Patient", "DocumentReference", "Observation"}
    as_xml = machine.get(f"/fhir/Patient/{known}/$everything?_format=xml")
    assert as_xml.headers["content-type"].startswith("application/fhir+xml")
    read = json.loads(from_xml(as_xml.content))
    assert read["entry"] == answer.json()["entry"]
    assert (read["type"], read["total"], read["link"]) == ("searchset", 3, answer.json()["link"])
    assert '"72.50"' in as_xml.text
    cut = machine.get(f"/fhir/Patient/{known}/$everything?_elements=status").json()["entry"]
    assert all(one["resource"]["meta"]["tag"][-1]["code"] == "SUBSETTED" for one in cut)


def test_a_reading_is_one_entry_and_refusal_looks_like_absence(
    machine: Sender, physician: Sender, hospital: Hospital, world: World, filled: UUID
) -> None:
    refused = [physician.get(f"/fhir/Patient/{id_}/$everything") for id_ in (filled, uuid4(), "nobody")]
    assert {(one.status_code, one.content) for one in refused} == {(404, refused[0].content)}
    (row,) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", filled)
    world.relation(row[0], hospital.physician)
    assert len(walk(physician, f"/fhir/Patient/{filled}/$everything")[0]) == 11
    entries = world.run(
        "SELECT permitted, patient_id FROM log.entry WHERE person_id = %s AND verb = 'fhir-everything' ORDER BY id",
        hospital.physician.person,
    )
    assert entries == [(False, row[0]), (False, None), (True, row[0])]


def test_a_carer_gets_no_more_than_his_function_opens(
    client: Any, world: World, hospital: Hospital, filled: UUID
) -> None:  # ACS-2: a pharmacist no laboratory results
    ((patient,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", filled)
    pharmacist = world.worker("pharmacist-public", hospital.id)
    world.relation(patient, pharmacist)
    sender = Sender(client, world.session(pharmacist, face="api"))
    (page,) = walk(sender, f"/fhir/Patient/{filled}/$everything")
    assert "Observation" not in kinds(page)
    assert kinds(page)[-1] == "Patient"


def test_another_institutions_system_gets_its_own_data_alone(
    client: Any, world: World, machine: Sender, filled: UUID
) -> None:
    ((patient,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", filled)
    house = world.institution()
    other = Sender(client, world.session(world.worker("machine", house), face="api", purpose="exchange"))
    assert other.get(f"/fhir/Patient/{filled}/$everything").status_code == 404
    world.run("INSERT INTO record.presence (patient_id, institution_id) VALUES (%s, %s)", patient, house)
    (page,) = walk(other, f"/fhir/Patient/{patient}/$everything")
    assert kinds(page) == ["Patient"]


def test_of_a_record_that_others_were_merged_into_the_patient_says_so(
    machine: Sender, filled: UUID, world: World
) -> None:  # REC-8
    away = world.patient()
    ((kept,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", filled)
    world.run("UPDATE registry.patient SET merged_into = %s WHERE id = %s", kept, away)
    for id_ in (filled, away):
        (page,) = walk(machine, f"/fhir/Patient/{id_}/$everything")
        assert page[0] == machine.get(f"/fhir/Patient/{filled}").json()
        assert page[0]["link"][0]["other"]["reference"] == f"Patient/{away}"
        assert len(page) == 11


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("_count=0", "_count"),
        ("_count=many", "_count"),
        ("_type=Patients", "_type"),
        ("_since=yesterday", "_since"),
        ("start=2026-02-30", "start"),
        ("start=2026&start=2027", "start"),
        ("_after=me", "_after"),
        ("patient=1", "patient"),
    ],
)
def test_bad_parameters_are_told(machine: Sender, known: UUID, asked: str, place: str) -> None:
    answer = machine.get(f"/fhir/Patient/{known}/$everything?{asked}")
    assert answer.status_code == 400
    (issue,) = validate(answer.content).resource["issue"]
    assert issue["expression"] == [place]
