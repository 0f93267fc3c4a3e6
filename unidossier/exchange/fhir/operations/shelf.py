"""Read and search of the code systems and value sets that ship with the product. hl7.org/fhir/R4/codesystem.html, valueset.html

They are the same for everybody: the caller shows a token, and no entry is written.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.exchange.fhir.bearer import bearer_of
from unidossier.exchange.fhir.operations.parameters import Asked, from_query
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, not_found
from unidossier.exchange.fhir.room import BASE, Interaction, Room, base_of
from unidossier.kernel.sortkey import sort_key
from unidossier.terminology.code_systems import CodeSystem, code_system, designations, system_urls
from unidossier.terminology.value_sets import ValueSet, value_set, value_set_urls

Json = dict[str, Any]
Held = CodeSystem | ValueSet
TYPES = frozenset({"CodeSystem", "ValueSet"})
PAGE = 100
_SEARCHED = {
    "_id": "http://hl7.org/fhir/SearchParameter/Resource-id",
    "name": "http://hl7.org/fhir/SearchParameter/conformance-name",
    "status": "http://hl7.org/fhir/SearchParameter/conformance-status",
    "title": "http://hl7.org/fhir/SearchParameter/conformance-title",
    "url": "http://hl7.org/fhir/SearchParameter/conformance-url",
    "version": "http://hl7.org/fhir/SearchParameter/conformance-version",
}
_TOKENS = frozenset({"_id", "status", "version"})


def id_of(url: str) -> str:
    """Return the id under which something with this canonical URL is read here."""
    return str(uuid5(NAMESPACE_URL, url))


def system_of_id(id_: str) -> CodeSystem:
    """Return the code system that is read under this id. Raises RequestRefused (404)."""
    held = code_system(_urls("CodeSystem").get(id_, ""))
    if held is None:
        raise not_found()
    return held


def value_set_of_id(id_: str) -> ValueSet:
    """Return the value set that is read under this id. Raises RequestRefused (404)."""
    held = value_set(_urls("ValueSet").get(id_, ""))
    if held is None:
        raise not_found()
    return held


async def read(request: Request) -> Response:
    """GET CodeSystem/[id] or ValueSet/[id]: the whole, with its words in every language."""
    await bearer_of(request)
    id_ = request.path_params["id"]
    made = _resource(system_of_id(id_) if _kind(request) == "CodeSystem" else value_set_of_id(id_))
    return Response(orjson.dumps(made), media_type=MEDIA_TYPE)


async def search(request: Request) -> Response:
    """GET CodeSystem or ValueSet by url, name, title, status, version or _id: a searchset of heads, without the codes."""
    await bearer_of(request)
    kind = _kind(request)
    asked = from_query(request, allowed=frozenset({*_SEARCHED, "_count", "_offset"}))
    found = [held for held in _every(kind) if _fits(held, asked)]
    size = asked.number("_count", least=0, most=PAGE)
    size = PAGE if size is None else size
    offset = asked.number("_offset", least=0, most=1_000_000) or 0
    base = base_of(request)
    bundle: Json = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "link": _links(
            f"{base}/{kind}", asked, following=offset + size if size and offset + size < len(found) else None
        ),
    }
    entries = [
        {"fullUrl": f"{base}/{kind}/{id_of(held.url)}", "resource": _head(held), "search": {"mode": "match"}}
        for held in found[offset : offset + size]
    ]
    return Response(orjson.dumps(bundle | ({"entry": entries} if entries else {})), media_type=MEDIA_TYPE)


def _kind(request: Request) -> str:
    return "CodeSystem" if "/CodeSystem" in request.url.path else "ValueSet"


@cache
def _urls(kind: str) -> dict[str, str]:
    urls = system_urls() if kind == "CodeSystem" else value_set_urls()
    return {id_of(url): url for url in urls}


def _every(kind: str) -> Iterator[Held]:
    for url in _urls(kind).values():
        held = code_system(url) if kind == "CodeSystem" else value_set(url)
        if held is not None:
            yield held


def _fits(held: Held, asked: Asked) -> bool:
    has = {
        "_id": id_of(held.url),
        "url": held.url,
        "version": held.version or "",
        "status": "active",
        "name": held.name,
        "title": held.title,
    }
    for name, own in has.items():
        wanted = asked.words(name)
        if wanted and not any(_is(name, own, one) for one in wanted):
            return False
    return True


def _is(name: str, own: str, wanted: str) -> bool:
    """A text begins with what is sought, a token and an address are it (hl7.org/fhir/R4/search.html#string)."""
    if name in _TOKENS:
        return own == wanted.removeprefix("http://hl7.org/fhir/publication-status|")
    return own == wanted if name == "url" else sort_key(own).startswith(sort_key(wanted))


def _links(address: str, asked: Asked, *, following: int | None) -> list[dict[str, str]]:
    named = [(name, ",".join(values)) for name, values in asked.values.items()]
    links = [{"relation": "self", "url": f"{address}?{urlencode(named)}" if named else address}]
    if following is not None:
        others = [pair for pair in named if pair[0] != "_offset"]
        links.append(
            {"relation": "next", "url": f"{address}?{urlencode([*others, ('_offset', str(following))])}"}
        )
    return links


def _head(held: Held) -> Json:
    made: Json = {
        "resourceType": "CodeSystem" if isinstance(held, CodeSystem) else "ValueSet",
        "id": id_of(held.url),
        "url": held.url,
        "name": held.name,
        "title": held.title,
        "status": "active",
    }
    if held.version:
        made["version"] = held.version
    if isinstance(held, CodeSystem):
        made["content"] = "complete" if held.is_whole else "fragment"
        made["count"] = len(held.displays)
    return made


def _resource(held: Held) -> Json:
    if isinstance(held, CodeSystem):
        return _head(held) | {
            "concept": [_concept(held.url, code, held.displays[code]) for code in held.displays]
        }
    include = [
        {"system": system, "concept": [{"code": code} for code in codes]}
        for system, codes in held.include.items()
    ]
    return _head(held) | {"compose": {"include": include}}


def _concept(system: str, code: str, words: str) -> Json:
    told = [{"language": tag, "value": value} for tag, value in designations(system, code)]
    return {"code": code, "display": words} | ({"designation": told} if len(told) > 1 else {})


def _of_type(name: str) -> Json:
    if name not in TYPES:
        return {}
    kinds = {"url": "uri", "name": "string", "title": "string"}
    return {
        "searchParam": [
            {"name": one, "definition": definition, "type": kinds.get(one, "token")}
            for one, definition in _SEARCHED.items()
        ]
    }


_PLACES = tuple((kind, f"{BASE}/{kind}") for kind in sorted(TYPES))
ROOM = Room(
    routes=tuple(
        route
        for _, path in _PLACES
        for route in (Route(path, search, methods=["GET"]), Route(f"{path}/{{id}}", read, methods=["GET"]))
    ),
    interactions=tuple(
        one
        for kind, path in _PLACES
        for one in (
            Interaction(code="search-type", at=(("GET", path),), types=frozenset({kind})),
            Interaction(code="read", at=(("GET", f"{path}/{{id}}"),), types=frozenset({kind})),
        )
    ),
    of_type=_of_type,
)
