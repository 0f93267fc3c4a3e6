"""Is this process able to serve: GET /healthz, 200 or 503, JSON of the parts. The front door adds the other processes."""

import os
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cache

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse

from unidossier.database.home import Home
from unidossier.database.migrate import STEPS

PATH = "/healthz"
SERVING = "serving"  # /healthz?serving
API_URL = "UNIDOSSIER_API_URL"  # the API's own health address, when it runs elsewhere
API_WAIT_S = 2


class Health:
    """Answers before sessions, languages and hosts: a check brings none of them, and the database may be away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a health check, pass all else on."""
        if request.path == PATH:
            return health(is_serving=request.META.get("QUERY_STRING") == SERVING)
        return self._get_response(request)


def health(*, is_serving: bool = False) -> JsonResponse:
    """Return the state of every part; 503 when one does not work.

    `log`: a gap of the log is proven, or nothing was signed or compared for an hour (LOG-8). The product goes on serving all the
    same: `is_serving` leaves it out, for whoever only asks whether to send requests here.
    """
    parts = {"database": _database(), "migrations": _migrations(), "attachments": _attachments()}
    if not is_serving:
        parts["log"] = _answers("SELECT log.is_sound()") == [(True,)]
    if API_URL in os.environ:
        parts["api"] = _api(os.environ[API_URL])
    well = all(parts.values())
    told = {part: "ok" if works else "down" for part, works in parts.items()}
    return JsonResponse({"status": "ok" if well else "down", "parts": told}, status=200 if well else 503)


def _database() -> bool:
    return _answers("SELECT 1") == [(1,)]


def _migrations() -> bool:
    steps = _answers("SELECT name FROM public.schema_step")
    applied = _answers("SELECT app, name FROM public.django_migrations")
    return {name for name, *_ in STEPS} <= {name for (name,) in steps} and _wanted() <= set(applied)


def _answers(statement: str) -> list[tuple[object, ...]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())
    except (DatabaseError, InterfaceError):
        return []


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _attachments() -> bool:
    folder = Home.find().attachments
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _api(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=API_WAIT_S) as answer:  # noqa: S310  (set by the operator)
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError):
        return False
