"""Who saw what between two instants: the scope of a breach, for the notice that GDPR article 33 asks within 72 hours.

Read by the one who runs the database, never under a session: so every reading is preceded by an entry of its own, committed before the first row.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import IO, Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from unidossier.kernel.category import Category

Row = dict[str, Any]
MONTH = 10_000_000_000_000  # log/sql/tables.sql: an entry's number begins with its month
BATCH = 5_000  # rows brought at once
COLUMNS = """patient_id, person_id, person_name, function, institution_id, origin, device, verb, rule, permitted, times, first_at, last_at, categories, items,
    emergency"""
CONDITIONS = {
    "person": "e.person_id = %(person)s::uuid",
    "institution": "e.institution_id = %(institution)s::uuid",
    "session": "e.session_id = %(session)s::uuid",
    "device": "e.device = %(device)s",
    "address": "e.address = %(address)s",
    "origin": "e.origin = %(origin)s",
}
PERIOD = "e.at >= %(since)s AND e.at < %(until)s AND e.id >= %(low)s AND e.id < %(high)s"
PATIENTS = """CASE WHEN e.patient_id IS NOT NULL THEN ARRAY[e.patient_id] WHEN cardinality(e.patients) > 0 THEN e.patients ELSE ARRAY[NULL::uuid] END"""
# who by which rule: few lines, whatever the size of the log
ACTORS = """SELECT e.person_id, e.institution_id, e.verb, e.rule, e.permitted, count(*) AS entries, count(*) FILTER (WHERE e.glass_reason IS NOT NULL) AS emergencies
    FROM log.entry e WHERE {where} GROUP BY 1, 2, 3, 4, 5"""
# what was refused names a patient, but opened nothing of him
SEEN = (
    """SELECT p.patient_id, bit_or(e.categories) AS categories FROM log.entry e CROSS JOIN LATERAL unnest("""
    + PATIENTS
    + """) p (patient_id)
    WHERE {where} AND e.permitted AND p.patient_id IS NOT NULL GROUP BY 1"""
)
COUNTED = "SELECT s.categories, count(*) AS patients FROM (" + SEEN + ") s GROUP BY 1"
ITEMS = """SELECT count(*) AS items FROM (SELECT DISTINCT i FROM log.entry e CROSS JOIN LATERAL unnest(e.items) i WHERE {where} AND e.permitted AND e.items IS NOT NULL) d"""
# one line for each patient of each entry: who, from where, by which rule, how often
LINES = (
    """SELECT g.*, n.names AS categories FROM (
        SELECT p.patient_id, e.person_id, max(e.person_name) AS person_name, e.function, e.institution_id, e.origin, e.device, e.verb, e.rule, e.permitted,
            count(*) AS times, min(e.at) AS first_at, max(e.at) AS last_at, bit_or(e.categories) AS mask, string_agg(array_to_string(e.items, ' '), ' ') AS items,
            bool_or(e.glass_reason IS NOT NULL) AS emergency
        FROM log.entry e CROSS JOIN LATERAL unnest("""
    + PATIENTS
    + """) p (patient_id) WHERE {where}
        GROUP BY p.patient_id, e.person_id, e.function, e.institution_id, e.origin, e.device, e.verb, e.rule, e.permitted) g
    LEFT JOIN LATERAL (SELECT string_agg(c.slug, ' ' ORDER BY c.code) AS names FROM gate.category c WHERE g.mask >> c.code & 1 = 1) n ON true"""
)


class NothingAsked(ValueError):
    """The period is empty or turned round."""


class GroundMissing(Exception):
    """The ground is too short to be one."""


class EntryNotDurable(Exception):
    """The entry of this reading is not in the log: nothing is read."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is asked: a half-open period of aware instants, narrowed by what is not None."""

    since: datetime
    until: datetime
    person: UUID | None = None
    institution: UUID | None = None
    session: UUID | None = None
    device: str | None = None
    address: str | None = None
    origin: str | None = None

    def told(self) -> dict[str, str]:
        """Return what is asked as the entry of the reading keeps it."""
        return {name: str(value) for name, value in vars(self).items() if value is not None}

    def params(self) -> dict[str, Any]:
        """Return the parameters of `statement`. Raises NothingAsked."""
        if self.since >= self.until:
            raise NothingAsked("The period ends before it begins: --since must be earlier than --until.")
        # an entry's month is that of its transaction's start, a moment before its instant
        low = month_of(self.since - timedelta(hours=1)) * MONTH
        return {**vars(self), "low": low, "high": (month_of(self.until) + 1) * MONTH}

    def where(self) -> str:
        """Return the condition on entries, with the names of `params`."""
        wanted = [sql for name, sql in CONDITIONS.items() if getattr(self, name) is not None]
        return " AND ".join([PERIOD, *wanted])


@dataclass
class Counts:
    """What a scope adds up to. `emergencies`: entries that stand on break-the-glass; `refused` opened nothing."""

    entries: int = 0
    refused: int = 0
    emergencies: int = 0
    patients: int = 0  # whose data were opened
    items: int = 0
    people: set[UUID] = field(default_factory=set)
    institutions: set[UUID] = field(default_factory=set)
    categories: Counter[str] = field(default_factory=Counter)  # patients by category that was opened
    rules: Counter[str] = field(default_factory=Counter)  # entries by rule
    verbs: Counter[str] = field(default_factory=Counter)

    def add(self, actor: Row) -> None:
        """Count the entries of one actor by one verb and rule."""
        self.entries += actor["entries"]
        self.refused += 0 if actor["permitted"] else actor["entries"]
        self.emergencies += actor["emergencies"] if actor["permitted"] else 0
        self.rules[actor["rule"]] += actor["entries"]
        self.verbs[actor["verb"]] += actor["entries"]
        if actor["person_id"]:
            self.people.add(actor["person_id"])
        if actor["institution_id"]:
            self.institutions.add(actor["institution_id"])

    def add_patients(self, mask: int, patients: int) -> None:
        """Count patients of whom the categories of `mask` were opened."""
        self.patients += patients
        for one in Category:
            if mask & one.bit:
                self.categories[one.slug] += patients


def write_entry(
    connection: psycopg.Connection[Any], verb: str, *, operator: str, ground: str, asked: dict[str, str]
) -> int:
    """Commit the entry of a reading past every session and return its number; `ground`: at least 10 characters.

    The connection is in autocommit and the migrating role's. Raises GroundMissing, EntryNotDurable.
    """
    connection.execute("SET synchronous_commit = on")
    try:
        row = connection.execute(
            "SELECT log.open_handout(%s, %s, %s, %s::jsonb)", (verb, operator, ground, json.dumps(asked))
        ).fetchone()
    except psycopg.Error as fault:
        if fault.sqlstate == "UD010":
            raise GroundMissing(
                "Say why with --ground, in 10 characters at least: it stands in the log."
            ) from fault
        raise
    entry = int(row[0]) if row else 0
    if not connection.execute("SELECT FROM log.entry WHERE id = %s AND verb = %s", (entry, verb)).fetchall():
        raise EntryNotDurable("The entry of this reading was not written: nothing is shown.")
    return entry


ENTRIES = """SELECT e.id, e.at, e.person_id, e.person_name, e.function, e.institution_id, e.acting_for, e.patient_id, e.patients, e.verb, e.categories, e.items, e.detail,
    e.purpose, e.rule, e.permitted, e.origin, e.device, e.address, e.glass_reason, e.glass_text, i.names ->> 'en' AS institution, r.words ->> 'en' AS rule_words
    FROM log.entry e LEFT JOIN registry.institution i ON i.id = e.institution_id LEFT JOIN gate.rule r ON r.id = e.rule
    WHERE e.at >= %(since)s AND e.at < %(until)s AND e.id >= %(low)s AND e.id < %(high)s AND e.verb <> 'erased' ORDER BY e.id"""


def count(connection: psycopg.Connection[Any], scope: Scope) -> Counts:
    """Add up a scope, in one view of the log."""
    counts, where, params = Counts(), scope.where(), scope.params()
    with _looking(connection), connection.cursor(row_factory=dict_row) as cursor:
        for actor in cursor.execute(ACTORS.format(where=where), params):
            counts.add(actor)
        for seen in cursor.execute(COUNTED.format(where=where), params):
            counts.add_patients(seen["categories"], seen["patients"])
        for row in cursor.execute(ITEMS.format(where=where), params):
            counts.items = row["items"]
    return counts


def copy_lines(connection: psycopg.Connection[Any], scope: Scope, file: IO[bytes], *, form: str) -> None:
    """Write the lines of a scope as they come: `form` csv (with a head) or ndjson."""
    where, params = scope.where(), scope.params()
    lines = f"SELECT {COLUMNS} FROM ({LINES.format(where=where)}) l"
    how = "FORMAT csv, HEADER"
    if form == "ndjson":
        # raw lines: signs that no JSON holds stand for quotes and delimiters
        lines, how = (
            f"SELECT row_to_json(l) FROM ({lines}) l",
            "FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02'",
        )
    with _looking(connection), psycopg.ClientCursor(connection) as cursor:
        statement = cursor.mogrify(f"COPY ({lines}) TO STDOUT ({how})", params)
        with cursor.copy(statement) as copy:  # type: ignore[arg-type]  # our own constants, quoted values
            for part in copy:
                file.write(part)


@contextmanager
def _looking(connection: psycopg.Connection[Any]) -> Iterator[None]:
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute("SET LOCAL work_mem = '256MB'")
        yield


@contextmanager
def entries(connection: psycopg.Connection[Any], scope: Scope) -> Iterator[Iterator[Row]]:
    """Give the entries of a period, oldest first, as unidossier.log.audit takes them."""
    with _looking(connection), connection.cursor(name="scope", row_factory=dict_row) as cursor:
        cursor.itersize = BATCH
        cursor.execute(ENTRIES, scope.params())
        yield iter(cursor)


def month_of(at: datetime) -> int:
    """Return yyyymm in UTC, one further in December's end too: months are only compared."""
    utc = at.astimezone(UTC)
    return utc.year * 100 + utc.month
