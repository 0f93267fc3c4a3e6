"""Requests about one patient when the installation grows: the same requests among 1,000 patients and among 100,000.

One small record comes in through the API; the others are its copies, made by set statements with ids of their own.
"""

import random
from collections.abc import Iterator
from hashlib import md5
from uuid import UUID

import psycopg

from bench import fhir_load
from bench.fhir_load import message
from bench.fhir_people import House, relate, send, transaction
from bench.figure import Figure
from bench.place import Place
from bench.timing import percentile

FEW, MANY = 1_000, 100_000
QUICK_FEW, QUICK_MANY = 100, 1_000
EACH = 5  # values of a record beside the patient
MOST = 1.3  # issue: p50 among many against p50 among few
# table: the columns that hold an id of the patient or of one of his items
_COPIED = {
    "registry.patient": {"id"},
    "record.directory": {"id", "patient_id"},
    "record.presence": {"patient_id"},
    "record.version": {"patient_id", "item_id"},
    "record.item": {"patient_id", "id"},
    "relations.relation": {"patient_id", "id"},
}
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = '' ORDER BY attnum"""


def measure_growth(place: Place, house: House, port: int, *, quick: bool, seconds: int) -> Iterator[Figure]:
    """Give p50 of a read, a search and a record at one client among few and among many patients, and the ratio (with target)."""
    model = [UUID(one) for one in send(house, port, transaction(random.Random(11), size=EACH))]
    relate(house)
    few, many = (QUICK_FEW, QUICK_MANY) if quick else (FEW, MANY)
    _copy(place, model[0], first=1, last=few)
    before = _medians(house, port, model, among=few, seconds=seconds)
    _copy(place, model[0], first=few + 1, last=many)
    after = _medians(house, port, model, among=many, seconds=seconds)
    for name, later in after.items():
        yield Figure(name=f"{name} among {few:,} patients: p50", value=before[name], unit="ms")
        yield Figure(name=f"{name} among {many:,} patients: p50", value=later, unit="ms")
        yield Figure(name=f"{name}: growth", value=later / before[name], unit="", at_most=MOST)


def _medians(house: House, port: int, model: list[UUID], *, among: int, seconds: int) -> dict[str, float]:
    def path(name: str, chance: random.Random) -> str:
        number = chance.randint(1, among)
        patient = _copied(model[0], number)
        return {
            "read": f"/fhir/Observation/{_copied(chance.choice(model[1:]), number)}",
            "search": f"/fhir/Observation?patient={patient}&_count=20&_sort=-date",
            "$everything": f"/fhir/Patient/{patient}/$everything",
        }[name]

    found = {}
    for name in ("read", "search", "$everything"):

        def make(chance: random.Random, name: str = name) -> bytes:
            return message("GET", path(name, chance), token=chance.choice(house.readers))

        taken = fhir_load.run(port, make, clients=1, seconds=seconds)
        found[name] = percentile(taken.latencies_ms, 0.5)
    return found


def _copy(place: Place, patient: UUID, *, first: int, last: int) -> None:
    with psycopg.connect(place.root_dsn, autocommit=True) as connection:
        for table, ids in _COPIED.items():
            columns = [name for (name,) in connection.execute(_COLUMNS, [table])]
            values = [f"md5({one} || '-' || n)::uuid" if one in ids else one for one in columns]
            whose = "id" if table == "registry.patient" else "patient_id"
            connection.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
                f"FROM {table}, generate_series({first}, {last}) n WHERE {whose} = '{patient}'"
            )
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _copied(id_: UUID, number: int) -> UUID:
    return UUID(bytes=md5(f"{id_}-{number}".encode(), usedforsecurity=False).digest())
