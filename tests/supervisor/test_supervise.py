"""A whole small installation, killed part by part: everything comes back, nothing is left behind."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.supervisor.site_process import SiteProcess, descendants, is_alive, wait_until
from unidossier.database.home import Home
from unidossier.database.leftovers import postmaster_pid, serving
from unidossier.database.server import EmbeddedServer
from unidossier.supervisor.supervise import STOP_LIMIT_S


@pytest.fixture(scope="module")
def lasting_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    started = SiteProcess(tmp_path_factory.mktemp("site") / "home")
    try:
        started.wait_ready()
        yield started
    finally:
        started.stop()


@pytest.fixture
def site(lasting_site: SiteProcess) -> SiteProcess:
    """The site, well again after what the test before did to it."""
    lasting_site.wait_well()
    return lasting_site


@pytest.mark.parametrize("part", ["web", "api", "worker"])
def test_a_killed_part_is_started_again(site: SiteProcess, part: str) -> None:
    before = descendants(site.process.pid)
    victims = {"web": site.get("/")["pid"], "api": site.get("/fhir")["api"], "worker": 0}
    victim = victims[part] or worker_pid(site)
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: not is_alive(victim) and descendants(site.process.pid) - before, what="a new process")
    site.wait_well()


def worker_pid(site: SiteProcess) -> int:
    (found,) = [
        pid
        for pid in descendants(site.process.pid)
        if b"at work" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return found


def test_a_killed_database_comes_back_with_every_committed_row(site: SiteProcess) -> None:
    home = Home(site.home)
    dsn = EmbeddedServer(home).dsn()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE acknowledged AS SELECT generate_series(1, 500)")
    killed = postmaster_pid(home.pg)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: postmaster_pid(home.pg) not in {None, killed}, what="a new postmaster")
    site.wait_well()
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT count(*) FROM acknowledged").fetchone() == (500,)


def test_pages_wait_for_portals_that_start_again(site: SiteProcess) -> None:
    server_of_portals = int(
        Path(f"/proc/{site.get('/')['pid']}/stat").read_text().rsplit(")", 1)[1].split()[1]
    )
    os.kill(server_of_portals, signal.SIGKILL)
    wait_until(lambda: not is_alive(server_of_portals), what="its end")
    assert site.get("/page")["path"] == "/page"


@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM])
def test_an_orderly_stop_is_prompt_and_leaves_nothing(tmp_path: Path, ended_by: signal.Signals) -> None:
    site = SiteProcess(tmp_path / "home")
    site.wait_ready()
    processes = descendants(site.process.pid)
    started = time.monotonic()
    assert site.stop(ended_by) == 0
    assert time.monotonic() - started < STOP_LIMIT_S  # nobody had to be killed
    assert [pid for pid in processes if is_alive(pid)] == []
    assert postmaster_pid(site.home / "pg") is None  # an orderly shutdown removes it
    assert not (site.home / "run" / "state.json").exists()


def test_a_killed_supervisor_leaves_no_orphan_and_the_next_one_starts(tmp_path: Path) -> None:
    first = SiteProcess(tmp_path / "home")
    first.wait_ready()
    processes = descendants(first.process.pid)
    first.stop(signal.SIGKILL)
    wait_until(lambda: not [pid for pid in processes if is_alive(pid)], what="the end of all processes")
    assert serving(tmp_path / "home" / "pg") == []
    second = SiteProcess(tmp_path / "home")
    try:
        second.wait_ready()
    finally:
        second.stop()


def test_a_part_that_cannot_start_is_told_and_everything_stops(tmp_path: Path) -> None:
    site = SiteProcess(tmp_path / "home", third="raise SystemExit('no such queue')")
    assert site.process.wait(60) == 1
    shown = site.shown.read_text()
    assert "The part 'worker' does not start: no such queue (log: " in shown
    assert "worker | no such queue" in shown
    assert serving(tmp_path / "home" / "pg") == []


def test_health_is_not_ok_while_a_part_is_down(tmp_path: Path) -> None:
    # ends 3 s after each start, and then waits longer and longer
    site = SiteProcess(tmp_path / "home", third="import time; time.sleep(3); raise SystemExit(1)")
    try:
        site.wait_ready()
        status, parts = wait_until(lambda: down(site), what="a health that tells the worker's death")
        assert status == 503
        assert parts == {"database": "ok", "web": "ok", "api": "ok", "worker": "down", "portals": "ok"}
    finally:
        site.stop()


def down(site: SiteProcess) -> tuple[int, dict[str, str]] | None:
    health = site.health()
    return health if health[0] == 503 else None
