"""FHIR batch: each entry for itself, with an answer of its own. hl7.org/fhir/R4/http.html#transaction"""

import asyncio
import base64
import binascii
import logging

import orjson
from starlette.requests import Request

from unidossier.exchange.fhir.inside import Allowance, Answered, Inner, as_entry, ask_inside, below_base
from unidossier.exchange.fhir.outcome import RequestRefused, outcome, refused, unforeseen
from unidossier.exchange.fhir.room import Json, base_of
from unidossier.exchange.fhir.wanted import JSON_TYPE, preferred
from unidossier.record.validation import Checked, Entry
from unidossier.record.validation.issue import Issue

log = logging.getLogger(__name__)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# what an entry may say of its condition, and the header that says it
_CONDITIONS = {
    "ifMatch": "if-match",
    "ifNoneMatch": "if-none-match",
    "ifModifiedSince": "if-modified-since",
    "ifNoneExist": "if-none-exist",
}


async def each_for_itself(request: Request, bundle: Checked) -> list[Json]:
    """Return the answers to the entries of a batch, in their order."""
    allowance = Allowance()
    return [await answered_alone(request, entry, allowance=allowance) for entry in bundle.entries]


async def answered_alone(request: Request, entry: Entry, *, allowance: Allowance) -> Json:
    """Return the answer to one entry; a fault in it, and one of ours, is its own answer."""
    await asyncio.sleep(0)  # what is answered without the database holds nobody else up either
    try:
        allowance.require_time()
        return await _answered(request, entry, allowance=allowance)
    except RequestRefused as refusal:
        told = refusal
    except Exception as error:  # noqa: BLE001  (the outermost loop of an entry: the others stand)
        log.error("an entry of a Bundle failed: %s", type(error).__name__)
        told = unforeseen()
    return {"response": {"status": str(told.status), "outcome": outcome(told.issues)}}


async def _answered(request: Request, entry: Entry, *, allowance: Allowance) -> Json:
    base = base_of(request)
    if entry.issues:
        raise RequestRefused(400, entry.issues)
    inner = inner_of(entry, base=base, prefer=preferred(request, "return"))
    answered: Answered = await ask_inside(request, inner, allowance=allowance)
    if inner.method == "GET" and answered.body and not answered.is_fhir:
        told = "A Bundle holds FHIR JSON alone: leave _format out, or ask for this alone."
        raise refused(406, "not-supported", told, expression=f"Bundle.entry[{entry.index}].request.url")
    wants = inner.method == "GET" or preferred(request, "return") == "representation" or "$" in inner.path
    return as_entry(answered, base=base, with_resource=wants or "_search" in inner.path)


def inner_of(entry: Entry, *, base: str, prefer: str | None) -> Inner:
    """Return the request that an entry stands for. Raises RequestRefused (400)."""
    place = f"Bundle.entry[{entry.index}].request"
    told = entry.request or {}
    method = told.get("method", "")
    if method not in METHODS or "url" not in told:
        raise refused(400, "required", "each entry has a request with method and url", expression=place)
    path, query = below_base(entry, base=base)
    stores = method in ("POST", "PUT", "PATCH") and "$" not in path and "_search" not in path
    if stores and entry.checked is None:
        place = f"Bundle.entry[{entry.index}]"
        raise refused(400, "required", "an entry that stores carries its resource", expression=place)
    headers = {
        header: _header(told[name], place=place) for name, header in _CONDITIONS.items() if name in told
    }
    if method in ("POST", "PUT", "PATCH"):
        headers["prefer"] = f"return={prefer or 'minimal'}"
    body, media_type = _body(entry, method=method)
    if body:
        headers["content-type"] = media_type
    return Inner(method=method, path=path, query=query, headers=headers, body=body)


def patch_document(checked: Checked, *, place: str) -> tuple[bytes, str]:
    """Return the patch that an entry carries, and its media type: Parameters, or a Binary of another type (R4 #patch)."""
    if checked.resource_type != "Binary":
        return checked.text, JSON_TYPE
    try:
        data = base64.b64decode(checked.resource.get("data", ""), validate=True)
    except binascii.Error:
        raise RequestRefused(400, [Issue("value", f"{place}.data", "the data is not base64")]) from None
    return data, str(checked.resource["contentType"])


def _body(entry: Entry, *, method: str) -> tuple[bytes, str]:
    if entry.checked is None or method in ("GET", "HEAD", "DELETE"):
        return b"", ""
    if method == "PATCH":
        return patch_document(entry.checked, place=f"Bundle.entry[{entry.index}].resource")
    return entry.checked.text, JSON_TYPE


def _header(value: str, *, place: str) -> str:
    text = str(value)
    if not text.isprintable():
        raise refused(400, "value", "a condition is one line of text", expression=place)
    return text


def as_bundle(kind: str, entries: list[Json]) -> bytes:
    """Return the Bundle that answers a batch or a transaction."""
    bundle: Json = {"resourceType": "Bundle", "type": f"{kind}-response"}
    if entries:
        bundle["entry"] = entries
    return orjson.dumps(bundle)
