"""Kick-off of a Bulk Data export, and its end: asked for here, made by the worker. hl7.org/fhir/uv/bulkdata/export.html"""

import asyncio
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from unidossier.actions.export_in_bulk import end_export, start_export
from unidossier.exchange.fhir.bearer import bearer_of
from unidossier.exchange.fhir.bulk.wanted import export_wanted
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, RequestRefused, not_found, refused
from unidossier.exchange.fhir.room import BASE
from unidossier.exchange.fhir.wanted import preferred
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id

STATUS = f"{BASE}/$export-status"
_REFUSED = {
    "too-many-running": (
        429,
        "throttled",
        "Two exports of this institution are under way. Wait for one, or end it by DELETE.",
    ),
    "too-many-kept": (
        429,
        "throttled",
        "Ten exports of this institution are kept. DELETE those that were fetched, or wait until they expire.",
    ),
    "too-deep": (400, "too-costly", "A filter is nested too deeply. Ask for less in one."),
    "no-such-group": (404, "not-found", "There is no such group of this institution."),
}


async def of_the_system(request: Request) -> Response:
    """GET or POST [base]/$export: all that the institution holds, and what it sent that is about nobody."""
    return await _kick_off(request, level="system")


async def of_patients(request: Request) -> Response:
    """GET or POST [base]/Patient/$export: the records of the patients of whom the institution holds something."""
    return await _kick_off(request, level="patient")


async def of_a_group(request: Request) -> Response:
    """GET or POST [base]/Group/[id]/$export: those whom a team of the institution treats now; the id is the team's."""
    try:
        team = UUID(request.path_params["id"])
    except ValueError:
        raise not_found() from None
    return await _kick_off(request, level="group", team=team)


async def end(request: Request) -> Response:
    """DELETE [base]/$export-status/[id]: the export ends, its files go."""
    bearer = await bearer_of(request)
    if not await asyncio.to_thread(end_export, bearer.secret, export=export_id(request)):
        raise not_found()
    return Response(status_code=202, headers=NO_STORE)


def export_id(request: Request) -> UUID:
    """Return the id that the address names. Raises RequestRefused (404)."""
    try:
        return UUID(request.path_params["export"])
    except ValueError:
        raise not_found() from None


async def _kick_off(request: Request, *, level: str, team: UUID | None = None) -> Response:
    bearer = await bearer_of(request)
    if preferred(request, "respond-async") is None:
        raise refused(400, "invalid", "An export is made in the background: send Prefer: respond-async.")
    wanted = await export_wanted(request, secret=bearer.secret, level=level)
    asked = wanted | {"request": str(request.url), "level": level} | ({"team": team} if team else {})
    export = new_id()
    try:
        await asyncio.to_thread(start_export, bearer.secret, export=export, wanted=asked)
    except AccessRefused:
        told = "Only the system of an institution may export, and its own data alone."
        raise refused(403, "forbidden", told) from None
    except ActRefused as refusal:
        raise _told(refusal) from None
    place = f"{str(request.base_url).rstrip('/')}{STATUS}/{export}"
    issue = {
        "severity": "information",
        "code": "informational",
        "diagnostics": f"The export is made; see {place}",
    }
    body = orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]})
    return Response(
        body, status_code=202, headers=NO_STORE | {"content-location": place}, media_type=MEDIA_TYPE
    )


def _told(refusal: ActRefused) -> RequestRefused:
    status, code, text = _REFUSED[refusal.code]
    return refused(status, code, text, **({"retry_after": "60"} if status == 429 else {}))
