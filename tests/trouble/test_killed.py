"""Every process killed in turn while reports are written and read: the site comes back, and keeps what it said it keeps."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import pytest

from tests.supervisor.site_process import is_alive
from tests.trouble.conftest import linux_only
from tests.trouble.installation import PARTS, Installation, await_that
from tests.trouble.resources import report, weight
from tests.trouble.visitor import ApiClient, Visitor, rows
from unidossier.demo.fill.ids import patient_id

pytestmark = [linux_only, pytest.mark.prove]

DOCTOR = "an.verlinden"
RITA = str(patient_id("p-000001"))
UNREADABLE = "could not be read"
PAUSE_S = 0.02


@dataclass
class Written:
    """What a writer was told, by the mark of each resource."""

    kept: dict[str, tuple[str, str]] = field(default_factory=dict)  # 201: type and id
    unsure: set[str] = field(default_factory=set)  # no answer, or 503
    unexpected: list[str] = field(default_factory=list)


@dataclass
class Read:
    """What a reader saw."""

    whole: int = 0
    refused: int = 0  # 502, 503 in words, or nobody there
    empty: list[str] = field(default_factory=list)


class Traffic:
    """Writers and readers that go on until told to stop."""

    def __init__(self, site: Installation, *, token: str) -> None:
        self.written, self.pages, self.resources = Written(), Read(), Read()
        self._site, self._token = site, token
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=(made,), daemon=True) for made in (report, weight)
        ] + [threading.Thread(target=work, daemon=True) for work in (self._read_pages, self._read_resources)]

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(90)

    def await_more(self, *, writes: int = 5, within_s: float = 60.0) -> None:
        """Wait until so many more resources are stored and as many pages are read whole."""
        stored, pages, read = len(self.written.kept), self.pages.whole, self.resources.whole
        await_that(
            lambda: (
                len(self.written.kept) >= stored + writes
                and self.pages.whole >= pages + 2
                and self.resources.whole >= read + writes
            ),
            what=lambda: f"writing and reading to go on since {stored}, {pages}, {read}: {self.told()}",
            within_s=within_s,
        )

    def told(self) -> str:
        """How far it is."""
        alive = sum(thread.is_alive() for thread in self._threads)
        return (
            f"{len(self.written.kept)} kept, {len(self.written.unsure)} unsure, {self.written.unexpected[-1:]}, "
            f"{alive} threads, pages {self.pages}, resources {self.resources}"
        )

    def _write(self, made: Callable[..., dict]) -> None:
        with ApiClient(self._site.port, token=self._token) as client:
            while not self._over.wait(PAUSE_S):
                mark = f"mark-{uuid4().hex}"
                try:
                    answer = client.create(made(RITA, mark=mark))
                except httpx.HTTPError:
                    self.written.unsure.add(mark)
                    continue
                if answer.status_code == 201:
                    self.written.kept[mark] = (answer.json()["resourceType"], answer.json()["id"])
                elif answer.status_code == 503:
                    self.written.unsure.add(mark)
                else:
                    self.written.unexpected.append(f"{answer.status_code} {answer.text[:300]}")

    def _read_pages(self) -> None:
        with Visitor(self._site.port) as visitor:
            visitor.sign_in(DOCTOR)
            whole = rows(visitor.get(f"/ward/patient/{RITA}/").text)
            while not self._over.wait(PAUSE_S):
                try:
                    answer = visitor.get(f"/ward/patient/{RITA}/")
                except httpx.HTTPError:
                    self.pages.refused += 1
                    continue
                if answer.status_code == 200 and rows(answer.text) >= whole > 0:
                    self.pages.whole += 1
                elif answer.status_code in (502, 503):
                    self.pages.refused += 1
                else:
                    self.pages.empty.append(f"{answer.status_code}, {rows(answer.text)} of {whole} rows")

    def _read_resources(self) -> None:
        with ApiClient(self._site.port, token=self._token) as client:
            await_that(lambda: self.written.kept, what="a first resource")
            while not self._over.wait(PAUSE_S):
                mark, (kind, id_) = next(iter(self.written.kept.items()))
                try:
                    answer = client.read(kind, id_)
                except httpx.HTTPError:
                    self.resources.refused += 1
                    continue
                if answer.status_code == 200 and mark in answer.text:
                    self.resources.whole += 1
                elif answer.status_code == 503 and UNREADABLE in answer.text:
                    self.resources.refused += 1
                else:
                    self.resources.empty.append(f"{answer.status_code} {answer.text[:300]}")


def assert_nothing_lost(site: Installation, traffic: Traffic) -> None:
    """Everything that was acknowledged is there once, nothing is half there, and nobody was shown less than all."""
    assert traffic.written.unexpected == []
    assert traffic.pages.empty == []
    assert traffic.resources.empty == []
    assert site.halves() == {}
    with ApiClient(site.port, token=site.token(DOCTOR)) as client:
        for mark, (kind, id_) in traffic.written.kept.items():
            answer = client.read(kind, id_)
            assert answer.status_code == 200 and mark in answer.text, (
                id_,
                answer.status_code,
                answer.text[:300],
            )
    stored = site.query("SELECT item_id, resource FROM record.version WHERE resource LIKE %s", "%mark-%")
    assert len({item for item, _ in stored}) == len(stored)
    known = {id_ for _, id_ in traffic.written.kept.values()}
    for item, resource in stored:
        assert str(item) in known or any(mark in resource for mark in traffic.written.unsure)


def test_every_process_may_be_killed(
    filled: Installation, record_property: Callable[[str, object], None]
) -> None:
    filled.start()
    token = filled.token(DOCTOR)
    with Traffic(filled, token=token) as traffic:
        traffic.await_more()
        for name in PARTS:
            victim = filled.part(name)
            os.kill(victim, signal.SIGKILL)
            await_that(lambda: not is_alive(victim), what=f"the death of {name}")  # noqa: B023  (asked at once)
            filled.await_well()
            traffic.await_more()
            assert filled.part(name) != victim
    assert_nothing_lost(filled, traffic)
    assert filled.stop() == 0
    record_property("kills", len(PARTS))
    record_property("acknowledged", len(traffic.written.kept))
    record_property("unanswered", len(traffic.written.unsure))
    record_property("reads_whole", traffic.pages.whole + traffic.resources.whole)
    record_property("reads_refused", traffic.pages.refused + traffic.resources.refused)


def test_the_supervisor_may_be_killed(
    filled: Installation, record_property: Callable[[str, object], None]
) -> None:
    filled.start()
    with Traffic(filled, token=filled.token(DOCTOR)) as traffic:
        traffic.await_more()
        filled.kill()  # and the kernel takes all others with it
        filled.start()
        traffic.await_more()
    assert_nothing_lost(filled, traffic)
    assert filled.stop() == 0
    record_property("kills", 1)
    record_property("acknowledged", len(traffic.written.kept))


def test_a_database_killed_again_and_again_loses_nothing(
    filled: Installation, record_property: Callable[[str, object], None]
) -> None:
    """Kills at any moment of a transaction: between commit and answer too."""
    filled.start()
    kills = 12
    with Traffic(filled, token=filled.token(DOCTOR)) as traffic:
        for number in range(kills):
            traffic.await_more(writes=2)
            name = ("backend", "postmaster", "api worker")[number % 3]
            victim = filled.part(name)
            os.kill(victim, signal.SIGKILL)
            await_that(lambda: not is_alive(victim), what=f"the death of {name}")  # noqa: B023  (asked at once)
    filled.await_well()
    assert_nothing_lost(filled, traffic)
    record_property("kills", kills)
    record_property("acknowledged", len(traffic.written.kept))
    record_property("unanswered", len(traffic.written.unsure))


def test_a_database_that_does_not_start_again_is_tried_until_it_does(filled: Installation) -> None:
    """The site stays, and tells that the record could not be read, for as long as it takes."""
    filled.start()
    control = filled.home / "pg" / "global" / "pg_control"
    with Visitor(filled.port) as visitor:
        visitor.sign_in(DOCTOR)
        whole = rows(visitor.get(f"/ward/patient/{RITA}/").text)
        os.kill(filled.part("postmaster"), signal.SIGKILL)
        control.rename(control.with_name("aside"))
        await_that(
            lambda: "Tries again" in filled.shown, what=lambda: f"a try in vain: {filled.shown[-500:]}"
        )
        answer = visitor.get(f"/ward/patient/{RITA}/", headers={"accept-language": "en"})
        assert (answer.status_code, rows(answer.text)) == (503, 0)
        assert "This does not mean that it is empty" in answer.text
        assert filled.health() == 503
        control.with_name("aside").rename(control)
        filled.await_well()
        assert rows(visitor.get(f"/ward/patient/{RITA}/").text) == whole
    assert filled.stop() == 0


def test_ctrl_c_ends_also_a_site_whose_database_does_not_start(filled: Installation) -> None:
    filled.start()
    (filled.home / "pg" / "global" / "pg_control").unlink()
    os.kill(filled.part("postmaster"), signal.SIGKILL)
    await_that(lambda: "starts again" in filled.shown, what="the outage to be noticed")
    assert filled.stop() == 0


def test_no_connection_of_before_a_restart_is_used(filled: Installation) -> None:
    """Every worker and thread has connections open; after a restart of the database no page fails because of one."""
    filled.start()
    visitors = [Visitor(filled.port) for _ in range(8)]
    try:
        for visitor in visitors:
            visitor.sign_in(DOCTOR)
        assert statuses(visitors) == {200}
        os.kill(filled.part("postmaster"), signal.SIGKILL)
        await_that(lambda: filled.health() != 200, what="the outage to be noticed")
        filled.await_well()
        assert statuses(visitors) == {200}
    finally:
        for visitor in visitors:
            visitor.__exit__()


def statuses(visitors: list[Visitor]) -> set[int]:
    """Read the same record at once, each in a thread of his own, three times."""
    with ThreadPoolExecutor(len(visitors)) as threads:
        asked = [
            threads.submit(visitor.get, f"/ward/patient/{RITA}/") for visitor in visitors for _ in range(3)
        ]
        return {one.result().status_code for one in asked}
