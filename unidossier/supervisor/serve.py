"""Start one of the two HTTP servers: `python -m unidossier.supervisor.serve web|api`."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

from unidossier.database.home import Home
from unidossier.database.runtime import web_socket
from unidossier.database.tether import tie_to_parent
from unidossier.supervisor.whole_input import WholeInput

WEB_WORKERS = int(os.environ.get("UNIDOSSIER_WEB_WORKERS", "2"))
WEB_THREADS = int(os.environ.get("UNIDOSSIER_WEB_THREADS", "8"))  # of each worker; each may hold a connection

Environ = dict[str, Any]


def serve_web(home: Home, *, load: Callable[[], Any]) -> None:
    """Serve the portals (WSGI) on their socket until told to stop."""
    path = web_socket(home)
    path.unlink(missing_ok=True)  # of a server that was killed; only one process may hold the home
    _serve(
        load,
        interface=Interfaces.WSGI,
        uds=path,
        uds_permissions=0o600,
        workers=WEB_WORKERS,
        blocking_threads=WEB_THREADS,
        websockets=False,
    )


def serve_api(home: Home, *, port: int, load: Callable[[], Any]) -> None:
    """Serve the API, and the way to the portals for all else, on the installation's port (ASGI)."""
    # one interpreter runs one thread at a time: more heaps than two only keep what was let go (8 MB)
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    # said once, glibc no longer raises it by itself each time something large is let go (5 MB after some transactions)
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(128 * 1024))
    address = os.environ.get("UNIDOSSIER_ADDRESS", "127.0.0.1")

    def front() -> Any:
        from unidossier.exchange.still.app import application as still
        from unidossier.exchange.still.app import watch
        from unidossier.supervisor.front import FrontDoor

        door = FrontDoor(home, api=load(), still=still, stop_still=watch.stop)
        # what is loaded stays until the end, and a request leaves few circles behind: looking for them took a tenth of each
        gc.collect()
        gc.freeze()
        gc.set_threshold(5_000, 20, 20)
        return door

    _serve(front, interface=Interfaces.ASGI, address=address, port=port, loop=Loops.uvloop)


def trust_the_front_door(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Give a WSGI application the client's address and scheme as the front door told them, and whole bodies only.

    Only for a server on our own socket: the front door alone reaches it, and drops what clients claim.
    """

    def told(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = environ.get("HTTP_X_FORWARDED_FOR", "")
        environ["wsgi.url_scheme"] = environ.get("HTTP_X_FORWARDED_PROTO", "http")
        if environ.get("CONTENT_LENGTH", "").isdigit():
            environ["wsgi.input"] = WholeInput(environ["wsgi.input"], length=int(environ["CONTENT_LENGTH"]))
        return application(environ, start_response)

    return told


def load_web() -> Any:
    """Load the portals."""
    from unidossier.config.wsgi import application

    return trust_the_front_door(application)


def load_api() -> Any:
    """Load the FHIR API."""
    from unidossier.exchange.fhir.app import application

    return application


def _serve(load: Callable[[], Any], **settings: Any) -> None:
    def load_tied() -> Any:
        # a worker whose server was killed would go on holding the socket
        tie_to_parent(signal.SIGKILL)
        return load()

    server = Granian(
        "unidossier",  # shown in its log; what is served comes from `load`
        http=HTTPModes.http1,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        respawn_interval=0.2,
        workers_kill_timeout=5,
        **settings,
    )
    server.serve(target_loader=load_tied, wrap_loader=False)


def main() -> None:
    """Serve what the command line names."""
    home = Home.find()
    if sys.argv[1] == "web":
        serve_web(home, load=load_web)
    else:
        serve_api(home, port=int(os.environ["UNIDOSSIER_PORT"]), load=load_api)


if __name__ == "__main__":
    main()
