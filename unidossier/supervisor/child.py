"""One supervised process: start it, pass its lines on, start it again when it dies."""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from unidossier.database.logfile import open_log
from unidossier.database.tether import tether

FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 5.0
SETTLED_S = 30.0  # a child that lived this long starts again without delay
# a child counts as running when it has lived this long, longer after a death: one that flaps does not run
FIRST_PROOF_S = 1.0
PROOF_AFTER_DEATH_S = 5.0
LAST_LINES = 15
ERROR_LINE = re.compile(r"[\w.]+:( |$)")  # the end of a traceback: the exception and its message


class Show(Protocol):
    """Shows one line: the part's name, the line, and whether it is ours about the part, not the part's own."""

    def __call__(self, part: str, line: str, *, ours: bool) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Child:
    """What to run: its name in logs, its command line, and settings added to our environment."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class RunningChild:
    """A child and its present process. One loop owns it, in the main thread (see `tether`)."""

    def __init__(self, child: Child, *, logs: Path, show: Show) -> None:
        self.child = child
        self.deaths = 0  # since it last settled
        self.last_lines: list[str] = []
        self._show = show
        self._log_path = logs / f"{child.name}.log"
        self._log: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._next_start_at = 0.0
        self._unfinished = b""

    @property
    def pid(self) -> int | None:
        """The process number, None when it does not run."""
        return self._process.pid if self._process is not None else None

    def runs(self) -> bool:
        """Tell whether it runs, and has for long enough to be believed."""
        proof_s = PROOF_AFTER_DEATH_S if self.deaths else FIRST_PROOF_S
        return self._process is not None and time.monotonic() - self._started_at >= proof_s

    @property
    def output(self) -> int | None:
        """The descriptor to read its lines from, None when it does not run."""
        return self._process.stdout.fileno() if self._process is not None and self._process.stdout else None

    def reason(self) -> str:
        """Return the line in which it most likely said why it ended."""
        naming = [line for line in self.last_lines if ERROR_LINE.match(line)]
        spoken = [line for line in self.last_lines if line.strip()]
        return (naming or spoken or ["it said nothing."])[-1].strip()

    def start(self) -> None:
        """Start the process, in a session of its own so that Ctrl-C reaches the supervisor alone."""
        if self._log is None:
            self._log = open_log(self._log_path)
        self._process = subprocess.Popen(
            list(self.child.argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.child.environment},
            start_new_session=True,
            preexec_fn=tether(signal.SIGTERM),
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        self._started_at = time.monotonic()

    def mind(self) -> None:
        """Notice a death, and start again when its time has come."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is not None:
            self._bury(now)
        if self._process is None and now >= self._next_start_at:
            try:
                self.start()
            except OSError as fault:  # a full disk, no memory for a process: there may be some again later
                self._next_start_at = now + LONGEST_DELAY_S
                told = f"cannot be started: {fault.strerror}; tried again in {LONGEST_DELAY_S:.0f} s"
                self._show(self.child.name, told, ours=True)

    def pass_lines(self) -> None:
        """Write what the process said to its log and show it, line by line."""
        if self.output is None:
            return
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self.output, 65536):
                self._take(chunk)

    def ask_to_stop(self) -> None:
        """Ask for an orderly end (SIGTERM)."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def has_ended(self) -> bool:
        """Tell whether nothing of it runs."""
        return self._process is None or self._process.poll() is not None

    def end(self) -> None:
        """End whatever of it is left, at once, and close its log."""
        if self._process is not None:
            self._end_session()
            self._process.wait()
            self._close_output()
            self._process = None
        if self._log is not None:
            os.close(self._log)
            self._log = None

    def _bury(self, now: float) -> None:
        assert self._process is not None
        code = self._process.returncode
        self._end_session()
        self._close_output()
        self._process = None
        self.deaths = 1 if now - self._started_at > SETTLED_S else self.deaths + 1
        delay = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** (self.deaths - 1))
        self._next_start_at = now + delay
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        self._show(self.child.name, f"{how}; starts again in {delay:.1f} s", ours=True)

    def _end_session(self) -> None:
        # its own children too: a worker that outlives its server would keep the socket
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _close_output(self) -> None:
        self.pass_lines()
        if self._unfinished:
            self._take(b"\n")
        if self._process is not None and self._process.stdout:
            self._process.stdout.close()

    def _take(self, chunk: bytes) -> None:
        if self._log is not None:
            with contextlib.suppress(OSError):  # a full disk costs lines of the log, not the site
                os.write(self._log, chunk)
        *lines, self._unfinished = (self._unfinished + chunk).split(b"\n")
        for line in lines:
            text = line.decode(errors="replace")
            self.last_lines = [*self.last_lines, text][-LAST_LINES:]
            self._show(self.child.name, text, ours=False)
