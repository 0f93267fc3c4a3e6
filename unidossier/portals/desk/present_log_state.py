"""The state of the log in plain words: what is wrong, what it means, what to do; and how each witness is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from unidossier.log import standing
from unidossier.log.standing import Standing, Watcher

TITLES = {
    standing.NOT_BEGUN: gettext_lazy("No entry is in the tree yet"),
    standing.CONTRADICTED: gettext_lazy("A witness remembers another history of this log"),
    standing.RESTORED: gettext_lazy("The database was put back to an earlier moment"),
    standing.STOPPED: gettext_lazy("Nothing is signed"),
    standing.SIGNING_LATE: gettext_lazy("Entries wait too long for their signature"),
    standing.POLICY: gettext_lazy("The list of witnesses cannot be read"),
    standing.FEED_AWAY: gettext_lazy("Nothing is brought to the witnesses"),
    standing.WITNESS_LATE: gettext_lazy("The log has gone too long without its witnesses"),
    standing.WITNESS_AWAY: gettext_lazy("A witness does not cosign"),
    standing.CLOCK: gettext_lazy("Our clock and that of a witness differ"),
    standing.NO_WITNESS: gettext_lazy("Nobody outside watches over this log"),
}
TO_DO = {
    standing.NOT_BEGUN: gettext_lazy(
        "Ask the administrator to start the sequencer. Access goes on meanwhile."
    ),
    standing.CONTRADICTED: gettext_lazy(
        "Entries may have been changed or lost. Change nothing. Tell the data protection officer, and compare with the witness's own copy."
    ),
    standing.RESTORED: gettext_lazy(
        "Some entries are known by their hash only. Two people explain it together."
    ),
    standing.STOPPED: gettext_lazy("Files and database do not tell the same. Tell the administrator this:"),
    standing.SIGNING_LATE: gettext_lazy(
        "Access goes on, and every entry is kept. Ask the administrator whether the sequencer runs."
    ),
    standing.POLICY: gettext_lazy("Tell the administrator this:"),
    standing.FEED_AWAY: gettext_lazy("Ask the administrator whether the log feed runs."),
    standing.WITNESS_LATE: gettext_lazy(
        "Access goes on. See below which witness does not answer, and call it."
    ),
    standing.WITNESS_AWAY: gettext_lazy("See below which one, and since when. Call it when it lasts."),
    standing.CLOCK: gettext_lazy(
        "One of them is wrong. Ask the administrator to compare our clock with the official time."
    ),
    standing.NO_WITNESS: gettext_lazy(
        "Ask other hospitals to run a witness: a change of the log is then seen outside."
    ),
}
TROUBLES = {
    "": gettext_lazy("cosigns"),
    "away": gettext_lazy("does not answer"),
    "unknown-log": gettext_lazy("does not know this log"),
    "unknown-key": gettext_lazy("does not know the key of this log"),
    "contradicts": gettext_lazy("remembers another history"),
    "ahead": gettext_lazy("knows more entries than we have"),
    "refuses": gettext_lazy("refuses"),
    "tiles": gettext_lazy("our own files could not be read"),
}
WITH_TROUBLE = frozenset({standing.STOPPED, standing.POLICY})


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One thing that is wrong. `kind`: danger or warning, as components/notice.html knows them."""

    kind: str
    title: str
    text: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class WatcherLine:
    """One witness: its name, its state in words, what it said itself, and since when."""

    name: str
    state: str
    is_well: bool
    words: str
    since: datetime | None
    cosigned_at: datetime | None
    size: int


def alarms_of(log: Standing) -> tuple[Alarm, ...]:
    """Return what is wrong, the gravest first."""
    return tuple(
        Alarm(
            kind="warning" if code in standing.WARNINGS else "danger",
            title=str(TITLES[code]),
            text=str(TO_DO[code]),
            detail=log.trouble if code in WITH_TROUBLE else "",
        )
        for code in log.alarms
    )


def watcher_line(one: Watcher) -> WatcherLine:
    """Put one witness into words."""
    seen = one.seen
    unseen = not seen.answered_at and not seen.trouble
    return WatcherLine(
        name=one.signs_as,
        state=_("not asked yet") if unseen else str(TROUBLES.get(seen.trouble, TROUBLES["refuses"])),
        is_well=not seen.trouble and not unseen,
        words=seen.words,
        since=_instant(seen.since) if seen.trouble else None,
        cosigned_at=_instant(seen.cosigned_at),
        size=seen.size,
    )


def needed_words(log: Standing) -> str:
    """Tell how many cosignatures make a checkpoint witnessed; '' where the policy is more than a number."""
    if log.needed is None:
        return ""
    return _("%(needed)s of %(all)s witnesses are needed.") % {
        "needed": log.needed,
        "all": len(log.witnesses),
    }


def length(span: timedelta) -> str:
    """A span in its greatest unit: seconds below two minutes, minutes below two hours, then hours."""
    seconds = int(span.total_seconds())
    if seconds < 120:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if seconds < 7200:
        return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}
    return ngettext("%(n)s hour", "%(n)s hours", seconds // 3600) % {"n": seconds // 3600}


def _instant(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
