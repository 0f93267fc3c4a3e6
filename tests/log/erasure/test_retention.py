"""LOG-4: at least 5 years and as long as the record, never under 3; a month goes only when nothing needs it, and its leaves stay."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.gate.world import World
from tests.log.erasure.conftest import YEAR, Keepers, code_of
from unidossier.actions.change_setting import change_setting, show_settings
from unidossier.actions.keep_log import (
    decide_setting,
    drop_old_months,
    list_setting_proposals,
    preview_retention,
    propose_setting,
)
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id
from unidossier.log.proof.database import LogDatabase

NUMBERS = 10**13
OLD = 201503  # ended long before any setting of these tests
REASON = "Decided by the board in May"


@pytest.fixture
def month(keepers: Keepers) -> Iterator[int]:
    """An old month with one entry that nothing needs: a sign-in of somebody whose record is no longer there; it stands in the tree."""
    world = keepers.world
    world.run(
        f"CREATE TABLE IF NOT EXISTS log.entry_2015_03 PARTITION OF log.entry FOR VALUES FROM ({OLD * NUMBERS}) TO ({(OLD + 1) * NUMBERS})"
    )
    world.run("ALTER TABLE log.entry_2015_03 OWNER TO unidossier_log")
    _old_entry(keepers, patient_id=new_id())
    yield OLD
    world.run("DROP TABLE IF EXISTS log.entry_2015_03")
    world.run("DELETE FROM log.dropped_month")


def _old_entry(keepers: Keepers, *, is_leaf: bool = True, **columns: Any) -> int:
    ((number,),) = keepers.world.run("SELECT nextval('log.entry_number')")
    entry = OLD * NUMBERS + int(number)
    row = {
        "id": entry,
        "at": "2015-03-05T10:00:00Z",
        "verb": "sign-in",
        "rule": "ALL-3.sign-in",
        "permitted": True,
    } | columns
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    keepers.world.run(f"INSERT INTO log.entry ({names}) VALUES ({marks})", *row.values())
    return keepers.place(entry) if is_leaf else entry


def _reasons(keepers: Keepers) -> list[str]:
    (line,) = [one for one in preview_retention(keepers.officer) if one["month"] == OLD]
    return list(line["reasons"])


def test_a_month_that_nothing_needs_goes_and_its_leaves_stay(keepers: Keepers, month: int) -> None:
    leaves = "SELECT position, entry_id, hash FROM log.leaf WHERE entry_id BETWEEN %s AND %s ORDER BY 1"
    before = keepers.world.run(leaves, OLD * NUMBERS, (OLD + 1) * NUMBERS)
    assert before and _reasons(keepers) == []
    assert drop_old_months() == [OLD]
    assert keepers.world.run("SELECT to_regclass('log.entry_2015_03')") == [(None,)]
    assert keepers.world.run(leaves, OLD * NUMBERS, (OLD + 1) * NUMBERS) == before
    ((entries, years, told),) = keepers.world.run(
        "SELECT entries, years, told_entry FROM log.dropped_month WHERE month = %s", OLD
    )
    assert (entries, years >= 5) == (1, True)
    entry = keepers.row(told)
    assert (entry["verb"], entry["function"], entry["detail"]["month"]) == ("month-dropped", "machine", OLD)
    assert keepers.world.run("SELECT log.state_of(%s)", before[0][1]) == [("dropped",)]
    position = before[0][0]
    assert _audited(keepers)[position] == "deleted"  # until the entry of the dropping is in the tree
    keepers.place(told)
    assert _audited(keepers)[position] == "dropped"
    (line,) = [one for one in preview_retention(keepers.officer) if one["month"] == OLD]
    assert line["dropped_at"] and line["entries"] == 1
    assert drop_old_months() == []  # a second run finds nothing


def _audited(keepers: Keepers) -> dict[int, str]:
    """What an audit finds odd in the tree of these tests, by position."""
    ((size,),) = keepers.world.run("SELECT max(position) + 1 FROM log.leaf WHERE year = %s", YEAR)
    log = LogDatabase.open(keepers.world.dsns.migrate)
    try:
        return {position: state for span in log.spans(YEAR, size) for position, state in span.odd}
    finally:
        log.close()


# what needs a month -> the reason shown; each month would have gone without it


def _of_a_record(keepers: Keepers) -> None:
    _old_entry(keepers, patient_id=keepers.patient)


def _naming_a_record(keepers: Keepers) -> None:
    _old_entry(keepers, patients=[new_id(), keepers.patient], verb="list-patients")


def _in_no_tree(keepers: Keepers) -> None:
    _old_entry(keepers, is_leaf=False)


def _on_hold(keepers: Keepers) -> None:
    gone = new_id()
    keepers.world.run(
        "INSERT INTO cases.legal_hold (id, institution_id, patient_id, reason, made_by, entry_id) VALUES (%s, %s, %s, 'Dispute', %s, 0)",
        new_id(),
        keepers.clinic.id,
        gone,
        new_id(),
    )
    _old_entry(keepers, patient_id=gone)


def _house_on_hold(keepers: Keepers) -> None:
    keepers.world.run(
        "INSERT INTO cases.legal_hold (id, institution_id, reason, made_by, entry_id) VALUES (%s, %s, 'Inspection', %s, 0)",
        new_id(),
        keepers.clinic.id,
        new_id(),
    )
    _old_entry(keepers, institution_id=keepers.clinic.id)


def _in_a_case(keepers: Keepers) -> None:
    task = new_id()
    keepers.world.run(
        "INSERT INTO cases.task (id, institution_id, function, kind, due_at, entry_id) VALUES (%s, %s, 'medical-director', 'case', now(), 0)",
        task,
        keepers.clinic.id,
    )
    keepers.world.run(
        "INSERT INTO cases.gathered (task_id, entry_id, made_by) VALUES (%s, %s, %s)",
        task,
        _old_entry(keepers),
        new_id(),
    )


def _proof_of_an_erasure(keepers: Keepers) -> None:
    """The entry of an erasure stays as long as the month of the erased one stands: without it the emptied row would look like a tamper."""
    keepers.world.run(
        """INSERT INTO log.erasure (entry_id, year, position, leaf, ground, about, asked_by, confirmed_by, asked_entry, confirmed_entry, told_entry)
        VALUES (%s, 1999, 0, '', 'authority', '{}', gen_random_uuid(), gen_random_uuid(), 0, 0, %s)""",
        keepers.opened(),
        _old_entry(keepers, verb="entry-erased"),
    )


NEEDS: dict[str, Callable[[Keepers], None]] = {
    "record": _of_a_record,
    "record, in a list": _naming_a_record,
    "tree": _in_no_tree,
    "hold": _on_hold,
    "hold, of a house": _house_on_hold,
    "case": _in_a_case,
    "erasure": _proof_of_an_erasure,
}


@pytest.mark.parametrize("name", NEEDS)
def test_what_needs_a_month_keeps_it(keepers: Keepers, month: int, name: str) -> None:
    assert _reasons(keepers) == []
    NEEDS[name](keepers)
    assert _reasons(keepers) == [name.partition(",")[0]]
    assert drop_old_months() == []
    assert keepers.world.run("SELECT to_regclass('log.entry_2015_03') IS NOT NULL") == [(True,)]
    keepers.world.run("UPDATE cases.legal_hold SET until_at = now()")
    keepers.world.run("UPDATE cases.task SET state = 'done'")
    keepers.world.run("DELETE FROM log.erasure")


def test_the_longest_time_in_the_network_counts(keepers: Keepers, month: int) -> None:
    keepers.world.setting(keepers.clinic.id, name="log.retention", value="50")
    assert _reasons(keepers) == ["period"]
    assert drop_old_months() == []
    keepers.world.run("DELETE FROM registry.institution_setting WHERE name = 'log.retention'")
    assert drop_old_months() == [OLD]


def test_the_month_that_runs_and_those_within_the_time_stay(keepers: Keepers, month: int) -> None:
    by_month = {one["month"]: one["reasons"] for one in preview_retention(keepers.officer)}
    ((now,),) = keepers.world.run("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::integer")
    assert by_month[now] == ["running"]
    assert max(by_month) == now


def test_nothing_drops_a_month_that_is_needed(keepers: Keepers, month: int) -> None:
    """The function that drops looks again by itself, whoever calls it."""
    with pytest.raises(psycopg.Error, match="month-needed"):
        keepers.world.run("SELECT log.drop_month(%s, 2, 0)", OLD)  # never under 3 years
    _of_a_record(keepers)
    with pytest.raises(psycopg.Error, match="month-needed"):
        keepers.world.run("SELECT log.drop_month(%s, 5, 0)", OLD)
    with pytest.raises(psycopg.Error, match="month-needed"):
        keepers.world.run("SELECT log.drop_month(to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::integer, 3, 0)")


# the setting, by two


def _value(keepers: Keepers) -> str:
    (line,) = [one for one in show_settings(keepers.clinic.id).now if one["name"] == "log.retention"]
    return str(line["value"])


def _propose(keepers: Keepers, value: str = "10", **changes: Any) -> Any:
    told: dict[str, Any] = {
        "proposal": new_id(),
        "name": "log.retention",
        "expected": "5",
        "reason": REASON,
    } | changes
    propose_setting(keepers.officer, value=value, **told)
    return told["proposal"]


def test_the_time_changes_by_two_officers(keepers: Keepers) -> None:
    proposal = _propose(keepers)
    _propose(keepers, proposal=proposal)  # sent twice
    assert _value(keepers) == "5"
    with pytest.raises(ActRefused) as alone:
        decide_setting(keepers.officer, proposal=proposal, decision="confirmed")
    assert code_of(alone) == "same-officer"
    decide_setting(keepers.security, proposal=proposal, decision="confirmed")
    assert _value(keepers) == "10"
    (line,) = list_setting_proposals(keepers.officer, proposal=proposal)
    assert (line["state"], line["expected"], line["value"], bool(line["decider"])) == (
        "confirmed",
        "5",
        "10",
        True,
    )
    (history,) = [one for one in show_settings(keepers.clinic.id).history if one["name"] == "log.retention"]
    assert history["reason"] == REASON


def test_one_officer_alone_never_changes_it(keepers: Keepers) -> None:
    with pytest.raises(ActRefused) as refused:
        change_setting(keepers.officer, name="log.retention", value="10", expected="5", reason=REASON)
    assert code_of(refused) == "by-two"
    with pytest.raises(ActRefused) as other:
        _propose(keepers, name="sms", value="on", expected="off")
    assert code_of(other) == "not-by-two"


@pytest.mark.parametrize("value", ["2", "0", "-5", "51", "5.5", "five", ""])
def test_never_under_three_years(keepers: Keepers, value: str) -> None:
    """EHDS art. 9."""
    with pytest.raises(ActRefused) as refused:
        _propose(keepers, value)
    assert code_of(refused) == "value-not-allowed"


@pytest.mark.parametrize("value", ["3", "50"])
def test_from_three_years_on_it_is_taken(keepers: Keepers, value: str) -> None:
    decide_setting(keepers.security, proposal=_propose(keepers, value), decision="confirmed")
    assert _value(keepers) == value


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": "because"}, "reason-missing"),
        ({"expected": "7"}, "changed-meanwhile"),
        ({"value": "5"}, "nothing-changes"),
    ],
)
def test_a_change_is_refused_when(keepers: Keepers, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ActRefused) as refused:
        _propose(keepers, **changes)
    assert code_of(refused) == code


def test_a_refused_or_withdrawn_change_changes_nothing(keepers: Keepers) -> None:
    refused = _propose(keepers)
    with pytest.raises(ActRefused) as again:
        _propose(keepers)
    assert code_of(again) == "asked-already"
    decide_setting(keepers.security, proposal=refused, decision="refused")
    withdrawn = _propose(keepers)
    decide_setting(keepers.officer, proposal=withdrawn, decision="withdrawn")
    assert _value(keepers) == "5"
    with pytest.raises(ActRefused) as late:
        decide_setting(keepers.security, proposal=withdrawn, decision="confirmed")
    assert code_of(late) == "done-already"


def test_others_of_the_desk_see_nothing_of_it(keepers: Keepers, world: World) -> None:
    for function in ("ombuds", "medical-director"):
        secret = world.session(world.worker(function, keepers.clinic.id), face="desk", purpose="governance")
        for act in (preview_retention, list_setting_proposals):
            with pytest.raises(AccessRefused):
                act(secret)  # type: ignore[operator]
