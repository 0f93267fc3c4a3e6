"""Conditional create and update: what fits is met, what does not is made, several are refused; only one's own is looked up."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import bundle, entry, observation, patient
from tests.gate.world import World
from tests.relations.outside import number as national_number
from unidossier.kernel.identifiers import SSIN

LAB = "urn:lab"


def numbered(subject: Any, value: str, **changes: Any) -> dict[str, Any]:
    return observation(subject, identifier=[{"system": LAB, "value": value}], **changes)


def items(world: World, hospital: Hospital) -> int:
    ((count,),) = world.run("SELECT count(*) FROM record.item WHERE institution_id = %s", hospital.id)
    return count


def test_create_if_none_exists_makes_it_once(
    machine: Sender, known: UUID, hospital: Hospital, world: World
) -> None:
    value = uuid4().hex
    asked = {"if_none_exist": f"identifier={LAB}|{value}"}
    first = machine.post("/fhir/Observation", numbered(known, value), **asked)
    again = machine.post("/fhir/Observation", numbered(known, value, status="amended"), **asked)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert machine.post("/fhir/Observation", numbered(known, value)).status_code == 201
    assert machine.post("/fhir/Observation", numbered(known, value), **asked).status_code == 412
    assert items(world, hospital) == 3


def test_senders_of_one_condition_at_one_time_make_one(
    machine: Sender, known: UUID, hospital: Hospital, world: World
) -> None:
    value = uuid4().hex

    def send(_: int) -> Any:
        return machine.post(
            "/fhir/Observation", numbered(known, value), if_none_exist=f"identifier={LAB}|{value}"
        )

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    assert len({one.json()["id"] for one in answers}) == 1
    assert items(world, hospital) == 2


def test_update_of_what_fits(machine: Sender, known: UUID) -> None:
    value = uuid4().hex
    asked = f"/fhir/Observation?identifier={LAB}|{value}"
    made = machine.put(asked, numbered(known, value))
    assert (made.status_code, made.headers["etag"]) == (201, 'W/"1"')
    changed = machine.put(asked, numbered(known, value, status="amended"))
    assert (changed.status_code, changed.headers["etag"]) == (200, 'W/"2"')
    assert changed.json()["id"] == made.json()["id"]
    assert machine.put(asked, numbered(known, value, id=str(uuid4()))).status_code == 400
    assert machine.put(asked, numbered(known, value), if_match='W/"1"').status_code == 412
    own = str(uuid4())
    named = machine.put(asked.replace(value, "other"), numbered(known, "other", id=own))
    assert (named.status_code, named.json()["id"]) == (201, own)
    machine.post("/fhir/Observation", numbered(known, value))
    assert machine.put(asked, numbered(known, value)).status_code == 412


def test_a_patient_is_met_by_his_number(machine: Sender, world: World, client: Any) -> None:
    value = national_number()
    sent = patient(identifier=[{"system": SSIN, "value": value}])
    asked = {"if_none_exist": f"identifier={SSIN}|{value}"}
    first, again = (machine.post("/fhir/Patient", sent, **asked) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200), again.text
    assert first.json()["id"] == again.json()["id"]
    # another house knows him by nothing of its own: it registers him, and learns of no resource of ours
    stranger = world.worker("machine", world.institution())
    other = Sender(client, world.session(stranger, face="api", purpose="exchange"))
    theirs = other.post("/fhir/Patient", sent, **asked)
    assert theirs.status_code == 201
    assert theirs.json()["id"] != first.json()["id"]


def test_nobody_meets_what_another_house_made(
    machine: Sender, known: UUID, client: Any, world: World
) -> None:
    value = uuid4().hex
    assert machine.post("/fhir/Observation", numbered(known, value)).status_code == 201
    ((registered,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", known)
    house = world.institution()
    stranger = world.worker("machine", house)
    other = Sender(client, world.session(stranger, face="api", purpose="exchange"))
    asked = f"identifier={LAB}|{value}"
    for who in (registered, uuid4()):
        removed = client.request("DELETE", f"/fhir/Observation?{asked}&patient={who}", headers=other.headers)
        assert (removed.status_code, removed.content) == (
            204,
            b"",
        )  # nothing of its own fits: the same for both
    world.known_at(registered, house)
    made = other.post("/fhir/Observation", numbered(registered, value), if_none_exist=asked)
    assert made.status_code == 201


def test_looking_up_is_an_entry(machine: Sender, known: UUID, hospital: Hospital, world: World) -> None:
    value = uuid4().hex
    machine.post("/fhir/Observation", numbered(known, value), if_none_exist=f"identifier={LAB}|{value}")
    machine.post("/fhir/Patient", patient(), if_none_exist=f"identifier={LAB}|{value}")
    rows = world.run(
        "SELECT permitted, detail ->> 'type' FROM log.entry WHERE person_id = %s AND verb = 'fhir-search' ORDER BY id",
        hospital.machine.person,
    )
    assert rows == [(True, "Observation"), (True, "Patient")]


def test_any_search_is_a_condition(machine: Sender, known: UUID) -> None:
    made = machine.post("/fhir/Observation", observation(known)).json()
    again = machine.post(
        "/fhir/Observation", observation(known), if_none_exist="code=2823-3&date=ge2026-11-20"
    )
    assert (again.status_code, again.json()["id"]) == (200, made["id"])
    other = machine.post(
        "/fhir/Observation", observation(known), if_none_exist="code=2823-3&date=lt2026-11-20"
    )
    assert other.status_code == 201
    changed = machine.put(f"/fhir/Observation?_id={made['id']}", made | {"status": "amended"})
    assert (changed.status_code, changed.headers["etag"]) == (200, 'W/"2"')


@pytest.mark.parametrize(
    "condition",
    [
        "colour=red",
        "",
        "identifier=",
        "_count=1",
        "identifier=a|b&colour=red",
        "date=2026-02-30",
        "identifier=a%1Fb|c",
    ],
)
def test_a_condition_that_says_nothing_is_refused_and_nothing_is_stored(
    machine: Sender, known: UUID, hospital: Hospital, world: World, condition: str
) -> None:
    before = items(world, hospital)
    for answer in (
        machine.post("/fhir/Observation", observation(known), if_none_exist=condition),
        machine.put(f"/fhir/Observation?{condition}", observation(known)),
        machine.client.request("DELETE", f"/fhir/Observation?{condition}", headers=machine.headers),
    ):
        assert answer.status_code == (400 if "date" in condition else 412), answer.text
        assert answer.json()["issue"][0]["diagnostics"]
    assert items(world, hospital) == before


def test_a_condition_over_all_that_a_house_holds_is_refused(machine: Sender, known: UUID) -> None:
    machine.post("/fhir/Observation", observation(known))
    removed = machine.client.request("DELETE", "/fhir/Observation?status=final", headers=machine.headers)
    assert (removed.status_code, removed.json()["issue"][0]["code"]) == (412, "too-costly")


def test_conditions_and_references_by_condition_in_a_transaction(
    machine: Sender, hospital: Hospital, world: World
) -> None:
    national, value = national_number(), uuid4().hex
    who = f"urn:uuid:{uuid4()}"
    by_number = f"Patient?identifier={SSIN}|{national}"
    sent = bundle(
        entry(observation(who, status="amended")),
        entry(numbered(by_number, value), ifNoneExist=f"identifier={LAB}|{value}"),
        entry(
            patient(identifier=[{"system": SSIN, "value": national}]),
            full_url=who,
            ifNoneExist=f"identifier={SSIN}|{national}",
        ),
    )
    first = machine.post("/fhir", sent)
    assert first.status_code == 200, first.text
    assert [one["response"]["status"] for one in first.json()["entry"]] == ["201"] * 3
    sent["entry"][0]["fullUrl"] = f"urn:uuid:{uuid4()}"
    second = machine.post("/fhir", sent).json()["entry"]
    assert [one["response"]["status"] for one in second] == ["201", "200", "200"]
    assert items(world, hospital) == 4
    subjects = {
        machine.get("/fhir/" + one["response"]["location"]).json()["subject"]["reference"]
        for one in second[:2]
    }
    assert subjects == {second[2]["response"]["location"].split("/_history")[0]}
    # later, and alone: the number leads to him
    later = machine.post("/fhir", bundle(entry(observation(by_number))))
    assert later.status_code == 200, later.text
    assert items(world, hospital) == 5


def test_a_reference_by_condition_that_fits_nothing_refuses_all_of_it(
    machine: Sender, known: UUID, hospital: Hospital, world: World
) -> None:
    before = items(world, hospital)
    for wrong in (
        observation(f"Patient?identifier={SSIN}|{national_number()}"),
        observation(known, hasMember=[{"reference": f"Observation?identifier={LAB}|none"}]),
    ):
        answer = machine.post("/fhir", bundle(entry(observation(known)), entry(wrong)))
        assert answer.status_code == 412, answer.text
        assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1].resource"]
    assert items(world, hospital) == before
    # people and organisations are of no record: their references stay as they came
    kept = observation(known, performer=[{"reference": "Practitioner?identifier=urn:nihdi|1"}])
    assert machine.post("/fhir", bundle(entry(kept))).status_code == 200
