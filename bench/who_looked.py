"""A patient's own overview of five years out of a log of millions of entries (MY-15): the whole verb, with its grant and its own entry."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import psycopg

from bench.big_log import fill_log
from bench.figure import Figure
from bench.place import Place
from tests.gate.world import World
from unidossier.log.queries import Chosen

LINES, LISTED, PEOPLE = 2_000, 500, 60  # of the one patient: twenty times what the others have
YEARS, TIMES = 5, 30
MOST_MS = 100.0
LOOKED = """INSERT INTO log.entry (id, at, person_id, person_name, function, institution_id, patient_id, verb, categories, purpose, rule, permitted, origin)
SELECT to_char(v.at AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + 9000000000000 + n, v.at, p.id, p.given || ' ' || p.family, 'nurse', %(house)s, %(patient)s,
    (ARRAY['open-record', 'open-item', 'show-trend', 'search-record'])[1 + n %% 4], 2097151, 'care', 'ACD-2.work', true, 'ward'
FROM generate_series(1, %(lines)s) n, LATERAL (SELECT now() - interval '5 years' * ((n / 4)::double precision * 4 / %(lines)s) + interval '3 minutes' * (n %% 4) - interval '1 hour' AS at) v
JOIN LATERAL (SELECT h.* FROM unnest(%(people)s::uuid[]) WITH ORDINALITY u (id, nth) JOIN registry.person h ON h.id = u.id WHERE u.nth = 1 + n / 4 %% cardinality(%(people)s::uuid[])) p ON true"""
IN_LISTS = """INSERT INTO log.listed (patient_id, entry_id, at, person_id, person_name, function, institution_id, verb, rule, purpose)
SELECT %(patient)s, e.id + 500000000, e.at, e.person_id, e.person_name, e.function, e.institution_id, 'list-patients', 'ACD-1.list', 'care'
FROM log.entry e WHERE e.patient_id = %(patient)s AND e.verb <> 'sign-in' ORDER BY e.id LIMIT %(listed)s"""


def measure_who_looked(place: Place, *, size: int) -> Iterator[Figure]:
    """Fill a log unless it is there, add one busy patient, and read his first page, a later one, and a search."""
    if _entries(place) < size:
        fill_log(place.root_dsn, size)
    world = World(place.dsns)
    patient, house = world.patient(), world.institution()
    people = [world.worker("nurse", house).person for _ in range(PEOPLE)]
    _look(place, patient, house, people)
    own = _session(world.person(professional=False, patient=patient))
    asked: dict[str, Callable[[], object]] = {
        "first page": partial(_page, own, patient),
        "a search": partial(_page, own, patient, chosen=Chosen(name="doe")),
        "a page of a year ago": partial(_page, own, patient, chosen=Chosen(until=_a_year_ago())),
    }
    for name, ask in asked.items():
        yield from _times(f"who looked, {name}, {LINES + LISTED:,} lines of {size:,} entries", ask)
    world.setting(house, name="log.presentation", value="pseudonymised")
    yield from _times("who looked, first page, by codes", asked["first page"])
    world.close()


def _session(person: UUID) -> bytes:
    from unidossier.signin.gate_session import open_gate_session

    return open_gate_session(person, employment=None, face="my", purpose="own", strong=True)


def _page(own: bytes, patient: UUID, *, chosen: Chosen | None = None) -> object:
    from unidossier.actions.list_accesses import list_accesses

    return list_accesses(own, patient=patient, chosen=chosen)


def _times(name: str, ask: Callable[[], object]) -> Iterator[Figure]:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    yield Figure(name=f"{name}, p50", value=taken[TIMES // 2], unit="ms", at_most=MOST_MS)
    yield Figure(name=f"{name}, p95", value=taken[int(TIMES * 0.95)], unit="ms")


def _look(place: Place, patient: UUID, house: UUID, people: list[UUID]) -> None:
    with psycopg.connect(place.root_dsn, autocommit=True) as connection:
        _attach(connection)
        fixed = {"patient": patient, "house": house, "people": people, "lines": LINES, "listed": LISTED}
        connection.execute(LOOKED, fixed)
        connection.execute(IN_LISTS, fixed)
        connection.execute("ANALYZE log.entry, log.listed")


def _attach(connection: psycopg.Connection) -> None:
    now = datetime.now(UTC)
    for back in range(YEARS * 12 + 2):
        month = now.year * 12 + now.month - 1 - back
        low, high = ((one // 12) * 100 + one % 12 + 1 for one in (month, month + 1))
        connection.execute(
            f"""CREATE TABLE IF NOT EXISTS log.entry_{low // 100}_{low % 100:02} PARTITION OF log.entry
            FOR VALUES FROM ({low}0000000000000) TO ({high}0000000000000)"""
        )


def _entries(place: Place) -> int:
    with psycopg.connect(place.root_dsn, autocommit=True) as connection:
        found = connection.execute("SELECT count(*) FROM log.entry").fetchone()
    assert found is not None
    return int(found[0])


def _a_year_ago() -> datetime:
    now = datetime.now(UTC)
    return now.replace(year=now.year - 1, day=min(now.day, 28))
