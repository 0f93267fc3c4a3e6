"""What lies in no record and is found all the same: the patient of the registry, and whom items refer to."""

from typing import Any
from uuid import UUID

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import observation, patient
from tests.gate.world import World
from tests.relations.outside import number
from unidossier.kernel.identifiers import NIHDI_PROFESSIONAL, SSIN


@pytest.fixture
def registered(world: World, hospital: Hospital) -> UUID:
    """A woman of the registry, without a Patient resource, whom the physician treats."""
    made = world.patient()
    world.relation(made, hospital.physician)
    world.run(
        "UPDATE registry.patient SET family = 'Opdebeeck', given = 'Ann', sex = 'female', birth_date = '1961-04-12' WHERE id = %s",
        made,
    )
    return made


@pytest.fixture
def dealt_with(world: World, registered: UUID, hospital: Hospital) -> UUID:
    """The same woman, registered by the hospital's system too."""
    world.known_at(registered, hospital.id)
    return registered


def told(answer: Any) -> list[tuple[str, str, str]]:
    assert answer.status_code == 200, answer.text
    entries = answer.json().get("entry", ())
    return [
        (one["resource"]["resourceType"], one["resource"].get("id"), one["search"]["mode"]) for one in entries
    ]


@pytest.mark.parametrize(("criteria", "is_found"), [
    ("", True), ("&family=opde", True), ("&family=other", False), ("&name:exact=Opdebeeck", True), ("&birthdate=1961-04-12", True),
    ("&birthdate=lt1960", False), ("&gender=female", True), ("&gender=male", False), ("&identifier=local|{hex}", True), ("&identifier=local|x", False),
    ("&_lastUpdated=ge2020", True), ("&_lastUpdated=lt2020", False), ("&deceased=false", True), ("&active=true", True),
    ("&_has:Observation:patient:code=2823-3", False),
])  # fmt: skip
def test_a_patient_of_the_registry_is_found_by_what_he_is(
    physician: Sender, registered: UUID, criteria: str, is_found: bool
) -> None:
    answer = physician.get(f"/fhir/Patient?_id={registered}{criteria.format(hex=registered.hex)}")
    assert told(answer) == ([("Patient", str(registered), "match")] if is_found else [])
    assert answer.json()["total"] == int(is_found)
    if is_found:
        assert answer.json()["entry"][0]["resource"] == physician.get(f"/fhir/Patient/{registered}").json()
    count = physician.get(f"{answer.json()['link'][0]['url']}&_summary=count").json()
    assert (count["total"], "entry" in count) == (int(is_found), False)


def test_a_patient_finds_himself_and_nobody_else(client: Any, world: World, registered: UUID) -> None:
    own = Sender(client, world.own_session(registered))
    another = world.patient()
    for criteria in ("", f"?identifier=local|{registered.hex}", "?family=opdebeeck", f"?_id={registered}"):
        assert told(own.get(f"/fhir/Patient{criteria}")) == [("Patient", str(registered), "match")]
    assert told(own.get(f"/fhir/Patient?identifier=local|{another.hex}")) == []
    assert told(own.get(f"/fhir/Patient?identifier=local|{'0' * 32}")) == []
    assert own.get(f"/fhir/Patient?_id={another}").status_code == 404


def test_a_machine_finds_its_own_by_number_and_nobody_elses(
    machine: Sender, registered: UUID, hospital: Hospital, world: World
) -> None:
    ssin = number()
    insert = "INSERT INTO registry.patient_identifier (patient_id, system, value) VALUES (%s, %s, %s)"
    world.run(insert, registered, SSIN, ssin)
    address = f"/fhir/Patient?identifier={SSIN}|{ssin}"
    nobody = machine.get(address)
    assert told(nobody) == []  # known, but nothing of him is this house's (ACD-8)
    world.known_at(registered, hospital.id)
    machine.post("/fhir/Observation", observation(registered))
    assert told(machine.get(address)) == [("Patient", str(registered), "match")]
    assert told(machine.get(f"{address}&birthdate=1961-04-12&_summary=true")) == [
        ("Patient", str(registered), "match")
    ]
    assert told(machine.get(f"{address}&gender=male")) == []
    # the Patient that it sent stands for him from then on
    sent = machine.post("/fhir/Patient", patient(identifier=[{"system": SSIN, "value": ssin}])).json()["id"]
    assert told(machine.get(address)) == [("Patient", sent, "match")]


def test_a_patient_of_the_registry_comes_along(machine: Sender, physician: Sender, dealt_with: UUID) -> None:
    item = machine.post("/fhir/Observation", observation(dealt_with)).json()["id"]
    expected = [("Observation", item, "match"), ("Patient", str(dealt_with), "include")]
    for include in ("Observation:subject", "Observation:patient", "*", "Observation:subject:Patient"):
        for sender in (physician, machine):
            assert told(sender.get(f"/fhir/Observation?patient={dealt_with}&_include={include}")) == expected
    assert told(machine.get(f"/fhir/Observation?_id={item}&_include=Observation:subject")) == expected
    for include in ("Observation:subject:Group", "Observation:performer"):
        assert (
            told(physician.get(f"/fhir/Observation?patient={dealt_with}&_include={include}")) == expected[:1]
        )


def test_who_performed_comes_along_and_leads_to_what_he_performed(
    machine: Sender, physician: Sender, dealt_with: UUID, hospital: Hospital, world: World
) -> None:
    person = hospital.physician.person
    nihdi = f"1{person.int % 10**10:010}"
    world.run(
        "INSERT INTO registry.person_identifier (person_id, system, value) VALUES (%s, %s, %s)",
        person,
        NIHDI_PROFESSIONAL,
        nihdi,
    )
    performer = [{"reference": f"Practitioner/{person}"}, {"reference": f"Organization/{hospital.id}"}]
    item = machine.post("/fhir/Observation", observation(dealt_with, performer=performer)).json()["id"]
    other = machine.post("/fhir/Observation", observation(dealt_with)).json()["id"]
    address = f"/fhir/Observation?patient={dealt_with}"
    along = told(physician.get(f"{address}&_id={item}&_include=Observation:performer"))
    assert along == [
        ("Observation", item, "match"), ("Organization", str(hospital.id), "include"), ("Practitioner", str(person), "include"),
    ]  # fmt: skip
    only = told(physician.get(f"{address}&_id={item}&_include=Observation:performer:Practitioner"))
    assert only == [along[0], along[2]]
    for chain in (
        f"performer=Practitioner/{person}", f"performer:Practitioner.identifier={NIHDI_PROFESSIONAL}|{nihdi}", f"performer:Practitioner.family=Doe{person.hex[-6:]}",
        f"performer:Organization._id={hospital.id}", "performer:Organization.name=house " + hospital.id.hex[-6:],
    ):  # fmt: skip
        for sender in (physician, machine):
            assert told(sender.get(f"{address}&{chain}")) == [("Observation", item, "match")], chain
        assert told(machine.get(f"/fhir/Observation?{chain}")) == [("Observation", item, "match")], chain
    assert told(physician.get(f"{address}&performer:Practitioner.family=Nobody")) == []
    assert {one for _, one, _ in told(physician.get(f"{address}&_sort=_id"))} == {item, other}
    assert (
        physician.get(f"{address}&performer:Practitioner.active=true").status_code == 400
    )  # a whole country


@pytest.mark.parametrize("include", ["*:patient", "*:subject", "Observation:*"])
def test_a_patient_comes_along_by_any_spelling(
    machine: Sender, physician: Sender, dealt_with: UUID, include: str
) -> None:
    item = machine.post("/fhir/Observation", observation(dealt_with)).json()["id"]
    assert told(physician.get(f"/fhir/Observation?patient={dealt_with}&_include={include}")) == [
        ("Observation", item, "match"),
        ("Patient", str(dealt_with), "include"),
    ]
