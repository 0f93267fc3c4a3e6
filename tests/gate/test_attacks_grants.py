"""Attacks on the grant itself: its transaction, its token, its life, its setting (LOG-2, ACD-7).

Each attack starts from a grant that does read (its twin), changes one thing, and must raise: an error,
never an empty record.
"""

import os
from collections.abc import Callable
from hashlib import sha256

import psycopg
import pytest

from tests.gate.reader import GRANT, USE, grant_values
from tests.gate.scene import NO_GRANT, Scene, forge

Attack = Callable[[Scene], object]
ATTACKS: dict[str, Attack] = {}
SELECT = "SELECT title FROM record.item"


def attack(function: Attack) -> Attack:
    """Enter an attack in the table; it must be refused for want of a good grant."""
    ATTACKS[function.__name__] = function
    return function


def _ask_here(connection: psycopg.Connection, scene: Scene) -> bytes:
    token = os.urandom(32)
    answer = connection.execute(
        GRANT, grant_values(scene.secret, scene.treated, token, verb="open-record")
    ).fetchone()
    assert answer is not None
    assert answer[0] is True
    return token


@attack
def grant_of_the_same_transaction(scene: Scene):
    reads = scene.reader.reads
    with reads.transaction():
        reads.execute(USE, (_ask_here(reads, scene),))


@attack
def grant_of_the_same_transaction_by_the_setting(scene: Scene):
    reads = scene.reader.reads
    with reads.transaction():
        token = _ask_here(reads, scene)
        forge(reads, token.hex() + "|{now}")
        reads.execute(SELECT)


@attack
def grant_in_a_released_savepoint(scene: Scene):
    reads = scene.reader.reads
    with reads.transaction():
        with reads.transaction():
            token = _ask_here(reads, scene)
        reads.execute(USE, (token,))


@attack
def grant_rolled_back_to_a_savepoint(scene: Scene):
    reads = scene.reader.reads
    with reads.transaction():
        with reads.transaction(force_rollback=True):
            token = _ask_here(reads, scene)
        reads.execute(USE, (token,))


@attack
def grant_rolled_back(scene: Scene):
    with scene.reader.reads.transaction(force_rollback=True):
        token = _ask_here(scene.reader.reads, scene)
    scene.titles(token)


@attack
def grant_not_yet_committed_elsewhere(scene: Scene):
    with scene.reader.grants.transaction():
        token = _ask_here(scene.reader.grants, scene)
        scene.titles(token)


@attack
def grant_and_read_in_one_implicit_transaction(scene: Scene):
    token = os.urandom(32)
    with scene.reader.reads.pipeline():
        values = grant_values(scene.secret, scene.treated, token, verb="open-record")
        scene.reader.reads.execute(GRANT, values)
        scene.reader.reads.execute(USE, (token,))
        scene.reader.reads.execute(SELECT)


@attack
def autocommit(scene: Scene):
    scene.reader.reads.execute(USE, (scene.readable_grant().token,))
    scene.reader.reads.execute(SELECT)


@attack
def the_next_transaction_of_the_connection(scene: Scene):
    scene.titles(scene.readable_grant().token)
    with scene.reader.reads.transaction():
        scene.reader.reads.execute(SELECT)


@attack
def guessed_token(scene: Scene):
    scene.readable_grant()
    scene.titles(os.urandom(32))


@attack
def empty_token(scene: Scene):
    scene.readable_grant()
    scene.titles(b"")


@attack
def no_token(scene: Scene):
    scene.readable_grant()
    scene.reader.read(None, SELECT)  # type: ignore[arg-type]


@attack
def the_hash_for_the_token(scene: Scene):
    scene.titles(sha256(scene.readable_grant().token).digest())


@attack
def the_number_of_the_entry_for_the_token(scene: Scene):
    scene.titles(str(scene.readable_grant().entry).encode())


@attack
def the_secret_of_the_session_for_the_token(scene: Scene):
    scene.readable_grant()
    scene.titles(scene.secret)


@attack
def half_a_token(scene: Scene):
    scene.titles(scene.readable_grant().token[:16])


@attack
def token_of_a_refusal(scene: Scene):
    refused = scene.reader.grant(scene.secret, scene.stranger)
    assert not refused.allowed
    scene.titles(refused.token)


@attack
def expired(scene: Scene):
    granted = scene.readable_grant()
    scene.world.run("UPDATE gate.live SET expires_at = now() WHERE id = %s", granted.entry)
    scene.titles(granted.token)


@attack
def purged(scene: Scene):
    granted = scene.readable_grant()
    scene.world.run(
        "UPDATE gate.live SET expires_at = now() - interval '2 minutes' WHERE id = %s", granted.entry
    )
    scene.reader.grants.execute("SELECT gate.purge()")
    scene.titles(granted.token)


@attack
def expired_between_two_statements(scene: Scene):
    granted = scene.readable_grant()
    with scene.reader.reading(granted.token) as connection:
        connection.execute(SELECT)
        scene.world.run("UPDATE gate.live SET expires_at = clock_timestamp() WHERE id = %s", granted.entry)
        connection.execute(SELECT)


def _isolated(scene: Scene, level: psycopg.IsolationLevel) -> None:
    granted = scene.readable_grant()
    scene.reader.reads.isolation_level = level
    scene.titles(granted.token)


@attack
def repeatable_read(scene: Scene):
    _isolated(scene, psycopg.IsolationLevel.REPEATABLE_READ)


@attack
def serializable(scene: Scene):
    _isolated(scene, psycopg.IsolationLevel.SERIALIZABLE)


@attack
def repeatable_read_with_the_setting_alone(scene: Scene):
    granted = scene.readable_grant()
    scene.reader.reads.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with scene.reader.reads.transaction():
        forge(scene.reader.reads, granted.token.hex() + "|{now}")
        scene.reader.reads.execute(SELECT)


@attack
def snapshot_of_another_transaction(scene: Scene):
    granted = scene.readable_grant()
    with scene.reader.grants.transaction():
        snapshot = scene.reader.grants.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        reads = scene.reader.reads
        with reads.transaction():
            reads.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            reads.execute(f"SET TRANSACTION SNAPSHOT '{snapshot[0]}'")
            reads.execute(USE, (granted.token,))


@attack
def setting_for_the_whole_session(scene: Scene):
    granted = scene.readable_grant()
    forge(scene.reader.reads, granted.token.hex() + "|{now}", local=False)
    with scene.reader.reads.transaction():
        scene.reader.reads.execute(SELECT)


@attack
def setting_for_the_session_in_the_next_borrower_of_the_connection(scene: Scene):
    granted = scene.readable_grant()
    with scene.reader.reads.transaction():
        forge(scene.reader.reads, granted.token.hex() + "|{now}", local=False)
        assert scene.reader.reads.execute(SELECT).fetchall()
    scene.reader.reads.execute(SELECT)


@attack
def setting_of_the_role(scene: Scene):
    granted = scene.readable_grant()
    setting = granted.token.hex() + "|0"
    scene.reader.reads.execute(f"SET gate.\"grant\" = '{setting}'")
    scene.reader.reads.execute(SELECT)


@attack
def held_cursor_opened_without_grant(scene: Scene):
    scene.readable_grant()
    with scene.reader.reads.transaction():
        scene.reader.reads.execute(f"DECLARE held CURSOR WITH HOLD FOR {SELECT}")


@attack
def prepared_under_a_grant_run_without(scene: Scene):
    granted = scene.readable_grant()
    with scene.reader.reading(granted.token) as connection:
        connection.execute(f"PREPARE seen AS {SELECT}")
        assert connection.execute("EXECUTE seen").fetchall()
    scene.reader.reads.execute("EXECUTE seen")


@attack
def list_grant_opens_no_record(scene: Scene):
    scene.titles(_list_token(scene))


@attack
def list_grant_opens_no_content(scene: Scene):
    scene.reader.read(_list_token(scene), "SELECT resource FROM record.version")


@attack
def list_grant_opens_no_log(scene: Scene):
    scene.reader.read(_list_token(scene), "SELECT rule FROM log.entry")


def _list_token(scene: Scene) -> bytes:
    token = os.urandom(32)
    answer = scene.reader.grants.execute(
        "SELECT allowed, patients FROM gate.grant_list(%s, 'list-patients', '{}', %s)",
        (scene.secret, sha256(token).digest()),
    ).fetchone()
    assert answer == (True, [scene.treated])
    return token


@attack
def record_grant_opens_no_log(scene: Scene):
    scene.reader.read(scene.readable_grant().token, "SELECT rule FROM log.entry")


@attack
def record_grant_opens_no_list_of_the_log(scene: Scene):
    scene.reader.read(scene.readable_grant().token, "SELECT * FROM log.listed")


@attack
def record_grant_shows_no_exclusions(scene: Scene):
    scene.reader.read(scene.readable_grant().token, "SELECT * FROM relations.exclusion")


@attack
def carer_asking_for_the_log(scene: Scene):
    scene.reader.read(scene.grant(verb="who-looked").token, "SELECT rule FROM log.entry")


@attack
def reading_grant_that_writes(scene: Scene):
    scene.reader.read(scene.readable_grant().token, "SELECT record.store('[]')")


@attack
def writing_without_a_grant(scene: Scene):
    scene.reader.reads.execute("SELECT record.store('[]')")


@attack
def writing_under_a_grant_of_the_same_transaction(scene: Scene):
    reads, token = scene.reader.reads, os.urandom(32)
    with reads.transaction():
        reads.execute(GRANT, grant_values(scene.secret, scene.treated, token, verb="write-report"))
        forge(reads, token.hex() + "|{now}")
        reads.execute("SELECT record.store('[]')")


@pytest.mark.parametrize("name", ATTACKS)
def test_no_good_grant_no_row(scene: Scene, filled: None, record_property, name: str):
    record_property("attacks", 1)
    with pytest.raises(psycopg.Error) as refusal:
        ATTACKS[name](scene)
    assert refusal.value.sqlstate == NO_GRANT, refusal.value


def test_a_rolled_back_request_has_still_been_logged(scene: Scene):
    granted = scene.grant()
    with scene.reader.reads.transaction(force_rollback=True):
        scene.reader.reads.execute(USE, (granted.token,))
        assert scene.reader.reads.execute(SELECT).fetchall()
    assert scene.world.run("SELECT rule FROM log.entry WHERE id = %s", granted.entry) == [("ACD-2.work",)]


def test_one_token_serves_one_grant(scene: Scene, record_property):
    record_property("attacks", 1)
    token = os.urandom(32)
    values = grant_values(scene.secret, scene.treated, token, verb="open-record")
    scene.reader.grants.execute(GRANT, values)
    with pytest.raises(psycopg.errors.UniqueViolation):
        scene.reader.grants.execute(GRANT, values)


def test_a_prepared_transaction_cannot_hold_a_grant(scene: Scene, record_property):
    record_property("attacks", 1)
    with pytest.raises(psycopg.Error) as refusal:
        scene.reader.reads.execute("BEGIN")
        _ask_here(scene.reader.reads, scene)
        scene.reader.reads.execute("PREPARE TRANSACTION 'mine'")
    assert refusal.value.sqlstate == "55000"  # max_prepared_transactions is 0
    scene.reader.reads.execute("ROLLBACK")
