"""How the log stands: in the tree, signed, witnessed; and what is wrong with it (LOG-3). Sizes, times and names of witnesses; no entry.

What the database tells (log.state) is put beside what lies outside it, in the files that the sequencer and the feed write.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from unidossier.log.tree.note import Checkpoint, Note
from unidossier.log.witness.policy import Policy, PolicyUnreadable
from unidossier.log.witness.seen import GRAVE, FeedState, Seen, read_state
from unidossier.log.witness.years import read_checkpoint, years_in

SIGNED_ALARM = timedelta(seconds=10)  # security.md G6
FEED_ALARM = timedelta(seconds=90)
DRIFT_ALARM_S = 2  # T38
WITNESSED_ALARM_S = "UNIDOSSIER_WITNESSED_ALARM_S"

# what is wrong, the gravest first; the interface puts each into words
(
    NOT_BEGUN,
    CONTRADICTED,
    RESTORED,
    STOPPED,
    SIGNING_LATE,
    POLICY,
    FEED_AWAY,
    WITNESS_LATE,
    WITNESS_AWAY,
    CLOCK,
    NO_WITNESS,
) = (
    "not-begun",
    "contradicted",
    "restored",
    "stopped",
    "signing-late",
    "policy",
    "feed-away",
    "witness-late",
    "witness-away",
    "clock",
    "no-witness",
)
ALARMS = (
    NOT_BEGUN,
    CONTRADICTED,
    RESTORED,
    STOPPED,
    SIGNING_LATE,
    POLICY,
    FEED_AWAY,
    WITNESS_LATE,
    WITNESS_AWAY,
    CLOCK,
    NO_WITNESS,
)
WARNINGS = frozenset({WITNESS_AWAY, CLOCK, NO_WITNESS})  # to be settled, not at once


@dataclass(frozen=True, kw_only=True)
class Watcher:
    """A witness of the policy: its name there, its key's name, what the feed saw of it, its cosignature on the witnessed checkpoint."""

    name: str
    signs_as: str
    seen: Seen
    cosigned_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`waiting`: how long the oldest entry has no leaf. `witnessed_at`: as of when enough witnesses stood by `witnessed_size` leaves.

    `needed` of how many witnesses (None: the policy is more than a number). `alarms`: codes of this module, the gravest first.
    """

    year: int | None = None
    origin: str = ""
    size: int = 0
    root: str = ""  # hex
    signed_at: datetime | None = None
    waiting: timedelta = timedelta(0)
    trouble: str = ""
    unexplained_restores: int = 0
    witnessed_size: int = 0
    witnessed_at: datetime | None = None
    witnesses: tuple[Watcher, ...] = ()
    needed: int | None = None
    feed_at: datetime | None = None
    alarms: tuple[str, ...] = field(default=())

    @property
    def is_well(self) -> bool:
        """Tell whether nothing has to be done at once."""
        return not set(self.alarms) - WARNINGS


def witnessed_alarm() -> timedelta:
    """Return how long a log may go unwitnessed; a setting of the installation, 15 minutes by default."""
    return timedelta(seconds=float(os.environ.get(WITNESSED_ALARM_S, "900")))


def stand(state: Mapping[str, Any] | None, folder: Path, *, now: datetime) -> Standing:
    """Put together the row of log.state (None: no tree yet) and the files of the log's folder."""
    try:
        policy, policy_trouble = Policy.read(folder / "policy"), ""
    except PolicyUnreadable as fault:
        policy, policy_trouble = Policy.parse("quorum none"), str(fault)
    feed = read_state(folder)
    note, checkpoint = _newest_witnessed(folder) or (None, None)
    times = policy.signed_by(note) if note else {}
    witnessed_at = _instant(policy.met_at(times) or 0)
    told: Mapping[str, Any] = state or {}
    here = Standing(
        year=told.get("year"),
        origin=told.get("origin") or "",
        size=told.get("size") or 0,
        root=(told.get("root") or b"").hex(),
        signed_at=told.get("signed_at"),
        waiting=timedelta(seconds=told.get("waiting") or 0),
        trouble=told.get("trouble") or policy_trouble,
        unexplained_restores=told.get("unexplained") or 0,
        witnessed_size=checkpoint.size if checkpoint and witnessed_at else 0,
        witnessed_at=witnessed_at,
        witnesses=_watchers(policy, feed, times),
        needed=policy.groups[policy.quorum][0] if _is_a_number(policy) else None,
        feed_at=_instant(feed.at),
    )
    is_policy_good = not policy_trouble
    codes = _alarms(here, told, now=now, asks_nobody=policy.asks_nobody(), is_policy_good=is_policy_good)
    return Standing(**{**here.__dict__, "alarms": codes})


def _alarms(
    here: Standing, told: Mapping[str, Any], *, now: datetime, asks_nobody: bool, is_policy_good: bool
) -> tuple[str, ...]:
    limit = witnessed_alarm()
    is_feed_away = here.feed_at is None or now - here.feed_at > FEED_ALARM
    asks = is_policy_good and not asks_nobody
    wrong = {
        NOT_BEGUN: here.year is None,
        CONTRADICTED: any(one.seen.trouble in GRAVE for one in here.witnesses),
        RESTORED: here.unexplained_restores > 0,
        STOPPED: bool(told.get("trouble")),
        SIGNING_LATE: here.waiting > SIGNED_ALARM,
        POLICY: not is_policy_good,
        FEED_AWAY: asks and is_feed_away,
        WITNESS_LATE: asks and (here.witnessed_at is None or now - here.witnessed_at > limit),
        WITNESS_AWAY: any(one.seen.trouble and one.seen.trouble not in GRAVE for one in here.witnesses),
        CLOCK: any(abs(one.seen.drift) > DRIFT_ALARM_S for one in here.witnesses),
        NO_WITNESS: is_policy_good and asks_nobody,
    }
    wrong[WITNESS_AWAY] = wrong[WITNESS_AWAY] and not wrong[WITNESS_LATE]  # told by the graver one
    return tuple(code for code, is_so in wrong.items() if is_so)


def _newest_witnessed(folder: Path) -> tuple[Note, Checkpoint] | None:
    # of the newest year that has one: in the first minutes of a year that is the year before
    found = (read_checkpoint(year, "witnessed") for year in reversed(years_in(folder)))
    return next((one for one in found if one is not None), None)


def _watchers(policy: Policy, feed: FeedState, times: Mapping[str, int]) -> tuple[Watcher, ...]:
    return tuple(
        Watcher(
            name=one.name,
            signs_as=one.verifier.name,
            seen=feed.witnesses.get(one.name, Seen()),
            cosigned_at=_instant(times.get(one.name, 0)),
        )
        for one in policy.witnesses
    )


def _is_a_number(policy: Policy) -> bool:
    names = {one.name for one in policy.witnesses}
    return policy.quorum in policy.groups and set(policy.groups[policy.quorum][1]) == names


def _instant(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
