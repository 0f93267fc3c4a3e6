"""Rights that change while somebody reads: he is decided about anew, and reads what he still may (ACD-7)."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.actions.clinic import Clinic, row
from tests.gate.reader import GLASS
from tests.supervisor.site_process import wait_until
from unidossier.gate import async_door, door
from unidossier.gate.door import AccessRefused, Ask, Granted, Query, RightsChanged

KEY = 770_001
WAIT = Query("SELECT pg_advisory_xact_lock_shared(%(key)s)", {"key": KEY})
WAITING = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
TITLES = Query("SELECT title FROM record.item")
Read = Callable[[bytes, Ask], Granted]


def in_portal(secret: bytes, ask: Ask) -> Granted:
    return door.read(secret, ask, WAIT, TITLES)


def in_api(secret: bytes, ask: Ask) -> Granted:
    async def once() -> Granted:
        try:
            return await async_door.read(secret, ask, WAIT, TITLES)
        finally:
            await async_door.close()

    return asyncio.run(once())


def read_while(clinic: Clinic, read: Read, change: Callable[[], object], **asked: Any) -> Granted:
    """Read; the first reading is held up behind its grant until `change` is done."""
    ask = Ask(verb="open-record", patient=clinic.patient, **asked)
    with (
        ThreadPoolExecutor(1) as elsewhere,
        psycopg.connect(clinic.world.dsns.root, autocommit=True) as holder,
    ):
        holder.execute("SELECT pg_advisory_lock(%s)", (KEY,))
        reading = elsewhere.submit(read, clinic.secret, ask)
        wait_until(lambda: holder.execute(WAITING, (KEY,)).fetchall(), what="the reading to wait")
        change()
        holder.execute("SELECT pg_advisory_unlock(%s)", (KEY,))
        return reading.result(timeout=60)


def entries(clinic: Clinic) -> int:
    return int(clinic.world.run("SELECT count(*) FROM log.entry WHERE patient_id = %s", clinic.patient)[0][0])


@pytest.mark.parametrize("read", [in_portal, in_api])
def test_who_still_may_reads_and_each_time_has_its_entry(clinic: Clinic, read: Read) -> None:
    clinic.store(row(title="Consultation"))
    before = entries(clinic)
    colleague = clinic.world.worker("specialist", clinic.id)
    granted = read_while(clinic, read, lambda: clinic.world.exclude(clinic.patient, colleague.person))
    assert [one["title"] for one in granted.rows[1]] == ["Consultation"]
    assert entries(clinic) == before + 2


@pytest.mark.parametrize("read", [in_portal, in_api])
def test_who_may_no_longer_is_refused_by_the_rule_of_now(clinic: Clinic, read: Read) -> None:
    clinic.store(row(title="Consultation"))
    person = clinic.world.run(
        "SELECT person_id FROM gate.session WHERE secret_hash = sha256(%s)", clinic.secret
    )[0][0]
    with pytest.raises(AccessRefused) as refused:
        read_while(clinic, read, lambda: clinic.world.exclude(clinic.patient, person))
    assert refused.value.rule == "EXC-2.excluded"


@pytest.mark.parametrize("read", [in_portal, in_api])
def test_a_glass_is_broken_once(clinic: Clinic, read: Read) -> None:
    """Whoever broke it decides himself whether he does it again (BTG-1)."""
    before = entries(clinic)
    colleague = clinic.world.worker("specialist", clinic.id)
    with pytest.raises(RightsChanged):
        read_while(clinic, read, lambda: clinic.world.exclude(clinic.patient, colleague.person), glass=GLASS)
    assert entries(clinic) == before + 1
