"""FHIR history: the versions of one resource, and of one type in one record, newest first. hl7.org/fhir/R4/http.html#history"""

import base64
import binascii
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.exchange.fhir.bearer import bearer_of, secret_of
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, not_found, refused
from unidossier.exchange.fhir.patient import every_version, version_text
from unidossier.exchange.fhir.read import own_address
from unidossier.exchange.fhir.room import BASE, READ_IN_A_RECORD, Interaction, Json, Room
from unidossier.exchange.fhir.search.bundle import texts_of
from unidossier.exchange.fhir.validators import etag
from unidossier.exchange.fhir.wanted import COMMON_PARAMETERS, preferred, require_wanted
from unidossier.gate import async_door
from unidossier.gate.async_door import HISTORY, SearchTooCostly
from unidossier.gate.door import AccessRefused, Ask, Granted, Query, RightsChanged, Row
from unidossier.kernel import fhir_date
from unidossier.kernel.fhir_date import InvalidFhirDate
from unidossier.record.inline_files import MARK
from unidossier.record.patient_types import HELD_TYPES

PAGE, LARGEST_PAGE = 50, 200
MOST_VERSIONS = 2**31 - 1  # what the database counts versions with
_PARAMETERS = frozenset({"_count", "_since", "_at", "_page"}) | COMMON_PARAMETERS
_COLUMNS = "i.patient_id, i.id, v.version, v.entered_at, v.withdrawn, v.resource"
_JOIN = "JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id"
# a version stood from its time to that of the next one
_CHOSEN = """(%(since)s::timestamptz IS NULL OR v.entered_at >= %(since)s::timestamptz)
    AND (%(until)s::timestamptz IS NULL OR v.entered_at < %(until)s::timestamptz AND NOT EXISTS (SELECT FROM record.version n
        WHERE n.patient_id = v.patient_id AND n.item_id = v.item_id AND n.version = v.version + 1 AND n.entered_at <= %(from)s::timestamptz))
    AND (%(at)s::timestamptz IS NULL OR (v.entered_at, v.item_id, v.version) < (%(at)s::timestamptz, %(item)s::uuid, %(version)s::integer))"""
_ORDER = "ORDER BY v.entered_at DESC, v.item_id DESC, v.version DESC LIMIT %(most)s"
_OF_ITEM = f"SELECT {_COLUMNS} FROM record.item i {_JOIN} WHERE i.id = %(id)s AND i.type = %(type)s AND {_CHOSEN} {_ORDER}"
_OF_TYPE = f"SELECT {_COLUMNS} FROM record.item i {_JOIN} WHERE i.type = %(type)s AND {_CHOSEN} {_ORDER}"
_FOUND = """SELECT patient_id, id, version, entered_at, withdrawn, resource
    FROM record.found_versions(%(since)s::timestamptz, %(beyond)s::jsonb, %(size)s)"""
_DETAIL = {"interaction": "history-instance"}
_EXISTS = f"SELECT i.id FROM record.item i {_JOIN} WHERE i.id = %(id)s AND i.type = %(type)s LIMIT 1"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """What of the history is wanted. `values`: the parameters of _CHOSEN and _ORDER."""

    values: dict[str, Any]
    count: int
    own: list[tuple[str, str]]  # parameters of the address, for the links


async def history_of_item(request: Request) -> Response:
    """GET [base]/[type]/[id]/_history: a Bundle of the versions that the reader may see."""
    secret = secret_of(request)
    require_wanted(request)
    asked = _asked(request, known=_PARAMETERS)
    id_, kind = own_address(request.path_params["id"]), request.path_params["type"]
    values = asked.values | {"id": id_, "type": kind}
    is_patient = kind == "Patient"  # who may be of the registry alone
    ask = Ask(verb="fhir-read", patient=id_ if is_patient else None, items=(id_,), detail=_DETAIL)
    queries = (Query(_OF_ITEM, values), Query(_EXISTS, values), *([every_version(id_)] if is_patient else []))
    try:
        granted = await async_door.read(secret, ask, *queries)
    except (AccessRefused, RightsChanged):
        raise not_found() from None
    if is_patient and granted.rows[2]:
        registered = _of_registry(id_, granted.rows[2], values=asked.values)
        return await _answer(request, replace(granted, rows=(registered,)), asked=asked)
    if not granted.rows[1]:
        raise not_found()
    return await _answer(request, granted, asked=asked)


def _of_registry(id_: UUID, versions: list[Row], *, values: dict[str, Any]) -> list[Row]:
    """Return what is wanted of the versions of a patient in the registry, the newest first, as _OF_ITEM does."""
    found = []
    following: datetime | None = None  # when the next version came
    for row in versions:
        at, number = row["at"], row["version"]
        is_wanted = (
            (values["since"] is None or at >= values["since"])
            and (
                values["until"] is None
                or (at < values["until"] and not (following and following <= values["from"]))
            )
            and (values["version"] is None or number < values["version"])
        )
        following = at
        if is_wanted:
            text = version_text(id_, row).decode()
            found.append(
                {"id": id_, "version": number, "entered_at": at, "withdrawn": False, "resource": text}
            )
    return found


async def history_of_type(request: Request) -> Response:
    """GET [base]/[type]/_history?patient=[id]: in one record; a patient's own app need not name him.

    An institution's own system may leave the patient out and say since when: in all that it made itself (ACS-5).
    """
    bearer = await bearer_of(request)
    require_wanted(request)
    resource_type = request.path_params["type"]
    if resource_type not in HELD_TYPES:
        raise refused(
            404, "not-supported", f"'{resource_type[:60]}' is not stored here; see [base]/metadata."
        )
    asked = _asked(request, known=_PARAMETERS | {"patient"})
    patient = _patient(request, is_needed=bearer.actor not in ("patient", "machine"))
    if patient is None and bearer.is_machine:
        return await _across(request, bearer.secret, asked)
    ask = Ask(verb="fhir-history", patient=patient, detail={"type": resource_type})
    query = Query(_OF_TYPE, asked.values | {"type": resource_type})
    try:
        granted = await async_door.read(bearer.secret, ask, query)
    except (AccessRefused, RightsChanged):
        raise not_found() from None
    return await _answer(request, granted, asked=asked)


async def _across(request: Request, secret: bytes, asked: _Asked) -> Response:
    values = asked.values
    if values["since"] is None or values["until"] is not None:
        text = "Name one patient: ?patient=[id]; or say _since when: what your institution stored since then is given."
        raise refused(400, "required", text)
    beyond = (
        [] if values["at"] is None else [values["at"].isoformat(), str(values["item"]), values["version"]]
    )
    since = values["since"].isoformat()
    wanted = {"type": request.path_params["type"], "since": since, "size": asked.count, "after": beyond}
    query = Query(_FOUND, {"since": since, "beyond": json.dumps(beyond), "size": asked.count})
    try:
        granted = await async_door.read_found(secret, wanted, query, by=HISTORY)
    except AccessRefused:
        raise not_found() from None
    except SearchTooCostly:
        raise refused(
            400, "too-costly", "So much was stored since then; name a patient, or export it."
        ) from None
    return await _answer(request, granted, asked=asked, lines=granted.further["lines"])


async def _answer(request: Request, granted: Granted, *, asked: _Asked, lines: int | None = None) -> Response:
    rows = granted.rows[0][: asked.count]
    following = rows[-1] if rows and (lines or len(granted.rows[0])) > asked.count else None
    if any(MARK in row["resource"] for row in rows):  # files lie on disk: not on the event loop
        whole = await texts_of([row | {"type": request.path_params["type"]} for row in rows])
        rows = [row | {"resource": text} for row, (_, _, text) in zip(rows, whole, strict=False)]
        if len(rows) < min(len(granted.rows[0]), asked.count):  # what no longer fits is the next page
            following = rows[-1]
    base = str(request.base_url).rstrip("/") + BASE
    here = f"{str(request.base_url).rstrip('/')}{request.url.path}"
    links = [{"relation": "self", "url": _address(here, asked.own)}]
    without = [one for one in asked.own if one[0] != "_page"]
    if without != asked.own:
        links.append({"relation": "first", "url": _address(here, without)})
    if following is not None:
        links.append({"relation": "next", "url": _address(here, [*without, ("_page", _page(following))])})
    bundle: Json = {"resourceType": "Bundle", "type": "history", "link": links}
    if rows:
        bundle["entry"] = [_entry(row, kind=request.path_params["type"], base=base) for row in rows]
    return Response(orjson.dumps(bundle), headers=NO_STORE, media_type=MEDIA_TYPE)


def _entry(row: Row, *, kind: str, base: str) -> Json:
    """Tell one version: what it says, how it came, when. hl7.org/fhir/R4/bundle.html#history"""
    first = row["version"] == 1
    method = "DELETE" if row["withdrawn"] else "POST" if first else "PUT"
    entry: Json = {"fullUrl": f"{base}/{kind}/{row['id']}"}
    if not row["withdrawn"]:
        entry["resource"] = orjson.Fragment(row["resource"])
    entry["request"] = {"method": method, "url": kind if method == "POST" else f"{kind}/{row['id']}"}
    entry["response"] = {
        "status": {"DELETE": "204", "POST": "201"}.get(method, "200"),
        "etag": etag(row["version"]),
        "lastModified": row["entered_at"].astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    return entry


def _asked(request: Request, *, known: frozenset[str]) -> _Asked:
    parameters = request.query_params
    unknown = sorted(set(parameters) - known)
    if unknown and preferred(request, "handling") == "strict":
        raise refused(400, "not-supported", f"'{unknown[0][:60]}' is not known here; leave it out.")
    count = _count(parameters.get("_count"))
    since = _instant(parameters.get("_since"), name="_since")
    start, end = _instant(parameters.get("_at"), name="_at")
    at, item, version = _place(parameters.get("_page"))
    values = {
        "since": since[0], "from": start, "until": end,
        "at": at, "item": item, "version": version, "most": count + 1,
    }  # fmt: skip
    own = [(name, value) for name, value in parameters.multi_items() if name in known]
    return _Asked(values=values, count=count, own=own)


def _count(text: str | None) -> int:
    if text is None:
        return PAGE
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise refused(400, "value", "_count is a whole number")
    return max(1, min(int(text), LARGEST_PAGE))


def _instant(text: str | None, *, name: str) -> tuple[datetime | None, datetime | None]:
    """Return the first instant that a date means, and the first after it."""
    if text is None:
        return None, None
    try:
        period = fhir_date.period_of(text.replace(" ", "+"))
    except InvalidFhirDate:
        raise refused(400, "value", f"{name} is a date or a time such as 2024-02-29T14:30:00+01:00") from None
    return period.start, period.end


def _patient(request: Request, *, is_needed: bool) -> UUID | None:
    text = request.query_params.get("patient")
    if text is None:
        if is_needed:
            raise refused(
                400, "required", "Name one patient: ?patient=[id]; the history of all is not given."
            )
        return None
    return own_address(text.removeprefix("Patient/"))


def _page(row: Row) -> str:
    """Write where the next page begins. It opens nothing: each page is decided anew."""
    place = f"{row['entered_at'].astimezone(UTC).isoformat()}|{row['id']}|{row['version']}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(text: str | None) -> tuple[datetime | None, UUID | None, int | None]:
    if text is None:
        return None, None, None
    try:
        at, item, version = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split("|")
        place = datetime.fromisoformat(at).astimezone(UTC), UUID(item), int(version)
        if not 0 < place[2] <= MOST_VERSIONS:
            raise ValueError
        return place
    except (ValueError, OverflowError, binascii.Error):  # OverflowError: the first and the last day of all
        raise refused(400, "value", "_page is taken from the link of the page before") from None


def _address(path: str, parameters: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path


_ITEM, _TYPE = f"{BASE}/{{type}}/{{id}}/_history", f"{BASE}/{{type}}/_history"
ROOM = Room(
    routes=(Route(_ITEM, history_of_item, methods=["GET"]), Route(_TYPE, history_of_type, methods=["GET"])),
    interactions=(
        Interaction(code="history-instance", at=(("GET", _ITEM),), types=READ_IN_A_RECORD),
        Interaction(code="history-type", at=(("GET", _TYPE),)),
    ),
)
