"""The loop that keeps everything running: children, database, an orderly end."""

import contextlib
import select
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType

from unidossier.database.home import Home
from unidossier.database.server import DatabaseDidNotStart, EmbeddedServer
from unidossier.supervisor.child import Child, RunningChild, Show
from unidossier.supervisor.state import forget_state, write_state

TICK_S = 0.1
STOP_LIMIT_S = 8.0
READY_LIMIT_S = 120.0
DATABASE_DELAY_S = 5.0  # before the next try when it does not start: a full disk may have room again
TRIES_BEFORE_READY = 4  # a child that dies this often before the first readiness will not come up by itself


class DidNotComeUp(Exception):
    """A part ended again and again, or nothing answered in time, before the first readiness."""


class Supervisor:
    """Runs children, and restarts the embedded server of the home (None: the database is not ours).

    `is_ready` is asked until it says yes, then `on_ready` runs once. `show` gets each line and whose it is. Main thread only.
    """

    def __init__(
        self,
        home: Home,
        *,
        server: EmbeddedServer | None,
        children: Sequence[Child],
        is_ready: Callable[[], bool],
        on_ready: Callable[[], None],
        show: Show,
    ) -> None:
        self._home = home
        self._server = server
        self._children = [RunningChild(child, logs=home.logs, show=show) for child in children]
        self._is_ready = is_ready
        self._on_ready = on_ready
        self._show = show
        self._stopping = False
        self._ready = False
        self._written: dict[str, bool] | None = None
        self._next_database_start_at = 0.0

    def run(self) -> None:
        """Run until SIGINT or SIGTERM; then stop the children, and after them the database.

        Raises DidNotComeUp, with everything stopped.
        """
        before = {name: signal.signal(name, self._ask_to_stop) for name in (signal.SIGINT, signal.SIGTERM)}
        give_up_at = time.monotonic() + READY_LIMIT_S
        try:
            while not self._stopping:
                self._mind()
                if not self._ready:
                    self._come_up(give_up_at)
        finally:
            self._stop()
            for name, handler in before.items():
                signal.signal(name, handler)

    def _ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _mind(self) -> None:
        self._mind_database()
        for child in self._children:
            child.mind()
        self._write(self._running())
        outputs = {child.output: child for child in self._children if child.output is not None}
        readable, _, _ = select.select(list(outputs), [], [], TICK_S)
        for output in readable:
            outputs[output].pass_lines()
        if readable:  # a child that died keeps its pipe readable: do not spin
            time.sleep(0.01)

    def _mind_database(self) -> None:
        if self._server is None or self._server.pid is not None:
            return
        if time.monotonic() < self._next_database_start_at:
            return
        self._show("database", "ended unexpectedly; starts again", ours=True)
        self._write(self._running())
        try:
            self._server.restart(give_up=lambda: self._stopping)
        except (DatabaseDidNotStart, OSError) as fault:
            # the portals go on telling that the record could not be read
            self._show("database", f"{fault} Tries again in {DATABASE_DELAY_S:.0f} s.", ours=True)
            self._next_database_start_at = time.monotonic() + DATABASE_DELAY_S
        else:
            self._show("database", "runs again", ours=True)

    def _running(self) -> dict[str, bool]:
        parts = {child.child.name: child.runs() for child in self._children}
        return {"database": self._server is None or self._server.pid is not None, **parts}

    def _write(self, running: dict[str, bool]) -> None:
        if running != self._written:
            with contextlib.suppress(OSError):  # a full disk: tried again at the next tick
                write_state(self._home, running=running)
                self._written = running

    def _come_up(self, give_up_at: float) -> None:
        for child in self._children:
            if child.deaths >= TRIES_BEFORE_READY:
                raise DidNotComeUp(
                    f"The part '{child.child.name}' does not start: {child.reason()} "
                    f"(log: {self._home.logs / child.child.name}.log)"
                )
        if self._is_ready():
            self._ready = True
            self._on_ready()
        elif time.monotonic() > give_up_at:
            raise DidNotComeUp(
                f"Nothing answered within {READY_LIMIT_S:.0f} s. The logs are in {self._home.logs}."
            )

    def _stop(self) -> None:
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_LIMIT_S
        while time.monotonic() < deadline and not all(child.has_ended() for child in self._children):
            for child in self._children:
                child.pass_lines()
            time.sleep(0.02)
        for child in self._children:
            child.end()
        forget_state(self._home)
        if self._server is not None:
            self._server.stop()
