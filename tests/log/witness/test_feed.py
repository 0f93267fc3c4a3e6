"""The feed between a log and its witnesses, over real HTTP (LOG-3): who cosigns, who is away, who remembers another history."""

import http.server
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.log.witness.witness_process import WitnessProcess, running_witness
from tests.log.witness.written_log import NAME, WrittenLog, new_signer
from tests.supervisor.site_process import free_port
from unidossier.log.tree.note import COSIGNATURE, Note, Signer
from unidossier.log.witness import seen
from unidossier.log.witness.feed import Feed
from unidossier.log.witness.policy import Policy
from unidossier.log.witness.seen import FeedState, Seen
from unidossier.log.witness.years import KEPT_LAST, keep_witnessed, read_checkpoint

KEY = new_signer()
YEARS = itertools.count(3000, 10)  # the witnesses of this file serve many logs


@pytest.fixture(scope="module")
def witnesses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, WitnessProcess]]:
    log = f"{NAME}/log/*={KEY.verifier}"
    home = tmp_path_factory.mktemp("witnesses")
    with (
        running_witness(home / "a", log=log, name="a.example") as a,
        running_witness(home / "b", log=log, name="b.example") as b,
    ):
        yield {"a": a, "b": b}


@dataclass
class Fed:
    """A log with a feed, and a clock that we turn."""

    log: WrittenLog
    policy: Policy
    now: float = 1_790_000_000.0

    def __post_init__(self) -> None:
        self.feed = self.anew()

    def anew(self) -> Feed:
        return Feed(self.log.folder, every_s=2, refresh_s=60, wait_s=3, clock=lambda: self.now)

    def round(self) -> FeedState:
        self.now += 2
        return self.feed.round()

    def witnessed(self, log: WrittenLog | None = None) -> tuple[int, set[str]]:
        """The size of the newest witnessed checkpoint and whose cosignatures it carries, checked; (0, nobody) before the first."""
        found = read_checkpoint((log or self.log).path, "witnessed")
        if found is None:
            return 0, set()
        note, checkpoint = found
        note.signed_at(self.log.signer.verifier)
        return checkpoint.size, set(self.policy.signed_by(note))


@pytest.fixture
def log(tmp_path: Path) -> WrittenLog:
    written = WrittenLog(tmp_path / "log", KEY, year=next(YEARS))
    written.grow(3)
    return written


def lay(log: WrittenLog, *lines: str, **urls: str) -> Policy:
    text = "".join(f"{line}\n" for line in lines)
    (log.folder / "policy").write_text(text)
    return Policy.parse(text)


@pytest.fixture
def fed(log: WrittenLog, witnesses: dict[str, WitnessProcess]) -> Fed:
    return fed_by(log, witnesses, "all")


def fed_by(log: WrittenLog, witnesses: dict[str, WitnessProcess], needed: str) -> Fed:
    named = [f"witness {name} {one.verifier} {one.url}" for name, one in witnesses.items()]
    return Fed(log, lay(log, *named, f"group both {needed} a b", "quorum both"))


def test_each_new_checkpoint_is_witnessed_and_kept(fed: Fed) -> None:
    assert fed.witnessed() == (0, set())
    for size in (3, 4, 300, 301):
        fed.log.grow(size - fed.log.frontier.size)
        state = fed.round()
        assert fed.witnessed() == (size, {"a", "b"})
        assert [(one.size, one.trouble, one.fails) for one in state.witnesses.values()] == [(size, "", 0)] * 2
    assert sorted(int(path.name) for path in (fed.log.path / "witnessed.d").iterdir()) == [3, 4, 300, 301]
    assert seen.read_state(fed.log.folder) == state


def test_a_quiet_log_is_cosigned_anew_each_minute_and_not_oftener(fed: Fed) -> None:
    first = fed.round().witnesses["a"].cosigned_at
    assert fed.round().witnesses["a"].cosigned_at == first
    fed.now += 60
    assert fed.round().witnesses["a"].cosigned_at == fed.now


def test_a_clock_that_is_wrong_is_noticed(fed: Fed) -> None:  # T38
    fed.now = time.time() - 2
    assert {one.drift for one in fed.round().witnesses.values()} == {0}
    fed.log.grow(1)
    fed.now = time.time() - 100
    assert all(97 <= one.drift <= 100 for one in fed.round().witnesses.values())
    fed.log.grow(1)
    fed.now = time.time() + 100
    assert all(-103 <= one.drift <= -98 for one in fed.round().witnesses.values())


def test_a_feed_that_forgot_asks_the_witness_which_size_it_knows(fed: Fed) -> None:
    fed.round()
    (fed.log.folder / seen.FILE).unlink()
    fed.feed = fed.anew()
    fed.log.grow(20)
    fed.round()
    assert fed.witnessed() == (23, {"a", "b"})


def test_a_witness_that_is_away_holds_up_nobody_and_is_told(
    log: WrittenLog, witnesses: dict[str, WitnessProcess]
) -> None:
    port = free_port()
    a, gone = witnesses["a"], new_signer("b.example", kind=COSIGNATURE)
    named = (f"witness a {a.verifier} {a.url}", f"witness b {gone.verifier} http://127.0.0.1:{port}")
    fed = Fed(log, lay(log, *named, "group any any a b", "quorum any"))
    state = fed.round()
    assert fed.witnessed() == (3, {"a"})
    assert (state.witnesses["b"].trouble, state.witnesses["b"].since) == (seen.AWAY, int(fed.now))
    fed.policy = lay(log, *named, "group all all a b", "quorum all")
    log.grow(1)
    assert fed.round().witnesses["a"].size == 4
    assert fed.witnessed()[0] == 3  # both are asked for: not witnessed
    fails = fed.round().witnesses["b"].fails
    assert fails < 3  # it is left in peace for longer and longer
    assert fed.round().witnesses["b"].since == state.witnesses["b"].since


def test_a_cosignature_over_an_older_checkpoint_never_counts_for_a_newer_one(
    log: WrittenLog, witnesses: dict[str, WitnessProcess]
) -> None:
    fed = fed_by(log, witnesses, "all")
    fed.round()
    a, b = witnesses["a"], witnesses["b"]
    nowhere = f"witness b {b.verifier} http://127.0.0.1:{free_port()}"
    lay(log, f"witness a {a.verifier} {a.url}", nowhere, "group both all a b", "quorum both")
    log.grow(1)
    assert fed.round().witnesses["a"].size == 4
    assert fed.witnessed() == (3, {"a", "b"})


def test_one_that_comes_back_is_asked_again(log: WrittenLog, tmp_path: Path) -> None:
    port, trusted = free_port(), f"{NAME}/log/*={KEY.verifier}"
    with running_witness(tmp_path / "w", log=trusted, name="w.example", port=port) as first:
        line = f"witness w {first.verifier} {first.url}"
        fed = Fed(log, lay(log, line, "quorum w"))
        fed.round()
        first.kill()
        log.grow(2)
        assert fed.round().witnesses["w"].trouble == seen.AWAY
    with running_witness(tmp_path / "w", log=trusted, name="w.example", port=port):
        fed.now += 60
        assert fed.round().witnesses["w"].trouble == ""
        assert fed.witnessed() == (5, {"w"})


def test_an_operator_who_rewrites_with_the_key_in_his_hand_is_caught(fed: Fed, tmp_path: Path) -> None:
    """LOG-3: key, files and feed are his; the witnesses are not."""
    fed.log.grow(30)
    fed.round()
    rewritten = WrittenLog(tmp_path / "rewritten", KEY, year=fed.log.year)
    rewritten.grow(10)
    rewritten.grow(40, mark="another entry")
    (rewritten.folder / "policy").write_text((fed.log.folder / "policy").read_text())
    (rewritten.folder / seen.FILE).write_text((fed.log.folder / seen.FILE).read_text())
    his = Fed(rewritten, fed.policy, now=fed.now)
    state = his.round()
    assert {one.trouble for one in state.witnesses.values()} == {seen.CONTRADICTS}
    assert his.witnessed() == (0, set())
    fed.log.grow(1)  # and the honest log goes on
    fed.now += 60
    fed.round()
    assert fed.witnessed() == (34, {"a", "b"})


def test_a_log_that_lost_its_end_is_told_that_the_witnesses_know_more(fed: Fed, tmp_path: Path) -> None:
    fed.log.grow(9)
    fed.round()
    cut = WrittenLog(tmp_path / "cut", KEY, year=fed.log.year)
    cut.grow(4)
    (cut.folder / "policy").write_text((fed.log.folder / "policy").read_text())
    state = Fed(cut, fed.policy).round()
    assert {(one.trouble, one.words) for one in state.witnesses.values()} == {(seen.AHEAD, "12 > 4")}


def test_a_log_or_a_key_that_a_witness_does_not_know(
    witnesses: dict[str, WitnessProcess], tmp_path: Path
) -> None:
    for signer, year, trouble in ((new_signer(), 2999, seen.UNKNOWN_KEY), (KEY, 29990, seen.UNKNOWN_LOG)):
        log = WrittenLog(tmp_path / str(year), signer, year=year)
        log.grow(1)
        (log.folder / str(year)).rename(log.folder / "2999") if year > 9999 else None
        fed = fed_by(log, witnesses, "all")
        assert {one.trouble for one in fed.round().witnesses.values()} == {trouble}


def test_the_closing_checkpoint_of_a_year_is_witnessed_too(fed: Fed) -> None:
    fed.round()
    fed.log.grow(2)  # signed, and the year ends before a round
    following = WrittenLog(fed.log.folder, KEY, year=fed.log.year + 1)
    following.grow(1)
    fed.round()
    fed.round()
    assert fed.witnessed() == (5, {"a", "b"})
    assert fed.witnessed(following) == (1, {"a", "b"})


def test_a_year_that_is_refused_holds_up_no_other_and_stays_to_be_seen(fed: Fed, tmp_path: Path) -> None:
    """As after database and folder of the log were set back together: the next year begins anew."""
    fed.log.grow(9)
    fed.round()
    cut = WrittenLog(tmp_path / "cut", KEY, year=fed.log.year)
    cut.grow(4)
    (cut.folder / "policy").write_text((fed.log.folder / "policy").read_text())
    following = WrittenLog(cut.folder, KEY, year=fed.log.year + 1)
    his = Fed(cut, fed.policy, now=fed.now)
    for size in (1, 2, 3):
        following.grow(1)
        state = his.round()
        assert his.witnessed(following) == (size, {"a", "b"})
        assert {one.trouble for one in state.witnesses.values()} == {seen.AHEAD}
    assert his.witnessed() == (0, set())


def test_who_asks_nobody_has_nothing_witnessed(log: WrittenLog) -> None:
    fed = Fed(log, Policy.read(log.folder / "policy"))
    assert fed.round().witnesses == {}
    assert not (log.path / "witnessed").exists()


def test_a_policy_that_cannot_be_read_is_told_and_nothing_is_witnessed(fed: Fed) -> None:
    fed.round()
    (fed.log.folder / "policy").write_text("quorum nobody-defined\n")
    state = fed.round()
    assert state.policy_trouble.startswith("Line 1 of the policy")
    assert set(state.witnesses) == {"a", "b"}


@contextmanager
def pretending(status: int, body: bytes, kind: str = "text/plain", *, silent: bool = False) -> Iterator[int]:
    """Something else that listens where a witness should."""
    quiet = threading.Event()

    class Pretender(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            if silent:
                quiet.wait(10)
                return
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pretender)
    server.daemon_threads = True
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    try:
        yield server.server_port
    finally:
        quiet.set()
        server.shutdown()
        running.join()
        server.server_close()


def of(signer: Signer, log: WrittenLog, *, at: int = 5) -> bytes:
    return signer.sign(Note.parse(log.signed()).text, at=at).encode()


@pytest.mark.parametrize("case", ["garbage", "another", "replayed", "long", "endless", "words", "redirect"])
def test_what_is_no_cosignature_by_the_witness_does_not_count(log: WrittenLog, case: str) -> None:
    signer = new_signer("w.example", kind=COSIGNATURE)
    before = of(signer, log)
    log.grow(1)
    answers = {
        "garbage": (200, b"\xff\x00", "text/plain", seen.AWAY),
        "another": (200, of(new_signer("w.example", kind=COSIGNATURE), log), "text/plain", seen.AWAY),
        "replayed": (200, before, "text/plain", seen.AWAY),  # over an older checkpoint
        "long": (200, b"x" * (1 << 17), "text/plain", seen.AWAY),
        "endless": (409, b"2\n", "text/x.tlog.size", seen.REFUSES),
        "words": (503, b"<b>\x1b[2Jno</b>", "text/html", seen.REFUSES),
        "redirect": (302, b"", "text/plain", seen.REFUSES),
    }
    status, body, kind, trouble = answers[case]
    with pretending(status, body, kind) as port:
        line = f"witness w {signer.verifier} http://127.0.0.1:{port}/"
        fed = Fed(log, lay(log, line, "quorum w"))
        one = fed.round().witnesses["w"]
    assert (one.trouble, one.size) == (trouble, 0)
    assert "\x1b" not in one.words
    assert not (log.path / "witnessed").exists()
    with pretending(200, of(signer, log)) as port:  # the same with an honest answer
        fed = Fed(log, lay(log, line.replace(line.rpartition(":")[2], f"{port}/"), "quorum w"))
        fed.now += 60
        fed.round()
        assert fed.witnessed() == (4, {"w"})


def test_a_silent_one_costs_its_time_once(log: WrittenLog, witnesses: dict[str, WitnessProcess]) -> None:
    a, silent = witnesses["a"], new_signer("s.example", kind=COSIGNATURE)
    with pretending(200, b"", silent=True) as port:
        named = (f"witness a {a.verifier} {a.url}", f"witness s {silent.verifier} http://127.0.0.1:{port}")
        fed = Fed(log, lay(log, *named, "group any any a s", "quorum any"))
        fed.feed = Feed(log.folder, every_s=2, refresh_s=60, wait_s=0.3, clock=lambda: fed.now)
        assert fed.round().witnesses["s"].trouble == seen.AWAY
        assert fed.witnessed() == (3, {"a"})


def test_the_last_hundred_and_one_an_hour_are_kept(log: WrittenLog) -> None:
    note = Note.parse(log.signed())
    total = KEPT_LAST * 2 + 1
    (log.path / "witnessed.d").mkdir()
    (log.path / "witnessed.d/.new-7").write_text("of a feed that was killed")
    for size in range(1, total + 1):
        keep_witnessed(log.path, note, size=size)
    kept = sorted(int(path.name) for path in (log.path / "witnessed.d").glob("[0-9]*"))
    assert kept == [1, *range(total - KEPT_LAST + 1, total + 1)]


def test_what_was_seen_is_read_as_it_was_written_and_rubbish_is_nothing(tmp_path: Path) -> None:
    one = Seen(answered_at=3, trouble=seen.AWAY, words="x", since=2, fails=4)
    state = FeedState(at=9, witnesses={"w": one.cosigned("o", 7, at=8), "v": one})
    seen.write_state(tmp_path, state)
    assert seen.read_state(tmp_path) == state
    assert replace(state.witnesses["w"]).sizes == {"o": 7}
    for rubbish in ("", "[]", "{}", '{"witnesses": {"a": 1}}', '{"witnesses": {}, "more": 1}'):
        (tmp_path / seen.FILE).write_text(rubbish)
        assert seen.read_state(tmp_path) == FeedState()
