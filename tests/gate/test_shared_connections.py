"""Many clients over few server connections, transaction by transaction, as a pool or pgbouncer shares them: nothing leaks.

A third of the clients has a grant, a third has none, a third sets the setting of the gate for the whole session on purpose.
A leak is a row shown to somebody without a grant, or a row of another patient. SHARING_ROUNDS makes it longer.
"""

import os
import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row

from tests.gate.reader import GRANT, USE, grant_values
from tests.gate.scene import NO_GRANT
from tests.gate.server import Dsns
from tests.gate.world import World

CLIENTS = 40
CONNECTIONS = 2
ROUNDS = int(os.environ.get("SHARING_ROUNDS", "20"))
SELECT = "SELECT patient_id FROM record.item"
LEAKING = "SELECT set_config('gate.grant', current_setting('gate.grant'), false)"


@dataclass(frozen=True)
class Client:
    """Somebody with a session and one patient of his own."""

    secret: bytes
    patient: UUID


@dataclass
class Shared:
    """The few connections, and what was seen on them."""

    free: "queue.Queue[psycopg.Connection]" = field(default_factory=queue.Queue)
    seen: Counter[str] = field(default_factory=Counter)
    counting: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        with self.counting:
            self.seen[what] += 1


def _clients(world: World) -> list[Client]:
    hospital = world.institution()
    made = []
    for _ in range(CLIENTS):
        worker, patient = world.worker("specialist", hospital), world.patient()
        world.relation(patient, worker)
        world.item(patient, hospital)
        made.append(Client(world.session(worker), patient))
    return made


def _ask(shared: Shared, client: Client) -> bytes:
    """Take a grant: a transaction of its own, on whatever connection is free."""
    token = os.urandom(32)
    values = grant_values(client.secret, client.patient, token, verb="open-record")
    connection = shared.free.get()
    try:
        row = connection.execute(GRANT, values).fetchone()
    finally:
        shared.free.put(connection)
    assert row is not None and row[0], row
    return token


def _read(shared: Shared, client: Client, *, leaking: bool) -> None:
    """Read under a grant; a leaking client leaves its setting on the connection."""
    token = _ask(shared, client)
    connection = shared.free.get()
    try:
        with connection.transaction():
            connection.execute(USE, (token,))
            if leaking:
                connection.execute(LEAKING)
            rows = connection.cursor(row_factory=tuple_row).execute(SELECT).fetchall()
    finally:
        shared.free.put(connection)
    shared.count("leaking" if leaking else "honest")
    if {patient for (patient,) in rows} != {client.patient}:
        shared.count("leaks")


def _try_without(shared: Shared) -> None:
    """Read with no grant, on a connection that others have used."""
    connection = shared.free.get()
    try:
        with connection.transaction():
            connection.execute(SELECT).fetchall()
        shared.count("leaks")  # no error: an answer, even an empty one, stood on somebody else's grant
    except psycopg.Error as refusal:
        assert refusal.sqlstate == NO_GRANT, refusal
        shared.count("refused")
    finally:
        shared.free.put(connection)


def _work(shared: Shared, client: Client, number: int, rounds: int) -> None:
    for _ in range(rounds):
        if number % 3 == 1:
            _try_without(shared)
        else:
            _read(shared, client, leaking=number % 3 == 2)


def share(dsns: Dsns, world: World, *, rounds: int) -> Counter[str]:
    """Let all clients work at once; return what was seen."""
    shared = Shared()
    clients = _clients(world)
    connections = [psycopg.connect(dsns.app, autocommit=True) for _ in range(CONNECTIONS)]
    for one in connections:
        shared.free.put(one)
    try:
        with ThreadPoolExecutor(CLIENTS) as working:
            running = [
                working.submit(_work, shared, client, number, rounds) for number, client in enumerate(clients)
            ]
            for one in running:
                one.result()
    finally:
        for connection in connections:
            connection.close()
    return shared.seen


@contextmanager
def without_the_start_of_the_transaction(world: World) -> Iterator[None]:
    """Let a setting of an earlier transaction count, as it would if the gate did not bind it."""
    definition = world.run("SELECT pg_get_functiondef('gate.cur'::regproc)")[0][0]
    bound = "split_part(setting, '|', 2) = extract(epoch FROM transaction_timestamp())::text AND"
    assert bound in definition
    world.run(definition.replace(bound, ""))
    try:
        yield
    finally:
        world.run(definition)


def test_nothing_leaks_between_clients_of_one_connection(
    dsns: Dsns, world: World, record_property: Callable[[str, object], None]
) -> None:
    seen = share(dsns, world, rounds=ROUNDS)
    record_property("shared_transactions", seen["honest"] + seen["leaking"] + seen["refused"])
    record_property("leaks", seen["leaks"])
    assert seen["leaks"] == 0
    assert seen["refused"] == len(range(1, CLIENTS, 3)) * ROUNDS
    assert seen["leaking"] == len(range(2, CLIENTS, 3)) * ROUNDS


def test_sharing_finds_a_gate_that_does_not_bind_the_transaction(dsns: Dsns, world: World) -> None:
    with without_the_start_of_the_transaction(world):
        assert share(dsns, world, rounds=3)["leaks"] > 0
