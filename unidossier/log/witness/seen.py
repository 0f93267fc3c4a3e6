"""What the feed saw of each witness: one small file beside the log, written by the feed, read by the Desk. Sizes and times alone."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

FILE = "feed"

# why a witness did not cosign; the Desk puts each into words
AWAY, UNKNOWN_LOG, UNKNOWN_KEY, CONTRADICTS, AHEAD, REFUSES, TILES = (
    "away",
    "unknown-log",
    "unknown-key",
    "contradicts",
    "ahead",
    "refuses",
    "tiles",
)
TROUBLES = (AWAY, UNKNOWN_LOG, UNKNOWN_KEY, CONTRADICTS, AHEAD, REFUSES, TILES)
GRAVE = frozenset({CONTRADICTS, AHEAD})  # the witness remembers another history than ours


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One witness: when it last answered and cosigned (POSIX seconds, 0: never), what; since when there is which trouble ('': none)."""

    answered_at: int = 0
    cosigned_at: int = 0
    size: int = 0
    sizes: dict[str, int] = field(default_factory=dict)  # origin -> the size that it cosigned last
    trouble: str = ""
    words: str = ""
    since: int = 0
    fails: int = 0  # in a row
    drift: int = 0  # seconds that its clock is before ours (negative: behind), as its last cosignature tells

    def cosigned(self, origin: str, size: int, *, at: int, drift: int = 0) -> "Seen":
        """The same, after a cosignature."""
        sizes = {**self.sizes, origin: size}
        return Seen(answered_at=at, cosigned_at=at, size=size, sizes=sizes, drift=drift)

    def failed(self, trouble: str, words: str, *, at: int) -> "Seen":
        """The same, after a refusal or silence."""
        since = self.since if self.trouble == trouble else at
        answered = self.answered_at if trouble in (AWAY, TILES) else at
        return replace(
            self, trouble=trouble, words=words[:200], since=since, fails=self.fails + 1, answered_at=answered
        )


@dataclass(frozen=True, kw_only=True)
class FeedState:
    """When the feed last made its round (POSIX seconds, 0: never), what is wrong with its policy, and each witness by its name."""

    at: int = 0
    policy_trouble: str = ""
    witnesses: dict[str, Seen] = field(default_factory=dict)


def read_state(folder: Path) -> FeedState:
    """Return what was written last; nothing when there is no file, or none that can be read."""
    try:
        told = json.loads((folder / FILE).read_text())
        seen = {name: Seen(**one) for name, one in told.pop("witnesses").items()}
        return FeedState(witnesses=seen, **told)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return FeedState()


def write_state(folder: Path, state: FeedState) -> None:
    """Put the file in its place; readers see the old text or the new one."""
    fresh = folder / f".new-{FILE}"
    fresh.write_text(json.dumps(asdict(state)))
    fresh.replace(folder / FILE)
