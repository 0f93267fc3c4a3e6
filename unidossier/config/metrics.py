"""GET /metrics in the text form of Prometheus: the log and the gate as numbers, for whoever holds the token of the installation.

The token is a line in the file `metrics-token` of the home, made when it is first asked for, mode 0600; Prometheus takes it as
`authorization: {credentials_file: ...}`. No address is trusted: a front proxy makes everybody local.
https://prometheus.io/docs/instrumenting/exposition_formats/
"""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from unidossier.actions.compare_log import Completeness, show_completeness
from unidossier.actions.show_log_state import show_log_state, show_pulse
from unidossier.database.home import Home
from unidossier.gate.door import RecordUnreadable
from unidossier.log.standing import ALARMS, Standing

PATH = "/metrics"
KIND = "text/plain; version=0.0.4; charset=utf-8"
TOKEN = "metrics-token"  # noqa: S105  (the name of a file)
REFUSED = (
    f"Send the token of the installation: Authorization: Bearer (the line in the file {TOKEN} of its home).\n"
)
AWAY = "The database does not answer.\n"

Line = tuple[str, str, str, dict[str, str], float]  # name, type, help, labels, value


class Metrics:
    """Answers before sessions, languages and hosts: a collector brings none of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a collector, pass all else on."""
        if request.path == PATH:
            return metrics(request)
        return self._get_response(request)


def metrics(request: HttpRequest) -> HttpResponse:
    """Return the numbers; 401 without the token, 503 when the database is away."""
    sent = request.headers.get("authorization", "").encode()
    if not secrets.compare_digest(sent, f"Bearer {token(Home.find())}".encode()):
        refused = HttpResponse(REFUSED, status=401, content_type="text/plain; charset=utf-8")
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    try:
        lines = [
            *_of_log(show_log_state(), now=datetime.now(UTC)),
            *_of_gaps(show_completeness()),
            *_of_gate(*show_pulse()),
        ]
    except RecordUnreadable:
        return HttpResponse(AWAY, status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse(in_text(lines), content_type=KIND, headers={"cache-control": "no-store"})


def token(home: Home) -> str:
    """Return the token of this installation, made the first time."""
    path = home.path / TOKEN
    if not path.exists():
        _make_token(path)
    return path.read_text().strip()


def _make_token(path: Path) -> None:
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(f"{secrets.token_urlsafe(32)}\n")
    try:
        with suppress(FileExistsError):  # of a faster process
            os.link(fresh, path)
    finally:
        os.unlink(fresh)


def _of_log(log: Standing, *, now: datetime) -> Iterator[Line]:
    name = "unidossier_log"
    yield f"{name}_size", "gauge", "Entries in the tree of this year.", {}, log.size
    lag = "Seconds that the oldest committed entry has waited for its leaf."
    yield f"{name}_waiting_seconds", "gauge", lag, {}, log.waiting.total_seconds()
    witnessed = f"{name}_witnessed"
    yield f"{witnessed}_size", "gauge", "Entries in the newest witnessed checkpoint.", {}, log.witnessed_size
    if log.witnessed_at:
        age = max(0.0, (now - log.witnessed_at).total_seconds())
        yield f"{witnessed}_age_seconds", "gauge", "Age of the newest witnessed checkpoint.", {}, age
    restores = "Restores of the database that nobody has explained."
    yield f"{name}_restores_unexplained", "gauge", restores, {}, log.unexplained_restores
    for one in log.witnesses:
        cosigns = not one.seen.trouble and one.seen.cosigned_at > 0
        labels = {"witness": one.name}
        yield f"{name}_witness_up", "gauge", "1 when the witness cosigned when last asked.", labels, cosigns
    for code in ALARMS:
        yield f"{name}_alarm", "gauge", "1 while this is wrong.", {"kind": code}, code in log.alarms


def _of_gaps(told: Completeness) -> Iterator[Line]:
    words = "Gaps of the log that nobody has closed (LOG-8)."
    yield "unidossier_log_gaps", "gauge", words, {}, sum(one["gaps"] for one in told.open_alarms)
    for name, check in told.checks.items():
        compared = "Things compared since the installation."
        yield "unidossier_log_compared_total", "counter", compared, {"what": name}, check["looked"]


def _of_gate(permitted: int, refused: int) -> Iterator[Line]:
    words = "Decisions of the gate in the last minute."
    yield "unidossier_gate_decisions_per_minute", "gauge", words, {"outcome": "permitted"}, permitted
    yield "unidossier_gate_decisions_per_minute", "gauge", words, {"outcome": "refused"}, refused


def in_text(lines: list[Line]) -> str:
    """Write the lines as Prometheus reads them; what belongs to one name stands together already."""
    told, before = "", ""
    for name, kind, words, labels, value in lines:
        if name != before:
            told += f"# HELP {name} {words}\n# TYPE {name} {kind}\n"
        marks = ",".join(f'{key}="{_escaped(one)}"' for key, one in labels.items())
        told += f"{name}{f'{{{marks}}}' if marks else ''} {float(value):.15g}\n"
        before = name
    return told


def _escaped(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
