"""The daily review (LOG-6): accesses that no relation explains become tasks of the data protection officer."""

from datetime import datetime
from uuid import UUID

from unidossier.cases import oversight
from unidossier.gate import door
from unidossier.gate.door import Query, Row


def look_for_signals(secret: bytes, *, since: datetime, until: datetime) -> int:
    """Look through the accesses at one's own institution in the half-open period; return how many signals are new.

    Raises ActRefused: period-not-allowed (at most 32 days back); and the errors of gate.door.read_list.
    """
    wanted = {"patients": [], "signals": [since.isoformat(), until.isoformat()]}
    query = oversight.look_for_signals(since=since, until=until)
    return int(door.read_list(secret, "protect", wanted, query).rows[0][0]["found"])


def list_signal_runs(secret: bytes) -> list[Row]:
    """Return when accesses were last looked through: since, until, at, found, person (None: the daily run)."""
    wanted = {"patients": [], "runs": True}
    return door.read_list(secret, "protect", wanted, oversight.signal_runs()).rows[0]


def judge_signal(secret: bytes, *, task: UUID, outcome: str, words: str) -> None:
    """`explained`, or `case` for the medical director.

    Raises ActRefused: no-such-task, done-already, no-such-outcome, own-access, reason-missing; and the errors of gate.door.read_list.
    """
    wanted = {"task": str(task), "outcome": outcome}
    door.read_list(secret, "protect", wanted, oversight.judge_signal(task, outcome=outcome, words=words))


def look_for_signals_daily() -> int:
    """The worker's run for yesterday at every institution; once a day, whoever calls. Return how many signals are new."""
    return int(door.call(Query("SELECT cases.look_for_signals_daily() AS found"))[0]["found"])


def look_for_rush() -> int:
    """The worker's look at who opens records faster than anybody works, every minute; return how many signals are new. Nothing is refused by it."""
    return int(door.call(Query("SELECT cases.look_for_rush() AS found"))[0]["found"])
