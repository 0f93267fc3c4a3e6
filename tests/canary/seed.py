"""The canaries: words that nobody could know by chance, in every place of the record and around it that can hide something.

They are planted by the administrator of the database, as what other people and machines have left there. Each says who of
the cast may see it; one of those must find it, or the proof proves nothing.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from json import dumps
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from tests.browser.site import Site
from unidossier.database.connections import DATABASE
from unidossier.database.home import Home
from unidossier.database.server import EmbeddedServer
from unidossier.kernel.category import EVERY_CATEGORY, Category
from unidossier.kernel.uuid7 import new_id
from unidossier.record.searching.extract import search_values

NUMBERS = "610304"  # how the planted numbers begin
BEGINNING = "qanar"  # of every canary; searched for, so that a list which finds one shows the rest of it
NO_ENTRY = 0
KEYS = ("id", "item_id", "task_id", "patient_id")  # which of its columns names a row that was planted
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FOR_EVER = datetime(2100, 1, 1, tzinfo=UTC)
KNOWN = ("Goossens", "Rita"), ("Marchal", "Isabelle")
STRANGERS_HOUSE = "linde"  # an institution without a Desk in the cast
GOVERNANCE = (
    "registration-desk",
    "ombuds",
    "medical-director",
    "data-protection-officer",
    "security-officer",
)


@dataclass(frozen=True)
class Member:
    """One account of the cast as the registry knows it."""

    username: str
    person: UUID
    function: str  # patient and representative have no employment
    institution: UUID | None
    network: bool
    patient: UUID | None
    face: str


@dataclass(frozen=True)
class Canary:
    """One hidden word: where it stands, who may see it, and who must."""

    word: str
    where: str
    may_see: frozenset[str]
    twin: str


@dataclass
class Planted:
    """All canaries, the ids that lead to them, and for whom each id is nothing."""

    canaries: list[Canary] = field(default_factory=list)
    patients: dict[str, UUID] = field(default_factory=dict)  # why it is closed -> patient
    ids: dict[str, UUID] = field(default_factory=dict)  # what -> id
    closed_to: dict[UUID, frozenset[str]] = field(default_factory=dict)
    known: list[UUID] = field(default_factory=list)  # patients whom many may see, but not everything
    entry: int = 0
    digest: str = ""
    rows: list[tuple[str, str, object]] = field(
        default_factory=list
    )  # table, key and value of what was inserted


class Garden:
    """Plants into one running site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.planted = Planted()
        self._dice = random.Random()
        self._serials = self._dice.sample(range(1, 997), 20)
        dsn = EmbeddedServer(Home(site.home)).dsn(dbname=DATABASE)
        self._root = psycopg.connect(dsn, autocommit=True)

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement as the administrator of the database and return its rows."""
        cursor = self._root.execute(statement, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        self._root.close()

    def number(self) -> str:
        """Give a national number of somebody born on NUMBERS, valid and nobody's."""
        nine = int(f"{NUMBERS}{self._serials.pop():03}")
        return f"{nine}{97 - nine % 97:02}"

    def insert(self, table: str, **columns: object) -> None:
        key = next(name for name in KEYS if name in columns)
        self.planted.rows.append((table, key, columns[key]))
        names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
        self.ask(f"INSERT INTO {table} ({names}) VALUES ({marks})", *columns.values())

    @cached_property
    def cast(self) -> list[Member]:
        """Everybody who can sign in, at the place where he arrives: somebody works in two functions."""
        from unidossier.demo.cast import accounts

        told = {one.username: one for one in accounts()}
        rows = self.ask(
            """SELECT DISTINCT ON (a.username) a.username, a.person_id, e.function, e.institution_id, coalesce(i.network, false), h.patient_id
            FROM account a JOIN registry.person h ON h.id = a.person_id
            LEFT JOIN registry.employment e ON e.person_id = h.id LEFT JOIN registry.institution i ON i.id = e.institution_id
            ORDER BY a.username, e.function = (%s::jsonb ->> a.username) DESC, e.from_at""",
            Jsonb({name: one.function for name, one in told.items()}),
        )
        return [
            Member(name, person, function or told[name].function, house, network, patient, told[name].face)
            for name, person, function, house, network, patient in rows
            if name in told
        ]

    def house(self, key: str) -> UUID:
        [(found,)] = self.ask("SELECT id FROM registry.institution WHERE key = %s", key)
        return UUID(str(found))

    def member(self, username: str) -> Member:
        return next(one for one in self.cast if one.username == username)

    def known_patient(self, family: str, given: str) -> UUID:
        [(found,)] = self.ask(
            "SELECT id FROM registry.patient WHERE family = %s AND given = %s", family, given
        )
        return UUID(str(found))

    def word(self) -> str:
        return BEGINNING + "".join(self._dice.choices("bcdfghklmnprstvz", k=9))

    def canary(self, where: str, *, may_see: frozenset[str], twin: str, word: str = "") -> str:
        """Make one; the caller puts the word where it says."""
        made = Canary(word or self.word(), where, may_see | {twin}, twin)
        self.planted.canaries.append(made)
        return made.word

    def name(self, what: str, row: UUID, *, may_see: frozenset[str]) -> UUID:
        """Remember an id that leads to something, and for whom it must be as if it were not there."""
        self.planted.ids[what] = row
        self.planted.closed_to[row] = frozenset(one.username for one in self.cast) - may_see
        return row

    # who may see what

    def related(self, patient: UUID) -> frozenset[str]:
        """Carers and staff whom a relation in force opens the record, himself or by a team."""
        rows = self.ask(
            """SELECT person_id FROM relations.relation WHERE patient_id = %(p)s AND state = 'in-force' AND ends_at > now() AND person_id IS NOT NULL
            UNION SELECT d.person_id FROM relations.relation r JOIN registry.duty d ON d.team_id = r.team_id
            WHERE r.patient_id = %(p)s AND r.state = 'in-force' AND r.ends_at > now()""".replace(
                "%(p)s", f"'{patient}'"
            )
        )
        persons = {UUID(str(person)) for (person,) in rows}
        return frozenset(one.username for one in self.cast if one.person in persons and one.institution)

    def reading(self, category: Category) -> frozenset[str]:
        """Whose function may read a category (ACS-1)."""
        rows = self.ask(
            """SELECT function FROM gate.rights WHERE action = 'read' AND category = %s
            AND version = (SELECT max(version) FROM gate.rights_version WHERE from_at <= now())""",
            int(category),
        )
        functions = {function for (function,) in rows}
        return frozenset(one.username for one in self.cast if one.function in functions)

    def employed(self, *keys: str) -> frozenset[str]:
        houses = {self.house(key) for key in keys}
        return frozenset(one.username for one in self.cast if one.institution in houses)

    def themselves(self, patient: UUID) -> frozenset[str]:
        """The patient, and whoever represents him."""
        rows = self.ask("SELECT person_id FROM relations.representation WHERE patient_id = %s", patient)
        persons = {UUID(str(person)) for (person,) in rows}
        return frozenset(one.username for one in self.cast if one.patient == patient or one.person in persons)

    def desk(self, patient: UUID | None) -> frozenset[str]:
        """The Desks that deal with him: every registration desk, and those of the houses that know him (ACS-4)."""
        rows = (
            self.ask(
                """SELECT institution_id FROM record.presence WHERE patient_id = %s
                UNION SELECT institution_id FROM relations.relation WHERE patient_id = %s""",
                patient,
                patient,
            )
            if patient
            else []
        )
        houses = {UUID(str(house)) for (house,) in rows}
        tasks = self.ask("SELECT institution_id, function FROM cases.task WHERE patient_id = %s", patient)
        return frozenset(
            one.username
            for one in self.cast
            if one.function == "registration-desk"
            or (
                one.function in GOVERNANCE
                and (one.institution in houses or (one.institution, one.function) in tasks)
            )
        )

    # rows

    def relation(
        self, patient: UUID, to: Member | UUID, *, house: UUID | None = None, **columns: object
    ) -> UUID:
        made = new_id()
        person = to.person if isinstance(to, Member) else to
        place = house or (to.institution if isinstance(to, Member) else None)
        row = {
            "kind": "appointment",
            "source_type": "Appointment",
            "starts_at": LONG_AGO,
            "ends_at": FOR_EVER,
            "categories": EVERY_CATEGORY,
        } | columns
        self.insert(
            "relations.relation",
            patient_id=patient,
            id=made,
            person_id=person,
            institution_id=place,
            entry_id=NO_ENTRY,
            **row,
        )
        return made

    def patient(self, *, family: str, given: str, number: str, address: str, **columns: object) -> UUID:
        made = new_id()
        self.insert(
            "registry.patient",
            id=made,
            family=family,
            given=given,
            sort_key=f"{family} {given}".lower(),
            birth_date="1961-03-04",
            language="nl",
            contact=Jsonb({"address": address}),
            entry_id=NO_ENTRY,
            **columns,
        )
        self.insert("registry.patient_identifier", patient_id=made, system="ssin", value=number)
        return made

    def item(self, patient: UUID, house: UUID, *, title: str, text: str = "", **columns: object) -> UUID:
        made = new_id()
        now = datetime.now(UTC) - timedelta(hours=2)
        row = {
            "version": 1,
            "type": "DiagnosticReport",
            "institution_id": house,
            "category": int(Category.REPORT),
            "status": "final",
            "title": title,
            "language": "nl",
            "search": f"'{title}' 'report'",
            "clinical_at": now,
            "entered_at": now,
            "author_name": f"Dr {title}",
        } | columns
        resource = _resource(made, patient, row, text=text)
        found_by = search_values(resource, own=frozenset([f"Patient/{patient}"]))
        self.insert(
            "record.item",
            patient_id=patient,
            id=made,
            tokens=list(found_by.tokens),
            facts=Jsonb(found_by.facts),
            **row,
        )
        shared = ("version", "institution_id", "category", "status", "title", "author_name")
        self.insert(
            "record.version",
            **{name: row[name] for name in shared},
            patient_id=patient,
            item_id=made,
            entry_id=NO_ENTRY,
            resource=dumps(resource),
            sha256=b"x" * 32,
        )
        self.insert("record.directory", id=made, patient_id=patient, institution_id=house)
        self.ask("INSERT INTO record.presence VALUES (%s, %s) ON CONFLICT DO NOTHING", patient, house)
        return made


def _resource(item: UUID, patient: UUID, row: dict[str, Any], *, text: str) -> dict[str, Any]:
    """Make what a machine would have sent: its title is found by as a code, its text is read."""
    told = {
        "resourceType": row["type"],
        "id": str(item),
        "status": "final",
        "code": {"text": row["title"], "coding": [{"code": row["title"]}]},
        "subject": {"reference": f"Patient/{patient}"},
    }
    if row["type"] == "Observation":
        return told | {"valueString": row.get("value_text") or row["title"]}
    return told | {"conclusion": text or row["title"]}
