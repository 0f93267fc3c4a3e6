"""PostgreSQL processes that outlived their supervisor: find them by their working folder, end them in order.

Every process of a PostgreSQL server works in its data folder, so the folder's inode names them without doubt,
where a process number read from `postmaster.pid` may long since belong to something else. Linux only:
elsewhere the list is empty, and starting is retried until the orphans have gone by themselves.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

# fast shutdown, immediate shutdown (recovers at the next start), no choice left; seconds to wait after each
ESCALATION = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


def end_leftovers(pg: Path) -> None:
    """End every process that still serves the data folder `pg`; only for the holder of the home's lock."""
    for step, wait_s in ESCALATION:
        pids = serving(pg)
        postmaster = postmaster_pid(pg)
        # the postmaster ends the others; without one, the others are orphans on their way out
        for pid in [postmaster] if postmaster in pids else pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, step)
        if _gone(pg, within_s=wait_s):
            break
    _forget_stale_lock_file(pg)


def serving(pg: Path) -> list[int]:
    """Return the process numbers of the PostgreSQL processes that work in `pg`."""
    try:
        wanted = pg.stat()
    except FileNotFoundError:
        return []
    return [pid for pid in _processes() if _works_in(pid, wanted)]


def postmaster_pid(pg: Path) -> int | None:
    """Return the process number written in `postmaster.pid`, None when there is none. It may be stale."""
    try:
        first = (pg / "postmaster.pid").read_text().split("\n", 1)[0]
    except FileNotFoundError:
        return None
    return int(first) if first.strip().isdigit() else None


def _processes() -> Iterable[int]:
    proc = Path("/proc")
    return [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()] if proc.is_dir() else []


def _works_in(pid: int, folder: os.stat_result) -> bool:
    try:
        # somebody's shell may stand in the folder too
        if Path(f"/proc/{pid}/comm").read_text().strip() != "postgres":
            return False
        status = os.stat(f"/proc/{pid}/cwd")  # a zombie has none
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == (folder.st_dev, folder.st_ino)


def _gone(pg: Path, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while serving(pg):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _forget_stale_lock_file(pg: Path) -> None:
    """Remove `postmaster.pid` when its number belongs to something else: PostgreSQL would refuse to start.

    Process numbers repeat when a container restarts, and a killed postmaster that nobody waits for is one.
    """
    pid = postmaster_pid(pg)
    if pid is not None and Path(f"/proc/{pid}").exists() and pid not in serving(pg):
        (pg / "postmaster.pid").unlink(missing_ok=True)
