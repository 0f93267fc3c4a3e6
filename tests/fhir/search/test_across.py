"""Search over the patients of one institution, by its own system: its own data, each patient named, nothing without an index."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from tests.fhir.conftest import Sender
from tests.fhir.resources import bundle, entry, observation, patient
from tests.gate.world import Worker, World

Json = dict[str, Any]


@dataclass(frozen=True)
class House:
    """A hospital with two patients, each with a value of potassium of a code of this run, and its machine."""

    machine: Sender
    code: str
    patients: tuple[str, str]
    values: tuple[str, str]
    numbers: tuple[str, str]
    clerk: Sender

    def find(self, address: str, **headers: str) -> Any:
        return self.machine.get(f"/fhir/{address}", **headers)

    def ids(self, address: str) -> list[str]:
        answer = self.find(address)
        assert answer.status_code == 200, answer.text
        return [
            one["resource"]["id"]
            for one in answer.json().get("entry", ())
            if one["search"]["mode"] == "match"
        ]


@pytest.fixture(scope="module")
def house(client: Any, world: World) -> House:
    return _house(client, world, code=uuid4().hex[:12])


def _house(client: Any, world: World, *, code: str) -> House:
    id_ = world.institution()
    machine = Sender(client, world.session(world.worker("machine", id_), face="api", purpose="exchange"))
    patients, values, numbers = [], [], []
    for family in ("Vandenbroucke", "Peeters"):
        told = patient(name=[{"family": family, "given": ["An"]}])
        numbers.append(told["identifier"][0]["value"])
        patients.append(machine.post("/fhir/Patient", told).json()["id"])
        value = observation(
            UUID(patients[-1]), code={"coding": [{"system": "http://example.org/codes", "code": code}]}
        )
        answer = machine.post("/fhir", bundle(entry(value))).json()
        values.append(answer["entry"][0]["response"]["location"].split("/")[1])
    clerk = Sender(client, world.session(world.worker("reception", id_), face="api"))
    return House(machine, code, tuple(patients), tuple(values), tuple(numbers), clerk)


def test_its_own_data_are_found_newest_first(house: House) -> None:
    first, second = house.values
    assert house.ids(f"Observation?code={house.code}") == [second, first]
    assert house.ids(f"Observation?code={house.code}&_sort=_lastUpdated") == [first, second]
    assert house.ids(f"Observation?code={house.code}&_sort=_id") == sorted(house.values)
    assert house.ids("Observation") == [second, first]
    assert house.ids(f"Observation?code={house.code}&value-quantity=gt6") == []
    assert house.ids(f"Observation?_id={first}") == [first]
    assert house.ids(f"Observation?code={house.code}&_lastUpdated=lt2020") == []
    assert house.ids(f"Observation?code=nothing-{house.code}") == []


def test_patients_are_found_by_number_by_name_and_by_what_refers_to_them(house: House) -> None:
    one, other = house.patients
    assert house.ids(f"Patient?identifier=urn:example:ward-numbers|{house.numbers[0]}") == [one]
    assert house.ids("Patient?family=vandenbrou&birthdate=1951-04-12") == [one]
    assert house.ids("Patient?family=vandenbrou&birthdate=1951-04-13") == []
    assert set(house.ids(f"Patient?_has:Observation:patient:code={house.code}")) == {one, other}
    chained = f"Observation?patient.identifier={house.numbers[1]}"
    assert house.ids(chained) == [house.values[1]]
    assert house.ids(f"Observation?subject:Patient.family=Vandenbroucke&code={house.code}") == [
        house.values[0]
    ]


def test_what_another_house_made_is_not_there(house: House, client: Any, world: World) -> None:
    """The same code, the same search: each finds its own (ACS-5), also by _id, by reference and as a count."""
    other = _house(client, world, code=house.code)
    assert set(other.ids(f"Observation?code={house.code}")) == set(other.values)
    assert other.ids(f"Observation?_id={house.values[0]}") == []
    assert other.ids(f"Patient?_id={other.patients[0]}") == [other.patients[0]]
    assert other.ids(f"Patient?identifier={house.numbers[0]}") == []
    counted = other.find(f"Observation?code={house.code}&_summary=count").json()
    assert counted["total"] == 2


SORTED = {
    "-date": (1, 2, 3, 0),
    "date": (0, 3, 2, 1),
    "value-quantity": (3, 0, 2, 1),
    "-value-quantity": (1, 2, 0, 3),
    "status,-date": (1, 2, 0, 3),
    "-status,value-quantity": (3, 0, 2, 1),
    "code-value-quantity": None,
}


@pytest.fixture(scope="module")
def four(client: Any, world: World) -> tuple[House, list[str]]:
    """Another hospital with four values of one code, on two patients."""
    house = _house(client, world, code=uuid4().hex[:12])
    made = []
    for day, value, status, whose in (
        ("2020-01-01", 2.0, "final", 0),
        ("2026-01-01", 9.5, "amended", 1),
        ("2025-06-01", 3.0, "final", 0),
        ("2024-01-01", 1.0, "preliminary", 1),
    ):
        one = observation(
            UUID(house.patients[whose]),
            code={"coding": [{"system": "http://example.org/codes", "code": f"{house.code}-4"}]},
            effectiveDateTime=day,
            valueQuantity={"value": value, "unit": "g"},
            status=status,
        )
        made.append(house.machine.post("/fhir/Observation", one).json()["id"])
    return house, made


@pytest.mark.parametrize("sort", SORTED)
def test_over_patients_in_the_order_that_is_asked_for_page_by_page(
    four: tuple[House, list[str]], sort: str
) -> None:
    house, made = four
    page = house.find(f"Observation?code={house.code}-4&_sort={sort}&_count=1").json()
    wanted = SORTED[sort]
    if wanted is None:
        told = page["entry"][-1]["resource"]["issue"][0]["diagnostics"]
        assert "not sorted by 'code-value-quantity'" in told
        return
    seen = []
    while True:
        seen += [one["resource"]["id"] for one in page["entry"] if one["search"]["mode"] == "match"]
        following = [one["url"] for one in page["link"] if one["relation"] == "next"]
        if not following:
            break
        page = house.machine.get(following[0].removeprefix("http://api.example")).json()
    assert seen == [made[nth] for nth in wanted]


def test_all_there_is_is_not_sorted(four: tuple[House, list[str]]) -> None:
    house, _ = four
    answer = house.find("Observation?_sort=date")
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "too-costly")
    assert house.find("Observation?_sort=-_lastUpdated").status_code == 200


def test_pages_and_what_comes_along(house: House) -> None:
    first = house.find(
        f"Observation?code={house.code}&_count=1&_total=accurate&_include=Observation:subject"
    ).json()
    assert first["total"] == 2
    assert [one["resource"]["id"] for one in first["entry"]] == [house.values[1], house.patients[1]]
    assert [one["search"]["mode"] for one in first["entry"]] == ["match", "include"]
    following = next(one["url"] for one in first["link"] if one["relation"] == "next")
    second = house.machine.get(following.removeprefix("http://api.example")).json()
    assert [one["resource"]["id"] for one in second["entry"]] == [house.values[0], house.patients[0]]
    assert [one["relation"] for one in second["link"]] == ["self", "first", "previous"]
    back = house.find(f"Patient?identifier={house.numbers[0]}&_revinclude=Observation:patient").json()
    assert [one["resource"]["id"] for one in back["entry"]] == [house.patients[0], house.values[0]]


def test_each_patient_found_reads_that_he_was(house: House, world: World) -> None:
    """The entry names exactly those whose data were given out (LOG-1), and no other line names them."""
    house.ids(f"Observation?patient.identifier={house.numbers[0]}")
    ((patients, items, rule, detail),) = world.run(
        "SELECT patients, items, rule, detail FROM log.entry WHERE verb = 'fhir-search' ORDER BY id DESC LIMIT 1"
    )
    assert [str(one) for one in patients] == [house.patients[0]]
    assert [str(one) for one in items] == [house.values[0]]
    assert rule == "ACS-5.institution"
    assert detail["type"] == "Observation"
    ((listed,),) = world.run(
        "SELECT count(*) FROM log.listed l JOIN log.entry e ON e.id = l.entry_id WHERE l.patient_id = %s AND e.verb = 'fhir-search' AND e.items = %s",
        UUID(house.patients[0]),
        [UUID(house.values[0])],
    )
    assert listed >= 1


COSTLY = (
    "Observation?value-quantity=gt5",
    "Observation?status=final",
    "Observation?code:not=2823-3",
    "Observation?date=ge2020",
    "Patient?birthdate=1951-04-12",
    "Patient?name=a",
    "Observation?_text=potassium",
    "Observation?encounter.status=finished",
)


@pytest.mark.parametrize("address", COSTLY)
def test_a_search_that_would_go_through_everything_is_refused(house: House, address: str) -> None:
    answer = house.find(address)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["code"] == "too-costly"


def _scoped(house: House, world: World, *types: str) -> House:
    """Give the same machine by way of an app whose scopes let it search `types` alone."""
    app, secret = uuid4(), world.session(_worker(house, world), face="api", purpose="exchange")
    ((employment, institution),) = world.run(
        "SELECT employment_id, institution_id FROM gate.session WHERE secret_hash = sha256(%s::bytea)", secret
    )
    world.run(
        "INSERT INTO gate.app (id, name, institution_id, kind, scopes, machine_id, jwks, registered_by) "
        "VALUES (%s, 'Archive', %s, 'backend', 'system', %s, '{}', 'x')",
        app,
        institution,
        employment,
    )
    opens = {"system": {"s": dict.fromkeys(types, 2**21 - 1)}}
    world.run(
        "UPDATE gate.session SET app_id = %s, app_name = 'Archive', app_opens = %s WHERE secret_hash = sha256(%s::bytea)",
        app,
        Jsonb(opens),
        secret,
    )
    return replace(house, machine=Sender(house.machine.client, secret))


def _worker(house: House, world: World) -> Worker:
    ((person, employment, institution),) = world.run(
        "SELECT person_id, employment_id, institution_id FROM gate.session WHERE secret_hash = sha256(%s::bytea)",
        house.machine.secret,
    )
    return Worker(person=person, employment=employment, institution=institution)


def test_a_scope_narrows_what_is_found_what_comes_along_and_what_a_chain_tells(
    house: House, world: World
) -> None:
    """SMART: by way of a type that no scope names nothing is learnt, not even that it is there."""
    by_number, by_value = (
        f"Patient?identifier={house.numbers[0]}",
        f"Patient?_has:Observation:patient:code={house.code}",
    )
    by_name = f"Observation?subject:Patient.family=Vandenbroucke&code={house.code}"
    patients = _scoped(house, world, "Patient")
    assert patients.ids(by_number) == [house.patients[0]]
    assert patients.ids(by_value) == []
    along = patients.find(f"{by_number}&_revinclude=Observation:patient").json()
    assert [one["resource"]["id"] for one in along["entry"]] == [house.patients[0]]
    assert patients.find(f"Observation?code={house.code}").json().get("entry", []) == []
    values = _scoped(house, world, "Observation")
    assert set(values.ids(f"Observation?code={house.code}")) == set(house.values)
    assert values.ids(by_name) == []
    both = _scoped(house, world, "Patient", "Observation")
    assert set(both.ids(by_value)) == set(house.patients)
    assert both.ids(by_name) == [house.values[0]]


def test_nobody_but_a_system_searches_without_a_patient(house: House) -> None:
    answer = house.clerk.get(f"/fhir/Observation?code={house.code}")
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["code"] == "required"


def test_a_machine_without_the_right_to_read_finds_nothing(house: House, world: World) -> None:
    """Its function decides, also here (ACS-1): the refusal beside the permit."""
    ((version,),) = world.run("SELECT max(version) FROM gate.rights_version WHERE from_at <= now()")
    removed = world.run(
        "DELETE FROM gate.rights WHERE version = %s AND function = 'machine' AND action = 'read' RETURNING category",
        version,
    )
    try:
        assert house.find(f"Observation?code={house.code}").status_code == 404
    finally:
        for (category,) in removed:
            world.run("INSERT INTO gate.rights VALUES (%s, 'machine', 'read', %s)", version, category)
    assert len(house.ids(f"Observation?code={house.code}")) == 2
