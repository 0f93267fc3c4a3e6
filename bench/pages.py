"""Pages of the portals in this process, through the whole WSGI application, with their processor time."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from bench.place import Place
from bench.timing import percentile, tree_cpu_s


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a run of one page took: the median of the answers, processor time a page (application and database), bytes."""

    median_ms: float
    p95_ms: float
    cpu_ms: float
    size: int


class PageFailed(Exception):
    """A page answered something else than 200."""


@cache
def _application() -> Callable[..., Any]:
    from unidossier.config.wsgi import application

    return application


def get(path: str, *, cookie: str, htmx: str = "") -> bytes:
    """Return the body of a page; `htmx` names the part of a page that is asked for. Raises PageFailed."""
    path, _, query = path.partition("?")
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost",
        "HTTP_COOKIE": f"unidossier={cookie}", "HTTP_ACCEPT_LANGUAGE": "nl", "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http", "wsgi.multithread": True,
    }  # fmt: skip
    if htmx:
        environ |= {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": htmx}
    answer = _application()(environ, lambda status, headers, info=None: told.append(status))
    try:
        body = b"".join(answer)
    finally:
        answer.close()
    if not told[0].startswith("200"):
        raise PageFailed(f"{path}: {told[0]}")
    return body


def spend(place: Place, ask: Callable[[int], bytes], *, times: int) -> Spent:
    """Ask `times` times, with the number of the time; the first answers, which warm up, are not counted."""
    for number in range(3):
        ask(number)
    taken, size = [], 0
    database = place.server.pid
    assert database is not None
    process_s, database_s = time.process_time(), tree_cpu_s(database)
    for number in range(times):
        began = time.perf_counter()
        size = len(ask(number))
        taken.append((time.perf_counter() - began) * 1000)
    cpu_s = time.process_time() - process_s + tree_cpu_s(database) - database_s
    return Spent(
        median_ms=percentile(taken, 0.5),
        p95_ms=percentile(taken, 0.95),
        cpu_ms=cpu_s * 1000 / times,
        size=size,
    )
