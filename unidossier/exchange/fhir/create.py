"""FHIR create: the server gives the id; with If-None-Exist only when nothing fits. hl7.org/fhir/R4/http.html#create, #ccreate"""

import asyncio
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.actions.deliver import Stored
from unidossier.exchange.fhir.answers import answer
from unidossier.exchange.fhir.bearer import Bearer, bearer_of
from unidossier.exchange.fhir.conditions import condition_of, matching
from unidossier.exchange.fhir.content import body_of
from unidossier.exchange.fhir.following import require_standing
from unidossier.exchange.fhir.newest import newest
from unidossier.exchange.fhir.outcome import refused
from unidossier.exchange.fhir.room import BASE, Interaction, Json, Room
from unidossier.exchange.fhir.search.asked import Asked
from unidossier.exchange.fhir.storing import store
from unidossier.exchange.fhir.wanted import require_wanted
from unidossier.gate.door import ItemChanged
from unidossier.kernel.uuid7 import derived_id, new_id
from unidossier.record.patient_types import PATIENT_TYPES
from unidossier.record.sent import Sent
from unidossier.record.validation import Checked, validate

TRIES = 3


async def create(request: Request) -> Response:
    """POST [base]/[type]: 201 with Location, ETag and the stored text; 200 with what fits If-None-Exist already."""
    bearer = await bearer_of(request)
    require_wanted(request)
    resource_type = request.path_params["type"]
    require_standing(resource_type, stands=False)
    if resource_type not in PATIENT_TYPES:
        raise refused(
            404, "not-supported", f"'{resource_type[:60]}' cannot be created here; see [base]/metadata."
        )
    asked = request.headers.get("if-none-exist")
    condition = None if asked is None else condition_of(resource_type, asked.removeprefix("?"))
    data = await body_of(request)
    text, stored = await asyncio.to_thread(_create, bearer, data, resource_type, condition)
    return answer(request, text, stored=stored, resource_type=resource_type)


def require_type(checked: Checked, *, resource_type: str) -> None:
    """Raise RequestRefused (400) when the body is not of the type that the address names."""
    if checked.resource_type != resource_type:
        raise refused(
            400,
            "invalid",
            f"the address is of {resource_type}, the body is {checked.resource_type}; send it there",
            expression=checked.resource_type,
        )


def id_for(bearer: Bearer, *, resource_type: str, source_id: str) -> UUID:
    """Return the id of what is created because nothing fits: two systems that send one condition meet at one id.

    A person gets a new one: that his could not be had would tell of what fits and is hidden from him (ACD-8).
    """
    if bearer.institution_id is None or not bearer.is_machine:
        return new_id()
    return derived_id(bearer.institution_id, resource_type=resource_type, source_id=source_id)


def _create(bearer: Bearer, data: bytes, resource_type: str, condition: Asked | None) -> tuple[str, Stored]:
    checked = validate(data)
    require_type(checked, resource_type=resource_type)
    if condition is not None:
        return _create_unless(bearer, checked, condition)
    id_ = new_id()
    return store(bearer, [Sent(place="", checked=checked, id=id_, expected=0)])[id_]


def _create_unless(bearer: Bearer, checked: Checked, condition: Asked) -> tuple[str, Stored]:
    for tried in range(TRIES):
        match = matching(bearer, condition, body=checked)
        if match.id is not None:
            return _existing(bearer, resource_type=condition.type, id_=match.id)
        id_ = (
            id_for(bearer, resource_type=condition.type, source_id=match.source_id)
            if tried == 0
            else new_id()
        )
        try:
            return store(bearer, [Sent(place="", checked=checked, id=id_, expected=0)])[id_]
        except ItemChanged:  # made by a neighbour meanwhile; or it was, and says something else by now
            continue
    raise refused(409, "conflict", "Others store the same just now; send it again in a moment.")


def _existing(bearer: Bearer, *, resource_type: str, id_: UUID) -> tuple[str, Stored]:
    found = newest(bearer.secret, resource_type=resource_type, id_=id_)
    return found.text, Stored(id=id_, version=found.version, outcome="unchanged", at=found.entered_at)


def _of_type(name: str) -> Json:
    return {"conditionalCreate": True} if name in PATIENT_TYPES else {}


_TYPE = f"{BASE}/{{type}}"
ROOM = Room(
    routes=(Route(_TYPE, create, methods=["POST"]),),
    interactions=(Interaction(code="create", at=(("POST", _TYPE),), types=PATIENT_TYPES),),
    of_type=_of_type,
)
