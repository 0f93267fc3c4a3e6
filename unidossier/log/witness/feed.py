"""Brings each new checkpoint to the witnesses and keeps what they cosign. Without a key and without a database.

A witness that is away, slow or refuses holds up nobody: not the log, not the other witnesses (T35).
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from unidossier.log.tree.merkle import consistency_proof
from unidossier.log.tree.note import Checkpoint, Note
from unidossier.log.tree.tiles import Tiles, TileUnreadable
from unidossier.log.witness import seen
from unidossier.log.witness.client import (
    WAIT_S,
    WitnessAway,
    WitnessContradicts,
    WitnessKnowsOther,
    WitnessRefuses,
    submit,
)
from unidossier.log.witness.policy import Named, Policy, PolicyUnreadable
from unidossier.log.witness.request import AddCheckpoint
from unidossier.log.witness.seen import FeedState, Seen
from unidossier.log.witness.years import keep_witnessed, read_checkpoint, years_in

Line = tuple[str, bytes, bytes]
LONGEST_REST_S = 60.0  # between two tries at a witness that fails
MOST_WITNESSES = 32
UNKNOWN = {403: seen.UNKNOWN_KEY, 404: seen.UNKNOWN_LOG}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one submission: the cosignature and how far its clock is from ours, or the trouble in a word and in the witness's own words."""

    line: Line | None = None
    drift: int = 0
    trouble: str = ""
    words: str = ""


class Feed:
    """The feed of one installation. `folder` is its log; `every_s` the rest between rounds; `refresh_s` how old a cosignature may get."""

    def __init__(
        self,
        folder: Path,
        *,
        every_s: float,
        refresh_s: float,
        wait_s: float = WAIT_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._every_s = every_s
        self._refresh_s = refresh_s
        self._wait_s = wait_s
        self._clock = clock
        self._seen = dict(seen.read_state(folder).witnesses)
        self._given: dict[str, tuple[str, dict[str, Line]]] = {}  # year -> text, cosignatures by witness
        self._busy: dict[str, Future[Outcome]] = {}
        # when a witness is asked again that refused this log, or ("") was away: what it holds against one year holds up no other
        self._next_at: dict[tuple[str, str], float] = {}
        self._held: dict[tuple[str, str], Seen] = {}  # as it was when a witness refused this log
        self._pool = ThreadPoolExecutor(MOST_WITNESSES, thread_name_prefix="witness")

    def run(self, stop: threading.Event) -> None:
        """Make rounds until told to stop."""
        while not stop.is_set():
            self.round()
            stop.wait(self._every_s)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def round(self) -> FeedState:
        """Bring the newest checkpoint, and closing ones of earlier years, to whoever lacks them; return and write what was seen."""
        trouble = ""
        try:
            policy = Policy.read(self._folder / "policy")
        except PolicyUnreadable as fault:
            policy, trouble = None, str(fault)
        if policy is not None:
            self._seen = {one.name: self._seen.get(one.name, Seen()) for one in policy.witnesses}
            years = years_in(self._folder)
            for year in years:
                self._bring(year, policy, is_newest=year == years[-1])
            self._show_held()
        state = FeedState(at=int(self._clock()), policy_trouble=trouble, witnesses=self._seen)
        if self._folder.is_dir():
            seen.write_state(self._folder, state)
        return state

    def _show_held(self) -> None:
        # a cosignature of one year hides no refusal of another
        for (name, _origin), held in self._held.items():
            one = self._seen.get(name)
            if one is not None and one.trouble not in seen.GRAVE:
                self._seen[name] = replace(one, trouble=held.trouble, words=held.words, since=held.since)

    def _bring(self, year: Path, policy: Policy, *, is_newest: bool) -> None:
        found = read_checkpoint(year)
        if found is None or not (is_newest or self._is_open(year, found[0])):
            return
        note, checkpoint = found
        text, lines = self._given.get(year.name, ("", {}))
        if text != note.text:
            lines = {}
        asked = {
            one.name: self._pool.submit(self._ask, one, note, checkpoint, year)
            for one in policy.witnesses
            if one.url and self._is_due(one.name, checkpoint)
        }
        self._busy.update(asked)
        wait(asked.values(), timeout=self._wait_s + 1)
        fresh = {name: self._note(name, future, checkpoint) for name, future in asked.items()}
        lines |= {name: line for name, line in fresh.items() if line is not None}
        self._given[year.name] = (note.text, lines)
        if any(fresh.values()) and policy.is_met_by(lines):
            keep_witnessed(
                year, Note(note.text, note.signatures + tuple(lines.values())), size=checkpoint.size
            )

    def _is_open(self, year: Path, note: Note) -> bool:
        witnessed = read_checkpoint(year, "witnessed")
        return witnessed is None or witnessed[0].text != note.text

    def _is_due(self, name: str, checkpoint: Checkpoint) -> bool:
        one, now = self._seen[name], self._clock()
        if name in self._busy and not self._busy[name].done():
            return False  # it has not answered the last one yet
        rests = [
            self._next_at[key] for key in ((name, checkpoint.origin), (name, "")) if key in self._next_at
        ]
        if rests:
            return now >= max(rests)
        return one.sizes.get(checkpoint.origin) != checkpoint.size or now - one.cosigned_at >= self._refresh_s

    def _ask(self, witness: Named, note: Note, checkpoint: Checkpoint, year: Path) -> Outcome:
        """Submit, from the size that the witness says it knows. Runs in a thread of its own; touches nothing of ours."""
        old = self._seen[witness.name].sizes.get(checkpoint.origin, 0)
        old = min(old, checkpoint.size)
        for _ in range(2):
            try:
                proof = consistency_proof(Tiles(year).nodes(checkpoint.size), old=old, new=checkpoint.size)
                asked = AddCheckpoint(old=old, proof=tuple(proof), note=note, checkpoint=checkpoint)
                began = self._clock()
                line = submit(witness, asked, wait_s=self._wait_s)
                return Outcome(line=line, drift=_drift(line, began=began, ended=self._clock()))
            except WitnessKnowsOther as other:
                old = other.size
                if old > checkpoint.size:
                    return Outcome(trouble=seen.AHEAD, words=f"{old} > {checkpoint.size}")
            except WitnessContradicts as refused:
                return Outcome(trouble=seen.CONTRADICTS, words=str(refused))
            except WitnessRefuses as refused:
                return Outcome(trouble=UNKNOWN.get(refused.status, seen.REFUSES), words=str(refused))
            except WitnessAway as away:
                return Outcome(trouble=seen.AWAY, words=str(away))
            except TileUnreadable as fault:
                return Outcome(trouble=seen.TILES, words=fault.__class__.__name__)
        return Outcome(trouble=seen.REFUSES, words="It names another size at each try.")

    def _note(self, name: str, asked: Future[Outcome], checkpoint: Checkpoint) -> Line | None:
        at = self._clock()
        outcome = asked.result() if asked.done() else Outcome(trouble=seen.AWAY, words="No answer in time.")
        one = self._seen[name]
        if outcome.line is not None:
            self._seen[name] = one.cosigned(
                checkpoint.origin, checkpoint.size, at=int(at), drift=outcome.drift
            )
            self._held.pop((name, checkpoint.origin), None)
            self._next_at.pop((name, checkpoint.origin), None)
            self._next_at.pop((name, ""), None)
        else:
            self._seen[name] = one.failed(outcome.trouble, outcome.words, at=int(at))
            rest = self._every_s * 2 ** min(self._seen[name].fails, 10)
            about = "" if outcome.trouble == seen.AWAY else checkpoint.origin
            if about:
                before = self._held.get((name, about), self._seen[name])
                since = before.since if before.trouble == outcome.trouble else int(at)
                self._held[name, about] = replace(self._seen[name], since=since)
            self._next_at[name, about] = at + min(LONGEST_REST_S, rest)
        return outcome.line


def _drift(line: Line, *, began: float, ended: float) -> int:
    """Return how many seconds a cosignature was made after we had it, or (negative) before we asked; 0 in between (T38)."""
    told = int.from_bytes(line[2][:8], "big")
    return int(max(0, told - ended) + min(0, told + 1 - began))
