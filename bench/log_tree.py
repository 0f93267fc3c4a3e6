"""The log: entries a second freely and under the tree, beside a plain insert; from commit to signed checkpoint; bytes an entry."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.figure import Figure
from bench.place import Place, command
from bench.timing import in_turn

ROUNDS, SECONDS, STEADY_S = 3, 4, 15
CLIENTS, RATE = 16, 2_000
LONGEST_S = 1.0  # issue: p99 from commit to signed checkpoint at 2,000 a second
COLUMNS = """id, session_id, person_id, person_name, function, institution_id, patient_id, verb, categories, items, detail, purpose, rule, permitted, origin, device, address"""
VALUES = """to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'), md5('s' || :n)::uuid, md5('p' || :n)::uuid,
    'Jo Van den Doe', 'nurse', md5('i' || :n)::uuid, md5('q' || :n)::uuid, 'open-item', 512, ARRAY[gen_random_uuid()], '{{"face": "ward"}}', 'care', 'ACD-2.work', true,
    'ward', 'Firefox on Linux', '192.0.2.1'"""
SCRIPT = f"\\set n random(1, 1000000)\nINSERT INTO {{table}} ({COLUMNS}) VALUES ({VALUES});\n"
LAGS = """SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM l.at - e.at)), count(*), max(extract(epoch FROM l.at - e.at))
    FROM log.leaf l JOIN log.entry e ON e.id = l.entry_id WHERE e.at >= %s"""


class NotIntegrated(Exception):
    """Entries still wait long after the last one was written."""


def measure_log(place: Place, *, rounds: int = ROUNDS, steady_s: int = STEADY_S) -> Iterator[Figure]:
    """Give rates, times and sizes; nothing without pgbench."""
    program = place.program("pgbench")
    if program is None:
        return
    with psycopg.connect(place.root_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE public.plain_entry (LIKE log.entry INCLUDING DEFAULTS)")
        yield from _rates(program, place, connection, rounds=rounds)
        yield from _backlog(place, connection)
        yield from _lags(program, place, connection, steady_s=steady_s)
        yield from _sizes(place, connection)


def _rates(program: Path, place: Place, connection: psycopg.Connection, *, rounds: int) -> Iterator[Figure]:
    def under_the_tree() -> float:
        with sequencer(place):
            return _insert(program, place, table="log.entry", seconds=SECONDS)

    rates = in_turn(
        {
            "plain insert": lambda: _insert(program, place, table="public.plain_entry", seconds=SECONDS),
            "entries freely": lambda: _insert(program, place, table="log.entry", seconds=SECONDS),
            "entries while the tree grows": under_the_tree,
        },
        rounds=rounds,
    )
    for name, values in rates.items():
        told = tuple(round(one) for one in values)
        yield Figure(name=f"log, {name}: a second", value=max(values), unit="/s", rounds=told)
    for name in ("entries freely", "entries while the tree grows"):
        shares = tuple(
            round(mine / plain, 3) for mine, plain in zip(rates[name], rates["plain insert"], strict=True)
        )
        yield Figure(name=f"log, {name}: share of a plain insert", value=max(shares), unit="", rounds=shares)


def _backlog(place: Place, connection: psycopg.Connection) -> Iterator[Figure]:
    size, waiting = _one(connection, "SELECT coalesce(sum(size), 0) FROM log.tree"), _waiting(connection)
    began = time.monotonic()
    with sequencer(place):
        _wait_for_all(connection)
    taken = time.monotonic() - began
    grown = _one(connection, "SELECT sum(size) FROM log.tree") - size
    yield Figure(name="log, integrated and signed a second", value=min(grown, waiting) / taken, unit="/s")


def _lags(program: Path, place: Place, connection: psycopg.Connection, *, steady_s: int) -> Iterator[Figure]:
    with sequencer(place):
        time.sleep(1)
        since = connection.execute("SELECT clock_timestamp()").fetchone()
        rate = _insert(program, place, table="log.entry", seconds=steady_s, rate=RATE)
        _wait_for_all(connection)
    row = connection.execute(LAGS, since).fetchone()
    assert row is not None
    (p50, p99), _, longest = row
    yield Figure(name=f"log, at {RATE} a second: reached", value=rate, unit="/s", at_least=RATE * 0.95)
    yield Figure(name=f"log, at {RATE} a second: entry to signed, p50", value=float(p50), unit="s")
    yield Figure(
        name=f"log, at {RATE} a second: entry to signed, p99", value=float(p99), unit="s", at_most=LONGEST_S
    )
    yield Figure(name=f"log, at {RATE} a second: entry to signed, longest", value=float(longest), unit="s")


def _sizes(place: Place, connection: psycopg.Connection) -> Iterator[Figure]:
    connection.execute("VACUUM log.entry, log.leaf")
    entries = _one(connection, "SELECT count(*) FROM log.entry")
    table = _one(
        connection,
        "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'log.entry'::regclass",
    )
    leaves = _one(connection, "SELECT pg_total_relation_size('log.leaf')")
    tiles = sum(path.stat().st_size for path in place.home.log_folder.rglob("tile/**/*") if path.is_file())
    for name, size in (("the entry with its indexes", table), ("its leaf in the database", leaves), ("its share of the tiles", tiles)):  # fmt: skip
        yield Figure(name=f"log, bytes an entry: {name}", value=size / entries, unit="B")


@contextmanager
def sequencer(place: Place) -> Iterator[None]:
    """Run the sequencer as the product does, during the block."""
    environment = os.environ | {"UNIDOSSIER_HOME": str(place.home.path)}
    process = subprocess.Popen(command("sequencer"), env=environment, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _insert(program: Path, place: Place, *, table: str, seconds: int, rate: int = 0) -> float:
    """Let pgbench insert for so long; return entries a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(SCRIPT.format(table=table))
        script.flush()
        arguments = ["--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=1", f"--time={seconds}", "-f", script.name]  # fmt: skip
        answer = subprocess.run(
            [str(program), *arguments, *([f"--rate={rate}"] if rate else []), place.root_dsn],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    told = next(line for line in answer.stdout.splitlines() if line.startswith("tps = "))
    return float(told.split()[2])


def _waiting(connection: psycopg.Connection) -> float:
    return _one(
        connection,
        "SELECT count(*) FROM log.entry e WHERE NOT EXISTS (SELECT FROM log.leaf l WHERE l.entry_id = e.id)",
    )


def _wait_for_all(connection: psycopg.Connection, *, limit_s: float = 300) -> None:
    deadline = time.monotonic() + limit_s
    while _one(connection, "SELECT coalesce((SELECT waiting FROM log.state()), 1)"):
        if time.monotonic() > deadline:
            raise NotIntegrated
        time.sleep(0.05)


def _one(connection: psycopg.Connection, statement: str) -> float:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return float(row[0])
