"""The comparisons of the log (LOG-8) beside a large one: how long a turn takes, and how long after a seeded gap the alarm rings."""

import time
from collections.abc import Iterator

import psycopg

from bench.big_log import fill_log
from bench.figure import Figure
from bench.place import Place
from tests.gate.server import Dsns

DATABASE = "bench_compared"
PATIENTS = 100_000
NEW = 30_000  # entries of one turn at 2,000 a second
TURN_S = 15.0  # jobs/compare_log.py
LIMIT_S = 60.0  # issue: a seeded gap of each kind raises the alarm within a minute
COUNTED_S = 10.0  # a change of a session that does nothing else is counted by the server so late at most
PEOPLE = """INSERT INTO registry.patient (id, family, given, sort_key, birth_date, entry_id)
SELECT lpad(to_hex(n), 32, '1')::uuid, 'Roe', 'Jo', 'roe jo', '1980-01-01', 0 FROM generate_series(0, %s) n ON CONFLICT DO NOTHING"""
LOOK = """INSERT INTO log.entry (id, person_name, function, patient_id, verb, rule, permitted)
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'), 'Jo Doe', 'nurse',
    lpad(to_hex((hashint8(n)::bigint & 2147483647) %% %(patients)s), 32, '1')::uuid, 'open-record', 'ACD-2.work', true FROM generate_series(1, %(new)s) n"""
PLACE = """INSERT INTO log.leaf (year, position, entry_id, hash)
SELECT t.year, t.size + row_number() OVER (ORDER BY e.xid, e.id) - 1, e.id, sha256('\\x00'::bytea || log.digest(e)) FROM log.tree t, log.entry e
WHERE NOT EXISTS (SELECT FROM log.leaf l WHERE l.entry_id = e.id)"""
GROWN = """UPDATE log.tree t SET size = (SELECT count(*) FROM log.leaf l WHERE l.year = t.year), cluster = log.cluster(),
    last_xid = (SELECT max(e.xid) FROM log.entry e), last_id = (SELECT max(e.id) FROM log.entry e)"""
SEEDS = {
    "an entry deleted": "DELETE FROM log.entry WHERE id = (SELECT entry_id FROM log.leaf WHERE position = {0})",
    "a name changed": "UPDATE log.entry SET person_name = 'Al Roe' WHERE id = (SELECT entry_id FROM log.leaf WHERE position = {0})",
    "a leaf deleted": "DELETE FROM log.leaf WHERE position = {0}",
}


def measure_compared(place: Place, *, size: int) -> Iterator[Figure]:
    """Fill a log of 100,000 patients, let a turn's worth of entries arrive, then seed gaps in the middle of what is old."""
    place.fresh_database(DATABASE)
    dsns = Dsns.of(place.server, dbname=DATABASE)
    fill_log(dsns.root, size)
    with (
        psycopg.connect(dsns.root, autocommit=True) as root,
        psycopg.connect(dsns.app, autocommit=True) as application,
    ):
        root.execute(PEOPLE, (2 * PATIENTS,))
        root.execute("SELECT log.begin_year(extract(year FROM now())::smallint, 'bench/log', true)")
        _grow(root)
        root.execute("ANALYZE")
        _turn(application)
        root.execute(LOOK, {"patients": PATIENTS, "new": NEW})
        _grow(root)
        root.execute("ANALYZE log.entry, log.leaf")  # as the server does by itself within a minute
        yield Figure(
            name=f"comparisons, a turn with {NEW:,} new entries of {PATIENTS:,} patients", value=_turn(application, hurried=True), unit="s", at_most=TURN_S
        )  # fmt: skip
        yield Figure(name="  a turn with nothing new", value=_turn(application), unit="s", at_most=TURN_S)
        yield Figure(name="  alarms of a log that is whole", value=_alarms(root), unit="", at_most=0)
        for nth, (name, statement) in enumerate(SEEDS.items()):
            root.execute("DELETE FROM log.gap")
            root.execute("DELETE FROM log.alarm")
            root.execute(statement.format(size // 2 + nth))
            root.execute("SELECT pg_stat_force_next_flush()")
            took = _turn(application)
            if not _alarms(root):
                took = float("inf")
            yield Figure(
                name=f"  {name} among {size:,}: alarm after at most", value=COUNTED_S + TURN_S + took, unit="s", at_most=LIMIT_S
            )  # fmt: skip


def _grow(root: psycopg.Connection) -> None:
    # where the leaves were counted when there were none, each entry would be looked for in all that were placed before it
    root.execute("SET enable_nestloop = off")
    root.execute(PLACE)
    root.execute("RESET enable_nestloop")
    root.execute(GROWN)


def _turn(application: psycopg.Connection, *, hurried: bool = False) -> float:
    began = time.monotonic()
    application.execute("SELECT log.compare(2000)")
    first = time.monotonic() - began
    while hurried and application.execute("SELECT log.hurries()").fetchone() == (True,):
        application.execute("SELECT log.compare(2000)")
        first = time.monotonic() - began
    return first


def _alarms(root: psycopg.Connection) -> int:
    row = root.execute("SELECT count(*) FROM log.alarm WHERE closed_at IS NULL").fetchone()
    return int(row[0]) if row else 0
