"""The open figures: what was done is counted once, whoever counts; a number below five is told to nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.actions.clinic import days
from tests.cases.conftest import House
from tests.log.entries import add_entries
from unidossier.actions.show_yearly_figures import count_accesses, show_yearly_figures
from unidossier.kernel.uuid7 import new_id

A_WHILE_AGO = timedelta(minutes=5)


def _year() -> int:
    return datetime.now(ZoneInfo("Europe/Brussels")).year


def _figures(house: House, *, year: int | None = None) -> dict[tuple[str, str, str], int | None]:
    shown = show_yearly_figures(institution=house.clinic.id, year=year or _year())
    return {(row["part"], row["what"], row["also"]): row["times"] for row in shown.lines}


def _forget(house: House) -> None:
    """Let the count begin anew, for entries of a while ago."""
    house.world.run("TRUNCATE cases.access_count, cases.count_mark")


def _look(house: House, count: int, **columns: Any) -> None:
    told = {
        "institution_id": house.clinic.id,
        "person_id": house.clinic.physician.person,
        "at": datetime.now(UTC) - A_WHILE_AGO,
    }
    add_entries(house.clinic, count, **(told | columns))


def test_accesses_are_counted_once_by_function_and_rule(house: House) -> None:
    _look(house, 7)
    _look(house, 6, function="specialist")
    _look(house, 8, permitted=False, rule="ACD-1.none")
    _look(house, 5, rule="BTG-1.emergency", verb="break-the-glass", glass_reason="unconscious")
    _look(house, 9, institution_id=house.world.institution())
    _forget(house)
    count_accesses()
    count_accesses()  # twice is once
    assert {key: n for key, n in _figures(house).items() if key[0] != "exclusions"} == {
        ("accesses", "nurse", "ACD-2.work"): 7,
        ("accesses", "nurse", "BTG-1.emergency"): 5,
        ("accesses", "specialist", "ACD-2.work"): 6,
        ("refused", "ACD-1.none", ""): 8,
        ("glass", "unconscious", ""): 5,
    }


def test_what_comes_later_is_added(house: House) -> None:
    _look(house, 5)
    _forget(house)
    count_accesses()
    house.world.run("UPDATE cases.count_mark SET counted_to = counted_to - interval '1 minute'")
    _look(house, 6, at=datetime.now(UTC) - timedelta(seconds=90))
    count_accesses()
    assert _figures(house)[("accesses", "nurse", "ACD-2.work")] == 11


def test_what_may_still_be_under_way_waits(house: House) -> None:
    _forget(house)
    _look(house, 6, at=datetime.now(UTC))
    count_accesses()
    assert ("accesses", "nurse", "ACD-2.work") not in _figures(house)


@pytest.mark.parametrize(("times", "told"), [(1, None), (4, None), (5, 5)])
def test_a_number_below_five_is_not_told(house: House, times: int, told: int | None) -> None:
    _look(house, times)
    _forget(house)
    count_accesses()
    assert _figures(house)[("accesses", "nurse", "ACD-2.work")] == told


def test_reviews_questions_signals_and_exclusions(house: House) -> None:
    """BTG-5: within 72 hours, later, or not yet."""
    for made, done, outcome in ((-9, -8, "justified"), (-9, -1, "justified"), (-2, None, "")):
        for _ in range(5):
            house.task(
                "glass-review",
                function="medical-director",
                subject_id=new_id(),
                made_at=days(made),
                done_at=days(done) if done else None,
                state="done" if done else "open",
                outcome=outcome,
            )
    for _ in range(5):
        house.task("unknown-person", function="ombuds", state="done", outcome="answered")
        house.task("signal", function="data-protection-officer", facts='{"signal": "bulk"}')
        exclusion = house.world.exclude(house.world.patient(), house.clinic.physician.person)
        house.world.run(
            "UPDATE relations.exclusion SET made_at_institution = %s WHERE id = %s",
            house.clinic.id,
            exclusion,
        )
    assert _figures(house) == {
        ("glass-review", "justified", "in-time"): 5,
        ("glass-review", "justified", "late"): 5,
        ("glass-review", "", "open"): 5,
        ("questions", "unknown-person", "answered"): 5,
        ("signals", "bulk", ""): 5,
        ("exclusions", "form", ""): 5,
    }
    assert _figures(house, year=_year() - 1) == {}


def test_a_year_is_that_of_brussels(house: House) -> None:
    """The first instant of 2025 in Brussels is still 2024 in Greenwich."""
    for at in (datetime(2024, 12, 31, 23, tzinfo=UTC), datetime(2024, 12, 31, 22, 59, tzinfo=UTC)):
        for _ in range(5):
            house.task("correction", function="ombuds", made_at=at)
    assert _figures(house, year=2025) == {("questions", "correction", ""): 5}
    assert _figures(house, year=2024) == {("questions", "correction", ""): 5}


def test_a_practice_has_no_figures(house: House) -> None:
    """One physician alone would be a person."""
    practice = house.world.institution(network=False)
    for _ in range(6):
        house.task("other", function="ombuds", institution_id=practice)
    assert show_yearly_figures(institution=practice, year=_year()).lines == []
    assert show_yearly_figures(institution=UUID(int=0), year=_year()).lines == []


def test_the_application_reads_no_count_below(house: House) -> None:
    with (
        psycopg.connect(house.world.dsns.app) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT times FROM cases.access_count")
