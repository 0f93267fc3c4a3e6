"""What is wrong with a log, from the database's word and the files beside it (LOG-3): each alarm beside its all-clear."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.log.witness.written_log import WrittenLog, new_signer
from unidossier.log import standing
from unidossier.log.standing import Standing, stand
from unidossier.log.tree.note import COSIGNATURE, Note
from unidossier.log.witness.seen import FeedState, Seen, write_state
from unidossier.log.witness.years import keep_witnessed

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
A, B = (new_signer(f"{name}.example", kind=COSIGNATURE) for name in "ab")


def ago(seconds: float) -> int:
    return int((NOW - timedelta(seconds=seconds)).timestamp())


@dataclass
class Kept:
    """A log of 5 entries that is signed and witnessed by both, a minute ago."""

    folder: Path
    row: dict[str, Any] | None = None
    feed_ago: float = 3
    seen: dict[str, Seen] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.log = WrittenLog(self.folder, new_signer())
        self.log.grow(5)
        self.row = {
            "year": 2026,
            "origin": self.log.origin,
            "size": 5,
            "root": self.log.frontier.root(),
            "signed_at": NOW - timedelta(seconds=1),
            "trouble": None,
            "waiting": 0.4,
            "unexplained": 0,
        }
        self.policy("group both all a b\nquorum both\n")
        self.seen = {name: Seen().cosigned(self.log.origin, 5, at=ago(60)) for name in "ab"}
        self.cosign(a=60, b=62)

    def policy(self, rest: str) -> None:
        (self.folder / "policy").write_text(f"witness a {A.verifier}\nwitness b {B.verifier}\n{rest}")

    def cosign(self, **before: float) -> None:
        note = Note.parse(self.log.signed())
        lines = "".join({"a": A, "b": B}[name].sign(note.text, at=ago(s)) for name, s in before.items())
        keep_witnessed(self.log.path, Note.parse(f"{note!s}{lines}"), size=self.log.frontier.size)

    def stand(self) -> Standing:
        write_state(self.folder, FeedState(at=ago(self.feed_ago), witnesses=self.seen))
        return stand(self.row, self.folder, now=NOW)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_a_log_that_is_signed_and_witnessed_is_well(kept: Kept) -> None:
    log = kept.stand()
    assert (log.alarms, log.is_well) == ((), True)
    assert (log.size, log.root) == (5, kept.log.frontier.root().hex())
    assert (log.witnessed_size, log.witnessed_at) == (
        5,
        NOW - timedelta(seconds=62),
    )  # when the second had cosigned
    assert (log.needed, [one.signs_as for one in log.witnesses]) == (2, ["a.example", "b.example"])


def changed(**values: Any) -> Callable[[Kept], None]:
    def change(kept: Kept) -> None:
        assert kept.row is not None
        kept.row.update(values)

    return change


def forget(kept: Kept) -> None:
    kept.row = None


def contradict(kept: Kept) -> None:
    kept.seen["b"] = kept.seen["b"].failed("contradicts", "", at=ago(5))


def ahead(kept: Kept) -> None:
    kept.seen["b"] = kept.seen["b"].failed("ahead", "9 > 5", at=ago(5))


def away(kept: Kept) -> None:
    kept.seen["b"] = kept.seen["b"].failed("away", "timed out", at=ago(5))


def drift(seconds: int) -> Callable[[Kept], None]:
    def change(kept: Kept) -> None:
        kept.seen["b"] = Seen().cosigned(kept.log.origin, 5, at=ago(60), drift=seconds)

    return change


def without_feed(kept: Kept) -> None:
    kept.feed_ago = 91


def one_is_missing(kept: Kept) -> None:
    kept.cosign(a=60)


def by_a_stranger(kept: Kept) -> None:
    kept.policy(f"witness c {new_signer('c.example', kind=COSIGNATURE).verifier}\nquorum c\n")


def long_ago(kept: Kept) -> None:
    kept.cosign(a=60, b=901)


@pytest.mark.parametrize(
    ("spoil", "alarms"),
    [
        (forget, (standing.NOT_BEGUN,)),
        (contradict, (standing.CONTRADICTED,)),
        (ahead, (standing.CONTRADICTED,)),
        (changed(unexplained=1), (standing.RESTORED,)),
        (changed(trouble="tiles and database differ"), (standing.STOPPED,)),
        (changed(waiting=10.1), (standing.SIGNING_LATE,)),
        (changed(waiting=9.9), ()),
        (lambda kept: (kept.folder / "policy").write_text("quorum who\n"), (standing.POLICY,)),
        (without_feed, (standing.FEED_AWAY,)),
        (one_is_missing, (standing.WITNESS_LATE,)),
        (by_a_stranger, (standing.WITNESS_LATE,)),
        (long_ago, (standing.WITNESS_LATE,)),
        (lambda kept: kept.cosign(a=60, b=899), ()),
        (away, (standing.WITNESS_AWAY,)),
        (lambda kept: (away(kept), long_ago(kept)), (standing.WITNESS_LATE,)),  # one word for one thing
        (drift(3), (standing.CLOCK,)),
        (drift(-3), (standing.CLOCK,)),
        (drift(-2), ()),
        (lambda kept: (kept.folder / "policy").unlink(), (standing.NO_WITNESS,)),
    ],
)
def test_each_thing_that_is_wrong_has_its_alarm(
    kept: Kept, spoil: Callable[[Kept], Any], alarms: tuple[str, ...]
) -> None:
    assert kept.stand().alarms == ()
    spoil(kept)
    found = kept.stand()
    assert found.alarms == alarms
    assert found.is_well is (set(alarms) <= {standing.WITNESS_AWAY, standing.CLOCK, standing.NO_WITNESS})


def test_how_long_it_may_go_unwitnessed_is_a_setting(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(standing.WITNESSED_ALARM_S, "61")
    assert kept.stand().alarms == (standing.WITNESS_LATE,)
    monkeypatch.setenv(standing.WITNESSED_ALARM_S, "63")
    assert kept.stand().alarms == ()


def test_the_first_minutes_of_a_year_stand_on_the_year_before(kept: Kept) -> None:
    following = WrittenLog(kept.folder, kept.log.signer, year=2027)
    following.grow(1)
    assert kept.stand().alarms == ()


def test_a_checkpoint_altered_after_the_cosigning_is_not_witnessed(kept: Kept) -> None:
    path = kept.log.path / "witnessed"
    path.write_text(path.read_text().replace("\n5\n", "\n6\n"))
    assert kept.stand().alarms == (standing.WITNESS_LATE,)
