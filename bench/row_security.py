"""What row security adds to a statement: the product's statements with the policies, and without them by an administrator."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from hashlib import sha256
from uuid import UUID

import psycopg

from bench.crowd import Crowd, item_number, patient_number
from bench.figure import Figure
from bench.timing import median, timed_ms
from unidossier.gate.door import USE, Query
from unidossier.record import queries as record

ROUNDS = 7
TIMES = 60
MOST_MS = 0.15  # issue: what row security adds to one statement
FEW = 3  # a patient of about fifty lines

COUNT = Query("SELECT category, count(*) FROM record.item i GROUP BY category")


def _statements(patient: int) -> dict[str, Query]:
    words = record.Filter(text="hemoglobine") if patient == FEW else record.Filter(text="hartgeluiden")
    return {
        "one item by id": record.item(item_number(patient, 7)),
        "newest 50": record.page(record.Filter()),
        "newest 50 of a kind": record.page(record.Filter(categories=(9, 10))),
        "count by category": COUNT,
        "search for a word": record.page(words),
        "latest results": record.latest_results(),
        "shape of the whole": record.shape(record.Filter()),
    }


def measure_row_security(crowd: Crowd, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Give the price of each statement in a usual record (with target) and in the one of 10,000 lines (told)."""
    for patient, told, times in ((FEW, "50 lines", TIMES), (1, "10,000 lines", TIMES // 4)):
        for name, query in _statements(patient).items():
            # a count or a search touches every line of the record: on 10,000 lines that is told, not aimed at
            touches_few = patient == FEW or name in ("one item by id", "newest 50", "newest 50 of a kind")
            with ExitStack() as stack:
                guarded = _guarded(stack, crowd, patient, query, times)
                plain = _plain(stack, crowd, patient, query, times)
                pairs = [(guarded(), plain()) for _ in range(rounds)]
            with_it, without = min(one for one, _ in pairs), min(one for _, one in pairs)
            yield Figure(
                name=f"row security, {told}, {name}: adds", value=with_it - without, unit="ms",
                at_most=MOST_MS if touches_few else None,
                rounds=tuple(round(one - other, 3) for one, other in pairs),
            )  # fmt: skip
            yield Figure(name=f"row security, {told}, {name}: without", value=without, unit="ms")


_GRANT = "SELECT allowed FROM gate.grant_access(%s, %s, 'open-record', NULL, '{}', %s)"


def _guarded(stack: ExitStack, crowd: Crowd, patient: int, query: Query, times: int) -> Callable[[], float]:
    connection = stack.enter_context(psycopg.connect(crowd.place.dsns.app, autocommit=True))
    connection.prepare_threshold = 0
    secret, whose = crowd.secrets[0], patient_number(patient)

    def run() -> float:
        # a grant lives for a minute; a new one for each round
        token = os.urandom(32)
        granted = connection.execute(_GRANT, (secret, whose, sha256(token).digest())).fetchone()
        assert granted is not None and granted[0], granted
        with connection.transaction():
            connection.execute(USE, {"token": token})
            return _median(connection, query, times)

    return run


def _plain(stack: ExitStack, crowd: Crowd, patient: int, query: Query, times: int) -> Callable[[], float]:
    """The same statement past every policy; only the patient is named, as the policy would."""
    connection = stack.enter_context(psycopg.connect(crowd.place.root_dsn, autocommit=True))
    connection.prepare_threshold = 0
    bare = Query(
        query.sql.replace("FROM record.item", f"FROM {_rows_of(patient_number(patient))}"), query.params
    )

    def run() -> float:
        with connection.transaction():
            return _median(connection, bare, times)

    return run


def _rows_of(patient: UUID) -> str:
    return f"(SELECT * FROM record.item WHERE patient_id = '{patient}'::uuid)"


def _median(connection: psycopg.Connection, query: Query, times: int) -> float:
    run = partial(_fetch, connection, query)
    timed_ms(run, times=6)  # prepared, and past the five plans made for their parameters
    return median(timed_ms(run, times=times))


def _fetch(connection: psycopg.Connection, query: Query) -> object:
    return connection.execute(query.sql, query.params).fetchall()
