"""Patient/$match: an institution's system finds its own patients, and learns nothing of others (ACD-8)."""

from typing import Any
from uuid import UUID

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import patient
from tests.gate.world import World
from tests.relations.outside import number
from unidossier.actions.match_patient import match_patient
from unidossier.record.validation import validate
from unidossier.registry.matching import Described

Json = dict[str, Any]


def sent(machine: Sender, **changes: Any) -> Json:
    answer = machine.post("/fhir/Patient", patient(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


def matches(sender: Sender, described: Json, **more: Any) -> list[tuple[str, str, float]]:
    """(id, grade, score) of each."""
    parameters = [{"name": "resource", "resource": described}]
    parameters += [{"name": name, **value} for name, value in more.items()]
    answer = sender.post("/fhir/Patient/$match", {"resourceType": "Parameters", "parameter": parameters})
    assert answer.status_code == 200, answer.text
    found = validate(answer.content).resource
    assert found["total"] == len(found.get("entry", ()))
    return [
        (one["resource"]["id"], one["search"]["extension"][0]["valueCode"], float(one["search"]["score"]))
        for one in found.get("entry", ())
    ]


def seek(**elements: Any) -> Json:
    return {"resourceType": "Patient"} | elements


def registry_id(world: World, told: Json) -> str:
    ((id_,),) = world.run("SELECT patient_id::text FROM record.directory WHERE id = %s", told["id"])
    return id_


@pytest.fixture
def someone(machine: Sender) -> Json:
    return sent(machine, name=[{"family": "Vermeersch", "given": ["Lotte"]}], birthDate="1977-02-03")


def test_grades_follow_what_agrees(machine: Sender, someone: Json, world: World) -> None:
    id_ = registry_id(world, someone)
    number, name = someone["identifier"], [{"family": "Vermeersch", "given": ["Lotte"]}]
    table = [
        (seek(identifier=number), "certain"),
        (seek(identifier=number, name=name, birthDate="1977-02-03"), "certain"),
        (seek(identifier=number, name=[{"family": "Janssens"}], birthDate="1990-01-01"), "possible"),
        (seek(name=name, birthDate="1977-02-03", gender="female"), "probable"),
        (seek(name=[{"family": "vérmeersch"}], birthDate="1977-02-03"), "possible"),
    ]
    scores = []
    for described, grade in table:
        ((found, told, score),) = matches(machine, described)
        assert (found, told) == (id_, grade), described
        scores.append(score)
    assert scores[1] > scores[0] > scores[2]
    assert scores[3] > scores[4]


def test_only_certain_ones_when_asked(machine: Sender, someone: Json) -> None:
    described = seek(name=[{"family": "Vermeersch"}], birthDate="1977-02-03")
    assert len(matches(machine, described)) == 1
    assert matches(machine, described, onlyCertainMatches={"valueBoolean": True}) == []


def test_nobody_elses_patient_is_found_nor_told_of(
    client: Any, machine: Sender, someone: Json, world: World
) -> None:  # security study T15
    house = world.institution()
    other = Sender(client, world.session(world.worker("machine", house), face="api", purpose="exchange"))
    unknown = seek(identifier=[{"system": "urn:example:ward-numbers", "value": "nobody"}])
    ssin = "https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin"
    known = sent(machine, identifier=[{"system": ssin, "value": number()}])
    answers = []
    for described in (
        unknown,
        seek(identifier=someone["identifier"]),
        seek(identifier=known["identifier"]),
        seek(name=someone["name"], birthDate=someone["birthDate"]),
    ):
        body = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": described}]}
        answers.append(other.post("/fhir/Patient/$match", body))
    assert {(one.status_code, one.content) for one in answers} == {(200, answers[0].content)}
    assert matches(machine, seek(identifier=known["identifier"]))[0][1] == "certain"
    assert matches(other, seek(identifier=known["identifier"])) == []


def test_a_carer_matches_nobody_and_his_asking_is_an_entry(
    physician: Sender, hospital: Hospital, someone: Json, world: World
) -> None:
    ((patient_id,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", someone["id"])
    world.relation(patient_id, hospital.physician)
    body = {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": seek(identifier=someone["identifier"])}],
    }
    assert physician.post("/fhir/Patient/$match", body).status_code == 403
    rows = world.run(
        "SELECT verb, patients FROM log.entry WHERE person_id = %s ORDER BY id DESC LIMIT 1",
        hospital.physician.person,
    )
    assert rows == [("fhir-match", [])]


def test_an_asking_is_one_entry_that_names_who_was_found(
    machine: Sender, hospital: Hospital, someone: Json, world: World
) -> None:
    described = Described(numbers=((someone["identifier"][0]["system"], someone["identifier"][0]["value"]),))
    (found,) = match_patient(machine.secret, described=described)
    rows = world.run(
        "SELECT verb, permitted, patients FROM log.entry WHERE person_id = %s ORDER BY id DESC LIMIT 1",
        hospital.machine.person,
    )
    assert rows == [("fhir-match", True, [found.row["id"]])]
    assert str(found.row["id"]) == registry_id(world, someone)


@pytest.mark.parametrize(
    ("described", "status"),
    [
        (None, 400),
        ({"resourceType": "Person"}, 400),
        (seek(name=[{"family": "Peeters"}]), 422),
        (seek(birthDate="1977-02-03"), 422),
        (seek(name=[{"family": "Peeters"}], birthDate="1977"), 422),
        (seek(identifier=[{"system": "https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin", "value": "85073003329"}]), 422),
        (seek(identifier=[{"system": "urn:x", "value": "1"}] * 21), 422),
        (seek(identifier=[{"system": "urn:x", "value": "1" * 201}]), 422),
    ],
    ids=lambda given: str(given)[:200],
)  # fmt: skip
def test_too_little_or_wrong_is_told(machine: Sender, described: Json | None, status: int) -> None:
    parameters = [{"name": "resource", "resource": described}] if described else []
    answer = machine.post(
        "/fhir/Patient/$match",
        {"resourceType": "Parameters", "parameter": parameters}
        if parameters
        else {"resourceType": "Parameters"},
    )
    assert answer.status_code == status, answer.text
    assert "8507300332" not in answer.text


def test_the_patient_alone_is_taken_too(machine: Sender, someone: Json) -> None:
    """hl7.org/fhir/R4/operations.html#request: of one resource the others may stand in the address."""
    sought = seek(identifier=someone["identifier"])
    answer = machine.post("/fhir/Patient/$match?count=1", sought)
    assert answer.status_code == 200, answer.text
    ((id_, _, _),) = matches(machine, sought)
    assert [one["resource"]["id"] for one in answer.json()["entry"]] == [id_]
    assert (
        machine.post("/fhir/Patient/$match", {"resourceType": "Basic", "code": {"text": "x"}}).status_code
        == 400
    )


def test_the_id_of_the_answer_reads_the_patient(machine: Sender, someone: Json) -> None:
    ((id_, _, _),) = matches(machine, seek(identifier=someone["identifier"]))
    assert machine.get(f"/fhir/Patient/{id_}").json()["birthDate"] == "1977-02-03"
    UUID(id_)
