"""One installation, run by the real command line in a home of its own; and a look at all that it left in the database."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg

from tests.supervisor.site_process import descendants, free_port, is_alive
from unidossier.database.connections import DATABASE
from unidossier.database.home import Home
from unidossier.database.leftovers import postmaster_pid, serving
from unidossier.database.server import EmbeddedServer

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("unidossier")
OUR_SETTINGS = ("UNIDOSSIER_", "DATABASE_", "DJANGO_")  # other tests of this process may have set them
PATIENTS = 40  # the named ones and a few more: what the journeys of the browser visit
UP_WITHIN_S = 300.0  # the first start makes the people; other tests keep the machine busy
COMMAND_WITHIN_S = 180.0

# half of an item, in every way it could be half
HALVES = {
    "items without their newest version": """SELECT count(*) FROM record.item i LEFT JOIN record.version v
        ON (v.patient_id, v.item_id, v.version) = (i.patient_id, i.id, i.version) WHERE v.item_id IS NULL""",
    "versions without an item": """SELECT count(*) FROM record.version v LEFT JOIN record.item i
        ON (i.patient_id, i.id) = (v.patient_id, v.item_id) WHERE i.id IS NULL OR v.version > i.version""",
    "versions without a log entry that permitted them": """SELECT count(*) FROM record.version v
        LEFT JOIN log.entry e ON e.id = v.entry_id AND e.permitted WHERE e.id IS NULL""",
    "items that the gate does not know": """SELECT count(*) FROM record.item i LEFT JOIN record.directory d
        ON d.id = i.id AND d.patient_id = i.patient_id WHERE d.id IS NULL""",
    "known items that are not there": """SELECT count(*) FROM record.directory d LEFT JOIN record.item i
        ON i.id = d.id AND d.patient_id = i.patient_id WHERE i.id IS NULL AND d.id <> d.patient_id""",
}


class InVain(AssertionError):
    """Something did not come true in the time it may take."""


def await_that(
    is_so: Callable[[], Any],
    *,
    what: str | Callable[[], str],
    within_s: float = 60.0,
    every_s: float = 0.05,
) -> Any:
    """Ask again and again until `is_so` tells something, and return it. Raises InVain, saying `what` as it is then."""
    deadline = time.monotonic() + within_s
    while not (found := is_so()):
        if time.monotonic() > deadline:
            raise InVain(f"waited {within_s:.0f} s in vain for: {what if isinstance(what, str) else what()}")
        time.sleep(every_s)
    return found


class Installation:
    """A home, and the command that runs on it. `settings` come on top of the environment, `prefix` before the command."""

    def __init__(
        self, home: Path, *, settings: Mapping[str, str] | None = None, prefix: Sequence[str] | None = None
    ) -> None:
        self.home, self.port = home, free_port()
        self.shown_in = home.with_name(f"{home.name}.shown.txt")
        self._settings = dict(settings or {})
        self._prefix = list(prefix) if prefix is not None else [str(COMMAND)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every command on this home."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OUR_SETTINGS)}
        return {**kept, "UNIDOSSIER_HOME": str(self.home), "NO_COLOR": "1", **self._settings}

    @property
    def pid(self) -> int:
        """The process number of the command that runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def shown(self) -> str:
        """What it said until now."""
        return self.shown_in.read_text()

    def run(self, *arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a short command to its end."""
        return subprocess.run(
            [*self._prefix, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_WITHIN_S,
            env={**self.environment, **settings},
            cwd=ROOT,
        )

    def begin(self, command: str = "demo", *, patients: int = PATIENTS) -> None:
        """Start the demo, or `serve`, without waiting for it."""
        arguments = [command, "--port", str(self.port)]
        arguments += ["--patients", str(patients)] if command == "demo" else []
        with self.shown_in.open("w") as shown:
            self._process = subprocess.Popen(
                [*self._prefix, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=shown,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd=ROOT,
                start_new_session=True,
            )

    def start(self, command: str = "demo") -> float:
        """Start, wait until all is well, and return after how many seconds it was."""
        began = time.monotonic()
        self.begin(command)
        self.await_well(within_s=UP_WITHIN_S)
        return time.monotonic() - began

    def await_well(self, *, within_s: float = 120.0) -> None:
        """Wait until /healthz answers 200. Raises InVain, also as soon as the command has ended."""

        def is_well() -> bool:
            if self._process is not None and self._process.poll() is not None:
                raise InVain(f"the command ended with code {self._process.returncode}: {self.shown}")
            return self.health() == 200

        await_that(
            is_well, what=lambda: f"health; it said: {self.shown[-2000:]}", within_s=within_s, every_s=0.1
        )

    def health(self) -> int:
        """Return the status of /healthz, 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def is_running(self) -> bool:
        """Tell whether the command runs."""
        return self._process is not None and self._process.poll() is None

    def family(self) -> set[int]:
        """The process numbers of everything that serves this home: below the command, and the database."""
        below = descendants(self._process.pid) | {self._process.pid} if self._process is not None else set()
        return {pid for pid in below | set(serving(self.home / "pg")) if is_alive(pid)}

    def worked(self) -> float:
        """Return the seconds of processor time that everything below the command has used until now."""
        return sum(_processor_s(pid) for pid in self.family())

    def stop(self, with_signal: signal.Signals = signal.SIGINT) -> int:
        """Press Ctrl-C; return the exit code once nothing of it runs. Raises InVain when something remains."""
        assert self._process is not None
        family = self.family()
        self._process.send_signal(with_signal)
        code = self._process.wait(60)
        await_that(lambda: not any(map(is_alive, family)), what=f"the end of {family}", within_s=1)
        return code

    def kill(self) -> None:
        """Kill the command itself, and wait until the kernel has taken all that it started with it."""
        assert self._process is not None
        family = self.family()
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        await_that(lambda: not any(map(is_alive, family)), what=f"the end of {family}", within_s=60)

    def end(self) -> None:
        """End whatever is left; for the end of a test that may have failed."""
        if not self.is_running():
            return
        family = self.family()
        try:
            self.stop()
        except (InVain, subprocess.TimeoutExpired):
            for pid in filter(is_alive, family):
                os.kill(pid, signal.SIGKILL)

    def part(self, name: str) -> int:
        """Return the process number of one part: see `PARTS`."""
        return PARTS[name](self)

    def query(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run a statement as the administrator of the embedded database."""
        with psycopg.connect(EmbeddedServer(Home(self.home)).dsn(dbname=DATABASE), autocommit=True) as made:
            return list(made.execute(statement, parameters or None).fetchall())  # type: ignore[call-overload]

    def token(self, account: str) -> str:
        """Return a token of the API."""
        done = self.run("token", account)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def versions(self) -> dict[str, str]:
        """Return the digest of every stored version, by "item version"."""
        rows = self.query("SELECT item_id, version, encode(sha256, 'hex') FROM record.version")
        return {f"{item} {version}": digest for item, version, digest in rows}

    def counted(self) -> tuple[int, int, dict[str, str]]:
        """Return how many accounts and relations there are, and `versions`."""
        ((accounts, relations),) = self.query(
            "SELECT (SELECT count(*) FROM public.account), (SELECT count(*) FROM relations.relation)"
        )
        return accounts, relations, self.versions()

    def halves(self) -> dict[str, int]:
        """Count what is half stored, by kind; empty when nothing is."""
        counted = {kind: int(self.query(statement)[0][0]) for kind, statement in HALVES.items()}
        return {kind: count for kind, count in counted.items() if count}

    def state(self) -> dict[str, Any]:
        """What the supervisor says of its parts."""
        return dict(json.loads((self.home / "run" / "state.json").read_text()))


def _child(installation: Installation, words: bytes) -> int:
    (found,) = [
        pid
        for pid in _below(installation.pid)
        if words in _command_line(pid) and _parent(pid) == installation.pid
    ]
    return found


def _worker_of(installation: Installation, words: bytes) -> int:
    server = _child(installation, words)
    return min(pid for pid in _below(server) if words in _command_line(pid))


def _below(pid: int) -> list[int]:
    return sorted(one for one in descendants(pid) if is_alive(one))


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        return b""


def _processor_s(pid: int) -> float:
    """Of a process and of its children that ended: proc(5), fields 14 to 17 of stat."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def _postmaster(installation: Installation) -> int:
    pid = postmaster_pid(installation.home / "pg")
    assert pid is not None
    return pid


def _postgres(words: bytes) -> Callable[[Installation], int]:
    return lambda one: max(pid for pid in serving(one.home / "pg") if words in _command_line(pid))


PARTS: dict[str, Callable[[Installation], int]] = {
    "backend": _postgres(b"unidossier_app unidossier"),
    "walwriter": _postgres(b"walwriter"),
    "web worker": lambda one: _worker_of(one, b"serve web"),
    "web": lambda one: _child(one, b"serve web"),
    "api worker": lambda one: _worker_of(one, b"serve api"),
    "api": lambda one: _child(one, b"serve api"),
    "worker": lambda one: _child(one, b"unidossier.command worker"),
    "postmaster": _postmaster,
}
