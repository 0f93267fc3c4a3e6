"""LOG-8: a gap of each kind, seeded past every policy, is found by the next turn; a log that is whole rings nothing."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

import unidossier.log
from tests.actions.clinic import Clinic
from unidossier.actions.compare_log import compare_log, log_is_sound, show_completeness
from unidossier.actions.list_my_patients import list_my_patients
from unidossier.actions.open_record import open_record
from unidossier.gate import served
from unidossier.record.queries import Filter


class Log:
    """The log of the test database as a superuser reaches it, and a tree grown by the sequencer's own functions."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement past every policy."""
        return self._clinic.world.run(statement, *values)

    def open(self) -> int:
        """Open the record of the patient; return the entry."""
        open_record(self._clinic.secret, patient=self._clinic.patient, chosen=Filter())
        return self.last()

    def list(self) -> int:
        """See the patient in a list; return the entry."""
        list_my_patients(self._clinic.secret)
        return self.last()

    def last(self) -> int:
        """The newest entry."""
        return int(self.run("SELECT max(id) FROM log.entry")[0][0])

    def sign(self) -> None:
        """Make a leaf of every entry, as the sequencer does, without files and keys."""
        self.run("SELECT log.begin_year(extract(year FROM now())::smallint, 'test/log', true)")
        while True:
            ((year, size),) = self.run("SELECT year, size FROM log.tree ORDER BY year DESC LIMIT 1")
            waiting = self.run("SELECT entry_id, digest, xid::text FROM log.pending(5000)")
            if not waiting:
                return
            leaves = [hashlib.sha256(b"\x00" + bytes(digest)).digest() for _, digest, _ in waiting]
            self.run(
                "SELECT log.integrate(%s::smallint, %s, %s::bigint[], %s::bytea[], sha256(''), 'unsigned', %s::xid8, %s)",
                year,
                size,
                [entry for entry, _, _ in waiting],
                leaves,
                waiting[-1][2],
                waiting[-1][0],
            )

    def flush(self) -> None:
        """Let the server count at once what this connection changed; else it does within ten seconds."""
        self.run("SELECT pg_stat_force_next_flush()")

    def forget(self) -> None:
        """Drop alarms, gaps and marks, and what was served: each test begins with an even account."""
        self.flush()
        self.run("TRUNCATE log.gap, log.alarm, log.check_mark, log.served")
        self.run("DELETE FROM gate.live")


@pytest.fixture
def log(clinic: Clinic) -> Iterator[Log]:
    made = Log(clinic)
    # tests of other rooms make up entries, and trees over them: an account of them would be theirs
    made.run("TRUNCATE log.entry, log.listed, log.tree, log.leaf, log.restored CASCADE")
    made.run("DELETE FROM gate.live")
    served.bring()
    made.forget()
    made.open()
    made.list()
    made.sign()
    served.bring()
    compare_until_whole()
    made.forget()
    yield made
    served.bring()
    made.run(
        "TRUNCATE log.tree, log.leaf, log.restored CASCADE"
    )  # a tree without files is of no use to others
    made.forget()


def compare_until_whole() -> None:
    """Go through everything that is there once."""
    for _ in range(50):
        compare_log(most=20_000)
        marks = show_completeness().checks
        if all(marks[name]["whole_at"] for name in ("leaves", "entries", "lines")):
            return


def found() -> set[str]:
    """The kinds of alarms after turns that see everything."""
    compare_until_whole()
    return {one["kind"] for one in show_completeness().open_alarms}


def known(log: Log) -> set[tuple[str, str]]:
    return {(kind, place) for kind, place in log.run("SELECT kind, place FROM log.gap")}


@pytest.fixture
def before(log: Log) -> set[tuple[str, str]]:
    """What the database of this session holds anyway: tests of other rooms make up entries."""
    compare_until_whole()
    standing = known(log)
    log.forget()
    return standing


def _new(log: Log, before: set[tuple[str, str]]) -> set[tuple[str, str]]:
    log.flush()
    compare_until_whole()
    return known(log) - before


def test_a_whole_log_rings_nothing(log: Log, before: set[tuple[str, str]]) -> None:
    entry = log.open()
    listed = log.list()
    log.sign()
    assert not any(place.endswith((str(entry), str(listed))) for _, place in _new(log, before))
    assert _new(log, before) == set()


def _forge_grant(log: Log, clinic: Clinic) -> None:
    log.open()
    log.run(
        """INSERT INTO gate.live SELECT (jsonb_populate_record(l, jsonb_build_object('id', 7, 'token_hash', '\\x00'))).*
        FROM gate.live l ORDER BY l.id DESC LIMIT 1"""
    )


def _delete_before_the_tree(log: Log, clinic: Clinic) -> None:
    entry = log.open()  # not a leaf yet: the one moment in which a superuser could delete unseen
    log.run("DELETE FROM gate.live")
    log.run("DELETE FROM log.entry WHERE id = %s", entry)


def _on_the_entry(statement: str) -> Callable[[Log, Clinic], None]:
    def seed(log: Log, clinic: Clinic) -> None:
        entry = log.open()
        log.sign()
        log.run("DELETE FROM gate.live")
        log.run(statement, entry)

    return seed


def _on_the_list(statement: str) -> Callable[[Log, Clinic], None]:
    def seed(log: Log, clinic: Clinic) -> None:
        entry = log.list()
        log.sign()
        log.run(statement, entry)

    return seed


def _slip_past_the_tree(log: Log, clinic: Clinic) -> None:
    entry = log.open()
    log.sign()
    log.open()
    log.sign()
    log.run("DELETE FROM log.leaf WHERE entry_id = %s", entry)


def _wrong_month(log: Log, clinic: Clinic) -> None:
    log.run(
        """INSERT INTO log.entry (id, at, verb, rule, permitted, person_id, patient_id)
        VALUES (to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'), now() - interval '70 days', 'open-record', 'ACD-2.work', true, %s, %s)""",
        clinic.physician.person,
        clinic.patient,
    )
    log.sign()


def _earlier_in_the_month(log: Log, clinic: Clinic) -> None:
    log.open()
    log.run(
        """INSERT INTO log.entry (id, at, verb, rule, permitted, patient_id) VALUES
        (to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'), greatest(now() - interval '3 hours', date_trunc('month', now())), 'open-record', 'ACD-2.work', true, %s)""",
        clinic.patient,
    )
    log.sign()


def _nobody(log: Log, clinic: Clinic) -> None:
    log.run(
        """INSERT INTO log.entry (id, verb, rule, permitted, patient_id) VALUES
        (to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'), 'open-record', 'ACD-2.work', true, %s)""",
        uuid4(),
    )
    log.sign()


SEEDED: dict[str, tuple[str, Callable[[Log, Clinic], None]]] = {
    "a grant without an entry": ("grant-without-entry", _forge_grant),
    "an entry gone before it was a leaf, though rows were served under it": (
        "served-without-entry",
        _delete_before_the_tree,
    ),
    "a refusal made of the entry under which rows were served": (
        "served-without-entry",
        _on_the_entry("UPDATE log.entry SET permitted = false WHERE id = %s"),
    ),
    "an entry deleted": ("entry-gone", _on_the_entry("DELETE FROM log.entry WHERE id = %s")),
    "another name in it": (
        "entry-changed",
        _on_the_entry("UPDATE log.entry SET person_name = 'Al Roe' WHERE id = %s"),
    ),
    "another device in it": (
        "entry-changed",
        _on_the_entry("UPDATE log.entry SET device = 'x' WHERE id = %s"),
    ),
    "its content dropped by nobody's decision": (
        "entry-changed",
        _on_the_entry("UPDATE log.entry SET salt = '', verb = 'erased', person_id = NULL WHERE id = %s"),
    ),
    "a leaf deleted": ("leaf-gone", _on_the_entry("DELETE FROM log.leaf WHERE entry_id = %s")),
    "an entry that the tree passed by": ("entry-without-leaf", _slip_past_the_tree),
    "an entry dated into another month": ("back-dated", _wrong_month),
    "an entry dated hours back": ("back-dated", _earlier_in_the_month),
    "a line of a list deleted": (
        "not-shown",
        _on_the_list("DELETE FROM log.listed WHERE entry_id = %s"),
    ),
    "another name in the line of a list": (
        "not-shown",
        _on_the_list("UPDATE log.listed SET person_name = 'Al Roe' WHERE entry_id = %s"),
    ),
    "an entry about a record that is not there": ("not-shown", _nobody),
    "a line that no entry made": (
        "shown-wrongly",
        _on_the_list(
            "INSERT INTO log.listed SELECT patient_id, 9 + entry_id * 0, at, person_id, person_name, function, institution_id, verb, rule, purpose FROM log.listed WHERE entry_id = %s LIMIT 1"
        ),
    ),
}


@pytest.mark.parametrize("name", SEEDED)
def test_a_seeded_gap_rings_once_and_is_told(
    log: Log, before: set[tuple[str, str]], clinic: Clinic, name: str
) -> None:
    kind, seed = SEEDED[name]
    compare_until_whole()  # from here on the order of entries is judged
    assert log_is_sound() or before
    seed(log, clinic)
    new = _new(log, before)
    assert kind in {one for one, _ in new}
    assert not log_is_sound()
    assert _new(log, before) == new, "what is known is not told again"
    (alarm,) = [one for one in show_completeness().open_alarms if one["kind"] == kind]
    ((verb, detail),) = log.run("SELECT verb, detail FROM log.entry WHERE id = %s", int(alarm["entry"]))
    assert (verb, detail["kind"]) == ("log-alarm", kind)
    _undo(log)


def _undo(log: Log) -> None:
    # rows that were made up would be gaps for the tests after this one
    log.run("DELETE FROM log.listed WHERE entry_id = 9")
    log.run("DELETE FROM gate.live WHERE id = 7")


def test_a_changed_policy_rings(log: Log, clinic: Clinic) -> None:
    log.run(
        "CREATE POLICY quiet ON log.entry AS RESTRICTIVE FOR SELECT TO unidossier_app USING (verb <> 'open-record')"
    )
    try:
        assert "policies-changed" in found()
    finally:
        log.run("DROP POLICY quiet ON log.entry")


def test_a_signer_that_is_behind_rings_after_half_a_minute(log: Log) -> None:
    """T35: work goes on meanwhile, so the health of the site is not gone before an hour."""
    log.sign()
    entry = log.open()
    log.run("UPDATE log.entry SET at = now() - interval '40 seconds' WHERE id = %s", entry)
    compare_log()
    assert "unsigned" not in {one["kind"] for one in show_completeness().open_alarms}
    log.run("UPDATE log.check_mark SET since = now() - interval '26 seconds' WHERE name = 'signed'")
    compare_log()
    assert "unsigned" in {one["kind"] for one in show_completeness().open_alarms}
    sound = log.run(
        "SELECT NOT EXISTS (SELECT FROM log.alarm WHERE kind <> 'unsigned' AND closed_at IS NULL)"
    )
    assert [(log_is_sound(),)] == sound
    log.run("UPDATE log.entry SET at = now() - interval '61 minutes' WHERE id = %s", entry)
    assert not log_is_sound()
    log.run("UPDATE log.entry SET at = now() WHERE id = %s", entry)
    log.sign()


def test_a_page_that_would_leave_something_out_rings(log: Log, before: set[tuple[str, str]]) -> None:
    """Entries written against what "who looked" stands on, asked as the page asks."""
    good = (Path(unidossier.log.__file__).parent / "sql/accesses.sql").read_text()
    body = "log.entry e WHERE e.patient_id = ANY (whose)"
    assert good.count(body) == 1
    start = good.index("CREATE FUNCTION gate.entries_seen")
    function = good[start : good.index("$$;", start) + 3].replace(
        "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
    )
    entry = log.open()
    log.sign()
    assert not any(place.endswith(str(entry)) for _, place in _new(log, before))
    log.run(function.replace(body, f"{body} AND e.verb <> 'open-record'"))
    try:
        assert any(
            kind == "not-shown" and place.endswith(str(entry))
            for _ in range(
                60
            )  # a turn asks for some patients, chosen by lot: this database holds those of other tests too
            for kind, place in _new(log, before)
        )
    finally:
        log.run(function)


def test_the_desk_is_told_and_closes_an_alarm_with_words(log: Log, clinic: Clinic) -> None:
    from unidossier.actions.list_tasks import finish_task

    officers = [
        clinic.world.worker(function, clinic.id)
        for function in ("data-protection-officer", "security-officer")
    ]
    entry = log.open()
    log.sign()
    log.run("UPDATE log.entry SET person_name = 'Al Roe' WHERE id = %s", entry)
    compare_until_whole()
    (alarm,) = [one for one in show_completeness().open_alarms if one["kind"] == "entry-changed"]
    tasks = log.run(
        "SELECT function, id FROM cases.task WHERE kind = 'log-alarm' AND subject_id = %s AND institution_id = %s AND state = 'open' ORDER BY 1",
        UUID(alarm["id"]),
        clinic.id,
    )
    assert [function for function, _ in tasks] == ["data-protection-officer", "security-officer"]
    secret = clinic.world.session(officers[1], purpose="governance", face="desk")
    finish_task(secret, task=tasks[1][1], words="A test of the restore; the copy was put back.")
    (closed,) = [one for one in show_completeness().alarms if one["id"] == alarm["id"]]
    assert closed["words"].startswith("A test") and closed["closed_by"] and closed["closed_at"]
    assert [
        state
        for (state,) in log.run(
            "SELECT state FROM cases.task WHERE subject_id = %s AND institution_id = %s ORDER BY function",
            UUID(alarm["id"]),
            clinic.id,
        )
    ] == ["open", "done"]
    compare_until_whole()
    assert "entry-changed" not in {one["kind"] for one in show_completeness().open_alarms}, "known"


def test_reading_is_counted_beside_the_log(log: Log, clinic: Clinic) -> None:
    entry = log.open()
    served.bring()
    ((rows,),) = log.run("SELECT rows FROM log.served WHERE entry_id = %s", entry)
    assert rows >= 1
    compare_log()
    assert log.run("SELECT count(*) FROM log.served WHERE entry_id = %s", entry) == [(0,)]


def test_the_application_can_only_make_it_ring(dsns: Any) -> None:
    """No table of the comparisons is open to it; what it says can add an alarm and take none away."""
    with psycopg.connect(dsns.app, autocommit=True) as connection:
        for table in ("served", "alarm", "gap", "check_mark"):
            for act in (f"DELETE FROM log.{table}", f"SELECT * FROM log.{table}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(act)
        for function in (
            "close_alarm(gen_random_uuid(), gen_random_uuid(), '', '')",
            "untold_alarms()",
            "mark_alarm_told(gen_random_uuid(), 1)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT log.{function}")
        told = connection.execute("SELECT log.completeness()").fetchone()
    assert told is not None and json.dumps(told[0])
