"""What is sent: FHIR JSON or XML in UTF-8, of bounded size, perhaps packed. hl7.org/fhir/R4/http.html#mime-type"""

import asyncio
import zlib

from starlette.requests import Request

from unidossier.exchange.fhir.outcome import RequestRefused, refused
from unidossier.exchange.fhir.wanted import VERSION, require_json_wanted
from unidossier.exchange.fhir.xml import UnreadableXml, from_xml

__all__ = ["LARGEST_BODY", "body_of", "require_json_wanted"]

LARGEST_BODY = 20 * 1024 * 1024  # bytes, unpacked; larger deliveries go by `unidossier import`
JSON_TYPES = frozenset({"application/fhir+json", "application/json", "application/json+fhir"})
XML_TYPES = frozenset({"application/fhir+xml", "application/xml", "text/xml", "application/xml+fhir"})
MOST_VALUES = 1_500_000  # in one body; each costs some hundred bytes once it is read
_LARGE = 100_000  # bytes; from here on the work is not done on the event loop
_GZIP = 31  # zlib's window bits for a gzip header
_PACKED = frozenset({"gzip", "x-gzip"})


async def body_of(request: Request, *, media_types: frozenset[str] = JSON_TYPES | XML_TYPES) -> bytes:
    """Return the whole body, FHIR XML as FHIR JSON.

    Raises RequestRefused (400 no XML, 413, 415) and ClientDisconnect (a cut upload).
    """
    media_type = _media_type(request, accepted=media_types)
    data = await _read(request)
    if media_type not in XML_TYPES:
        _require_countable(data)
        return data
    try:
        return from_xml(data) if len(data) < _LARGE else await asyncio.to_thread(from_xml, data)
    except UnreadableXml as error:
        raise RequestRefused(400, [error.issue]) from None


async def _read(request: Request) -> bytes:
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing not in _PACKED | {"identity"}:
        raise refused(415, "not-supported", "Send the body as it is, or with Content-Encoding: gzip.")
    told = request.headers.get("content-length", "0")
    if told.isdigit() and int(told) > LARGEST_BODY:
        raise _too_large()
    unpacker = zlib.decompressobj(_GZIP) if packing in _PACKED else None
    parts, size, arrived = [], 0, 0
    async for part in request.stream():
        arrived += len(part)
        # never more than is allowed, whatever the packed text promises
        plain = _unpacked(unpacker, part, most=LARGEST_BODY - size + 1) if unpacker else part
        size += len(plain)
        if max(size, arrived) > LARGEST_BODY:  # packed text may also say nothing, without end
            raise _too_large()
        parts.append(plain)
    if unpacker and not unpacker.eof:
        raise refused(400, "structure", "the gzip text is cut; send all of it")
    return b"".join(parts)


def _require_countable(data: bytes) -> None:
    """Refuse what would take minutes and gigabytes to read: 20 MB of `{},`. Raises RequestRefused (413)."""
    if len(data) > MOST_VALUES and sum(data.count(sign) for sign in (b",", b"{", b"[")) > MOST_VALUES:
        told = f"More than {MOST_VALUES} values are in the body; send less at a time."
        raise refused(413, "too-costly", told)


def _unpacked(unpacker: "zlib._Decompress", part: bytes, *, most: int) -> bytes:
    try:
        plain = unpacker.decompress(part, most) if part else b""
    except zlib.error:
        raise refused(400, "structure", "the body is not gzip, as Content-Encoding says") from None
    if unpacker.unused_data:  # it would be kept, however much it is
        raise refused(400, "structure", "something follows the gzip text; send one, and nothing else")
    return plain


def _media_type(request: Request, *, accepted: frozenset[str]) -> str:
    media_type, *parameters = (
        part.strip().lower() for part in request.headers.get("content-type", "").split(";")
    )
    if media_type not in accepted:
        # the names of FHIR for both, and what this address alone reads
        others = accepted - (JSON_TYPES | XML_TYPES)
        named = " or ".join(sorted(accepted & {"application/fhir+json", "application/fhir+xml"} | others))
        raise refused(415, "not-supported", f"Send Content-Type: {named}.")
    for parameter in parameters:
        name, _, value = (part.strip(' "') for part in parameter.partition("="))
        if name == "charset" and value not in ("utf-8", "utf8"):
            raise refused(415, "not-supported", "Send UTF-8; other encodings are not read.")
        if name == "fhirversion" and value != VERSION:
            raise refused(415, "not-supported", "Send FHIR 4.0; other versions are not read.")
    return media_type


def _too_large() -> RequestRefused:
    return refused(
        413, "too-long", f"At most {LARGEST_BODY // 1048576} MB are read in one request; send less at a time."
    )
