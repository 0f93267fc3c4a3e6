"""The line to open pages: a change of rights is told within three seconds of its commit, and nothing else is told (ACD-7)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.gate.world import Worker, World
from tests.still.page import open_page, token_of_list, token_of_record
from unidossier.exchange.still.watch import PER_SESSION, Watch
from unidossier.gate import async_door

SOON_S = 3.0
pytestmark = pytest.mark.usefixtures("product")


@dataclass(frozen=True)
class Care:
    """A patient, his physician at work, and whoever acts for him, each with a session."""

    patient: UUID
    physician: Worker
    secret: bytes
    guardian: UUID
    guardians_secret: bytes


@pytest.fixture
def care(world: World) -> Care:
    physician = world.worker("specialist", world.institution())
    patient, guardian = world.patient(), world.person(professional=False)
    world.relation(patient, physician)
    world.represent(patient, guardian, kind="legal")
    return Care(
        patient, physician, world.session(physician), guardian, world.representative_session(guardian)
    )


def run(test: Callable[[Watch], Awaitable[None]]) -> None:
    """Run one test on an event loop of its own; at its end no line is open and no task is left."""

    async def whole() -> None:
        watch = Watch()
        await test(watch)
        assert len(watch) == 0, "a line of a page that has left is kept"
        watch.stop()
        await async_door.close()
        async with asyncio.timeout(SOON_S):
            while len(asyncio.all_tasks()) > 1:  # the rounds end by themselves
                await asyncio.sleep(0.02)

    asyncio.run(whole())


CHANGES: dict[str, tuple[str, Callable[[World, Care], object]]] = {
    "exclusion": ("record", lambda world, care: world.exclude(care.patient, care.physician.person)),
    "exclusion, in the list": ("list", lambda world, care: world.exclude(care.patient, care.physician.person)),
    "withdrawal of a relation": (
        "record",
        lambda world, care: world.run(
            "UPDATE relations.relation SET state = 'withdrawn', withdrawn_at = now() WHERE patient_id = %s",
            care.patient,
        ),
    ),
    "suspension of a representative": (
        "acting",
        lambda world, care: world.run(
            "UPDATE relations.representation SET state = 'suspended' WHERE patient_id = %s", care.patient
        ),
    ),
    "death": (
        "record",
        lambda world, care: world.run(
            "UPDATE registry.patient SET deceased_at = now() WHERE id = %s", care.patient
        ),
    ),
    "end of employment": (
        "record",
        lambda world, care: world.run(
            "UPDATE registry.employment SET until_at = now() WHERE id = %s", care.physician.employment
        ),
    ),
    "end of employment, in the list": (
        "list",
        lambda world, care: world.run(
            "UPDATE registry.employment SET until_at = now() WHERE id = %s", care.physician.employment
        ),
    ),
    "another setting of an institution": (
        "record",
        lambda world, care: world.setting(
            care.physician.institution, name="own-access-age", value="16"
        ),
    ),
}  # fmt: skip


def token_of(care: Care, kind: str) -> str:
    match kind:
        case "list":
            return token_of_list(care.secret)
        case "acting":
            return token_of_record(care.guardians_secret, care.patient, verb="open-record")
    return token_of_record(care.secret, care.patient)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_told_within_three_seconds(world: World, care: Care, change: str):
    kind, make = CHANGES[change]

    async def test(watch: Watch) -> None:
        async with open_page(watch, [token_of(care, kind)]) as page:
            assert await page.event() == "sure"
            make(world, care)
            assert await page.event(within_s=SOON_S) == "changed"
            assert await page.event() == "", "after a change nothing more is told"

    run(test)


def test_a_change_between_the_grant_and_the_line_is_told_at_once(world: World, care: Care):
    token = token_of_record(care.secret, care.patient)
    world.exclude(care.patient, care.physician.person)

    async def test(watch: Watch) -> None:
        async with open_page(watch, [token]) as page:
            assert await page.event() == "changed"

    run(test)


def test_any_of_the_tokens_of_a_page_counts(world: World, care: Care):
    """A part that was loaded after the change knows the new epochs; the rest of the page does not."""
    before = token_of_record(care.secret, care.patient)
    world.end_exclusion(care.patient, world.exclude(care.patient, world.person()))
    after = token_of_record(care.secret, care.patient)

    async def test(watch: Watch) -> None:
        async with open_page(watch, [before, after]) as page:
            assert await page.event() == "changed"
        async with open_page(watch, [after, after]) as page:
            assert await page.event() == "sure"

    run(test)


def test_the_change_of_another_patient_is_not_told(world: World, care: Care):
    other, physician = world.patient(), world.worker("nurse", world.institution())
    world.relation(other, physician)
    tokens = token_of_record(care.secret, care.patient), token_of_record(world.session(physician), other)

    async def test(watch: Watch) -> None:
        async with open_page(watch, tokens[:1]) as page, open_page(watch, tokens[1:]) as others:
            assert (await page.event(), await others.event()) == ("sure", "sure")
            world.exclude(other, physician.person)
            assert await others.event() == "changed"
            # both were looked at in the same round
            assert page.events.empty() and len(watch) == 1

    run(test)


def test_the_end_of_a_relation_is_told_at_that_very_second(world: World, care: Care):
    ends = datetime.now(UTC) + timedelta(seconds=2.5)
    world.run("UPDATE relations.relation SET ends_at = %s WHERE patient_id = %s", ends, care.patient)
    token = token_of_record(care.secret, care.patient)

    async def test(watch: Watch) -> None:
        async with open_page(watch, [token]) as page:
            assert await page.event() == "sure"
            assert await page.event() == "changed"
            assert ends <= datetime.now(UTC) < ends + timedelta(seconds=0.9)

    run(test)


def test_a_session_has_so_many_lines_and_the_next_is_answered_once(world: World, care: Care):
    token = token_of_record(care.secret, care.patient)

    async def test(watch: Watch) -> None:
        async with asyncio.TaskGroup() as group:
            over = asyncio.Event()

            async def stay() -> None:
                async with open_page(watch, [token]) as page:
                    assert await page.event() == "sure"
                    await over.wait()

            for _ in range(PER_SESSION):
                group.create_task(stay())
            async with asyncio.timeout(SOON_S):
                while len(watch) < PER_SESSION:
                    await asyncio.sleep(0.02)
            async with open_page(watch, [token]) as page:
                assert (await page.event(), await page.event()) == ("sure", "")
            other = token_of_record(care.guardians_secret, care.patient)
            async with open_page(watch, [other]) as page:
                assert await page.event() == "sure"
                assert len(watch) == PER_SESSION + 1, "the lines of one session took the room of another"
            world.exclude(care.patient, care.physician.person)
            async with open_page(watch, [token]) as page:
                assert (await page.event(), await page.event()) == ("changed", "")
            over.set()

    run(test)


def test_told_to_stop_every_line_ends_at_once(care: Care):
    token = token_of_record(care.secret, care.patient)

    async def test(watch: Watch) -> None:
        async with open_page(watch, [token]) as page:
            assert await page.event() == "sure"
            began = time.monotonic()
            watch.stop()
            assert await page.event() == ""
            assert time.monotonic() - began < 0.5

    run(test)


def test_without_the_database_the_line_stays_and_says_so(
    care: Care, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    token = token_of_record(care.secret, care.patient)
    monkeypatch.setenv("DATABASE_URL", f"host={tmp_path} user=unidossier_app dbname=unidossier")

    async def test(watch: Watch) -> None:
        async with open_page(watch, [token]) as page:
            assert await page.event() == "unsure"
            assert len(watch) == 1

    run(test)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 403), (b"nonsense", 403), ("é".encode(), 403), (b"\xff\xfe", 403), (b"a" * 70_000, 413)],
)
def test_what_no_page_sends_is_refused(body: bytes, status: int):
    async def test(watch: Watch) -> None:
        async with open_page(watch, body) as page:
            assert await page.event() == ""
            assert page.status == status
            assert page.headers["cache-control"] == "no-store"

    run(test)


def test_one_bad_token_spoils_the_request(care: Care):
    token = token_of_record(care.secret, care.patient)

    async def test(watch: Watch) -> None:
        async with open_page(watch, [token, token[:-2] + "AA"]) as page:
            assert await page.event() == ""
            assert page.status == 403

    run(test)
