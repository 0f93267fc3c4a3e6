"""A month at a hospital that never was: its people at work, and some who look where they have nothing to do (security.md T2).

Everything is drawn from a seed. What honest people do is drawn at rates that make the review's work hard: a hundredth of the looks are at records
of long ago, most with a letter or a result behind it, some with nothing; families and neighbours are treated by their own.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tests.cases.conftest import House
from tests.gate.world import NO_ENTRY
from unidossier.kernel.uuid7 import new_id

STARTS = ("Ver", "Van", "De", "Pee", "Jan", "Wil", "Mae", "Du", "Cle", "Goo")
MIDDLES = ("meer", "bo", "der", "lin", "kha", "ro", "sta", "vel", "wou", "zan")
ENDS = ("ters", "sen", "pont", "maert", "hove", "beke", "mans", "ckx", "court", "leer")
# A thousand family names, each as common as the others: two people share one twice as often as in Belgium, where Peeters is borne by three in a thousand.
NAMES = [f"{first}{second}{third}" for first in STARTS for second in MIDDLES for third in ENDS]
STRANGER = "Zzyzx"  # nobody's name
FAMILY, NEIGHBOUR = 0.004, 0.001  # of those whom somebody treats
LOOKS_A_DAY = 12
WARD = 15  # people of one ward
SNOOPERS = (
    "self",
    "colleague",
    "same-name",
    "same-address",
    "planned-with-oneself",
    "excluded",
    "no-activity",
    "came-back",
    "bulk",
)


@dataclass
class Month:
    """Rows to lay, and who was planted: {person: kind}."""

    house: House
    staff: int
    days: int
    rng: random.Random
    today: datetime
    planted: dict[UUID, str] = field(default_factory=dict)
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    @property
    def staff_days(self) -> int:
        """How many days of work the month holds."""
        return self.staff * self.days


COLUMNS = {
    "registry.team": "id, institution_id, key, names, kind",
    "registry.patient": "id, family, given, sort_key, birth_date, contact, entry_id",
    "registry.person": "id, human_id, family, given, sort_key, professional, patient_id",
    "registry.employment": "id, person_id, institution_id, function, from_at",
    "registry.duty": "id, team_id, person_id, starts_at",
    "relations.relation": "patient_id, id, person_id, team_id, institution_id, kind, source_type, starts_at, ends_at, made_by, made_at, entry_id",
    "relations.stay": "patient_id, id, institution_id, team_id, starts_at, ends_at",
    "log.entry": "id, at, person_id, person_name, function, institution_id, patient_id, verb, purpose, rule, permitted",
}


def make_month(house: House, *, staff: int, days: int, seed: int, each: int) -> Month:
    """Draw the month; `each` snoopers of every kind beside the honest people."""
    now = house.world.run(
        "SELECT date_trunc('day', now() AT TIME ZONE 'Europe/Brussels') AT TIME ZONE 'Europe/Brussels'"
    )[0][0]
    month = Month(house=house, staff=staff, days=days, rng=random.Random(seed), today=now)
    for table in COLUMNS:
        month.rows[table] = []
    wards = [_ward(month) for _ in range(max(1, staff // WARD))]
    people = [_person(month, wards[number % len(wards)]) for number in range(staff)]
    for person in people:
        for ago in range(1, days + 1):
            _works(month, person, ago)
    for kind in SNOOPERS:
        for _ in range(each):
            snooper = _person(month, month.rng.choice(wards), is_known=True)
            month.planted[snooper.id] = kind
            _works(month, snooper, 2)
            _snoops(month, snooper, kind, people)
    return month


@dataclass(frozen=True)
class Person:
    """Somebody at work: his ward, his own record, his address."""

    id: UUID
    ward: UUID
    family: str
    own: UUID | None
    address: str


def _ward(month: Month) -> UUID:
    made = new_id()
    month.rows["registry.team"].append((made, month.house.clinic.id, made.hex, Jsonb({}), "ward"))
    return made


def _person(month: Month, ward: UUID, *, is_known: bool = False) -> Person:
    rng, made = month.rng, new_id()
    family, address = rng.choice(NAMES), f"Kerkstraat {rng.randint(1, 4000)}, Gent"
    own = _patient(month, family=family, address=address) if is_known or rng.random() < 0.3 else None
    month.rows["registry.person"].append((made, made, family, "Jo", family.lower(), True, own))
    month.rows["registry.employment"].append(
        (new_id(), made, month.house.clinic.id, "nurse", datetime.fromisoformat("2020-01-01T00:00:00Z"))
    )
    month.rows["registry.duty"].append((new_id(), ward, made, datetime.fromisoformat("2020-01-01T00:00:00Z")))
    return Person(id=made, ward=ward, family=family, own=own, address=address)


def _patient(month: Month, *, family: str = "", address: str = "") -> UUID:
    rng, made = month.rng, new_id()
    family = family or rng.choice(NAMES)
    address = address or f"Kerkstraat {rng.randint(1, 4000)}, Gent"
    month.rows["registry.patient"].append(
        (
            made,
            family,
            "Al",
            family.lower(),
            date(1980, 5, 17),
            Jsonb({"address": address}),
            NO_ENTRY,
        )
    )
    return made


def _relation(
    month: Month,
    patient: UUID,
    *,
    begun: datetime,
    person: UUID | None = None,
    team: UUID | None = None,
    by: UUID | None = None,
) -> None:
    month.rows["relations.relation"].append(
        (
            patient,
            new_id(),
            person,
            team,
            month.house.clinic.id,
            "stay",
            "Encounter",
            begun,
            begun + timedelta(days=120),
            by,
            begun,
            NO_ENTRY,
        )
    )


def _look(
    month: Month,
    person: Person,
    patient: UUID,
    at: datetime,
    *,
    verb: str = "open-record",
    rule: str = "ACD-2.work",
    permitted: bool = True,
    function: str = "nurse",
) -> None:
    entry = (
        int(f"{at.astimezone().strftime('%Y%m')}") * 10**13
        + 5 * 10**12
        + len(month.rows["log.entry"])
        + month.rng.randrange(10) * 10**8
    )
    month.rows["log.entry"].append(
        (
            entry,
            at,
            person.id,
            f"Jo {person.family}",
            function,
            month.house.clinic.id,
            patient,
            verb,
            "care",
            rule,
            permitted,
        )
    )


def _moment(month: Month, ago: int) -> datetime:
    return month.today - timedelta(days=ago) + timedelta(hours=7, minutes=month.rng.randrange(720))


def _works(month: Month, person: Person, ago: int) -> None:
    """A day of an honest person."""
    rng = month.rng
    for _ in range(LOOKS_A_DAY):
        at, chance = _moment(month, ago), rng.random()
        # family and neighbours are treated like everybody
        patient = _patient(
            month,
            family=person.family if rng.random() < FAMILY else "",
            address=person.address if rng.random() < NEIGHBOUR else "",
        )
        if chance < 0.97:
            _admitted(month, patient, person.ward, at)
        else:
            _of_long_ago(month, patient, person, at, trace=chance < 0.997)
        _look(month, person, patient, at)


def _admitted(month: Month, patient: UUID, ward: UUID, at: datetime) -> None:
    begun = at - timedelta(days=month.rng.randrange(1, 30))
    ended = at + timedelta(days=month.rng.randrange(-8, 20))  # discharged a week ago at most, or still there
    month.rows["relations.stay"].append((patient, new_id(), month.house.clinic.id, ward, begun, ended))
    _relation(month, patient, begun=begun, team=ward)


def _of_long_ago(month: Month, patient: UUID, person: Person, at: datetime, *, trace: bool) -> None:
    begun = at - timedelta(days=month.rng.randrange(40, 100))
    _relation(month, patient, begun=begun, team=person.ward)
    if trace:  # a result or a letter came in, and somebody looked
        machine = Person(
            id=month.house.clinic.machine.person, ward=person.ward, family="machine", own=None, address=""
        )
        _look(
            month,
            machine,
            patient,
            at - timedelta(hours=3),
            verb="deliver",
            rule="XCH-1.deliver",
            function="machine",
        )


def _snoops(month: Month, person: Person, kind: str, people: list[Person]) -> None:
    at = _moment(month, month.rng.randrange(1, month.days + 1))
    stale = at - timedelta(days=month.rng.randrange(40, 100))
    match kind:
        case "self" | "colleague" | "same-name" | "same-address":
            patient = _known_to(month, person, kind, people, at)
            _relation(month, patient, begun=stale, team=person.ward)
            _look(month, person, patient, at)
        case "planned-with-oneself":
            patient = _patient(month, family=STRANGER)
            _relation(month, patient, begun=at - timedelta(hours=1), person=person.id, by=person.id)
            _look(month, person, patient, at)
        case "excluded":
            patient = _patient(month, family=STRANGER)
            _look(month, person, patient, at, rule="EXC-2.excluded", permitted=False)
        case _:
            _snoops_often(month, person, kind, at)


def _known_to(month: Month, person: Person, kind: str, people: list[Person], at: datetime) -> UUID:
    """A patient whom the snooper knows in life."""
    whose = person if kind == "self" else month.rng.choice([one for one in people if one.own])
    if kind in ("self", "colleague"):
        assert whose.own
        return whose.own
    name, address = (person.family, "") if kind == "same-name" else (STRANGER, person.address)
    patient = _patient(month, family=name, address=address)
    if month.rng.random() < 0.5:  # on another ward now: work of others
        stay = (patient, new_id(), month.house.clinic.id, _ward(month))
        month.rows["relations.stay"].append((*stay, at - timedelta(days=2), at + timedelta(days=2)))
    return patient


def _snoops_often(month: Month, person: Person, kind: str, at: datetime) -> None:
    """Who looks at many, or at one again and again."""
    if kind == "bulk":
        for half_minute in range(70):
            patient = _patient(month, family=STRANGER)
            _admitted(month, patient, person.ward, at)
            _look(month, person, patient, at + timedelta(seconds=30 * half_minute))
        return
    many = month.rng.randrange(4, 7) if kind == "no-activity" else 1
    for _ in range(many):
        patient = _patient(month, family=STRANGER)
        _relation(month, patient, begun=at - timedelta(days=60), team=person.ward)
        for ago in range(1, 5) if kind == "came-back" else (0,):
            _look(month, person, patient, _moment(month, ago) if ago else at)


def lay(month: Month) -> None:
    """Write the month into the test database, past the gate; months of the log that are over get their partition."""
    world = month.house.world
    for first in sorted({row[0] // 10**13 for row in month.rows["log.entry"]}):
        year, number = divmod(first, 100)
        following = first + 1 if number < 12 else (year + 1) * 100 + 1
        name = f"log.entry_{year}_{number:02}"
        if world.run("SELECT to_regclass(%s)", name) == [(None,)]:
            world.run(
                f"CREATE TABLE {name} PARTITION OF log.entry FOR VALUES FROM ({first * 10**13}) TO ({following * 10**13})"
            )
            world.run(f"ALTER TABLE {name} OWNER TO unidossier_log")
    for table, columns in COLUMNS.items():
        for batch in _batches(month.rows[table]):
            marks = f"({', '.join(['%s'] * len(columns.split(', ')))})"
            values = [value for row in batch for value in row]
            world.run(f"INSERT INTO {table} ({columns}) VALUES {', '.join([marks] * len(batch))}", *values)
    world.run("ANALYZE registry.patient, registry.person, relations.relation, relations.stay, log.entry")


def _batches(rows: list[tuple[Any, ...]], size: int = 1000) -> Iterator[list[tuple[Any, ...]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
