"""[type]/$validate and [type]/[id]/$validate: structure, and the profiles that ship. hl7.org/fhir/R4/resource-operation-validate.html

The answer is 200 with an OperationOutcome that says what is wrong, by what it was checked, and what was not checked.
"""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.exchange.fhir.bearer import bearer_of, secret_of
from unidossier.exchange.fhir.content import body_of
from unidossier.exchange.fhir.operations.parameters import Asked, from_query, is_empty
from unidossier.exchange.fhir.operations.profiles import Examined, Profile, examine, profiles
from unidossier.exchange.fhir.operations.reading import patient_id
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, not_found, refused
from unidossier.exchange.fhir.room import BASE, OF_A_RECORD, Interaction, Room
from unidossier.exchange.fhir.wanted import require_wanted
from unidossier.gate import async_door
from unidossier.gate.door import AccessRefused, Ask, RightsChanged
from unidossier.record.extract import stored
from unidossier.record.store import restore_text
from unidossier.record.validation import Checked, InvalidResource, Issue, validate
from unidossier.record.validation.schema import resource_types

Json = dict[str, Any]
VERB = "fhir-read"
PARAMETERS = frozenset({"profile", "mode"})
MODES = frozenset({"create", "update", "profile"})
MOST = 200  # issues of one answer
_NEVER = "Not checked: FHIRPath invariants other than those named, must-support, and whether references can be resolved."


async def validate_sent(request: Request) -> Response:
    """POST [type]/$validate or [type]/[id]/$validate: the resource in the body, or in the Parameters of the body."""
    await bearer_of(request)
    kind = _kind(request)
    asked = _asked(request)
    if is_empty(request):
        if "id" in request.path_params:
            return await validate_stored(request)
        raise refused(400, "required", "send the resource to be checked", expression="resource")
    data = await body_of(request)
    issues = await asyncio.to_thread(_issues, data, kind, asked)
    return _answer(issues)


async def validate_stored(request: Request) -> Response:
    """GET [type]/[id]/$validate: what is stored, under a grant like any reading."""
    require_wanted(request)
    kind, id_ = _kind(request), patient_id(request.path_params["id"])
    asked = _asked(request)
    text = await _stored(secret_of(request), id_, kind=kind)
    issues = await asyncio.to_thread(_issues, text.encode(), kind, asked)
    return _answer(issues)


async def _stored(secret: bytes, id_: UUID, *, kind: str) -> str:
    try:
        granted = await async_door.read(
            secret, Ask(verb=VERB, items=(id_,), detail={"operation": "validate"}), stored(id_, type=kind)
        )
    except (AccessRefused, RightsChanged):
        raise not_found() from None
    if not granted.rows[0] or granted.patient is None:
        raise not_found()
    return await asyncio.to_thread(restore_text, granted.rows[0][0]["resource"], patient_id=granted.patient)


def _kind(request: Request) -> str:
    kind = str(request.path_params["type"])
    if kind not in resource_types():
        raise refused(404, "not-supported", f"'{kind[:60]}' is no type of FHIR R4")
    return kind


def _asked(request: Request) -> Asked:
    asked = from_query(request, allowed=PARAMETERS)
    _require_mode(asked)
    return asked


def _require_mode(asked: Asked) -> None:
    mode = asked.text("mode")
    if mode is not None and mode not in MODES:
        raise refused(400, "not-supported", f"'mode' is one of {', '.join(sorted(MODES))}", expression="mode")


def _issues(data: bytes, kind: str, asked: Asked) -> list[Json]:
    """Return the issues of the outcome. Raises RequestRefused for a profile that is not held here."""
    try:
        checked = validate(data)
    except InvalidResource as fault:
        return [_issue("error", one) for one in fault.issues]
    resource, place = checked.resource, checked.resource_type
    if checked.resource_type == "Parameters" and kind != "Parameters":
        resource, asked, place = _unwrapped(checked, asked)
    if resource["resourceType"] != kind:
        told = f"the address is of {kind}, the body is {resource['resourceType']}"
        return [_issue("error", Issue("invalid", place, told))]
    examined = [(one, examine(resource, profile=one)) for one in _named(resource, asked)]
    return list(_told(examined, resource=resource))


def _unwrapped(checked: Checked, asked: Asked) -> tuple[Json, Asked, str]:
    """Return the resource inside of Parameters, and the parameters beside it."""
    values: dict[str, list[Any]] = dict(asked.values)
    resource: Json | None = None
    for parameter in checked.resource.get("parameter", ()):
        name = parameter["name"]
        if name == "resource":
            resource = parameter.get("resource")
        elif name in PARAMETERS:
            values[name] = [value for key, value in parameter.items() if key.startswith("value")]
        else:
            told = f"'{name[:60]}' is no parameter here; there are: resource, profile, mode"
            raise refused(400, "not-supported", told, expression="Parameters.parameter")
    if resource is None:
        raise refused(400, "required", "send the resource to be checked in the parameter 'resource'")
    inner = Asked(values=values)
    _require_mode(inner)
    return resource, inner, resource["resourceType"]


def _named(resource: Json, asked: Asked) -> list[Profile]:
    """Return the profile that is asked for, else those that the resource says it follows, as far as they are held here."""
    wanted = asked.text("profile")
    if wanted is not None:
        profile = profiles().get(wanted.partition("|")[0])
        if profile is None:
            told = (
                f"the profile '{wanted[:120]}' is not held here; there are: {', '.join(sorted(profiles()))}"
            )
            raise refused(400, "not-supported", told, expression="profile")
        return [profile]
    return [profiles()[url] for url in _claims(resource) if url in profiles()]


def _claims(resource: Json) -> list[str]:
    return [url.partition("|")[0] for url in resource.get("meta", {}).get("profile", ())]


def _told(examined: list[tuple[Profile, Examined]], *, resource: Json) -> Iterator[Json]:
    findings = [one for _, each in examined for one in each.findings]
    for one in findings[:MOST]:
        yield _issue(one.severity, one.issue)
    if len(findings) > MOST:
        yield _information("too-long", f"{len(findings) - MOST} further issues are left out.")
    by = ", ".join(["the structure of FHIR R4", *(f"{one.title} ({one.url})" for one, _ in examined)])
    is_right = not any(one.severity == "error" for one in findings)
    yield _information("informational", f"{'No fault was found. ' if is_right else ''}Checked: {by}.")
    yield _information("informational", _NEVER)
    for told in dict.fromkeys(told for _, each in examined for told in each.unchecked):
        yield _information("informational", f"Not checked: {told}.")
    for url in _claims(resource):
        if url not in profiles():
            yield _information(
                "not-supported", f"Not checked: the profile {url[:200]}, which is not held here."
            )


def _issue(severity: str, issue: Issue) -> Json:
    made: Json = {"severity": severity, "code": issue.code, "diagnostics": issue.diagnostics}
    return made | ({"expression": [issue.expression]} if issue.expression else {})


def _information(code: str, told: str) -> Json:
    return {"severity": "information", "code": code, "diagnostics": told}


def _answer(issues: list[Json]) -> Response:
    body = {"resourceType": "OperationOutcome", "issue": issues}
    return Response(orjson.dumps(body), headers=NO_STORE, media_type=MEDIA_TYPE)


def _of_type(name: str) -> Json:
    return {"supportedProfile": sorted(one.url for one in profiles().values() if one.type == name)}


_TYPE, _ITEM = f"{BASE}/{{type}}/$validate", f"{BASE}/{{type}}/{{id}}/$validate"
ROOM = Room(
    routes=(
        Route(_TYPE, validate_sent, methods=["POST"]),
        Route(_ITEM, validate_sent, methods=["POST"]),
        Route(_ITEM, validate_stored, methods=["GET"]),
    ),
    interactions=(
        Interaction(
            code="$validate",
            at=(("POST", _TYPE), ("POST", _ITEM), ("GET", _ITEM)),
            types=OF_A_RECORD,
            definition="http://hl7.org/fhir/OperationDefinition/Resource-validate",
        ),
    ),
    of_type=_of_type,
)
