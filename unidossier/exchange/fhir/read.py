"""FHIR read and vread: one resource by its id alone; the gate finds whose it is. hl7.org/fhir/R4/http.html#read"""

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from unidossier.exchange.fhir.bearer import secret_of
from unidossier.exchange.fhir.content import require_json_wanted
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, not_found
from unidossier.exchange.fhir.patient import PATIENT_QUERIES, patient_text
from unidossier.gate import async_door
from unidossier.gate.door import AccessRefused, Ask, Granted, Query, RightsChanged, Row
from unidossier.record.inline_files import MARK
from unidossier.record.store import restore_text

VERB = "fhir-read"
_VERSION = """SELECT i.type, v.version, v.entered_at, v.resource FROM record.item i
    JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id
    WHERE i.id = %(id)s AND i.type = %(type)s AND v.version = coalesce(%(version)s::integer, i.version)"""


async def read(request: Request) -> Response:
    """GET [base]/[type]/[id] and GET [base]/[type]/[id]/_history/[vid]: the exact text that is stored."""
    secret = secret_of(request)
    require_json_wanted(request)
    resource_type = request.path_params["type"]
    id_, version = _id(request.path_params["id"]), _version(request.path_params.get("version"))
    try:
        return await _item(request, secret, resource_type=resource_type, id_=id_, version=version)
    except (AccessRefused, RightsChanged):
        if resource_type != "Patient" or version is not None:
            raise not_found() from None
    return await _patient(request, secret, id_=id_)


async def _item(
    request: Request, secret: bytes, *, resource_type: str, id_: UUID, version: int | None
) -> Response:
    query = Query(_VERSION, {"id": id_, "type": resource_type, "version": version})
    granted = await async_door.read(secret, Ask(verb=VERB, items=(id_,)), query)
    if not granted.rows[0]:
        raise not_found()
    row = granted.rows[0][0]
    return await _answer(request, granted, row=row)


async def _answer(request: Request, granted: Granted, *, row: Row) -> Response:
    headers = NO_STORE | {"etag": etag(row["version"]), "last-modified": last_modified(row["entered_at"])}
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    assert granted.patient is not None
    text = row["resource"]
    if MARK not in text:
        return Response(text, headers=headers, media_type=MEDIA_TYPE)
    # files lie on disk: not on the event loop
    whole = await asyncio.to_thread(restore_text, text, patient_id=granted.patient)
    return Response(whole, headers=headers, media_type=MEDIA_TYPE)


async def _patient(request: Request, secret: bytes, *, id_: UUID) -> Response:
    """Answer with the patient of the registry: he has this id when no institution sent him under it."""
    try:
        granted = await async_door.read(secret, Ask(verb=VERB, patient=id_), *PATIENT_QUERIES)
    except (AccessRefused, RightsChanged):
        raise not_found() from None
    if not granted.rows[0]:
        raise not_found()
    return Response(patient_text(*granted.rows), headers=NO_STORE, media_type=MEDIA_TYPE)


def etag(version: int) -> str:
    """Return the weak ETag of a version: hl7.org/fhir/R4/http.html#versioning"""
    return f'W/"{version}"'


def last_modified(instant: datetime) -> str:
    """Return the instant as HTTP writes it (RFC 9110, 5.6.7)."""
    return format_datetime(instant.astimezone(UTC), usegmt=True)


def _id(text: str) -> UUID:
    """Read an id of ours: anything else names nothing here."""
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
