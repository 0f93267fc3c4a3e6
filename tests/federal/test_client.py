"""The way to the platform: what comes in pieces is told as such, and the stand-in fails in every way it offers (EXC-8)."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from unidossier.database.home import Home
from unidossier.demo.federal.book import MOODS, Book, changed, load, path_of
from unidossier.demo.federal.service import Service, answer, socket_path
from unidossier.demo.federal.views import MOODS as OFFERED
from unidossier.exchange.federal.client import JsonPlatform, read_feed
from unidossier.exchange.federal.port import PlatformAway

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PATIENT, CARER = "49051799247", "19907518580"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose platform knows two exclusions, one ended, and a consent."""
    made = Home.find(tmp_path).prepare()
    with changed(path_of(made.path)) as book:
        ended = book.exclude(patient=PATIENT, nihdi=CARER, now=NOW)
        book.exclude(patient=PATIENT, nihdi="19904893770", now=NOW)
        book.consent(patient=PATIENT, now=NOW)
        book.end(ended, now=NOW)
    return made


@pytest.fixture
def platform(home: Home) -> Iterator[JsonPlatform]:
    """The stand-in, served on its socket."""
    with Service(home) as service:
        running = threading.Thread(target=service.serve_forever)
        running.start()
        yield JsonPlatform(f"unix:{socket_path(home)}")
        service.shutdown()
        running.join()


def in_mood(home: Home, mood: str) -> None:
    with changed(path_of(home.path)) as book:
        book.choose(mood, now=NOW)


def test_everything_comes_over_the_socket(platform: JsonPlatform) -> None:
    feed = platform.full()
    assert (feed.kind, feed.fault, feed.sequence, feed.counts) == ("full", "", 4, (2, 1))
    ended, open_ = feed.exclusions
    assert (ended.nihdi, ended.until, ended.sequence) == (CARER, NOW, 4)
    assert (open_.until, open_.sequence, open_.patient_ssin) == (None, 2, PATIENT)
    assert feed.consents[0].sequence == 3


def test_a_delta_brings_what_came_after(platform: JsonPlatform) -> None:
    feed = platform.delta(since=2)
    assert (feed.since, [one.sequence for one in feed.exclusions], len(feed.consents)) == (2, [4], 1)


def test_a_text_cut_in_the_middle_is_told(platform: JsonPlatform, home: Home) -> None:
    in_mood(home, "half")
    assert platform.full().fault == "cut"
    in_mood(home, "well")
    assert platform.full().fault == ""


def test_a_platform_that_refuses_is_away(platform: JsonPlatform, home: Home) -> None:
    in_mood(home, "away")
    with pytest.raises(PlatformAway):
        platform.full()


def test_a_platform_that_is_not_there_is_away(tmp_path: Path) -> None:
    with pytest.raises(PlatformAway):
        JsonPlatform(f"unix:{tmp_path / 'nobody.sock'}").delta(since=1)


def _body(home: Home) -> bytes:
    return answer(path_of(home.path), "/full")[1]


def _with(body: bytes, **changes: object) -> bytes:
    from hashlib import sha256

    from unidossier.exchange.federal.client import canonical

    content = json.loads(body)["content"] | changes
    return json.dumps({"content": content, "sha256": sha256(canonical(content)).hexdigest()}).encode()


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        pytest.param(lambda body: body, "", id="sound"),
        pytest.param(lambda body: body[:-1], "cut", id="one byte short"),
        pytest.param(lambda body: b"", "cut", id="nothing"),
        pytest.param(lambda body: b"[]", "cut", id="something else"),
        pytest.param(
            lambda body: body.replace(b"19904893770", b"19904893771"), "checksum", id="one digit changed"
        ),
        pytest.param(
            lambda body: _with(body, made_at="2026-11-22T12:00:00"), "shape", id="a time without a zone"
        ),
        pytest.param(
            lambda body: _with(body, exclusions=[{"id": "x"}]), "shape", id="a line without its parts"
        ),
        pytest.param(lambda body: _with(body, kind="delta"), "other-kind", id="a delta instead"),
    ],
)
def test_what_is_not_whole_is_told_and_holds_no_line(home: Home, spoil, fault) -> None:
    feed = read_feed(spoil(_body(home)), kind="full")
    assert feed.fault == fault
    assert bool(feed.exclusions) is (fault == "")


def test_the_page_offers_every_mood() -> None:
    assert {mood for mood, _ in OFFERED} == set(MOODS)


@pytest.mark.parametrize(
    ("mood", "expected"),
    [
        ("well", (4, 2)),
        ("empty", (4, 0)),
        ("repeated", (4, 2)),
        ("older", (3, 1)),
        ("reordered", (4, 2)),
        ("late", (4, 2)),
    ],
)
def test_each_mood_is_as_wrong_as_it_says(home: Home, mood: str, expected: tuple[int, int]) -> None:
    in_mood(home, mood)
    feed = read_feed(_body(home), kind="full")
    assert (feed.sequence, len(feed.exclusions)) == expected


def test_the_book_is_kept_for_its_owner_alone_and_survives(home: Home) -> None:
    path = path_of(home.path)
    assert path.stat().st_mode & 0o077 == 0
    assert len(load(path).exclusions) == 2 and load(path.with_name("none.json")) == Book()


def test_ending_twice_or_somebody_unknown_changes_nothing(home: Home) -> None:
    book = load(path_of(home.path))
    before = book.sequence
    book.end("EXC-000001", now=NOW)
    book.end("nobody", now=NOW)
    assert book.sequence == before
