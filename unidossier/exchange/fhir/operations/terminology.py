"""$lookup, $validate-code and $expand on the code systems and value sets that ship with the product.

hl7.org/fhir/R4/codesystem-operation-lookup.html, valueset-operation-expand.html, valueset-operation-validate-code.html.
Nothing here is about a patient: the caller shows a token, and no entry is written.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.exchange.fhir.bearer import bearer_of
from unidossier.exchange.fhir.operations.language import asked_language
from unidossier.exchange.fhir.operations.parameters import Asked, asked_of
from unidossier.exchange.fhir.operations.shelf import system_of_id, value_set_of_id
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, RequestRefused, refused
from unidossier.exchange.fhir.room import BASE, Interaction, Room
from unidossier.kernel.sortkey import sort_key
from unidossier.terminology.code_systems import CodeSystem, code_system, designations, words_of
from unidossier.terminology.value_sets import ValueSet, value_set

MOST = 1000  # members of one answer
_CODED = {"code", "system", "version", "coding", "codeableConcept", "display", "displayLanguage"}
_LOOKUP = frozenset({"code", "system", "version", "coding", "displayLanguage", "property", "date"})
_VALIDATE_IN_SYSTEM = frozenset(_CODED - {"system"} | {"url", "date", "abstract"})
_VALIDATE_IN_SET = frozenset(
    _CODED | {"url", "valueSetVersion", "systemVersion", "date", "abstract", "context"}
)
_EXPAND = frozenset(
    {
        "url",
        "valueSetVersion",
        "filter",
        "offset",
        "count",
        "displayLanguage",
        "includeDesignations",
        "activeOnly",
        "date",
    }
    | {"excludeNested", "includeDefinition", "context", "contextDirection"}
)


class Coded(NamedTuple):
    """A code that is asked about."""

    system: str | None
    code: str
    display: str | None
    version: str | None  # of the code system


async def lookup(request: Request) -> Response:
    """GET or POST CodeSystem/$lookup: the words of one code."""
    await bearer_of(request)
    asked = await asked_of(request, allowed=_LOOKUP)
    (system, code, _, version), *others = _codes(asked) or [Coded(None, "", None, None)]
    if others or not system or not code:
        raise refused(
            400, "required", "give `system` and `code`, or one `coding` with both", expression="code"
        )
    held = _system(system, version=version)
    language = asked_language(request, asked.text("displayLanguage")) or "en"
    words = words_of(held.url, code, language=language)
    if words is None:
        raise refused(404, "not-found", _unheld(held, Coded(system, code, None, None)), expression="code")
    return _answer(
        _named("name", held.title),
        *([_named("version", held.version)] if held.version else []),
        _named("display", words),
        *(_designation(tag, told) for tag, told in designations(held.url, code)),
    )


async def validate_in_system(request: Request) -> Response:
    """GET or POST CodeSystem/$validate-code: whether a code is of a code system, and its words are right."""
    await bearer_of(request)
    asked = await asked_of(request, allowed=_VALIDATE_IN_SYSTEM)
    version = asked.text("version")
    if "id" in request.path_params:
        held = system_of_id(request.path_params["id"])
        _require_version(held, version, name="version")
    else:
        held = _system(asked.text("url") or "", version=version, name="url")
    given = _codes(asked)
    language = asked_language(request, asked.text("displayLanguage")) or "en"
    for one in given:
        of_it = one.system is None or code_system(one.system) == held
        if of_it and _is_version(held, one.version) and one.code in held.displays:
            return _right(held.url, one.code, one.display, language=language)
    told = "; ".join(_unheld(held, one) for one in given)
    return _wrong(told or "no code was given")


async def validate_in_set(request: Request) -> Response:
    """GET or POST ValueSet/$validate-code: whether a code is in a value set."""
    await bearer_of(request)
    asked = await asked_of(request, allowed=_VALIDATE_IN_SET)
    held = _set_of(request, asked)
    given = _codes(asked)
    language = asked_language(request, asked.text("displayLanguage")) or "en"
    others = []  # in another version of their system
    for system, code, display, version in given:
        if held.has(system, code):
            known = system or next(one for one, codes in held.include.items() if code in codes)
            of = code_system(known)
            if of is None or _is_version(of, version):
                return _right(known, code, display, language=language)
            others.append(_other_version(of, version))
            if "code" in asked.values:
                _require_version(of, version, name=_version_name(asked))
    if others or not given:
        return _wrong("; ".join(others) or "no code was given")
    codes = ", ".join(f"'{one.code[:60]}'" for one in given)
    beyond = (
        "" if held.is_whole else "; this server holds only a part of it, so that may not be true elsewhere"
    )
    return _wrong(f"{codes} is not in the value set {held.url}{beyond}")


async def expand(request: Request) -> Response:
    """GET or POST ValueSet/$expand: the members, in the language asked, in pages by offset and count."""
    await bearer_of(request)
    asked = await asked_of(request, allowed=_EXPAND)
    held = _set_of(request, asked)
    language = asked_language(request, asked.text("displayLanguage")) or "en"
    offset = asked.number("offset", least=0, most=1_000_000) or 0
    told = asked.number("count", least=0, most=1_000_000)
    sought = sort_key(asked.text("filter") or "")
    members = [
        (system, code, words_of(system, code, language=language) or code) for system, code in held.members()
    ]
    members = [one for one in members if _fits(one, sought)] if sought else members
    size = min(MOST if told is None else told, MOST)
    if told is None and len(members) > MOST and "offset" not in asked.values:
        text = f"the value set has {len(members)} codes; ask for them in pages, with offset and count, or by filter"
        raise refused(422, "too-costly", text)
    with_others = asked.flag("includeDesignations")
    expansion: dict[str, Any] = {
        "identifier": f"urn:uuid:{uuid4()}",
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "total": len(members),
        "offset": offset,
        "parameter": [{"name": "displayLanguage", "valueCode": language}],
        "contains": [_member(one, with_others=with_others) for one in members[offset : offset + size]],
    }
    if not expansion["contains"]:
        del expansion["contains"]
    if not held.is_whole:
        expansion["extension"] = [{"url": _UNCLOSED, "valueBoolean": True}]
    made: dict[str, Any] = {
        "resourceType": "ValueSet",
        "url": held.url,
        "name": held.name,
        "title": held.title,
        "status": "active",
        "expansion": expansion,
    }
    if held.version:
        made["version"] = held.version
    return Response(orjson.dumps(made), media_type=MEDIA_TYPE)


_UNCLOSED = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed"


def _codes(asked: Asked) -> list[Coded]:
    """Read the code that is asked about, in each of the three ways of giving it. Raises RequestRefused (400)."""
    concept, coding, code = asked.one("codeableConcept"), asked.one("coding"), asked.text("code")
    if concept is not None:
        return [
            _coding(one, name="codeableConcept")
            for one in _object(concept, "codeableConcept").get("coding", ())
        ]
    if coding is not None:
        return [_coding(_token(coding) if isinstance(coding, str) else coding, name="coding")]
    if code is None:
        return []
    return [Coded(asked.text("system"), code, asked.text("display"), asked.text(_version_name(asked)))]


def _token(text: str) -> dict[str, str]:
    """Read `system|code`, as a query writes a Coding."""
    system, bar, code = text.partition("|")
    return {"system": system, "code": code} if bar else {"code": system}


def _coding(given: Any, *, name: str) -> Coded:
    coding = _object(given, name)
    code = coding.get("code")
    if not isinstance(code, str):
        raise refused(400, "required", f"'{name}' has no code", expression=name)
    return Coded(coding.get("system"), code, coding.get("display"), coding.get("version"))


def _object(given: Any, name: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise refused(400, "value", f"send '{name}' in a Parameters resource, by POST", expression=name)
    return given


def _version_name(asked: Asked) -> str:
    """Return what the version of the code system is called: of a value set it is another name."""
    return "systemVersion" if "systemVersion" in asked.values else "version"


def _system(url: str, *, version: str | None = None, name: str = "system") -> CodeSystem:
    """Return the code system of a canonical URL, perhaps with `|version`. Raises RequestRefused (400, 404)."""
    plain, _, own = url.partition("|")
    held = code_system(plain) if plain else None
    if held is None:
        told = f"the code system '{url[:120]}' is not held here; CodeSystem lists those that are"
        raise refused(404 if url else 400, "not-found" if url else "required", told, expression=name)
    _require_version(held, own or None, name=name)
    _require_version(held, version, name="version")
    return held


def _set_of(request: Request, asked: Asked) -> ValueSet:
    version = asked.text("valueSetVersion")
    if "id" in request.path_params:
        held = value_set_of_id(request.path_params["id"])
    else:
        url = asked.text("url")
        if not url:
            raise refused(400, "required", "give the `url` of a value set", expression="url")
        plain, _, own = url.partition("|")
        found = value_set(plain)
        if found is None:
            raise _no_set(url)
        held = found
        _require_version(held, own or None, name="url")
    _require_version(held, version, name="valueSetVersion")
    return held


def _is_version(held: CodeSystem | ValueSet, version: str | None) -> bool:
    return not version or version == held.version


def _require_version(held: CodeSystem | ValueSet, version: str | None, *, name: str) -> None:
    """Refuse (404) to answer for a version that is not the one that ships: its codes may mean something else."""
    if not _is_version(held, version):
        raise refused(404, "not-found", _other_version(held, version), expression=name)


def _other_version(held: CodeSystem | ValueSet, version: str | None) -> str:
    there = f"version {held.version} is" if held.version else "it is held without one"
    return f"version '{(version or '')[:120]}' of {held.url} is not held here; {there}"


def _no_set(url: str) -> RequestRefused:
    told = f"the value set '{url[:120]}' is not held here; ValueSet lists those that are"
    return refused(404, "not-found", told, expression="url")


def _unheld(held: CodeSystem, asked: Coded) -> str:
    if not _is_version(held, asked.version):
        return _other_version(held, asked.version)
    if held.is_whole:
        return f"'{asked.code[:60]}' is no code of {held.url}"
    return f"'{asked.code[:60]}' is not among the codes of {held.url} held here, which are only a part of it"


def _fits(member: tuple[str, str, str], sought: str) -> bool:
    _, code, words = member
    return all(word in sort_key(f"{code} {words}") for word in sought.split())


def _member(member: tuple[str, str, str], *, with_others: bool) -> dict[str, Any]:
    system, code, words = member
    made: dict[str, Any] = {"system": system, "code": code, "display": words}
    others = (
        [{"language": tag, "value": told} for tag, told in designations(system, code)] if with_others else []
    )
    return made | ({"designation": others} if others else {})


def _right(system: str, code: str, display: str | None, *, language: str) -> Response:
    """The code is right; words that are none of its own make the result false (valueset-operation-validate-code.html)."""
    words = words_of(system, code, language=language) or code
    known = {sort_key(told) for _, told in designations(system, code)} | {sort_key(words)}
    if display and sort_key(display) not in known:
        told = f"the code is right, '{display[:120]}' are not its words here"
        return _answer(_result(False), _named("message", told), _named("display", words))
    return _answer(_result(True), _named("display", words))


def _wrong(message: str) -> Response:
    return _answer(_result(False), _named("message", message))


def _result(value: bool) -> dict[str, Any]:
    return {"name": "result", "valueBoolean": value}


def _named(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "valueString": value}


def _designation(language: str, words: str) -> dict[str, Any]:
    parts = [{"name": "language", "valueCode": language}, _named("value", words)]
    return {"name": "designation", "part": parts}


def _answer(*parameters: dict[str, Any]) -> Response:
    body = {"resourceType": "Parameters", "parameter": list(parameters)}
    return Response(orjson.dumps(body), media_type=MEDIA_TYPE)


def _at(path: str) -> tuple[tuple[str, str], ...]:
    return (("GET", f"{BASE}/{path}"), ("POST", f"{BASE}/{path}"))


_DEFINITION = "http://hl7.org/fhir/OperationDefinition/"
_SERVED = (
    ("$lookup", "CodeSystem", lookup, ("CodeSystem/$lookup",), "CodeSystem-lookup"),
    ("$validate-code", "CodeSystem", validate_in_system, ("CodeSystem/$validate-code", "CodeSystem/{id}/$validate-code"), "CodeSystem-validate-code"),
    ("$validate-code", "ValueSet", validate_in_set, ("ValueSet/$validate-code", "ValueSet/{id}/$validate-code"), "ValueSet-validate-code"),
    ("$expand", "ValueSet", expand, ("ValueSet/$expand", "ValueSet/{id}/$expand"), "ValueSet-expand"),
)  # fmt: skip
ROOM = Room(
    routes=tuple(
        Route(f"{BASE}/{path}", endpoint, methods=["GET", "POST"])
        for _, _, endpoint, paths, _ in _SERVED
        for path in paths
    ),
    interactions=tuple(
        Interaction(
            code=code,
            at=tuple(one for path in paths for one in _at(path)),
            types=frozenset({kind}),
            definition=_DEFINITION + definition,
        )
        for code, kind, _, paths, definition in _SERVED
    ),
)
