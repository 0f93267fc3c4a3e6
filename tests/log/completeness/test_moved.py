"""LOG-8: a gap deep in an old log, or of one patient among many, is found by the very next turn."""

from collections.abc import Iterator

import pytest

from tests.actions.clinic import Clinic
from tests.log.completeness.test_compared import Log, compare_until_whole, log
from unidossier.actions.compare_log import compare_log, show_completeness

__all__ = ["log"]  # the fixture
PATIENTS = 150
# more of each than a turn compares again because it is new
OLD = """INSERT INTO log.entry (id, verb, rule, permitted, patient_id, person_name, function)
    SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'), 'open-record', 'ACD-2.work', true, %s, 'Jo Doe', 'nurse'
    FROM generate_series(1, 1300)"""


@pytest.fixture
def old(log: Log, clinic: Clinic) -> Iterator[Log]:
    """A log in which the first entries are long past, compared once; the server has counted what led to it."""
    log.list()
    log.run(OLD, clinic.patient)
    log.sign()
    compare_until_whole()
    log.flush()
    compare_log(most=1)
    assert not kinds(), "whole"
    yield log


def kinds() -> set[str]:
    return {one["kind"] for one in show_completeness().open_alarms}


def seed(log: Log, statement: str) -> None:
    log.run(statement)
    log.flush()


MOVED = {
    "an old entry deleted": (
        "DELETE FROM log.entry WHERE id = (SELECT entry_id FROM log.leaf ORDER BY position LIMIT 1)",
        "entry-gone",
    ),
    "an old entry changed": (
        "UPDATE log.entry SET person_name = 'Al Roe' WHERE id = (SELECT entry_id FROM log.leaf ORDER BY position LIMIT 1)",
        "entry-changed",
    ),
    "an old leaf deleted": (
        "DELETE FROM log.leaf WHERE (year, position) = (SELECT year, position FROM log.leaf ORDER BY year, position LIMIT 1)",
        "leaf-gone",
    ),
    "an old line of a list deleted": (
        "DELETE FROM log.listed WHERE entry_id = (SELECT min(entry_id) FROM log.listed)",
        "not-shown",
    ),
    "an old line of a list changed": (
        "UPDATE log.listed SET person_name = 'Al Roe' WHERE entry_id = (SELECT min(entry_id) FROM log.listed)",
        "not-shown",
    ),
}


@pytest.mark.parametrize("name", MOVED)
def test_what_moves_among_old_rows_rings_at_the_next_turn_and_is_found(old: Log, name: str) -> None:
    statement, kind = MOVED[name]
    old.run("DELETE FROM gate.live")
    seed(old, statement)
    compare_log(most=1)
    assert kinds() >= {"rows-changed", kind}
    ((places,),) = old.run("SELECT array_agg(place) FROM log.gap WHERE kind = 'rows-changed'")
    assert len(places) == 1, "one table, told once"
    compare_log(most=1)
    assert old.run("SELECT array_agg(place) FROM log.gap WHERE kind = 'rows-changed'") == [(places,)]


def test_a_table_written_anew_rings(old: Log) -> None:
    seed(old, "VACUUM FULL log.listed")
    compare_log(most=1)
    assert kinds() == {"rows-changed"}
    (alarm,) = show_completeness().open_alarms
    assert alarm["places"] == ["listed"]


def test_counters_that_begin_again_are_no_alarm_and_everything_is_compared(old: Log) -> None:
    """As after a crash of the server: nothing is known of the time between, so everything is looked at."""
    seed(old, "UPDATE log.listed SET purpose = purpose")
    old.forget()
    compare_log(most=1)
    before = show_completeness().checks["leaves"]["looked"]
    old.run("SELECT pg_stat_reset_single_table_counters('log.listed'::regclass)")
    compare_log(most=1)
    assert not kinds()
    assert show_completeness().checks["leaves"]["looked"] - before >= 1300


# an erasure by two of an entry that a list names, which breaks off before it is committed
ERASED = """DO $$
DECLARE
    one bigint := (SELECT min(entry_id) FROM log.listed);
    said bigint[];
    month bigint := to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000;
BEGIN
    WITH made AS (INSERT INTO log.entry (id, person_id, verb, rule, permitted, detail)
        SELECT month + nextval('log.entry_number'), lpad(v.who, 32, '0')::uuid, v.verb, 'LOG-3.tree', true, jsonb_build_object('entry', one::text)
        FROM (VALUES ('1', 'erase-entry'), ('2', 'erase-entry'), ('2', 'entry-erased')) v (who, verb) RETURNING id)
    SELECT array_agg(m.id ORDER BY m.id) INTO said FROM made m;
    PERFORM log.erase(one, 'court-order', gen_random_uuid(), lpad('1', 32, '0')::uuid, lpad('2', 32, '0')::uuid, said[1], said[2], said[3]);
    RAISE EXCEPTION 'gone' USING ERRCODE = 'UD999';
EXCEPTION WHEN SQLSTATE 'UD999' THEN
    NULL;
END $$"""


def test_an_erasure_that_is_rolled_back_rings_nothing_and_lets_nothing_else_pass(old: Log) -> None:
    """The server counts what was rolled back too; everything is compared, and the next change that no act made rings."""
    before = show_completeness().checks["leaves"]["looked"]
    seed(old, ERASED)
    compare_log(most=1)
    assert not kinds()
    assert show_completeness().checks["leaves"]["looked"] - before >= 1300
    seed(old, "UPDATE log.entry SET detail = detail WHERE id = (SELECT min(entry_id) FROM log.leaf)")
    compare_log(most=1)
    assert kinds() == {"rows-changed"}


def test_one_patient_among_many_who_is_shown_less_rings_at_the_next_turn(old: Log, clinic: Clinic) -> None:
    patients = [clinic.world.patient() for _ in range(PATIENTS)]
    hidden = patients[PATIENTS // 2]
    ((good,),) = old.run("SELECT pg_get_functiondef('gate.entries_seen'::regproc)")
    body = "log.entry e WHERE e.patient_id = ANY (whose)"
    assert good.count(body) == 1
    old.run(good.replace(body, f"{body} AND e.patient_id <> '{hidden}'").replace("%", "%%"))
    try:
        compare_log(most=1)
        assert kinds() == {"policies-changed"}, "the function itself, before anybody looks"
        old.run(
            OLD.replace("1300", "1")
            .replace("%s", "p")
            .replace("FROM generate_series(1, 1)", "FROM unnest(%s::uuid[]) p"),
            patients,
        )
        old.sign()
        compare_log(most=1)
        assert "not-shown" in kinds()
        places = {
            place.split(":")[0] for (place,) in old.run("SELECT place FROM log.gap WHERE kind = 'not-shown'")
        }
        assert places == {str(hidden)}
    finally:
        old.run(good.replace("%", "%%"))
        old.forget()
    compare_log(most=1)
    assert "policies-changed" not in kinds()


@pytest.mark.parametrize(
    ("change", "back"),
    [
        (
            "ALTER TABLE log.listed NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE log.listed FORCE ROW LEVEL SECURITY",
        ),
        (
            "ALTER TABLE registry.person DISABLE TRIGGER raise_epoch",
            "ALTER TABLE registry.person ENABLE TRIGGER raise_epoch",
        ),
        ("ALTER FUNCTION gate.side_of(text) STABLE", "ALTER FUNCTION gate.side_of(text) IMMUTABLE"),
    ],
)
def test_what_decides_what_is_shown_is_watched(old: Log, change: str, back: str) -> None:
    old.run(change)
    try:
        compare_log(most=1)
        assert kinds() == {"policies-changed"}
    finally:
        old.run(back)
