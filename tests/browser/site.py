"""One whole site as `make demo` runs it: the command line, its own home, database, portals, API and worker."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.supervisor.site_process import descendants, free_port, is_alive
from tests.trouble.installation import PATIENTS
from unidossier.database.connections import DATABASE
from unidossier.database.home import Home
from unidossier.database.server import EmbeddedServer

COMMAND = Path(sys.executable).with_name("unidossier")
FILLING_S = 420.0  # the first start makes the people; the machine may be busy with the other tests
OWN_SETTINGS = ("UNIDOSSIER_", "DATABASE_", "DJANGO_")  # other tests of this process may have set them


class WaitedInVain(AssertionError):
    """Something did not come true in the time it may take."""


def wait_until(is_so: Callable[[], object], *, what: str, within_s: float = 60.0) -> None:
    """Ask again and again until `is_so` tells yes. Raises WaitedInVain."""
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            raise WaitedInVain(f"waited {within_s:.0f} s in vain for {what}")
        time.sleep(0.05)


class SiteDied(Exception):
    """The command ended before the site was up; the message holds what it said."""


class SiteLeftover(Exception):
    """Processes of the site still run after it was told to stop."""


_STARTED: dict[int, subprocess.Popen[bytes]] = {}  # ours to wait for when they end


@dataclass(frozen=True)
class Site:
    """A running site: the process number of its command, its port and its home."""

    pid: int
    port: int
    home: Path

    @classmethod
    def start(cls, home: Path) -> "Site":
        """Run the demo in `home` and return when /healthz answers 200. Raises SiteDied."""
        port = free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith(OWN_SETTINGS)}
        with _shown(home).open("w") as shown:
            process = subprocess.Popen(
                [str(COMMAND), "demo", "--port", str(port), "--patients", str(PATIENTS)],
                stdin=subprocess.DEVNULL,
                stdout=shown,
                stderr=subprocess.STDOUT,
                env={**environment, "UNIDOSSIER_HOME": str(home), "NO_COLOR": "1"},
                start_new_session=True,  # a Ctrl-C at the tests reaches the site through its fixture alone
            )
        _STARTED[process.pid] = process
        site = cls(process.pid, port, home)

        def is_up() -> bool:
            if process.poll() is not None:
                raise SiteDied(site.shown)
            return site.health() == 200

        wait_until(is_up, what="the first start of the demo", within_s=FILLING_S)
        return site

    @property
    def address(self) -> str:
        """Where a browser finds the portals."""
        return f"http://localhost:{self.port}"

    @property
    def shown(self) -> str:
        """What the command has said until now."""
        return _shown(self.home).read_text()

    @property
    def postmaster(self) -> int:
        """The process number of the database server."""
        return int((self.home / "pg" / "postmaster.pid").read_text().split("\n", 1)[0])

    def health(self) -> int:
        """Return the status of /healthz, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return 0

    def ask(self, statement: str, *parameters: object) -> list[tuple]:
        """Run one statement as the administrator of the database and return its rows."""
        dsn = EmbeddedServer(Home(self.home)).dsn(dbname=DATABASE)
        with psycopg.connect(dsn, autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)  # type: ignore[call-overload]
            return list(cursor.fetchall()) if cursor.description else []

    def stop(self) -> None:
        """Press Ctrl-C and see that nothing remains. Raises SiteLeftover."""
        family = descendants(self.pid) | {self.pid}
        os.kill(self.pid, signal.SIGINT)
        try:
            wait_until(lambda: not any(map(is_alive, family)), what="the end of the site")
        except WaitedInVain as late:
            remaining = sorted(filter(is_alive, family))
            for pid in remaining:
                os.kill(pid, signal.SIGKILL)
            raise SiteLeftover(f"{remaining} still ran. {self.shown}") from late
        if self.pid in _STARTED:
            ended = _STARTED.pop(self.pid).wait()
            assert ended == 0, f"the command ended with {ended}: {self.shown}"


def _shown(home: Path) -> Path:
    return home.with_name(f"{home.name}.shown.txt")
