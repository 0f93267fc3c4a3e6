"""Transactions: one patient, all or nothing, met again when sent again; batches: each entry for itself."""

import base64
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import bundle, entry, observation, patient
from tests.gate.world import World
from unidossier.record.validation import validate


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
    answer = machine.post("/fhir", bundle(entry(observation(known)), stale))
    assert answer.status_code == 412
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1].resource"]
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
        pytest.param({"method": "DELETE", "url": "Patient/1"}, id="a patient deleted"),
        pytest.param({"method": "DELETE", "url": f"Observation/{UUID(int=7)}"}, id="delete of nothing"),
        pytest.param({"method": "PATCH", "url": f"Observation/{UUID(int=7)}"}, id="patch of nothing"),
        pytest.param({"method": "POST", "url": "Observation/_search"}, id="a search"),
        pytest.param({"method": "POST", "url": "http://elsewhere.example/Observation"}, id="elsewhere"),
        pytest.param({"method": "POST", "url": "Condition"}, id="another type"),
        pytest.param(
            {"method": "POST", "url": "Observation", "ifNoneExist": "colour=red"}, id="no condition"
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
    assert machine.post("/fhir", sent).status_code in (400, 404, 405, 412)
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


def report(subject: str, *values: str) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "Blood"},
        "subject": {"reference": subject},
        "result": [{"reference": value} for value in values],
    }


def patch_of(status: str) -> dict[str, Any]:
    part = [{"name": "type", "valueCode": "replace"}, {"name": "path", "valueString": "Observation.status"}]
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": "operation", "part": [*part, {"name": "value", "valueCode": status}]}],
    }


def test_every_interaction_has_its_place_in_a_transaction(
    machine: Sender, known: UUID, hospital: Hospital, world: World
) -> None:
    made = [machine.post("/fhir/Observation", observation(known)).json() for _ in range(4)]
    first, second, third, fourth = (f"Observation/{one['id']}" for one in made)
    as_binary = {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": base64.b64encode(b'[{"op":"replace","path":"/status","value":"corrected"}]').decode(),
    }
    sent = bundle(
        {
            "request": {
                "method": "GET",
                "url": f"Observation?patient={known}&status=amended,corrected,final&_sort=_id",
            }
        },
        entry(made[0] | {"status": "amended"}, method="PUT", url=first, ifMatch='W/"1"'),
        {"request": {"method": "DELETE", "url": second}},
        entry(patch_of("amended"), method="PATCH", url=third),
        entry(as_binary, method="PATCH", url=fourth),
        {"request": {"method": "GET", "url": first, "ifNoneMatch": 'W/"2"'}},
    )
    answer = machine.post("/fhir", sent)
    assert answer.status_code == 200, answer.text
    told = answer.json()["entry"]
    assert [one["response"]["status"] for one in told] == ["200", "200", "204", "200", "200", "304"]
    # what is read is read last: it sees what was stored
    found = {one["resource"]["id"]: one["resource"]["status"] for one in told[0]["resource"]["entry"]}
    assert found == {made[0]["id"]: "amended", made[2]["id"]: "amended", made[3]["id"]: "corrected"}
    assert "resource" not in told[1]
    entries = "SELECT count(DISTINCT entry_id) FROM record.version WHERE institution_id = %s AND version = 2"
    assert world.run(entries, hospital.id) == [(1,)]  # one grant for all that was stored


def test_one_that_cannot_be_taken_back_or_patched_refuses_all(
    machine: Sender, known: UUID, stored: dict[str, Any], world: World, hospital: Hospital
) -> None:
    before = items(world, hospital)
    address = f"Observation/{stored['id']}"
    for wrong, status, place in (
        (
            {"request": {"method": "DELETE", "url": address, "ifMatch": 'W/"7"'}},
            412,
            "Bundle.entry[1].request",
        ),
        (entry(patch_of("done"), method="PATCH", url=address), 422, "Bundle.entry[1].request.status"),
        ({"request": {"method": "PUT", "url": address}}, 400, "Bundle.entry[1]"),
    ):
        answer = machine.post("/fhir", bundle(entry(observation(known)), wrong))
        assert answer.status_code == status, answer.text
        assert answer.json()["issue"][0]["expression"] == [place]
    assert items(world, hospital) == before
    assert machine.get(f"/fhir/{address}").headers["etag"] == 'W/"1"'


def test_references_in_a_circle_are_stored_and_everything_stays_in_the_lists(
    machine: Sender, known: UUID, world: World
) -> None:
    """R4 #trules: ids are given first, so entries may refer to each other; but nothing is a part of its own part."""
    one, other, alone = (f"urn:uuid:{uuid4()}" for _ in range(3))
    sent = bundle(
        entry(observation(known, hasMember=[{"reference": other}]), full_url=one),
        entry(observation(known, hasMember=[{"reference": one}]), full_url=other),
        entry(observation(known, hasMember=[{"reference": alone}]), full_url=alone),
        entry(report(f"Patient/{known}", one), full_url=f"urn:uuid:{uuid4()}"),
    )
    answer = machine.post("/fhir", sent, prefer="return=representation").json()["entry"]
    ids = [told["resource"]["id"] for told in answer]
    members = [told["resource"]["hasMember"][0]["reference"] for told in answer[:3]]
    assert members == [f"Observation/{ids[1]}", f"Observation/{ids[0]}", f"Observation/{ids[2]}"]
    parts = dict(
        world.run("SELECT id::text, part_of::text FROM record.item WHERE id = ANY (%s::uuid[])", ids)
    )
    assert parts[ids[2]] is None
    for start in ids:  # every way up ends at a line of the list
        above = [start]
        while parts[above[-1]] is not None:
            above.append(parts[above[-1]])
            assert len(above) < 5
    # the same in two deliveries
    first = machine.post("/fhir/Observation", observation(known)).json()["id"]
    second = machine.post(
        "/fhir/Observation", observation(known, hasMember=[{"reference": f"Observation/{first}"}])
    ).json()["id"]
    circle = observation(known, id=first, hasMember=[{"reference": f"Observation/{second}"}])
    assert (
        machine.post("/fhir", bundle(entry(circle, method="PUT", url=f"Observation/{first}"))).status_code
        == 200
    )
    rows = world.run("SELECT part_of FROM record.item WHERE id = ANY (%s::uuid[])", [first, second])
    assert (None,) in rows


def test_a_batch_answers_whatever_can_be_asked_alone(
    machine: Sender, known: UUID, stored: dict[str, Any], world: World, hospital: Hospital
) -> None:
    address = f"Observation/{stored['id']}"
    sent = bundle(
        {"request": {"method": "GET", "url": address}},
        {"request": {"method": "GET", "url": f"{address}/_history/1"}},
        {"request": {"method": "GET", "url": f"Observation?patient={known}&code=2823-3"}},
        {"request": {"method": "GET", "url": "metadata?_elements=fhirVersion"}},
        {"request": {"method": "GET", "url": f"Observation/{uuid4()}"}},
        {"request": {"method": "GET", "url": f"{address}?_format=xml"}},  # nothing that a Bundle could hold
        entry(stored | {"status": "amended"}, method="PUT", url=address, ifMatch='W/"7"'),
        entry(patch_of("amended"), method="PATCH", url=address),
        entry(observation(known), ifNoneExist="code=2823-3"),
        {"request": {"method": "DELETE", "url": f"{address}?x=y"}},
        {"request": {"method": "GET", "url": "../healthz"}},
        {"request": {"method": "GET", "url": "http://elsewhere.example/fhir/Observation"}},
        {"request": {"method": "DELETE", "url": "nothing/of/this/kind/at/all"}},
        entry(bundle(type="batch"), url="?x=y"),
        {"request": {"method": "GET"}},
        type="batch",
    )
    del sent["entry"][-1]["request"]["method"]
    answer = machine.post("/fhir", sent)
    assert answer.status_code == 400  # the Bundle itself is no Bundle
    sent["entry"].pop()
    answer = machine.post("/fhir", sent)
    assert answer.status_code == 200, answer.text
    told = [one["response"]["status"] for one in answer.json()["entry"]]
    assert told == [
        "200",
        "200",
        "200",
        "200",
        "404",
        "406",
        "412",
        "200",
        "200",
        "204",
        "400",
        "400",
        "404",
        "400",
    ]
    assert answer.json()["entry"][0]["resource"] == stored
    assert answer.json()["entry"][2]["resource"]["total"] == 1
    assert validate(answer.content)
    rows = world.run(
        "SELECT verb, count(*) FROM log.entry WHERE person_id = %s AND items = ARRAY[%s::uuid] GROUP BY 1",
        hospital.machine.person,
        stored["id"],
    )
    assert dict(rows)["fhir-read"] >= 3  # each entry is a grant and an entry of its own


def test_a_batch_is_asked_with_the_authority_of_its_sender(physician: Sender, stored: dict[str, Any]) -> None:
    addresses = (f"Observation/{stored['id']}", f"Observation/{uuid4()}")
    sent = bundle(*({"request": {"method": "GET", "url": one}} for one in addresses), type="batch")
    told = physician.post("/fhir", sent).json()["entry"]
    assert [one["response"]["status"] for one in told] == ["404", "404"]
    assert told[0] == told[1]  # refused and unknown look the same


def test_stored_work_makes_the_relation_at_once(machine: Sender, hospital: Hospital, world: World) -> None:
    """ACD-2: in the same transaction, for each kind of work; and what says where it comes from is kept with it."""
    who, team = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    doctor = {"reference": f"Practitioner/{hospital.physician.person}"}
    subject, soon = {"reference": who}, "2126-11-20T10:00:00+01:00"
    work = [
        {"resourceType": "Appointment", "status": "booked", "start": soon, "end": "2126-11-20T10:30:00+01:00",
         "participant": [{"actor": subject, "status": "accepted"}, {"actor": doctor, "status": "accepted"}]},
        {"resourceType": "Encounter", "status": "in-progress", "class": {"code": "IMP"}, "subject": subject,
         "period": {"start": "2026-01-01"}, "participant": [{"individual": doctor}]},
        {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": subject,
         "authoredOn": soon, "performer": [doctor]},
        {"resourceType": "CareTeam", "status": "active", "subject": subject, "period": {"start": "2026-01-01"},
         "participant": [{"member": doctor}]},
    ]  # fmt: skip
    provenance = {
        "resourceType": "Provenance",
        "target": [{"reference": team}],
        "recorded": "2026-11-20T10:00:00Z",
        "agent": [{"who": doctor}],
    }
    entries = [entry(one) for one in work[:3]] + [entry(work[3], full_url=team), entry(provenance)]
    answer = machine.post("/fhir", bundle(entry(patient(), full_url=who), *entries))
    assert answer.status_code == 200, answer.text
    places = [one["response"]["location"].split("/")[:2] for one in answer.json()["entry"]]
    rows = world.run(
        "SELECT source_id::text, kind FROM relations.relation WHERE person_id = %s", hospital.physician.person
    )
    kinds = {
        "Appointment": "appointment",
        "Encounter": "stay",
        "ServiceRequest": "order",
        "CareTeam": "care-team",
    }
    assert dict(rows) == {id_: kinds[kind] for kind, id_ in places if kind in kinds}
    kept = machine.get(f"/fhir/Provenance/{places[-1][1]}").json()
    assert kept["target"][0]["reference"] == f"CareTeam/{places[-2][1]}"
