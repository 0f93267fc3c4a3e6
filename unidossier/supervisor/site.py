"""One installation on one machine: which processes it has, on which port, and when it is up."""

import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from unidossier.database.home import Home
from unidossier.database.lock import HomeLock
from unidossier.database.server import EmbeddedServer, external_database
from unidossier.supervisor.child import Child, Show
from unidossier.supervisor.supervise import Supervisor

ADDRESS = os.environ.get("UNIDOSSIER_ADDRESS", "127.0.0.1")
# -P: the folder that the command was called in must not come before the product's own modules
PYTHON = (sys.executable, "-P", "-m")


class PortTaken(Exception):
    """Another program listens on the port."""


@contextmanager
def owned(home: Home) -> Iterator[EmbeddedServer | None]:
    """Hold the home for as long as the block runs, with its database started (None: DATABASE_URL names another).

    Raises HomeInUse and what `EmbeddedServer.start` raises.
    """
    if external_database():
        lock = HomeLock(home.prepare())
        lock.acquire()
        try:
            yield None
        finally:
            lock.release()
    else:
        with EmbeddedServer(home) as server:
            yield server


def check_port_free(port: int) -> None:
    """Raise PortTaken when somebody listens on `port` already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise PortTaken(
                f"Port {port} cannot be used: {error.strerror}. Choose another, for example: "
                f"make demo PORT={port + 1}, or --port {port + 1}."
            ) from error


def run_site(
    home: Home,
    *,
    server: EmbeddedServer | None,
    port: int,
    on_ready: Callable[[], None],
    show: Show,
    more: tuple[Child, ...] = (),
) -> None:
    """Run portals, API, worker and `more` until told to stop (SIGINT, SIGTERM). Raises DidNotComeUp."""
    os.environ["UNIDOSSIER_HOME"] = str(home.path)
    os.environ["UNIDOSSIER_PORT"] = str(port)
    children = (
        Child(name="web", argv=(*PYTHON, "unidossier.supervisor.serve", "web")),
        Child(name="api", argv=(*PYTHON, "unidossier.supervisor.serve", "api")),
        Child(name="worker", argv=(*PYTHON, "unidossier.command", "worker")),
        *_sequencer(),
        Child(name="log-feed", argv=(*PYTHON, "unidossier.command", "log-feed")),
        *more,
    )
    supervisor = Supervisor(
        home,
        server=server,
        children=children,
        is_ready=lambda: is_well(port),
        on_ready=on_ready,
        show=show,
    )
    supervisor.run()


def _sequencer() -> tuple[Child, ...]:
    # where the signing keys belong to another user of the machine, that user runs it: UNIDOSSIER_SEQUENCER=elsewhere
    if os.environ.get("UNIDOSSIER_SEQUENCER") == "elsewhere":
        return ()
    return (Child(name="sequencer", argv=(*PYTHON, "unidossier.command", "sequencer")),)


def is_well(port: int) -> bool:
    """Tell whether the installation on this port can serve: an alarm of its log does not keep it from starting."""
    try:
        with urllib.request.urlopen(f"http://{ADDRESS}:{port}/healthz?serving", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
