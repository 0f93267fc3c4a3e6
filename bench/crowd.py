"""A million lines of twenty thousand records, by set statements: one record of 10,000 lines, one of 100, the rest of about fifty.

Rows of one patient lie scattered over the table, as rows that came in over years do.
"""

from dataclasses import dataclass
from uuid import UUID

import psycopg

from bench.place import Place
from bench.samples import Sample, others, values
from tests.gate.world import Worker, World

LONG, SHORT = 10_000, 100
SESSIONS = 16  # physicians of one team, each with a session of his own
PANEL = 10  # of ten lines one is a panel of laboratory values and six are its values

_SAMPLES = """
CREATE TABLE public.bench_sample (kind text, nth int, category smallint, type text, language text, title text, body text,
    code_system text, code text, unit text, low numeric, high numeric, search tsvector, PRIMARY KEY (kind, nth))"""
_SAMPLE = """
INSERT INTO public.bench_sample VALUES (%(kind)s, %(nth)s, %(category)s, %(type)s, %(language)s, %(title)s, %(body)s,
    %(code_system)s, %(code)s, %(unit)s, %(low)s, %(high)s, record.words(%(language)s, %(title)s, %(body)s))"""
_PATIENTS = """
INSERT INTO registry.patient (id, family, given, sort_key, birth_date, sex, language, entry_id)
SELECT md5('patient' || n)::uuid, 'Peeters' || n, 'Jo', 'peeters' || n || ' jo', date '1940-01-01' + (n %% 25000), 'female', 'nl', 0
FROM generate_series(1, %s) n"""
_NUMBERS = """
INSERT INTO registry.patient_identifier (patient_id, system, value)
SELECT id, 'local', family FROM registry.patient WHERE starts_with(family, 'Peeters')"""
_RELATIONS = """
INSERT INTO relations.relation (patient_id, id, team_id, institution_id, kind, source_type, starts_at, ends_at, entry_id)
SELECT id, gen_random_uuid(), %s, %s, 'appointment', 'Appointment', now() - interval '1 day', now() + interval '3 months', 0
FROM registry.patient WHERE starts_with(family, 'Peeters')"""
# n = 1 is the long record, n = 2 the short one; the newest line of everybody is of yesterday
_ITEMS = """
INSERT INTO record.item (patient_id, id, version, type, institution_id, category, status, title, language, code_system, code,
                         clinical_at, entered_at, author_name, value_num, value_text, unit, low, high, flag, part_of, short, search)
SELECT md5('patient' || p)::uuid, md5(p || '-' || n)::uuid, 1, s.type, (%(places)s::uuid[])[1 + (p + n / 10) %% cardinality(%(places)s::uuid[])],
       s.category, 'final', s.title, s.language, s.code_system, s.code,
       now() - interval '1 day' - ((n - n %% 10) * 26 + n %% 10) * %(step)s::interval, now(), 'Jo Doe',
       CASE WHEN s.unit IS NOT NULL THEN round(s.low + (s.high - s.low) * (n %% 13) / 10, 1) END, NULL, s.unit, s.low, s.high,
       CASE WHEN s.unit IS NOT NULL AND n %% 13 > 10 THEN 'H' END,
       CASE WHEN n %% 10 BETWEEN 1 AND 6 THEN md5(p || '-' || (n - n %% 10))::uuid END, '{}', s.search
FROM generate_series(%(first)s::int, %(last)s::int) n CROSS JOIN generate_series(%(from)s::int, %(to)s::int) p
JOIN public.bench_sample s ON (s.kind, s.nth) = (
    CASE WHEN n %% 10 = 0 THEN 'panel' WHEN n %% 10 <= 6 THEN 'value' ELSE 'other' END,
    CASE WHEN n %% 10 = 0 THEN 0 WHEN n %% 10 <= 6 THEN (n / 10 + n) %% %(values)s ELSE (p * 31 + n * 7) %% %(others)s END)"""
_PRESENCE = "INSERT INTO record.presence SELECT DISTINCT patient_id, institution_id FROM record.item"
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = 'record.item'::regclass AND NOT indisprimary"""


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """The crowded database: how many patients and lines, the two measured records, the physicians' sessions."""

    place: Place
    patients: int
    items: int
    long: UUID
    short: UUID
    physicians: tuple[Worker, ...]
    secrets: tuple[bytes, ...]


def patient_number(n: int) -> UUID:
    """Return the id of the n-th patient, as the statements here make it."""
    return _md5(f"patient{n}")


def item_number(patient: int, n: int) -> UUID:
    """Return the id of the n-th line of a patient."""
    return _md5(f"{patient}-{n}")


def make_crowd(place: Place, *, items: int) -> Crowd:
    """Fill the main database of `place`; statistics are up to date afterwards."""
    from unidossier.signin.gate_session import open_gate_session

    each = 50
    patients = max(1_000, (items - LONG - SHORT) // each)
    world = World(place.dsns)
    houses = [world.institution() for _ in range(3)]
    team = world.team(houses[0])
    physicians = tuple(world.worker("specialist", houses[0]) for _ in range(SESSIONS))
    for one in physicians:
        world.duty(one.person, team=team)
    _samples(place)
    world.run(_PATIENTS, patients)
    world.run(_NUMBERS)
    world.run(_RELATIONS, team, houses[0])
    with psycopg.connect(place.root_dsn, autocommit=True) as connection:
        made = _items(connection, houses, patients=patients, each=each)
    world.run(_PRESENCE)
    world.run("VACUUM ANALYZE")
    world.run("CHECKPOINT")
    world.close()
    secrets = tuple(
        open_gate_session(one.person, employment=one.employment, face="ward", purpose="care", strong=True)
        for one in physicians
    )
    return Crowd(
        place=place,
        patients=patients,
        items=made,
        long=patient_number(1),
        short=patient_number(2),
        physicians=physicians,
        secrets=secrets,
    )


def _samples(place: Place) -> None:
    panel = Sample(category=8, type="DiagnosticReport", language="nl", title="Bloedonderzoek")
    with psycopg.connect(place.root_dsn, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(_SAMPLES)
        for kind, lines in (("panel", [panel]), ("value", values()), ("other", others())):
            cursor.executemany(
                _SAMPLE, [vars(line) | {"kind": kind, "nth": nth} for nth, line in enumerate(lines)]
            )
        cursor.execute("ANALYZE public.bench_sample")


def _items(connection: psycopg.Connection, houses: list[UUID], *, patients: int, each: int) -> int:
    # the indexes afterwards: a third of the time
    indexes = connection.execute(_INDEXES).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    shared = {"places": houses, "values": len(values()), "others": len(others())}
    made = 0
    for first, last, number in ((3, patients, each), (2, 2, SHORT), (1, 1, LONG)):
        # thirty years in the long record, the same rhythm in the others
        parameters = shared | {
            "from": first,
            "to": last,
            "first": 0,
            "last": number - 1,
            "step": "1 hour 1 minute",
        }
        made += connection.execute(_ITEMS, parameters).rowcount
    connection.execute("SET maintenance_work_mem = '256MB'")
    for _, definition in indexes:
        connection.execute(definition)
    return made


def _md5(text: str) -> UUID:
    from hashlib import md5

    return UUID(bytes=md5(text.encode(), usedforsecurity=False).digest())
