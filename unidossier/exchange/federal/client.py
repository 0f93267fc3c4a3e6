"""Asks the federal platform over HTTP and JSON; the messages of the real service come behind the same port.

GET {base}/full, GET {base}/delta?since=N: {"content": {...}, "sha256": hex of the canonical text of `content`}.
"""

import hashlib
import http.client
import json
import socket
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from unidossier.exchange.federal.port import PlatformAway
from unidossier.kernel.brussels import require_aware
from unidossier.relations.federal import FederalConsent, FederalExclusion, Feed

WAIT_S = 20.0
LARGEST = 200 * 1024 * 1024  # bytes: a country's exclusions fit many times

Kind = Literal["full", "delta"]


class JsonPlatform:
    """The platform at an address: https://..., http://..., or unix:/path of a socket on this machine."""

    def __init__(self, address: str) -> None:
        self._address = address

    def full(self) -> Feed:
        """Return every exclusion and consent. Raises PlatformAway."""
        return self._ask("full", since=0)

    def delta(self, *, since: int) -> Feed:
        """Return every line changed after the change numbered `since`. Raises PlatformAway."""
        return self._ask("delta", since=since)

    def _ask(self, kind: Kind, *, since: int) -> Feed:
        connection, base = _connect(self._address)
        try:
            connection.request("GET", f"{base}/{kind}" + (f"?{urlencode({'since': since})}" if since else ""))
            answer = connection.getresponse()
            if answer.status != 200:
                raise PlatformAway(f"the platform answered {answer.status}")
            return read_feed(answer.read(LARGEST), kind=kind)
        except http.client.IncompleteRead:
            return Feed(kind=kind, fault="cut")
        except (OSError, http.client.HTTPException) as fault:
            raise PlatformAway(type(fault).__name__) from fault
        finally:
            connection.close()


def read_feed(text: bytes, *, kind: Kind) -> Feed:
    """Return the feed in an answer, or one with the fault that it came with: cut, checksum, shape, other-kind."""
    try:
        told = json.loads(text)
        content, given = told["content"], told["sha256"]
    except (ValueError, KeyError, TypeError):
        return Feed(kind=kind, fault="cut")
    if hashlib.sha256(canonical(content)).hexdigest() != given:
        return Feed(kind=kind, fault="checksum")
    try:
        feed = _feed(content)
    except (ValueError, KeyError, TypeError):
        return Feed(kind=kind, fault="shape")
    return feed if feed.kind == kind else Feed(kind=kind, fault="other-kind")


def canonical(content: Any) -> bytes:
    """Return the text of `content` that the checksum is made of: keys sorted, no blanks, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _feed(content: dict[str, Any]) -> Feed:
    return Feed(
        kind=content["kind"],
        since=int(content.get("since", 0)),
        sequence=int(content["sequence"]),
        made_at=_instant(content["made_at"]),
        exclusions=tuple(
            FederalExclusion(**_line(one), nihdi=one.get("nihdi") or "", ssin=one.get("ssin") or "")
            for one in content["exclusions"]
        ),
        consents=tuple(FederalConsent(**_line(one)) for one in content["consents"]),
        counts=(int(content["exclusion_count"]), int(content["consent_count"])),
    )


def _line(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(one["id"]),
        "patient_ssin": str(one["patient"]),
        "from_at": _instant(one["from"]),
        "until": _instant(one["until"]) if one["until"] else None,
        "sequence": int(one["sequence"]),
    }


def _instant(text: str) -> datetime:
    return require_aware(
        datetime.fromisoformat(text)
    )  # NaiveDatetime is a ValueError: a time without zone is no instant


class _SocketConnection(http.client.HTTPConnection):
    """HTTP over a socket file."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=WAIT_S)
        self._path = path

    def connect(self) -> None:
        """Open the socket file."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(WAIT_S)
        self.sock.connect(self._path)


def _connect(address: str) -> tuple[http.client.HTTPConnection, str]:
    if address.startswith("unix:"):
        return _SocketConnection(address.removeprefix("unix:")), ""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.netloc, timeout=WAIT_S), parts.path.rstrip("/")
