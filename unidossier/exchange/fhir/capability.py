"""What this server does, and no more: put together from what the rooms declare. hl7.org/fhir/R4/capabilitystatement.html"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from unidossier.exchange.fhir.outcome import MEDIA_TYPE
from unidossier.exchange.fhir.room import BASE, Interaction, Json, Room
from unidossier.exchange.fhir.rooms import ROOMS
from unidossier.exchange.fhir.wanted import require_wanted

DATE = "2026-11-23"  # of the last change to what is told here


async def capability(request: Request) -> Response:
    """GET [base]/metadata. Open to all: it tells nothing of anybody."""
    require_wanted(request)
    return Response(_text(str(request.base_url).rstrip("/")), media_type=MEDIA_TYPE)


def statement(base_url: str, *, rooms: Sequence[Room] = ROOMS) -> Json:
    """Return the CapabilityStatement of the server at `base_url`."""
    served = [one for room in rooms for one in room.interactions]
    rest: Json = {
        "mode": "server",
        "security": {
            "cors": False,
            "description": "Every request but this one carries `Authorization: Bearer TOKEN`. Each is decided and "
            "entered in the log of accesses that the patient reads.",
        },
        "resource": [
            _resource(name, served=served, rooms=rooms)
            for name in sorted({t for one in served for t in one.types})
        ],
        "interaction": [{"code": one.code} for one in served if not one.types and not _is_operation(one)],
    }
    operations = [_operation(one) for one in served if not one.types and _is_operation(one)]
    if operations:
        rest["operation"] = operations
    for room in rooms:
        _join(rest, room.of_rest(f"{base_url}{BASE}"))
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": {"name": "Unidossier", "version": version("unidossier")},
        "implementation": {"description": "Unidossier", "url": f"{base_url}{BASE}"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/fhir+xml", "json", "xml"],
        "patchFormat": ["application/json-patch+json", "application/fhir+json", "application/fhir+xml"],
        "rest": [rest],
    }


@lru_cache(maxsize=8)
def _text(base_url: str) -> bytes:
    return orjson.dumps(statement(base_url))


def _resource(name: str, *, served: Sequence[Interaction], rooms: Sequence[Room]) -> Json:
    own = [one for one in served if name in one.types]
    told: Json = {"type": name, "interaction": [{"code": one.code} for one in own if not _is_operation(one)]}
    operations = [_operation(one) for one in own if _is_operation(one)]
    if operations:
        told["operation"] = operations
    for room in rooms:
        _join(told, room.of_type(name))
    return {key: value for key, value in told.items() if value != []}


def _is_operation(one: Interaction) -> bool:
    return one.code.startswith("$")


def _operation(one: Interaction) -> Json:
    return {"name": one.code[1:], "definition": one.definition}


def _join(told: Json, more: Mapping[str, Any]) -> None:
    """Add the elements of `more`: lists and objects are joined, anything else replaced."""
    for key, value in more.items():
        if isinstance(value, list):
            told[key] = [*told.get(key, ()), *value]
        elif isinstance(value, dict) and key in told:
            _join(told[key], value)
        else:
            told[key] = value
