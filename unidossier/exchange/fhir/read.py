"""FHIR read and vread: one resource by its id alone; the gate finds whose it is. hl7.org/fhir/R4/http.html#read"""

import asyncio
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.exchange.fhir.bearer import secret_of
from unidossier.exchange.fhir.native import is_native, native
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, gone, not_found
from unidossier.exchange.fhir.patient import REPLACES, merged_text, newest_version, one_version, version_text
from unidossier.exchange.fhir.room import BASE, READ_IN_A_RECORD, Interaction, Json, Room
from unidossier.exchange.fhir.validators import etag, is_held, last_modified
from unidossier.exchange.fhir.wanted import require_wanted
from unidossier.gate import async_door
from unidossier.gate.door import AccessRefused, Ask, Granted, Query, RightsChanged, Row
from unidossier.record.inline_files import MARK
from unidossier.record.store import restore_text

VERB = "fhir-read"
_VERSION = """SELECT i.type, v.version, v.entered_at, v.withdrawn, v.resource FROM record.item i
    JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id
    WHERE i.id = %(id)s AND i.type = %(type)s AND v.version = coalesce(%(version)s::integer, i.version)"""


async def read(request: Request) -> Response:
    """GET [base]/[type]/[id] and GET [base]/[type]/[id]/_history/[vid]: the exact text that is stored."""
    secret = secret_of(request)
    resource_type = request.path_params["type"]
    if not is_native(request, resource_type=resource_type):
        require_wanted(request)
    id_, version = own_address(request.path_params["id"]), _version(request.path_params.get("version"))
    query = Query(_VERSION, {"id": id_, "type": resource_type, "version": version})
    try:
        if resource_type == "Patient":
            return await _patient(request, secret, id_=id_, version=version, query=query)
        granted = await async_door.read(secret, Ask(verb=VERB, items=(id_,)), query)
    except (AccessRefused, RightsChanged):
        raise not_found() from None
    if not granted.rows[0]:
        raise not_found()
    return await _answer(request, granted, row=granted.rows[0][0])


async def _patient(
    request: Request, secret: bytes, *, id_: UUID, version: int | None, query: Query
) -> Response:
    """Answer with the Patient that an institution sent under this id, else with that of the registry."""
    known = newest_version(id_) if version is None else one_version(id_, version)
    ask = Ask(verb=VERB, patient=id_, items=(id_,))  # the id is of the one or of the other
    granted = await async_door.read(secret, ask, query, REPLACES, known)
    sent, ((told,), registered) = granted.rows[0], granted.rows[1:]
    replaces = told["replaces"]
    if registered:
        (row,) = registered
        return await _answer(request, granted, row=_as_stored(id_, row))
    if not sent:
        raise not_found()
    if version is None and replaces and not sent[0]["withdrawn"]:
        # a merge is no version of what the sender said: it is told beside it (REC-8)
        text = merged_text(sent[0]["resource"], id_=id_, kept=granted.patient, replaces=replaces)
        return Response(text, headers=NO_STORE | {"etag": etag(sent[0]["version"])}, media_type=MEDIA_TYPE)
    return await _answer(request, granted, row=sent[0])


def _as_stored(id_: UUID, row: Row) -> Row:
    """Return a version of the registry as one of the record is read."""
    text = version_text(id_, row).decode()
    return {"version": row["version"], "entered_at": row["at"], "withdrawn": False, "resource": text}


async def _answer(request: Request, granted: Granted, *, row: Row) -> Response:
    if row["withdrawn"]:
        raise gone(row["version"])
    headers = NO_STORE | {"etag": etag(row["version"]), "last-modified": last_modified(row["entered_at"])}
    if is_held(request, version=row["version"], entered_at=row["entered_at"]):
        return Response(status_code=304, headers=headers)
    assert granted.patient is not None
    text = row["resource"]
    is_file = is_native(request, resource_type=row.get("type", ""))
    if MARK not in text and not is_file:
        return Response(text, headers=headers, media_type=MEDIA_TYPE)
    # files lie on disk: not on the event loop
    whole = await asyncio.to_thread(restore_text, text, patient_id=granted.patient)
    if is_file:
        return await asyncio.to_thread(native, request, whole, headers=headers)
    return Response(whole, headers=headers, media_type=MEDIA_TYPE)


def own_address(text: str) -> UUID:
    """Read an id of ours: anything else names nothing here. Raises RequestRefused (404)."""
    try:
        id_ = UUID(text)
    except ValueError:
        raise not_found() from None
    if str(id_) != text:
        raise not_found()
    return id_


def _version(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise not_found()
    return int(text)


def _of_type(name: str) -> Json:
    if name not in READ_IN_A_RECORD:
        return {}
    return {"versioning": "versioned", "readHistory": True, "conditionalRead": "full-support"}


_ITEM, _VERSION_OF = f"{BASE}/{{type}}/{{id}}", f"{BASE}/{{type}}/{{id}}/_history/{{version}}"
ROOM = Room(
    routes=(Route(_ITEM, read, methods=["GET"]), Route(_VERSION_OF, read, methods=["GET"])),
    interactions=(
        Interaction(code="read", at=(("GET", _ITEM),), types=READ_IN_A_RECORD),
        Interaction(code="vread", at=(("GET", _VERSION_OF),), types=READ_IN_A_RECORD),
    ),
    of_type=_of_type,
)
