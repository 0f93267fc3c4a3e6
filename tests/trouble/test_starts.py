"""The first start from nothing, the second, and the end by Ctrl-C."""

import os
import stat

from tests.trouble.conftest import FirstStart, linux_only
from tests.trouble.installation import Installation

SECOND_START_S = 10.0

pytestmark = linux_only


def test_the_first_start_makes_a_whole_site_and_ends_by_ctrl_c(first_start: FirstStart) -> None:
    assert first_start.exit_code == 0  # and nothing of it remained, or `stop` had raised
    assert "Open http://127.0.0.1:" in first_start.shown
    assert "the next start finds them again" in " ".join(first_start.shown.split())
    assert not (first_start.home / "pg" / "postmaster.pid").exists()
    assert "Traceback" not in first_start.shown


def test_nobody_else_may_read_what_it_made(first_start: FirstStart) -> None:
    home = first_start.home
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert {
        stat.S_IMODE((home / name).stat().st_mode) for name in ("pg", "run", "attachments", "keys", "logs")
    } == {0o700}
    open_to_others = [
        str(path) for path in home.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077
    ]
    assert open_to_others == []


def test_a_second_start_is_quick_and_finds_the_same_data(filled: Installation, record_property) -> None:
    idle = os.getloadavg()[0] < (os.cpu_count() or 1) / 2
    took = filled.start()
    worked = filled.worked()
    assert worked < SECOND_START_S  # whatever else the machine does
    assert took < SECOND_START_S or not idle, took
    assert "are there already" in filled.shown
    before = filled.versions()
    assert len(before) > 1_000
    assert filled.halves() == {}
    assert filled.stop() == 0
    filled.start()
    assert filled.versions() == before
    record_property("starts", 2)
    record_property("second_start_ms", round(took * 1000))
    record_property("second_start_cpu_ms", round(worked * 1000))
