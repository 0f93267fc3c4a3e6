"""The rounds of one run: every request at 1 and at 16 clients, beside pgbench on its statements; what misses its aim is asked again.

Neighbours on a shared machine take a third of its processors from one minute to the next, and nothing here shows it: of several rounds the best
one counts, and the last of them come after everything else.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import psycopg

from bench import fhir_load, fhir_statements
from bench.clients import Round
from bench.fhir_people import People
from bench.fhir_pieces import Piece
from bench.figure import Figure
from bench.place import Place
from bench.timing import median, pace_ms, percentile, tree_cpu_s

MANY = 16
AT_ONCE = 3  # rounds of a request that misses its aim, one after the other ...
SWEEPS = 3  # ... and how often these are begun, each time after all the others


class Served(Protocol):
    """The server that is asked."""

    @property
    def port(self) -> int: ...

    @property
    def pid(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What one request reached: alone, and at MANY clients with the processor's time (ms) of application and database."""

    one: Round
    many: Round
    application_ms: float
    database_ms: float
    rounds: int = 1


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """Where the rounds are run, on whose records, each for how many seconds."""

    place: Place
    server: Served
    people: People
    seconds: int

    def measure(self, pieces: Sequence[Piece]) -> Iterator[Figure]:
        """Give rates, percentiles, processor time of a request, and the share of pgbench's rate, of each piece."""
        paces, taken, limits = [pace_ms()], {}, {}
        for piece in pieces:
            say(f"{piece.name} ...")
            taken[piece.name] = self._again(piece, self._first(piece), times=AT_ONCE - 1)
            limits[piece.name] = list(self._beside(piece, taken[piece.name]))
            self._purge()
            paces.append(pace_ms())
        for _ in range(SWEEPS - 1):
            for piece in pieces:
                if _is_short(piece, taken[piece.name]):
                    say(f"{piece.name}, once more ...")
                    taken[piece.name] = self._again(piece, taken[piece.name], times=AT_ONCE)
                    self._purge()
                    paces.append(pace_ms())
        for piece in pieces:
            yield from _aims(piece, taken[piece.name])
            yield from _costs(piece, taken[piece.name])
            yield from limits[piece.name]
        # twice as much at one time as at another: then the figures are those of the neighbours
        yield Figure(name="pace of this machine: quickest", value=min(paces), unit="ms")
        yield Figure(name="pace of this machine: median", value=median(paces), unit="ms")
        yield Figure(name="pace of this machine: slowest", value=max(paces), unit="ms")

    def _first(self, piece: Piece) -> Taken:
        one = self._load(piece, clients=1)
        return self._many(piece, one)

    def _again(self, piece: Piece, best: Taken, *, times: int) -> Taken:
        """Ask until the aims are reached, at most so many times; the best round counts."""
        for _ in range(times):
            if not _is_short(piece, best):
                break
            one = self._load(piece, clients=1) if piece.p50_of_one_at_most else best.one
            if percentile(one.latencies_ms, 0.5) > percentile(best.one.latencies_ms, 0.5):
                one = best.one
            now = self._many(piece, one)
            say(f"{piece.name}: {now.many.per_second:.0f} a second")
            rounds = best.rounds + 1
            best = max(replace(best, one=one), now, key=lambda taken: taken.many.per_second)
            best = replace(best, rounds=rounds)
        return best

    def _load(self, piece: Piece, *, clients: int) -> Round:
        def make(chance: random.Random) -> bytes:
            return piece.make(self.people, chance)

        return fhir_load.run(self.server.port, make, clients=clients, seconds=self.seconds)

    def _many(self, piece: Piece, one: Round) -> Taken:
        database = self.place.server.pid
        assert database is not None
        before = tree_cpu_s(self.server.pid), tree_cpu_s(database)
        many = self._load(piece, clients=MANY)
        after = tree_cpu_s(self.server.pid), tree_cpu_s(database)
        # the warm-up's requests are in the time and not in the count
        asked = len(many.latencies_ms) * (1 + fhir_load.WARM_UP_S / self.seconds)
        application, of_database = (
            (late - early) * 1000 / asked for early, late in zip(before, after, strict=True)
        )
        return Taken(one=one, many=many, application_ms=application, database_ms=of_database)

    def _beside(self, piece: Piece, taken: Taken) -> Iterator[Figure]:
        """Give what pgbench reaches on the same statements, and our share of it."""
        program = self.place.program("pgbench")
        if program is None:
            return
        scripts = self._scripts(piece)
        for clients, ours in ((1, taken.one), (MANY, taken.many)):
            limit = fhir_statements.run_scripts(
                program, self.place.dsns.app, scripts, clients=clients, seconds=self.seconds
            )
            share = ours.per_second / limit.per_second
            yield Figure(name=f"{piece.name}, {clients}: pgbench", value=limit.per_second, unit="/s")
            yield Figure(name=f"{piece.name}, {clients}: share of pgbench", value=share, unit="")

    def _scripts(self, piece: Piece) -> list[str]:
        chance, requests = random.Random(3), []
        for _ in range(MANY):
            head, _, body = piece.make(self.people, chance).partition(b"\r\n\r\n")
            method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
            token = head.partition(b"Bearer ")[2].split(b"\r\n")[0].decode()
            requests.append((method, path, token, body))
        return [
            fhir_statements.script(one, makes_new=piece.makes_new)
            for one in fhir_statements.taken_down(requests)
        ]

    def _purge(self) -> None:
        # as the worker does every minute
        with psycopg.connect(self.place.root_dsn, autocommit=True) as connection:
            connection.execute("DELETE FROM gate.live")
            connection.execute("VACUUM gate.live")


def _is_short(piece: Piece, taken: Taken) -> bool:
    return any(figure.is_short for figure in _aims(piece, taken))


def _aims(piece: Piece, taken: Taken) -> Iterator[Figure]:
    for clients, ours in ((1, taken.one), (MANY, taken.many)):
        is_many = clients == MANY
        name = f"{piece.name}, {clients}"
        yield Figure(
            name=f"{name}: a second",
            value=ours.per_second,
            unit="/s",
            at_least=piece.least if is_many else None,
        )
        for share, at_most in (
            (0.5, None if is_many else piece.p50_of_one_at_most),
            (0.95, None),
            (0.99, piece.p99_at_most if is_many else None),
        ):
            value = percentile(ours.latencies_ms, share)
            yield Figure(name=f"{name}: p{share * 100:.0f}", value=value, unit="ms", at_most=at_most)


def _costs(piece: Piece, taken: Taken) -> Iterator[Figure]:
    yield Figure(name=f"{piece.name}: CPU of the application", value=taken.application_ms, unit="ms")
    yield Figure(name=f"{piece.name}: CPU of the database", value=taken.database_ms, unit="ms")
    yield Figure(name=f"{piece.name}: rounds", value=taken.rounds, unit="")


def say(what: str) -> None:
    """Tell on the side what is being measured."""
    print(what, file=sys.stderr, flush=True)
