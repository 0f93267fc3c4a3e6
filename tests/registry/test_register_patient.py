"""Who is who: one patient per number, never a silent merge, and numbers that only their owner gives (REC-1, XCH-1, DTH-1)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.actions.clinic import Clinic
from unidossier.actions.deliver import NumbersOfSeveralPatients, PatientUnknown, register_patient
from unidossier.gate.door import SessionEnded
from unidossier.kernel.identifiers import SSIN
from unidossier.kernel.ssin import Ssin, SsinKind, check_digits
from unidossier.kernel.uuid7 import new_id
from unidossier.record.registration import Registration, registration_of

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def ssin(world: Any) -> Any:
    """Give national numbers that nobody has yet in this database: `ssin()`, or `ssin(bis=True)`."""

    def fresh(*, bis: bool = False) -> str:
        ((used,),) = world.run("SELECT nextval('log.entry_number')")  # any number that is never given twice
        serial = used % 900 + 1
        month = 4 + 40 * bis
        nine = f"{20 + used // 900 % 80:02}{month:02}17{serial:03}"
        return nine + check_digits(nine, century=1900)

    return fresh


@dataclass(frozen=True)
class House:
    """An institution that sends patients."""

    id: UUID
    secret: bytes

    def patient(
        self, number: str | None = None, *, source: str | None = None, **changes: Any
    ) -> Registration:
        """What it tells of a patient, as from a Patient resource."""
        told: dict[str, Any] = {
            "resourceType": "Patient",
            "name": [{"family": "Peeters", "given": ["An"]}],
            "gender": "female",
            "birthDate": "1951-04-12",
        }
        if number is not None:
            told["identifier"] = [{"system": SSIN, "value": number}]
        return registration_of(
            told | changes,
            source_id=source or new_id().hex,
            institution_key=self.id.hex,
            language="nl",
            at=AT,
        )

    def send(self, registration: Registration, *, id: UUID | None = None) -> UUID:
        return register_patient(self.secret, id=id or new_id(), registration=registration)


@pytest.fixture
def house(clinic: Clinic) -> House:
    return House(id=clinic.id, secret=clinic.machine_secret)


@pytest.fixture
def other_house(clinic: Clinic) -> House:
    id_ = clinic.world.institution()
    machine = clinic.world.worker("machine", id_)
    return House(id=id_, secret=clinic.world.session(machine, face="api", purpose="exchange"))


def numbers(clinic: Clinic, patient: UUID) -> set[tuple[Any, ...]]:
    return set(
        clinic.world.run(
            "SELECT system, value, institution_id FROM registry.patient_identifier WHERE patient_id = %s",
            patient,
        )
    )


def test_a_local_number_is_of_the_house_that_its_system_names(
    clinic: Clinic, house: House, other_house: House, ssin: Any
) -> None:
    ((key,),) = clinic.world.run("SELECT key FROM registry.institution WHERE id = %s", other_house.id)
    system, value = f"urn:unidossier:patient-of:{key}", f"L{new_id()}"
    told = [{"system": SSIN, "value": ssin()}, {"system": system, "value": value}]
    assert (system, value, other_house.id) in numbers(clinic, house.send(house.patient(identifier=told)))


@pytest.mark.parametrize("bis", [False, True], ids=["national", "BIS"])
def test_a_national_number_is_one_patient_in_all_institutions(
    clinic: Clinic, house: House, other_house: House, ssin: Any, bis: bool
) -> None:
    number = ssin(bis=bis)
    assert Ssin.parse(number).kind is (SsinKind.BIS if bis else SsinKind.NATIONAL)
    first = house.send(house.patient(number))
    assert other_house.send(other_house.patient(number)) == first
    assert house.send(house.patient(ssin())) != first
    assert (SSIN, number, None) in numbers(clinic, first)


def test_a_number_written_with_signs_is_the_same_number(house: House, other_house: House, ssin: Any) -> None:
    number = ssin()
    first = house.send(house.patient(number))
    assert other_house.send(other_house.patient(Ssin.parse(number).formatted)) == first


def test_a_local_number_is_of_its_institution_alone(clinic: Clinic, house: House, other_house: House) -> None:
    first = house.send(house.patient(source="p1"))
    assert house.send(house.patient(source="p1")) == first
    assert other_house.send(other_house.patient(source="p1")) != first
    assert {institution for _, _, institution in numbers(clinic, first)} == {house.id}


def test_two_houses_that_count_alike_do_not_join_two_people(
    clinic: Clinic, house: House, other_house: House
) -> None:
    """Both name the system of their numbers alike, as a product that both bought writes it."""
    counted = [{"system": f"urn:product:{clinic.id}", "value": "1001"}]
    first = house.send(house.patient(source="a", identifier=counted))
    second = other_house.send(other_house.patient(source="b", identifier=counted))
    assert first != second
    assert house.send(house.patient(source="c", identifier=counted)) == first
    assert other_house.send(other_house.patient(source="b", identifier=counted)) == second


def test_the_same_name_and_birth_date_are_no_proof(house: House, other_house: House) -> None:
    assert house.send(house.patient()) != other_house.send(other_house.patient())


def test_a_patient_without_any_number_is_made_each_time(clinic: Clinic, house: House) -> None:
    nameless = house.patient()
    bare = Registration(identity=nameless.identity, numbers=[])
    first, second = house.send(bare), house.send(bare)
    assert first != second
    assert numbers(clinic, first) == set()


def test_two_senders_at_once_make_one_patient(house: House, other_house: House, ssin: Any) -> None:
    for _ in range(5):
        number = ssin()
        senders = [house, other_house] * 3
        with ThreadPoolExecutor(len(senders)) as threads:
            found = list(threads.map(lambda one, n=number: one.send(one.patient(n)), senders))
        assert len(set(found)) == 1


def test_numbers_of_two_patients_are_refused_and_join_nobody(clinic: Clinic, house: House, ssin: Any) -> None:
    one, two = ssin(), ssin()
    first, second = house.send(house.patient(one, source="a")), house.send(house.patient(two, source="b"))
    before = numbers(clinic, first), numbers(clinic, second)
    with pytest.raises(NumbersOfSeveralPatients):
        house.send(house.patient(one, source="b"))
    assert (numbers(clinic, first), numbers(clinic, second)) == before
    assert house.send(house.patient(one, source="a")) == first


def test_a_known_patient_gains_local_numbers_alone(
    clinic: Clinic, house: House, other_house: House, ssin: Any
) -> None:
    """A national number is corrected at the desk: a sender's typing error would join two people."""
    patient = house.send(house.patient(source="p1"))
    before = numbers(clinic, patient)
    assert house.send(house.patient(ssin(), source="p1")) == patient
    assert numbers(clinic, patient) == before
    number = ssin()
    known = house.send(house.patient(number))
    other_house.send(other_house.patient(number, source="q7"))
    assert ("q7", other_house.id) in {(value, owner) for _, value, owner in numbers(clinic, known)}


def test_a_known_patient_keeps_his_name(clinic: Clinic, house: House, other_house: House, ssin: Any) -> None:
    number = ssin()
    patient = house.send(house.patient(number))
    other_house.send(other_house.patient(number, name=[{"family": "Janssens"}], birthDate="1999-01-01"))
    rows = clinic.world.run("SELECT family, birth_date::text FROM registry.patient WHERE id = %s", patient)
    assert rows == [("Peeters", "1951-04-12")]


def _deceased_at(clinic: Clinic, patient: UUID) -> datetime | None:
    ((at,),) = clinic.world.run("SELECT deceased_at FROM registry.patient WHERE id = %s", patient)
    return at


def _at_desk(clinic: Clinic, function: str = "reception") -> House:
    return House(id=clinic.id, secret=clinic.world.session(clinic.world.worker(function, clinic.id)))


def test_a_machine_may_report_a_death_and_a_receptionist_not(clinic: Clinic, house: House, ssin: Any) -> None:
    number = ssin()
    patient = house.send(house.patient(number))
    dead = house.patient(number, deceasedDateTime="2026-11-19T04:00:00+01:00")
    assert _at_desk(clinic).send(dead) == patient
    assert _deceased_at(clinic, patient) is None
    house.send(dead)
    assert _deceased_at(clinic, patient) == datetime(2026, 11, 19, 3, tzinfo=UTC)


def test_the_first_death_told_stays(clinic: Clinic, house: House, ssin: Any) -> None:
    number = ssin()
    patient = house.send(house.patient(number, deceasedDateTime="2026-11-19T04:00:00+01:00"))
    house.send(house.patient(number, deceasedDateTime="2020-01-01T00:00:00Z"))
    house.send(house.patient(number))
    assert _deceased_at(clinic, patient) == datetime(2026, 11, 19, 3, tzinfo=UTC)


def test_nobody_is_registered_as_deceased_by_a_receptionist(clinic: Clinic, house: House) -> None:
    dead = house.patient(deceasedBoolean=True)
    assert _deceased_at(clinic, _at_desk(clinic).send(dead)) is None
    assert _deceased_at(clinic, house.send(house.patient(deceasedBoolean=True))) == AT


@pytest.mark.parametrize(
    ("function", "may"),
    [
        ("reception", True),
        ("medical-secretary", True),
        ("nurse", True),
        ("specialist", True),
        ("billing", False),
        ("physiotherapist", False),
        ("registration-desk", False),  # governance plans nothing by virtue of its function (ACS-4)
        ("security-officer", False),
    ],
)
def test_who_may_register(clinic: Clinic, house: House, function: str, may: bool) -> None:
    desk, id_ = _at_desk(clinic, function), new_id()
    if may:
        assert desk.send(house.patient(), id=id_) == id_
    else:
        with pytest.raises(PatientUnknown):
            desk.send(house.patient(), id=id_)
    ((permitted,),) = clinic.world.run(
        "SELECT permitted FROM log.entry WHERE institution_id = %s AND function = %s AND verb = 'register-patient'",
        clinic.id,
        function,
    )
    assert permitted is may
    assert len(clinic.world.run("SELECT 1 FROM registry.patient WHERE id = %s", id_)) == may


def test_neither_a_practice_nor_a_patient_registers(clinic: Clinic, house: House) -> None:
    for secret in (clinic.outsider("gp"), clinic.world.own_session(clinic.patient)):
        with pytest.raises(PatientUnknown):
            House(id=clinic.id, secret=secret).send(house.patient())


def test_an_ended_session_registers_nobody(clinic: Clinic, house: House) -> None:
    with psycopg.connect(clinic.world.dsns.app, autocommit=True) as connection:
        connection.execute("SELECT gate.close_session(%s)", (house.secret,))
    with pytest.raises(PatientUnknown):
        house.send(house.patient())
    with pytest.raises(SessionEnded):
        House(id=house.id, secret=b"never opened").send(house.patient())


def test_the_patient_and_the_entry_that_made_him_name_each_other(clinic: Clinic, house: House) -> None:
    patient = house.send(house.patient())
    rows = clinic.world.run(
        """SELECT e.verb, e.rule, e.detail FROM registry.patient p JOIN log.entry e ON e.id = p.entry_id AND e.patient_id = p.id
        WHERE p.id = %s""",
        patient,
    )
    assert rows == [("register-patient", "XCH-1.deliver", {"made": True})]
