"""A log of millions of entries, made up: who saw what between two instants (GDPR art. 33) must be told within a minute."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from bench.figure import Figure
from bench.place import Place
from tests.gate.server import Dsns
from unidossier.log.scope import Scope, copy_lines, count

MONTHS = 12
IN_A_VISIT = 4  # entries by one person about one patient
PATIENTS, PEOPLE, HOUSES, DEVICES = 200_000, 5_000, 40, 6_000
LIMIT_S = 60
DATABASE = "bench_scope"
# plain numbers make the ids: any entry's patient and person can be told again
FILL = """INSERT INTO log.entry (id, at, session_id, person_id, person_name, function, institution_id, patient_id, verb, categories, items, purpose, rule, permitted, origin, device, address)
SELECT to_char(v.at AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + 1000000000000 + n, v.at, lpad(to_hex(v.visit), 32, '5')::uuid, lpad(to_hex(v.person), 32, '2')::uuid, 'Person ' || v.person, 'nurse',
    lpad(to_hex(v.person %% %(houses)s), 32, '3')::uuid, lpad(to_hex(v.patient), 32, '1')::uuid, (ARRAY['open-record', 'open-item', 'open-item', 'show-trend'])[1 + n %% 4], 2097151,
    CASE WHEN n %% 4 IN (1, 2) THEN ARRAY[lpad(to_hex(n / 3), 32, '4')::uuid] END, 'care', 'ACD-2.work', v.visit %% 97 <> 0, 'ward', 'device-' || v.person %% %(devices)s, '192.0.2.' || v.person %% 250
FROM generate_series(%(low)s::bigint, %(high)s::bigint) n, LATERAL (SELECT n / 4 AS visit, hashint8(n / 4)::bigint & 2147483647 AS dice) d,
    LATERAL (SELECT d.visit, d.dice %% %(patients)s AS patient, (d.dice / 7) %% %(people)s AS person,
        %(since)s::timestamptz + (%(until)s::timestamptz - %(since)s::timestamptz) * (n::double precision / %(size)s) AS at) v"""


def fill_log(root_dsn: str, size: int) -> tuple[datetime, datetime]:
    """Make `size` entries over the last year, evenly; return from when until when. The indexes of an ordinary log are on it afterwards."""
    until = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    since = until - timedelta(days=360)
    with psycopg.connect(root_dsn, autocommit=True) as connection:
        _attach(connection, since, until)
        indexes = [
            text
            for (text,) in connection.execute(
                "SELECT indexdef FROM pg_indexes WHERE schemaname = 'log' AND tablename = 'entry' AND indexname <> 'entry_pkey'"
            )
        ]
        for (name,) in connection.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = 'log' AND tablename = 'entry' AND indexname <> 'entry_pkey'"
        ).fetchall():
            connection.execute(f"DROP INDEX log.{name}")
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '512MB'")
        fixed = {"size": size, "since": since, "until": until, "houses": HOUSES, "devices": DEVICES}
        for low in range(0, size, 500_000):
            high = min(low + 500_000, size) - 1
            connection.execute(
                FILL, fixed | {"low": low, "high": high, "patients": PATIENTS, "people": PEOPLE}
            )
        for text in indexes:
            connection.execute(text.replace(" ON ONLY ", " ON "))
        connection.execute("ANALYZE log.entry")
    return since, until


def _attach(connection: psycopg.Connection, since: datetime, until: datetime) -> None:
    # months of the past: the product makes only those that come
    year, month = since.year, since.month
    while (year, month) < (until.year, until.month):
        after = (year + month // 12, month % 12 + 1)
        bounds = [y * 100 + m for y, m in ((year, month), after)]
        connection.execute(
            f"""CREATE TABLE IF NOT EXISTS log.entry_{year}_{month:02} PARTITION OF log.entry
            FOR VALUES FROM ({bounds[0]}0000000000000) TO ({bounds[1]}0000000000000)"""
        )
        year, month = after


def measure_scope(place: Place, folder: Path, *, size: int) -> Iterator[Figure]:
    """Fill a log and ask it, as the one who runs the database: everything, a day, one person, one device with its lines."""
    place.fresh_database(DATABASE)  # nobody else's figures wait for these entries
    dsns = Dsns.of(place.server, dbname=DATABASE)
    since, until = fill_log(dsns.root, size)
    day = since + timedelta(days=200)
    asked = {
        "whole log": Scope(since=since, until=until + timedelta(hours=1)),
        "one day": Scope(since=day, until=day + timedelta(days=1)),
        "one person, a year": Scope(since=since, until=until, person=UUID(f"{7:x}".rjust(32, "2"))),
        "one institution, a month": Scope(
            since=day, until=day + timedelta(days=30), institution=UUID(f"{3:x}".rjust(32, "3"))
        ),
        "one device, a year": Scope(since=since, until=until, device="device-7"),
    }
    with psycopg.connect(dsns.migrate, autocommit=True) as connection:
        for name, scope in asked.items():
            began = time.monotonic()
            counts = count(connection, scope)
            took = time.monotonic() - began
            yield Figure(
                name=f"breach scope, {name}, of {size:,} entries", value=took, unit="s", at_most=LIMIT_S
            )
            yield Figure(name=f"  entries of {name}", value=counts.entries, unit="")
        began, file = time.monotonic(), folder / "lines.csv"
        with file.open("wb") as lines:
            copy_lines(connection, asked["one institution, a month"], lines, form="csv")
        yield Figure(
            name=f"breach scope, lines of {file.stat().st_size / 1e6:.0f} MB written",
            value=time.monotonic() - began,
            unit="s",
            at_most=LIMIT_S,
        )
        ((bytes_each,),) = connection.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)) / %s FROM pg_inherits WHERE inhparent = 'log.entry'::regclass",
            (size,),
        )
    yield Figure(name="size of an entry with its indexes", value=float(bytes_each), unit="B")
