"""A witness over real HTTP, by a client written from the standard's text (LOG-3): conformance, races, kill -9, hostile clients."""

import http.client
import os
import random
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.log.witness import c2sp_client as c2sp
from tests.log.witness.witness_process import WitnessProcess, running_witness

LOG, ORIGIN = "dossier.example/log", "dossier.example/log/2026"
KEY = Ed25519PrivateKey.generate()
TRUST = f"dossier.example/log/*={c2sp.vkey(LOG, 1, KEY.public_key().public_bytes_raw())}"
LEAVES = [f"entry {i}".encode() for i in range(130)]
FORKED = [*LEAVES[:40], b"rewritten", *LEAVES[41:]]


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WitnessProcess]:
    with running_witness(tmp_path_factory.mktemp("home"), log=TRUST, name="witness.example") as made:
        yield made


def signed(size: int, *, leaves: list[bytes] = LEAVES, origin: str = ORIGIN) -> str:
    return c2sp.checkpoint(origin, leaves[:size], LOG, KEY)


def asked(old: int, new: int, *, leaves: list[bytes] = LEAVES, origin: str = ORIGIN) -> bytes:
    return c2sp.submission(old, c2sp.proof(old, leaves[:new]), signed(new, leaves=leaves, origin=origin))


def body_of(note: str) -> str:
    return note.partition("\n\n")[0] + "\n"


def test_the_whole_conversation_as_the_standard_writes_it(witness: WitnessProcess) -> None:
    began, known = int(time.time()), 0
    for size in (1, 2, 3, 7, 8, 64, 65, 129):
        status, kind, told = c2sp.post(witness.port, asked(known, size))
        assert (status, kind) == (200, "text/plain; charset=utf-8")
        at = c2sp.cosigned_at(told, body_of(signed(size)), str(witness.verifier))
        assert began <= at <= time.time()
        known = size
    assert c2sp.post(witness.port, asked(0, 129))[0] == 409
    assert c2sp.post(witness.port, asked(64, 130)) == (409, "text/x.tlog.size", "129\n")
    assert c2sp.post(witness.port, asked(129, 130, leaves=FORKED))[0] == 422
    assert c2sp.post(witness.port, asked(0, 1, origin="somebody.example/log"))[0] == 404
    foreign = c2sp.checkpoint(ORIGIN, LEAVES, LOG, Ed25519PrivateKey.generate())
    assert c2sp.post(witness.port, c2sp.submission(129, c2sp.proof(129, LEAVES), foreign))[0] == 403
    assert c2sp.post(witness.port, b"old 129")[0] == 400
    assert c2sp.post(witness.port, asked(129, 130))[0] == 200


def get(witness: WitnessProcess, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", witness.port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_monitors_read_the_newest_checkpoint(witness: WitnessProcess) -> None:
    origin = "dossier.example/log/1999"
    path = f"/{sha256(origin.encode()).hexdigest()}/checkpoint"
    assert get(witness, path)[0] == 404
    c2sp.post(witness.port, asked(0, 5, origin=origin))
    status, note = get(witness, path)
    assert status == 200
    text, _, lines = note.partition("\n\n")
    assert text + "\n" == body_of(signed(5, origin=origin))
    c2sp.cosigned_at(lines.splitlines()[1], text + "\n", str(witness.verifier))
    assert get(witness, "/add-checkpoint")[0] == 405
    assert get(witness, "/../key")[0] == 404


def test_of_two_histories_offered_at_once_one_is_cosigned_and_stays(witness: WitnessProcess) -> None:
    for year in range(2100, 2106):
        origin = f"dossier.example/log/{year}"
        assert c2sp.post(witness.port, asked(0, 30, origin=origin))[0] == 200
        offers = [
            asked(30, 60 + i, leaves=leaves, origin=origin) for i in range(6) for leaves in (LEAVES, FORKED)
        ]
        with ThreadPoolExecutor(12) as crowd:
            answers = list(crowd.map(lambda body: c2sp.post(witness.port, body)[0], offers))
        assert sorted(answers) == [200] + [409] * 11
        place = answers.index(200)
        size, winner = 60 + place // 2, (LEAVES, FORKED)[place % 2]
        loser = FORKED if winner is LEAVES else LEAVES
        assert c2sp.post(witness.port, asked(size, 120, leaves=loser, origin=origin))[0] == 422
        assert c2sp.post(witness.port, asked(size, 120, leaves=winner, origin=origin))[0] == 200


def test_bodies_that_are_huge_slow_or_cut_harm_nobody(witness: WitnessProcess) -> None:
    huge = c2sp.submission(0, [], "x" * (1 << 20))
    with suppress(BrokenPipeError, ConnectionResetError):  # closed before all of it was sent
        assert c2sp.post(witness.port, huge)[0] == 400
    slow = []
    for _ in range(20):
        one = socket.create_connection(("127.0.0.1", witness.port))
        one.sendall(b"POST /add-checkpoint HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\nold 0\n")
        slow.append(one)
    assert c2sp.post(witness.port, asked(0, 3, origin="dossier.example/log/2200"))[0] == 200
    for one in slow:
        one.close()


def test_killed_between_storing_and_answering_it_remembers(tmp_path: Path) -> None:
    with running_witness(tmp_path, log=TRUST, name="w.example", dying=True) as dying:
        with pytest.raises((http.client.HTTPException, OSError)):
            c2sp.post(dying.port, asked(0, 50))
        verifier = dying.verifier
        dying.kill()
    with running_witness(tmp_path, log=TRUST, name="w.example") as again:
        assert again.verifier == verifier
        # what it never answered is what it knows: neither an older size nor another history gets a cosignature
        assert c2sp.post(again.port, asked(0, 60)) == (409, "text/x.tlog.size", "50\n")
        assert c2sp.post(again.port, asked(50, 60, leaves=FORKED))[0] == 422
        status, _, told = c2sp.post(again.port, asked(50, 50))
        assert status == 200
        c2sp.cosigned_at(told, body_of(signed(50)), str(verifier))
        again.kill()
    with running_witness(tmp_path, log=TRUST, name="w.example") as third:
        assert c2sp.post(third.port, asked(50, 60))[0] == 200


KILLS = int(os.environ.get("LOG_WITNESS_KILLS", "2"))


def test_killed_at_any_moment_it_never_cosigns_two_histories(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Two histories are offered all the time, while it dies again and again; each cosignature that came is of one of them."""
    seed = secrets.randbelow(1 << 32)
    print("seed", seed)
    chance, handed_out = random.Random(seed), []
    for _ in range(KILLS):
        with running_witness(tmp_path, log=TRUST, name="w.example") as one:
            done = threading.Event()

            def offer(leaves: list[bytes], port: int = one.port, done: threading.Event = done) -> None:
                known = 0
                while not done.is_set():
                    size = known if known == len(leaves) else random.randint(known + 1, len(leaves))
                    try:
                        status, _, told = c2sp.post(port, asked(known, size, leaves=leaves))
                    except (OSError, http.client.HTTPException):
                        continue
                    if status == 200:
                        handed_out.append((told, body_of(signed(size, leaves=leaves))))
                    known = int(told) if status == 409 else size if status == 200 else known

            offering = [threading.Thread(target=offer, args=(leaves,)) for leaves in (LEAVES, FORKED)]
            for thread in offering:
                thread.start()
            time.sleep(chance.uniform(0.02, 0.2))
            one.kill()
            done.set()
            for thread in offering:
                thread.join()
            verifier = str(one.verifier)
    for told, body in handed_out:
        c2sp.cosigned_at(told, body, verifier)
    histories = [
        {body_of(signed(size, leaves=leaves)) for size in range(len(leaves) + 1)}
        for leaves in (LEAVES, FORKED)
    ]
    seen = {body for _, body in handed_out}
    assert seen
    assert any(seen <= history for history in histories)
    record_property("witness_kills", KILLS)
    record_property("cosigned_under_kills", len(handed_out))
