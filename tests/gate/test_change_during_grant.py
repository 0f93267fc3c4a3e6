"""Rights that end while the gate decides: the grant is dead, or was never given (ACD-7).

The change falls between the moment the gate begins and the moment it has seen every fact: a lock holds it there. What it
knew before may be over by then: the instant, the session, the teams on duty.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.gate.scene import NO_GRANT, STALE_GRANT, Scene
from tests.gate.server import Dsns
from tests.supervisor.site_process import wait_until

HELD = "SELECT FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
PLACES = ("gate.session", "registry.person", "gate.epoch")  # what it asks, in this order
WITHDRAW = "UPDATE relations.relation SET state = 'withdrawn', withdrawn_at = clock_timestamp() WHERE patient_id = %(patient)s"
# name -> what ends somebody's right, now
CHANGES = {
    "withdrawal": WITHDRAW,
    "employment": "UPDATE registry.employment SET until_at = clock_timestamp() WHERE person_id = %(person)s",
    "sign-out": "UPDATE gate.session SET ended_at = clock_timestamp() WHERE person_id = %(person)s; SELECT gate.bump(%(person)s)",
    "roster": "UPDATE registry.duty SET ends_at = clock_timestamp() WHERE person_id = %(person)s",
}
RECORD = "SELECT allowed, rule FROM gate.grant_access(%(secret)s, %(patient)s, 'open-record', NULL, '{}', %(hash)s)"
WHOLE = "CALL gate.pass(%(secret)s, %(patient)s, 'open-record', NULL, '{}', NULL, %(token)s, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
LIST = "SELECT allowed AND patients <> '{}', rule FROM gate.grant_list(%(secret)s, 'list-patients', '{}', %(hash)s)"
SEE_AS = "SELECT allowed, rule FROM gate.grant_see_as(%(secret)s, %(patient)s, %(employment)s, NULL, false, %(hash)s)"


@dataclass(frozen=True)
class Asked:
    """Whether something was granted, by which rule, and what its reading says: an error's state, or nothing."""

    allowed: bool
    rule: str
    fault: str | None


def ask(scene: Scene, sql: str) -> Asked:
    """Ask for a grant and use it at once."""
    token = os.urandom(32)
    values = {
        "secret": scene.secret,
        "patient": scene.treated,
        "employment": scene.physician.employment,
        "token": token,
        "hash": sha256(token).digest(),
    }
    try:
        row = scene.reader.grants.execute(sql, values).fetchone()
    except psycopg.Error as error:
        return Asked(False, "", fault=error.sqlstate)
    assert row is not None
    try:
        scene.reader.read(token, "SELECT FROM registry.patient")
    except psycopg.Error as error:
        return Asked(*row[:2], fault=error.sqlstate)
    return Asked(*row[:2], fault=None)


def ask_while(
    scene: Scene, dsns: Dsns, sql: str, place: str, change: Callable[[psycopg.Connection], object]
) -> Asked:
    """Ask; the gate waits at one of the PLACES until `change` is committed."""
    with (
        ThreadPoolExecutor(1) as elsewhere,
        psycopg.connect(dsns.root) as holder,
        psycopg.connect(dsns.root, autocommit=True) as onlooker,
    ):
        holder.execute(f"LOCK TABLE {place} IN ACCESS EXCLUSIVE MODE")
        asking = elsewhere.submit(ask, scene, sql)
        wait_until(lambda: onlooker.execute(HELD, (place,)).fetchall(), what="the gate to wait")
        change(holder)
        holder.commit()
        return asking.result(timeout=60)


def by_team(scene: Scene) -> None:
    """Let the physician know the patient by his team alone."""
    team = scene.world.team(scene.hospital)
    scene.world.run(
        "UPDATE relations.relation SET person_id = NULL, team_id = %s WHERE patient_id = %s",
        *(team, scene.treated),
    )
    scene.world.duty(scene.physician.person, team=team)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("sql", [RECORD, WHOLE, LIST], ids=["record", "whole", "list"])
def test_what_ends_while_the_gate_decides_opens_nothing(
    scene: Scene, dsns: Dsns, sql: str, place: str, change: str
) -> None:
    if change == "roster":
        by_team(scene)
    assert ask(scene, sql).allowed
    whom: dict[str, Any] = {"patient": scene.treated, "person": scene.physician.person}

    def end(holder: psycopg.Connection) -> None:
        for one in CHANGES[change].split(";"):
            holder.execute(one, whom)

    asked = ask_while(scene, dsns, sql, place, end)
    assert not asked.allowed or asked.fault in {STALE_GRANT, NO_GRANT}, asked
    assert not ask(scene, sql).allowed


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("sql", [RECORD, WHOLE, LIST], ids=["record", "whole", "list"])
def test_what_ends_for_another_meanwhile_closes_nothing(
    scene: Scene, dsns: Dsns, sql: str, place: str
) -> None:
    other: UUID = scene.stranger
    asked = ask_while(scene, dsns, sql, place, lambda holder: holder.execute(WITHDRAW, {"patient": other}))
    assert (asked.allowed, asked.fault) == (True, None)


@pytest.mark.parametrize("place", PLACES)
def test_who_signs_out_while_the_gate_decides_sees_nothing_as_another(
    scene: Scene, dsns: Dsns, place: str
) -> None:
    own = scene.world.own_session(scene.treated)
    [(person,)] = scene.world.run("SELECT person_id FROM gate.session WHERE secret_hash = sha256(%s)", own)
    scene = replace(scene, secret=own)
    assert ask(scene, SEE_AS).allowed

    def sign_out(holder: psycopg.Connection) -> None:
        for one in CHANGES["sign-out"].split(";"):
            holder.execute(one, {"person": person})

    asked = ask_while(scene, dsns, SEE_AS, place, sign_out)
    assert not asked.allowed or asked.fault in {STALE_GRANT, NO_GRANT}, asked
