"""The last step of every answer: a part of the elements, indentation, XML. hl7.org/fhir/R4/search.html#summary, #elements"""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from unidossier.exchange.fhir.outcome import RequestRefused, response
from unidossier.exchange.fhir.wanted import JSON_TYPE, XML_TYPE, Wanted, wanted_of
from unidossier.exchange.fhir.xml import to_xml
from unidossier.exchange.fhir.xml.elements import elements_of

Json = dict[str, Any]
_LARGE = 100_000  # bytes; from here on the work is not done on the event loop
_ALWAYS = frozenset({"resourceType", "id", "meta"})
_SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_HOLDERS = frozenset({"Bundle", "Parameters", "OperationOutcome"})  # never cut themselves


async def shaped(request: Request, answer: Response) -> Response:
    """Return the answer in the form that the client wants; to HEAD without its body.

    What is no FHIR JSON (a file, an empty answer) goes out as it is, and so does a stream: it refuses by itself what it cannot give.
    """
    is_whole = not isinstance(answer, StreamingResponse)
    if is_whole and answer.media_type == JSON_TYPE and answer.body:
        try:
            wanted = wanted_of(request)
        except RequestRefused as refusal:  # told as JSON: what is wanted instead is not given
            return answer if answer.status_code >= 400 else response(refusal)
        if not wanted.is_plain:
            if len(answer.body) < _LARGE:
                _put(answer, wanted)
            else:
                await asyncio.to_thread(_put, answer, wanted)
    if request.method == "HEAD" and is_whole:
        answer.body = b""  # Content-Length stays that of the answer to GET (RFC 9110, 9.3.2)
    return answer


def cut(resource: Json, *, wanted: Wanted) -> Json:
    """Return what `_summary` or `_elements` leave of a resource, marked SUBSETTED; of a Bundle, of what it holds."""
    if wanted.summary == "false" and not wanted.elements:
        return resource
    kind = resource["resourceType"]
    if kind == "Bundle":
        entries = [
            entry | {"resource": cut(entry["resource"], wanted=wanted)} if "resource" in entry else entry
            for entry in resource.get("entry", ())
        ]
        return resource | ({"entry": entries} if entries else {})
    if kind in _HOLDERS:
        return resource
    kept = _kept(kind, wanted=wanted)
    left = {name: value for name, value in resource.items() if name.removeprefix("_") in kept}
    meta = left.get("meta", {})
    left["meta"] = meta | {"tag": [*meta.get("tag", ()), _SUBSETTED]}
    return left


def _kept(kind: str, *, wanted: Wanted) -> frozenset[str]:
    """Return the names of elements that stay; mandatory ones always do, or what is left would be no resource."""
    elements = elements_of(kind).values()
    mandatory = {one.name for one in elements if one.is_mandatory} | _ALWAYS
    if wanted.elements:
        named = {name.removeprefix(f"{kind}.") for name in wanted.elements}
        named |= {one.name for one in elements if _choice(one.name, one.code) in named}
        return frozenset(named | mandatory)
    if wanted.summary == "text":
        return frozenset({"text"} | mandatory)
    if wanted.summary == "data":
        return frozenset(({one.name for one in elements} - {"text"}) | _ALWAYS)
    return frozenset({one.name for one in elements if one.in_summary} | mandatory)


def _choice(name: str, code: str) -> str:
    """Return `value` for valueQuantity, the name a client gives for any of a choice."""
    return name.removesuffix(code[:1].upper() + code[1:])


def only(text: bytes, *, elements: Iterable[str]) -> bytes:
    """Return a resource with those elements alone: `name`, or `Type.name` of its own type; whole when none is meant for it."""
    resource = read_exactly(text)
    kind = resource["resourceType"]
    named = tuple(one for one in elements if "." not in one or one.startswith(f"{kind}."))
    if not named:
        return text
    return orjson.dumps(cut(resource, wanted=Wanted(elements=named)))


def _put(answer: Response, wanted: Wanted) -> None:
    text = bytes(answer.body)
    if wanted.summary != "false" or wanted.elements or (wanted.pretty and wanted.form == "json"):
        resource = read_exactly(text)
        if answer.status_code < 300:
            resource = cut(resource, wanted=wanted)
        text = orjson.dumps(resource, option=orjson.OPT_INDENT_2 if wanted.pretty else None)
    if wanted.form == "xml":
        text = to_xml(text, pretty=wanted.pretty)
        answer.headers["content-type"] = XML_TYPE
    answer.body = text
    answer.headers["content-length"] = str(len(text))


def read_exactly(text: bytes | str) -> Any:
    """Read JSON so that orjson writes every number with the digits it had: 72.50 stays 72.50."""
    return json.loads(text, parse_float=orjson.Fragment, parse_int=_whole)


def _whole(text: str) -> int | orjson.Fragment:
    return int(text) if len(text) < 18 else orjson.Fragment(text)
