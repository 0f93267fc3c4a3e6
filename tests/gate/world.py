"""Factories: a valid institution, person, patient, relation, item or session with one word.

They write as the administrator of the test database, past the gate: the world as it is before anybody asks.
Sessions alone are opened as the product does, signed and under the application's role. All is committed.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from tests.gate.server import Dsns
from tests.gate.signing import sign_session
from unidossier.kernel.category import EVERY_CATEGORY, Category
from unidossier.kernel.uuid7 import new_id

NO_ENTRY = 0  # the world was there before the log
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FOR_EVER = datetime(2100, 1, 1, tzinfo=UTC)
OF_AGE = date(1980, 5, 17)
LETTERS = str.maketrans("0123456789", "ghijklmnop")


def hours(count: float) -> datetime:
    """Give the instant `count` hours from now (negative: ago)."""
    return datetime.now(UTC) + timedelta(hours=count)


@dataclass(frozen=True)
class Worker:
    """A person at work in one institution: a carer, one of the staff, governance, a machine."""

    person: UUID
    employment: UUID
    institution: UUID


class World:
    """Makes what a test needs; every method returns the id (or ids) of what it made."""

    def __init__(self, dsns: Dsns) -> None:
        self.dsns = dsns
        self._root = psycopg.connect(dsns.root, autocommit=True)
        self._app: psycopg.Connection | None = None

    def close(self) -> None:
        self._root.close()
        self.leave_app()

    def leave_app(self) -> None:
        """Close the connection of the application's role; the next session opens another."""
        if self._app is not None:
            self._app.close()

    def as_app(self) -> psycopg.Connection:
        """One connection of the application's role for all sessions: each new one would plan everything anew."""
        if self._app is None or self._app.closed:
            self._app = psycopg.connect(self.dsns.app, autocommit=True)
        return self._app

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement as the administrator, committed; return its rows."""
        cursor = self._root.execute(statement, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []

    def _insert(self, table: str, **columns: object) -> None:
        names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
        self.run(f"INSERT INTO {table} ({names}) VALUES ({marks})", *columns.values())

    # registry

    def institution(self, *, network: bool = True, consent_model: str = "gp-default") -> UUID:
        made = new_id()
        names = Jsonb({language: f"House {made.hex[-6:]}" for language in ("fr", "nl", "de", "en")})
        self._insert(
            "registry.institution", id=made, key=made.hex, names=names, language="nl", network=network
        )
        self.setting(made, name="consent-model", value=consent_model)
        return made

    def setting(self, institution: UUID, *, name: str, value: str) -> None:
        self._insert(
            "registry.institution_setting", institution_id=institution, name=name, value=value, reason="test"
        )

    def team(self, institution: UUID, *, kind: str = "ward") -> UUID:
        made = new_id()
        self._insert(
            "registry.team", id=made, institution_id=institution, key=made.hex, names=Jsonb({}), kind=kind
        )
        return made

    def person(
        self, *, human: UUID | None = None, professional: bool = True, patient: UUID | None = None
    ) -> UUID:
        made = new_id()
        name = made.hex[-6:]
        self._insert(
            "registry.person",
            id=made,
            human_id=human or made,
            family=f"Doe{name}",
            given="Jo",
            sort_key=f"doe{name} jo",
            professional=professional,
            patient_id=patient,
        )
        return made

    def worker(self, function: str, institution: UUID, *, human: UUID | None = None) -> Worker:
        person, employment = self.person(human=human), new_id()
        self._insert(
            "registry.employment",
            id=employment,
            person_id=person,
            institution_id=institution,
            function=function,
            from_at=LONG_AGO,
        )
        return Worker(person=person, employment=employment, institution=institution)

    def duty(
        self, person: UUID, *, team: UUID, starts: datetime = LONG_AGO, ends: datetime = FOR_EVER
    ) -> None:
        self._insert(
            "registry.duty", id=new_id(), team_id=team, person_id=person, starts_at=starts, ends_at=ends
        )

    def patient(
        self, *, birth: date | Literal["some day"] | None = "some day", deceased_at: datetime | None = None
    ) -> UUID:
        """Make a patient of age; each is born on another day, or every pair of them would look alike."""
        made = new_id()
        if birth == "some day":
            birth = OF_AGE + timedelta(days=made.int % 7000 - 3500)
        name = made.hex[-6:].translate(LETTERS)  # a name with digits would be taken for a number
        self._insert(
            "registry.patient",
            id=made,
            family=f"Roe{name}",
            given="Al",
            sort_key=f"roe{name} al",
            birth_date=birth,
            deceased_at=deceased_at,
            entry_id=NO_ENTRY,
        )
        self._insert("registry.patient_identifier", patient_id=made, system="local", value=made.hex)
        return made

    def known_at(self, patient: UUID, institution: UUID) -> None:
        """Let an institution know the patient, as when its system registered him."""
        self.run("INSERT INTO record.presence VALUES (%s, %s) ON CONFLICT DO NOTHING", patient, institution)

    # relations

    def relation(self, patient: UUID, to: Worker, **columns: object) -> UUID:
        """Make a relation of work in force with a person; `columns` change columns of relations.relation."""
        made = new_id()
        defaults = {
            "patient_id": patient,
            "id": made,
            "person_id": to.person,
            "institution_id": to.institution,
            "kind": "appointment",
            "source_type": "Appointment",
            "entry_id": NO_ENTRY,
            "starts_at": LONG_AGO,
            "ends_at": FOR_EVER,
            "categories": EVERY_CATEGORY,
        }
        self._insert("relations.relation", **(defaults | columns))
        return made

    def exclude(self, patient: UUID, person: UUID, *, absolute: bool = False, source: str = "local") -> UUID:
        made = new_id()
        self._insert(
            "relations.exclusion",
            patient_id=patient,
            id=made,
            person_id=person,
            source=source,
            absolute=absolute,
            entry_id=NO_ENTRY,
        )
        return made

    def end_exclusion(self, patient: UUID, exclusion: UUID) -> None:
        self.run(
            "UPDATE relations.exclusion SET until_at = now() WHERE patient_id = %s AND id = %s",
            patient,
            exclusion,
        )

    def lift(self, patient: UUID, person: UUID, *, ends: datetime | None = None) -> None:
        self._insert(
            "relations.lifting",
            patient_id=patient,
            id=new_id(),
            person_id=person,
            discipline="cardiology",
            reason="only one on duty",
            ends_at=ends or hours(2),
            entry_id=NO_ENTRY,
        )

    def represent(self, patient: UUID, person: UUID, *, kind: str, **columns: object) -> None:
        row = {"patient_id": patient, "id": new_id(), "person_id": person, "kind": kind}
        self._insert("relations.representation", **({**row, "entry_id": NO_ENTRY} | columns))

    # record

    def item(self, patient: UUID, institution: UUID, **columns: object) -> UUID:
        """Make a final report with one version; `columns` change columns of record.item."""
        made = new_id()
        row = {
            "patient_id": patient,
            "id": made,
            "version": 1,
            "type": "DocumentReference",
            "institution_id": institution,
            "category": int(Category.REPORT),
            "status": "final",
            "title": f"Report {made.hex[-6:]}",
            "language": "en",
            "search": "report",
            "clinical_at": LONG_AGO,
            "entered_at": LONG_AGO,
            "author_name": "Jo Doe",
        } | columns
        self._insert("record.item", **row)
        shared = ("patient_id", "version", "institution_id", "category", "status", "title", "author_name")
        self._insert(
            "record.version",
            **{name: row[name] for name in shared},
            item_id=row["id"],
            entry_id=NO_ENTRY,
            resource='{"secret": true}',
            sha256=b"x",
        )
        self._insert(
            "record.directory",
            id=row["id"],
            patient_id=patient,
            institution_id=institution,
            is_patient=row["type"] == "Patient",
        )
        self.known_at(patient, institution)
        return made

    def attachment(self, patient: UUID, item: UUID) -> None:
        row = {"patient_id": patient, "item_id": item, "version": 1, "sha256": item.bytes, "name": "scan.pdf"}
        self._insert("record.attachment", **row, media_type="application/pdf", size=10)

    def appointment(self, patient: UUID, institution: UUID) -> UUID:
        made = new_id()
        row = {"patient_id": patient, "id": made, "institution_id": institution, "status": "booked"}
        self._insert("relations.appointment", **row, starts_at=hours(24), ends_at=hours(25))
        return made

    def stay(self, patient: UUID, institution: UUID) -> UUID:
        made = new_id()
        row = {"patient_id": patient, "id": made, "institution_id": institution}
        self._insert("relations.stay", **row, starts_at=hours(-24))
        return made

    def listed(self, patient: UUID) -> int:
        """Let the patient be named in a list; return the number of the entry."""
        ((number,),) = self.run(
            "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number')"
        )
        row = {"patient_id": patient, "entry_id": number, "at": hours(-1), "person_name": "Jo Doe"}
        words = {"function": "nurse", "verb": "list-patients", "rule": "ACD-1.list", "purpose": "care"}
        self._insert("log.listed", **row, **words)
        return number

    # sessions

    def session(self, worker: Worker, **claims: object) -> bytes:
        """Open a session of somebody at work; return its secret. `claims` change those of the sign-in."""
        return self._open({"person": worker.person, "employment": worker.employment} | claims)

    def own_session(self, patient: UUID, **claims: object) -> bytes:
        """Open the session of a patient on his own record; return its secret."""
        person = self.person(professional=False, patient=patient)
        return self._open({"person": person, "face": "my", "purpose": "own"} | claims)

    def own_session_of(self, person: UUID, **claims: object) -> bytes:
        """Open the session of a person on his own record; return its secret."""
        return self._open({"person": person, "face": "my", "purpose": "own"} | claims)

    def representative_session(self, person: UUID, **claims: object) -> bytes:
        """Open the session of somebody who acts for others; return its secret."""
        return self._open({"person": person, "face": "my", "purpose": "own", "representative": True} | claims)

    def _open(self, claims: dict[str, object]) -> bytes:
        secret, text, mac = sign_session(claims)
        self.as_app().execute("SELECT gate.open_session(%s, %s)", (text, mac))
        return secret
