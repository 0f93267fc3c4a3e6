"""A log, and a witness that watches it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.log.witness.written_log import NAME, WrittenLog, new_signer
from unidossier.log.witness.judge import Witness
from unidossier.log.witness.memory import Memory
from unidossier.log.witness.trust import Trust


@pytest.fixture
def log(tmp_path: Path) -> WrittenLog:
    written = WrittenLog(tmp_path / "log", new_signer())
    written.grow(5)
    return written


@pytest.fixture
def trust(log: WrittenLog) -> Trust:
    return Trust.parse(f"{NAME}/log/*={log.signer.verifier}")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    made = Memory(tmp_path / "witness", name="witness.example")
    yield made
    made.close()


@pytest.fixture
def witness(memory: Memory, trust: Trust) -> Witness:
    return Witness(memory, (trust,), clock=lambda: 1_790_000_000.0)
