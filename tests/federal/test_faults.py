"""EXC-8: absence is not an end. No empty, half, late, repeated, older or reordered feed removes an exclusion; a spoilt one changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.federal.platform import Platform, fresh_nihdi, number_carer, number_patient
from unidossier.relations.federal import Feed

PEOPLE = 3


@pytest.fixture
def full_house(platform: Platform, clinic, nihdi) -> Platform:
    """A platform whose hundred and one exclusions are in force here."""
    for _ in range(101):
        platform.exclude(number_patient(clinic.world, clinic.world.patient()), nihdi)
    assert platform.bring(platform.feed()).fresh == 101
    assert len(platform.in_force()) == 101
    return platform


def _empty(platform: Platform) -> Feed:
    return platform.feed(exclusions=(), counts=(0, 0))


def _without(platform: Platform, missing: int) -> Feed:
    left = tuple(platform.lines.values())[missing:]
    return platform.feed(exclusions=left, counts=(len(left), 0))


SPOILT = {
    "empty": (_empty, "stopped"),
    "two of 101 missing": (lambda p: _without(p, 2), "stopped"),
    "came cut": (lambda p: Feed(kind="full", fault="cut"), "half"),
    "wrong checksum": (lambda p: Feed(kind="delta", fault="checksum"), "half"),
    "wrong count": (lambda p: p.feed(counts=(100, 0)), "half"),
    "older": (lambda p: p.feed(sequence=1, exclusions=tuple(p.lines.values())[:1], counts=(1, 0)), "older"),
    "the same number, made earlier": (lambda p: p.feed(made_at=p.made_at - timedelta(days=1)), "older"),
    "made in the future": (lambda p: p.feed(made_at=datetime.now(UTC) + timedelta(hours=1)), "half"),
    "with a hole": (lambda p: p.feed("delta", since=500, sequence=500), "gap"),
    "a delta that lost its newest line": (lambda p: p.feed("delta", since=101, sequence=102), "half"),
    "a line of another shape": (
        lambda p: p.feed(
            exclusions=(replace(next(iter(p.lines.values())), patient_ssin="12"),), counts=(1, 0)
        ),
        "half",
    ),
    "a line newer than the feed": (
        lambda p: p.feed(exclusions=(replace(next(iter(p.lines.values())), sequence=900),), counts=(1, 0)),
        "half",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_feed_changes_nothing_and_is_noted(full_house, name):  # EXC-8
    make, outcome = SPOILT[name]
    before = full_house.in_force()
    assert full_house.bring(make(full_house)).outcome == outcome
    assert full_house.in_force() == before
    noted = full_house.world.run("SELECT outcome FROM relations.federal_feed ORDER BY id DESC LIMIT 1")
    assert noted == [(outcome,)]
    assert full_house.bring(full_house.feed()).outcome == "applied", "the twin: a sound feed is taken over"


def test_one_in_a_hundred_may_be_missing_and_stays(full_house):  # EXC-8
    told = full_house.bring(_without(full_house, 1))
    assert (told.outcome, told.missing) == ("applied", 1)
    assert len(full_house.in_force()) == 101


def test_more_missing_is_a_task_of_the_data_protection_officer_once(full_house):  # EXC-8
    house = full_house.world.institution()
    full_house.world.worker("data-protection-officer", house)
    for _ in range(2):
        full_house.bring(_empty(full_house))
    tasks = full_house.world.run(
        "SELECT kind, facts FROM cases.task WHERE institution_id = %s AND function = 'data-protection-officer'",
        house,
    )
    assert tasks == [("federal-feed", {"missing": 101, "held": 101})]


def test_a_repeated_or_reordered_feed_changes_nothing(full_house):
    feed = full_house.feed()
    for one in (feed, feed, replace(feed, exclusions=feed.exclusions[::-1])):
        told = full_house.bring(one)
        assert (told.outcome, told.fresh, told.changed) == ("applied", 0, 0)
    assert len(full_house.in_force()) == 101


def test_an_end_that_was_taken_over_is_not_undone_by_an_older_line(full_house):
    made = next(iter(full_house.lines))
    begun = full_house.lines[made]
    full_house.end(made)
    full_house.bring(full_house.feed("delta", since=101))
    late = full_house.feed(exclusions=(*full_house.lines.values(), begun), counts=(102, 0))
    assert full_house.bring(late).outcome == "applied"
    assert made not in full_house.in_force() and len(full_house.in_force()) == 100


def test_the_age_is_that_of_the_newest_feed_taken_over(full_house):  # EXC-8
    made_at = full_house.made_at
    for spoilt in (_empty(full_house), Feed(kind="full", fault="cut")):
        full_house.bring(spoilt)
    known = full_house.world.run("SELECT max(made_at) FROM relations.federal_feed WHERE outcome = 'applied'")
    assert known == [(made_at,)]


def test_the_same_silence_every_minute_is_one_line(full_house):
    for _ in range(3):
        full_house.bring(full_house.feed("delta", since=101))
    rows = full_house.world.run("SELECT times FROM relations.federal_feed WHERE kind = 'delta'")
    assert rows == [(3,)]


FEEDS = ("full", "delta", "delta", "empty", "half", "cut list", "old", "again", "reordered")
# each step changes something at the platform and then brings a feed: sequences of feeds alone prove nothing
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["exclude", "exclude", "end", "nothing"]),
        st.integers(0, 20),
        st.sampled_from(FEEDS),
    ),
    min_size=6,
    max_size=14,
)


@given(steps=STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_feeds_loses_an_exclusion(platform, clinic, steps):  # EXC-8
    """Whatever comes, in whatever order: what was taken over and not ended by the platform is in force."""
    world = platform.world
    world.run("TRUNCATE relations.federal_feed, relations.federal_exclusion, relations.federal_consent")
    fresh = Platform(world=world, house=platform.house, secret=platform.secret)
    patients = [number_patient(world, world.patient()) for _ in range(PEOPLE)]
    carers = [number_carer(world, world.worker("nurse", clinic.id), fresh_nihdi()) for _ in range(PEOPLE)]
    told: dict[str, bool] = {}  # what the record has heard by a feed taken over: id -> ended
    kept = [fresh.feed()]
    last = 0
    for change, chosen, kind in steps:
        if change == "exclude":
            fresh.exclude(patients[chosen % PEOPLE], carers[chosen // PEOPLE % PEOPLE])
        elif change == "end" and fresh.lines:
            fresh.end(list(fresh.lines)[chosen % len(fresh.lines)])
        feed = _feed_of(kind, fresh, kept, last)
        if fresh.bring(feed).outcome == "applied":
            last = feed.sequence
            for line in feed.exclusions:
                told[line.id] = told.get(line.id, False) or line.until is not None
        kept.append(feed)
        lost = {made for made, ended in told.items() if not ended} - fresh.in_force()
        assert lost == set(), f"lost by {kind}"
    assert not fresh.in_force() & {made for made, ended in told.items() if ended}


def _feed_of(kind: str, platform: Platform, kept: list[Feed], last: int) -> Feed:
    if kind == "delta":
        return platform.feed("delta", since=last)
    if kind == "empty":
        return platform.feed(exclusions=(), counts=(0, 0))
    if kind == "half":
        return Feed(kind="full", fault="cut")
    if kind == "cut list":
        return platform.feed(exclusions=tuple(platform.lines.values())[1:])
    if kind == "old":
        return kept[0]
    if kind == "again":
        return kept[-1]
    whole = platform.feed()
    return replace(whole, exclusions=whole.exclusions[::-1]) if kind == "reordered" else whole
