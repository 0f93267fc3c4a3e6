"""Transactions: one patient, all or nothing, met again when sent again; batches: each entry for itself."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import bundle, entry, observation, patient
from tests.gate.world import World


def items(world: World, hospital: Hospital) -> int:
    ((count,),) = world.run("SELECT count(*) FROM record.item WHERE institution_id = %s", hospital.id)
    return count


def new_patient_bundle() -> dict[str, Any]:
    who = f"urn:uuid:{uuid4()}"
    value = entry(observation(who))
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "Blood"},
        "subject": {"reference": who},
        "result": [{"reference": value["fullUrl"]}],
    }
    return bundle(entry(patient(), full_url=who), value, entry(report))


def test_a_transaction_registers_its_patient_and_ties_its_parts(
    machine: Sender, world: World, hospital: Hospital
) -> None:
    answer = machine.post("/fhir", new_patient_bundle())
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["type"] == "transaction-response"
    assert [one["response"]["status"] for one in body["entry"]] == ["201"] * 3
    who, value, report = (one["response"]["location"].split("/_history")[0] for one in body["entry"])
    told = machine.get(f"/fhir/{report}").json()
    assert told["subject"]["reference"] == who
    assert told["result"][0]["reference"] == value
    assert machine.get(f"/fhir/{who}").status_code == 200
    rows = world.run("SELECT part_of FROM record.item WHERE id = %s", value.partition("/")[2])
    assert rows == [(UUID(report.partition("/")[2]),)]


def test_the_same_transaction_twice_changes_nothing(
    machine: Sender, world: World, hospital: Hospital
) -> None:
    sent = new_patient_bundle()
    first, second = machine.post("/fhir/", sent).json(), machine.post("/fhir/", sent).json()
    assert [one["response"]["location"] for one in second["entry"]] == [
        one["response"]["location"] for one in first["entry"]
    ]
    assert [one["response"]["status"] for one in second["entry"]] == ["200"] * 3
    assert items(world, hospital) == 3


def test_one_faulty_entry_and_nothing_is_stored(
    machine: Sender, known: UUID, world: World, hospital: Hospital
) -> None:
    before = items(world, hospital)
    sent = bundle(entry(observation(known)), entry(observation(known, effectiveDateTime="2026-02-30")))
    answer = machine.post("/fhir", sent)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1].resource.effectiveDateTime"]
    assert items(world, hospital) == before
    sent["entry"].pop()
    assert machine.post("/fhir", sent).status_code == 200
    assert items(world, hospital) == before + 1


def test_a_stale_version_in_a_transaction_stores_nothing(
    machine: Sender, known: UUID, stored: dict[str, Any], world: World, hospital: Hospital
) -> None:
    before = items(world, hospital)
    address = f"Observation/{stored['id']}"
    amended = stored | {"status": "amended"}
    stale = entry(amended, method="PUT", url=address, ifMatch='W/"4"')
    assert machine.post("/fhir", bundle(entry(observation(known)), stale)).status_code == 412
    assert items(world, hospital) == before
    good = entry(amended, method="PUT", url=address, ifMatch='W/"1"')
    assert machine.post("/fhir", bundle(entry(observation(known)), good)).status_code == 200
    assert items(world, hospital) == before + 1


def test_a_transaction_is_of_one_patient(
    machine: Sender, known: UUID, world: World, hospital: Hospital
) -> None:
    other = UUID(machine.post("/fhir/Patient", patient()).json()["id"])
    before = items(world, hospital)
    answer = machine.post("/fhir", bundle(entry(observation(known)), entry(observation(other))))
    assert answer.status_code == 422
    assert items(world, hospital) == before


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"method": "DELETE", "url": "Observation/1"}, id="delete"),
        pytest.param({"method": "GET", "url": "Observation/1"}, id="read"),
        pytest.param({"method": "POST", "url": "Condition"}, id="another type"),
        pytest.param(
            {"method": "POST", "url": "Observation", "ifNoneExist": "identifier=1"}, id="conditional"
        ),
        pytest.param({"method": "PUT", "url": "Observation/theirs"}, id="id of the client's own"),
    ],
)
def test_what_is_not_done_in_a_transaction_refuses_all_of_it(
    machine: Sender, known: UUID, world: World, hospital: Hospital, changed: dict[str, str]
) -> None:
    before = items(world, hospital)
    sent = bundle(entry(observation(known)), entry(observation(known)))
    sent["entry"][1]["request"] = changed
    assert machine.post("/fhir", sent).status_code in (400, 412)
    assert items(world, hospital) == before


def test_a_batch_stores_each_entry_for_itself(
    machine: Sender, known: UUID, world: World, hospital: Hospital
) -> None:
    before = items(world, hospital)
    sent = bundle(
        entry(observation(known)),
        entry(observation(known, status="done")),
        entry(observation(uuid4())),
        type="batch",
    )
    answer = machine.post("/fhir", sent)
    assert answer.status_code == 200
    told = [one["response"] for one in answer.json()["entry"]]
    assert [one["status"] for one in told] == ["201", "400", "422"]
    assert told[1]["outcome"]["resourceType"] == "OperationOutcome"
    assert items(world, hospital) == before + 1


def test_a_transaction_by_a_carer_is_written_in_his_name(
    physician: Sender, world: World, hospital: Hospital
) -> None:
    who = world.patient()
    sent = bundle(entry(observation(who)), entry(observation(who)))
    assert physician.post("/fhir", sent).status_code == 422
    assert items(world, hospital) == 0
    world.relation(who, hospital.physician)
    assert physician.post("/fhir", sent).status_code == 200
    assert items(world, hospital) == 2


def test_a_carer_registers_nobody(physician: Sender) -> None:
    assert physician.post("/fhir", new_patient_bundle()).status_code == 403


def test_what_is_about_nobody_is_kept_beside(
    machine: Sender, known: UUID, world: World, hospital: Hospital
) -> None:
    sent = bundle(entry({"resourceType": "Organization", "name": "Linde"}), entry(observation(known)))
    answer = machine.post("/fhir", sent)
    assert [one["response"]["status"] for one in answer.json()["entry"]] == ["200", "201"]
    rows = world.run("SELECT type FROM registry.foreign_resource WHERE institution_id = %s", hospital.id)
    assert rows == [("Organization",)]


def test_only_bundles_to_carry_out_are_taken(machine: Sender, known: UUID) -> None:
    assert machine.post("/fhir", bundle(type="searchset")).status_code == 400
    assert machine.post("/fhir", observation(known)).status_code == 400
