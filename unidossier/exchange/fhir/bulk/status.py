"""How an export stands, its manifest, and its files. hl7.org/fhir/uv/bulkdata/export.html#bulk-data-status-request"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from unidossier.actions.export_in_bulk import fetch_export, show_export
from unidossier.exchange.fhir.bearer import Bearer, bearer_of
from unidossier.exchange.fhir.bulk.kick_off import export_id
from unidossier.exchange.fhir.outcome import NO_STORE, not_found, refused
from unidossier.exchange.fhir.room import BASE
from unidossier.record.export_files import ExportMissing, get_piece

FILE = f"{BASE}/$export-file"
NDJSON = "application/fhir+ndjson"
RETRY_S = 2
ERRORS, DELETED = "OperationOutcome", "Bundle"  # as the worker names these files
_FAULTS = {
    "rights-ended": ("forbidden", "The account that asked may not read any more: the export was ended."),
    "storage-full": ("no-store", "There was no room for the files. Ask again later, or for fewer types."),
    "too-large": ("too-costly", "The export is too large. Ask for fewer types, or for a group."),
}
Json = dict[str, Any]


async def status(request: Request) -> Response:
    """GET [base]/$export-status/[id]: 202 while it is made, 200 with the manifest, 500 when it failed."""
    bearer = await bearer_of(request)
    told = await asyncio.to_thread(show_export, bearer.secret, export=export_id(request))
    if told is None:
        raise not_found()
    if told["state"] == "failed":
        raise refused(500, *_FAULTS.get(told["fault"], ("exception", "The export failed. Ask again.")))
    if told["state"] != "complete":
        progress = f"{told['looked_at']} of {told['patients_all']} patients"
        headers = NO_STORE | {"x-progress": progress, "retry-after": str(RETRY_S)}
        return Response(status_code=202, headers=headers)
    base = str(request.base_url).rstrip("/")
    body = orjson.dumps(manifest(told, files_at=f"{base}{FILE}/{request.path_params['export']}"))
    expires = format_datetime(datetime.fromisoformat(told["ends"]).astimezone(UTC), usegmt=True)
    return Response(body, headers=NO_STORE | {"expires": expires}, media_type="application/json")


def manifest(told: Json, *, files_at: str) -> Json:
    """Return the complete manifest of an export that record.export_state tells of."""
    files = [
        {"type": one["type"], "url": f"{files_at}/{one['type']}", "count": one["lines"]}
        for one in told["files"]
    ]
    return {
        "transactionTime": told["at"],
        "request": told["request"],
        "requiresAccessToken": True,
        "output": [one for one in files if one["type"] not in (ERRORS, DELETED)],
        "deleted": [one for one in files if one["type"] == DELETED],
        "error": [one for one in files if one["type"] == ERRORS],
    }


async def file(request: Request) -> Response:
    """GET [base]/$export-file/[id]/[type]: the resources of one type, one a line; the fetching is an entry."""
    bearer = await bearer_of(request)
    export, kind = export_id(request), request.path_params["type"]
    if not kind.isascii() or not kind.isalpha():  # no type, and perhaps no text that a database holds
        raise not_found()
    nths = await asyncio.to_thread(fetch_export, bearer.secret, export=export, resource_type=kind)
    if nths is None:
        raise not_found()
    try:  # the first piece before the head of the answer
        first = await asyncio.to_thread(get_piece, export, resource_type=kind, nth=nths[0])
    except ExportMissing:
        raise refused(404, "not-found", "The files of this export are gone. Ask for it again.") from None
    pieces = _pieces(request, bearer, export=export, kind=kind, first=first, nths=nths[1:])
    return StreamingResponse(pieces, headers=NO_STORE, media_type=NDJSON)


async def _pieces(
    request: Request, bearer: Bearer, *, export: UUID, kind: str, first: bytes, nths: list[int]
) -> AsyncIterator[bytes]:
    yield first
    for nth in nths:
        # T24: an account that ends while it fetches gets no further piece; the cut answer tells it
        if (await bearer_of(request)).person_id != bearer.person_id:
            return
        yield await asyncio.to_thread(get_piece, export, resource_type=kind, nth=nth)
