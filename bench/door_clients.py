"""A client that asks the gate in Python: a committed grant and one line of a record of chance, by gate/door.py."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from bench.crowd import item_number, patient_number


@dataclass(frozen=True, kw_only=True)
class Given:
    """What every client knows: a session for each, and how many patients there are."""

    secrets: tuple[bytes, ...]
    patients: int


def make(number: int, given: Given) -> Callable[[random.Random], object]:
    """Return the client of this number."""
    from unidossier.gate.door import Ask, read
    from unidossier.record import queries

    secret = given.secrets[number % len(given.secrets)]

    def ask(chance: random.Random) -> None:
        n = chance.randint(3, given.patients)
        line = item_number(n, 7)
        granted = read(
            secret, Ask(verb="open-item", patient=patient_number(n), items=(line,)), queries.item(line)
        )
        assert granted.rows[0][0]["id"] == line

    return ask
