"""The requests that issue and design set aims for: how each is made, and what it must reach."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from bench.fhir_load import message
from bench.fhir_people import LOINC, People, observation, transaction


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One request of the issue: how it is made, how many a second it must reach at 16 clients, and what p99 and p50 may be."""

    name: str
    make: Callable[[People, random.Random], bytes]
    least: float | None = None
    p99_at_most: float | None = None
    p50_of_one_at_most: float | None = None
    makes_new: bool = False


def _read(people: People, chance: random.Random) -> bytes:
    return message(
        "GET", f"/fhir/Observation/{chance.choice(people.observations)}", token=chance.choice(people.readers)
    )


def _search(people: People, chance: random.Random) -> bytes:
    query = f"patient={chance.choice(people.patients)}&code={LOINC}|2823-3&date=ge2026-01-01&_count=20"
    return message("GET", f"/fhir/Observation?{query}", token=chance.choice(people.readers))


def _search_20(people: People, chance: random.Random) -> bytes:
    query = f"patient={chance.choice(people.patients)}&_count=20&_sort=-date"
    return message("GET", f"/fhir/Observation?{query}", token=chance.choice(people.readers))


def _create(people: People, chance: random.Random) -> bytes:
    body = observation(chance, f"Patient/{chance.choice(people.patients)}", chance.randrange(10_000))
    return message("POST", "/fhir/Observation", token=people.machine, body=orjson.dumps(body))


def _transaction(people: People, chance: random.Random) -> bytes:
    return message("POST", "/fhir", token=people.machine, body=transaction(chance))


def _whole(patient: Callable[[People, random.Random], str]) -> Callable[[People, random.Random], bytes]:
    def make(people: People, chance: random.Random) -> bytes:
        path = f"/fhir/Patient/{patient(people, chance)}/$everything"
        return message("GET", path, token=chance.choice(people.readers))

    return make


PIECES = (
    Piece(name="read", make=_read, least=1200, p99_at_most=25),
    Piece(name="search by code and date", make=_search),
    Piece(name="search of 20", make=_search_20, least=900),
    Piece(name="create", make=_create, least=450, makes_new=True),
    Piece(name="transaction of 31", make=_transaction, least=60, makes_new=True),
    Piece(
        name="$everything of 31",
        make=_whole(lambda people, chance: chance.choice(people.patients)),
        least=600,
    ),
    Piece(name="$everything of 1,000", make=_whole(lambda people, _: people.of_1000)),
    Piece(
        name="$everything of 10,000, first page",
        make=_whole(lambda people, _: people.of_10000),
        p50_of_one_at_most=10,
    ),
)
