"""One request of a batch, answered as if it had come alone: the same routes, the same gate, an entry of its own."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request

from unidossier.exchange.fhir.outcome import RequestRefused, outcome, refused
from unidossier.exchange.fhir.room import BASE, Json
from unidossier.exchange.fhir.wanted import JSON_TYPE
from unidossier.record.validation import Entry

LARGEST_ANSWER = 20 * 1024 * 1024  # bytes, of all answers of one Bundle together
ANSWERED_WITHIN_S = 10.0  # seconds; what was begun by then is ended, the rest is not begun
_KEPT = ("type", "asgi", "http_version", "server", "client", "scheme", "root_path", "extensions", "app")


@dataclass(frozen=True, kw_only=True, slots=True)
class Inner:
    """A request inside of another: `path` and `query` below [base]."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def is_stored(self) -> bool:
        """Tell whether it changes what is stored: then it was done, however long the answer is."""
        return self.method not in ("GET", "HEAD") and "_search" not in self.path and "$" not in self.path


@dataclass(kw_only=True, slots=True)
class Answered:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_fhir(self) -> bool:
        """Whether a resource came back, in JSON."""
        return bool(self.body) and self.headers.get("content-type", "").startswith(JSON_TYPE)


def below_base(entry: Entry, *, base: str) -> tuple[str, str]:
    """Return (path, query) of the url of an entry, relative or below our own address. Raises RequestRefused (400)."""
    place, told = f"Bundle.entry[{entry.index}].request", entry.request or {}
    if "url" not in told:
        raise refused(400, "required", "each entry has a request with method and url", expression=place)
    path, _, query = str(told["url"]).removeprefix(f"{base}/").partition("?")
    if not path or ":" in path or path.startswith(("/", ".")) or "/." in path:
        raise refused(
            400,
            "value",
            "an entry names what is below [base], such as Observation/[id] or Observation?code=...",
            expression=f"{place}.url",
        )
    return path, query


class Allowance:
    """How many bytes the answers of one Bundle may still take, and until when its entries are begun."""

    def __init__(self, *, within_s: float | None = None) -> None:
        self.left = LARGEST_ANSWER
        self.is_full = False  # a reading did not fit: those behind it are not asked any more
        self._ends_at = time.monotonic() + (ANSWERED_WITHIN_S if within_s is None else within_s)

    def require_time(self) -> None:
        """Raise RequestRefused (503) once the entries were answered for as long as one Bundle may take."""
        if time.monotonic() >= self._ends_at:
            told = "The Bundle takes too long; this entry was not begun: send the rest again in a smaller Bundle."
            raise refused(503, "throttled", told)

    def require_room(self, inner: Inner) -> None:
        """Raise RequestRefused (413) for a reading behind one that did not fit."""
        if self.is_full and not inner.is_stored:
            raise self.overdrawn()

    def overdrawn(self) -> RequestRefused:
        """Note that a reading does not fit; return its refusal."""
        self.is_full = True
        return refused(413, "too-costly", "The answers are too large for one Bundle; ask for this alone.")


async def ask_inside(request: Request, inner: Inner, *, allowance: Allowance) -> Answered:
    """Answer `inner` with the authority of the request that holds it.

    What the allowance has no room for: 413; of what was stored the answer alone, without the resource.
    """
    allowance.require_room(inner)
    scope = {name: request.scope[name] for name in _KEPT if name in request.scope}
    path = f"{BASE}/{inner.path}"
    headers = {"authorization": request.headers.get("authorization", ""), "accept": JSON_TYPE}
    headers |= {
        "host": request.headers.get("host", ""),
        "content-length": str(len(inner.body)),
    } | dict(inner.headers)
    scope |= {
        "method": inner.method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": inner.query.encode(),
        "headers": [
            (name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()
        ],
    }
    answered = Answered(status=500, headers={}, body=b"")
    parts: list[bytes] = []
    size = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": inner.body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal size
        if message["type"] == "http.response.start":
            answered.status = message["status"]
            answered.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
        else:
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > allowance.left:
                parts.clear()
                if not inner.is_stored:
                    raise allowance.overdrawn()

    try:
        await request.app.router(scope, receive, send)
    except HTTPException as error:
        return _refused(
            refused(error.status_code, "not-supported", "This is not served; see [base]/metadata.")
        )
    except RequestRefused as refusal:
        return _refused(refusal)
    answered.body = b"".join(parts)
    allowance.left -= len(answered.body)
    return answered


def as_entry(answered: Answered, *, base: str, with_resource: bool) -> Json:
    """Return the entry of the answering Bundle. hl7.org/fhir/R4/bundle.html#batch-response"""
    told: Json = {"status": str(answered.status)}
    if location := answered.headers.get("location"):
        told["location"] = location.removeprefix(f"{base}/")
    if tag := answered.headers.get("etag"):
        told["etag"] = tag
    if modified := answered.headers.get("last-modified"):
        told["lastModified"] = parsedate_to_datetime(modified).isoformat()
    if not answered.is_fhir:
        return {"response": told}
    text = orjson.Fragment(answered.body)
    if answered.status >= 400 or answered.body.startswith(b'{"resourceType":"OperationOutcome"'):
        told["outcome"] = text
        return {"response": told}
    return ({"resource": text} if with_resource else {}) | {"response": told}


def _refused(refusal: RequestRefused) -> Answered:
    body = orjson.dumps(outcome(refusal.issues))
    return Answered(status=refusal.status, headers=refusal.headers | {"content-type": JSON_TYPE}, body=body)
