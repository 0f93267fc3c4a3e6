"""The rate of `unidossier import`, validated, and what share it is of the database's own COPY of the same rows."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench.figure import Figure
from bench.place import Place, run_command
from bench.timing import tree_cpu_s
from tests.gate.server import Dsns
from tests.gate.world import World

ROUNDS = 3
LEAST = 2_500  # issue: resources a second on two cores
LIMIT_S = 180
TABLES = (
    "record.version",
    "record.item",
    "record.directory",
    "record.presence",
    "record.attachment",
    "registry.patient",
    "registry.patient_identifier",
    "registry.foreign_resource",
)
_COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""


class ImportFailed(Exception):
    """The command ended with an error; the message holds its last words."""


class NoData(Exception):
    """There is nothing to import on this machine."""


def find_data() -> Path:
    """Return the folder of the bundles: UNIDOSSIER_DATA, else ../shared/data. Raises NoData."""
    named = Path(os.environ.get("UNIDOSSIER_DATA", Path(__file__).parents[2] / "shared" / "data"))
    folder = named / "synthea"
    if not any(folder.glob("*.json")):
        raise NoData("import: no bundles in UNIDOSSIER_DATA/synthea, nor in ../shared/data/synthea")
    return folder


def measure_import(place: Place, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Give the rate and its share of COPY, each round in a database of its own. Raises NoData, ImportFailed."""
    data = find_data()
    rates, walls, shares, cpu, stored = [], [], [], [], 0
    for number in range(rounds):
        environment = place.fresh_database(f"bench_import_{number}")
        dsns = Dsns.of(place.server, dbname=f"bench_import_{number}")
        spent_s = tree_cpu_s(os.getpid())
        figures, wall_s = _import(data, environment, dsns, report=place.home.path / "import.json")
        stored = sum(number for name, number in figures["counts"].items() if name != "refused")
        cpu.append(round((tree_cpu_s(os.getpid()) - spent_s) * 1000 / stored, 3))
        copied = stored / _copy_s(dsns.root)
        rates.append(figures["per_second"])
        walls.append(round(stored / wall_s, 1))
        shares.append(round(figures["per_second"] / copied, 4))
    refused = figures["counts"].get("refused", 0)
    yield Figure(
        name="import: resources a second", value=max(rates), unit="/s", at_least=LEAST, rounds=tuple(rates)
    )
    yield Figure(
        name="import: with the start of the command", value=max(walls), unit="/s", rounds=tuple(walls)
    )
    yield Figure(name="import: CPU a resource, all processes", value=min(cpu), unit="ms", rounds=tuple(cpu))
    yield Figure(name="import: share of COPY", value=max(shares), unit="", rounds=tuple(shares))
    yield Figure(name="import: stored", value=stored, unit="resources")
    yield Figure(name="import: refused", value=refused, unit="resources")


def _import(data: Path, environment: dict[str, str], dsns: Dsns, *, report: Path) -> tuple[dict, float]:
    world = World(dsns)
    house = world.institution()
    world.worker("machine", house)
    began = time.perf_counter()
    answer = run_command(
        "import", str(data), "--institution", house.hex, "--report", str(report),
        environment=environment, limit_s=LIMIT_S,
    )  # fmt: skip
    wall_s = time.perf_counter() - began
    world.close()
    if not report.exists():
        raise ImportFailed(f"{answer.stdout[-300:]} {answer.stderr[-700:]}")
    figures = json.loads(report.read_text())
    report.unlink()
    return figures, wall_s


def _copy_s(root_dsn: str) -> float:
    """Return how long COPY takes to put the same rows into tables with the same columns, checks and indexes."""
    with psycopg.connect(root_dsn) as connection:
        connection.execute("CREATE SCHEMA bench")
        parts = []
        for table in TABLES:
            row = connection.execute(_COLUMNS, (table,)).fetchone()
            assert row is not None
            copy = f"bench.{table.replace('.', '_')}"
            connection.execute(f"CREATE TABLE {copy} (LIKE {table} INCLUDING ALL)")
            with connection.cursor().copy(f"COPY {table} ({row[0]}) TO STDOUT (FORMAT binary)") as out:
                parts.append((copy, row[0], b"".join(bytes(data) for data in out)))
        connection.commit()
        began = time.perf_counter()
        for copy, columns, data in parts:
            with connection.cursor().copy(f"COPY {copy} ({columns}) FROM STDIN (FORMAT binary)") as into:
                into.write(data)
        connection.commit()
        return time.perf_counter() - began
