"""Attacks on the call that grants, commits and reads on (gate.pass): it must not be rolled back, nor show anything after a no (LOG-2, ALL-5)."""

import os
from uuid import UUID

import psycopg
import pytest

from tests.gate.scene import NO_GRANT, Scene
from unidossier.gate.door import GRANT, Ask, ask_params

INVALID_END = "2D000"  # invalid_transaction_termination
TITLES = "SELECT title FROM record.item"


def _asked(scene: Scene, patient: UUID) -> dict[str, object]:
    return ask_params(scene.secret, Ask(verb="open-record", patient=patient)) | {"token": os.urandom(32)}


def _entries(scene: Scene) -> int:
    return scene.world.run("SELECT count(*) FROM log.entry WHERE person_id = %s", scene.physician.person)[0][
        0
    ]


def test_what_is_read_behind_the_call_was_logged_before_and_stays_so(scene: Scene) -> None:
    before, reads = _entries(scene), scene.reader.reads
    with pytest.raises(psycopg.errors.DivisionByZero), reads.pipeline():
        reads.execute(GRANT.sql, _asked(scene, scene.treated))
        titles = reads.execute(TITLES)
        reads.execute("SELECT 1 / 0")  # breaks the transaction of the reading, never that of the entry
    assert titles.fetchall()
    assert _entries(scene) == before + 1


def test_inside_a_transaction_the_call_fails_and_nothing_is_read(scene: Scene) -> None:
    before, reads = _entries(scene), scene.reader.reads
    with pytest.raises(psycopg.errors.InvalidTransactionTermination), reads.transaction():
        reads.execute(GRANT.sql, _asked(scene, scene.treated))
    with pytest.raises(psycopg.Error) as fault, reads.pipeline():
        reads.execute("SELECT 1")  # what was sent before it makes a transaction of them all
        reads.execute(GRANT.sql, _asked(scene, scene.treated))
        reads.execute(TITLES)
    assert INVALID_END in {fault.value.sqlstate, getattr(fault.value.__context__, "sqlstate", None)}
    assert _entries(scene) == before


def test_a_no_is_logged_and_nothing_of_a_record_is_read_behind_it(scene: Scene) -> None:
    before, reads = _entries(scene), scene.reader.reads
    with pytest.raises(psycopg.Error) as fault, reads.pipeline():
        granting = reads.execute(GRANT.sql, _asked(scene, scene.stranger))
        reads.execute(TITLES)
    assert fault.value.sqlstate == NO_GRANT
    answer = granting.fetchone()
    assert answer is not None and answer[0] is False
    assert _entries(scene) == before + 1


def test_the_setting_of_an_earlier_yes_opens_nothing_behind_a_no(scene: Scene) -> None:
    reads = scene.reader.reads
    with reads.pipeline():
        reads.execute(GRANT.sql, _asked(scene, scene.treated))
        titles = reads.execute(TITLES)
    assert titles.fetchall()
    with pytest.raises(psycopg.Error) as fault, reads.pipeline():
        reads.execute(GRANT.sql, _asked(scene, scene.stranger))
        reads.execute(TITLES)
    assert fault.value.sqlstate == NO_GRANT
