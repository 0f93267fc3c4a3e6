"""The log over the API: AuditEvents by IHE ITI-81 (Retrieve ATNA Audit Event), read and searched by those who may. profiles.ihe.net/ITI/TF/Volume2/ITI-81.html

The patient and those who act for him, as "who looked" shows them the log (MY-15); the Desk, as it searches the log of its own institution
(LOG-6), with the ground that its portal asks for too. To everybody else there is no such thing; each reading is an entry.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.actions.list_audit_events import (
    Line,
    instant_of,
    list_found_audit_events,
    list_my_audit_events,
    microseconds_of,
    read_found_audit_event,
    read_my_audit_event,
)
from unidossier.actions.match_patient import find_by_number
from unidossier.actions.search_log import GROUNDS, PAGE, LogSearch
from unidossier.exchange.fhir.audit_asked import NUMBERS, Asked, Place, as_uuid, asked_of
from unidossier.exchange.fhir.audit_search import KINDS, OUTCOME, only, period
from unidossier.exchange.fhir.bearer import Bearer, bearer_of
from unidossier.exchange.fhir.content import body_of
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, not_found, refused
from unidossier.exchange.fhir.room import BASE, Interaction, Json, Room
from unidossier.exchange.fhir.wanted import wanted_of
from unidossier.gate.door import AccessRefused, ActRefused, RightsChanged
from unidossier.log.audit import codes
from unidossier.log.queries import Chosen

SCANNED = 200  # lines looked through for one page of the patient's, where the log itself cannot be asked for what is sought
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_ID = re.compile(
    r"([0-9]{1,19})(?:-[0-9]{1,6})?\.(?:([0-9]{1,17})|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))"
)
_OWN = ("patient", "representative")
NOBODY = UUID(int=0)
BY_NUMBER = "By id, or by a number with its system: patient.identifier=[system]|[number]"
_FORM = frozenset({"application/x-www-form-urlencoded"})

Events = list[dict[str, Any]]


async def search(request: Request) -> Response:
    """GET [base]/AuditEvent and POST [base]/AuditEvent/_search: newest first, in pages that stand still while the log grows."""
    bearer = await bearer_of(request)
    _require_told(request)
    asked = asked_of(await _pairs(request))
    page = _page if asked.number is None else _page_by_number
    events, following = await asyncio.to_thread(_absent_when_refused, page, bearer, asked)
    return _answer(_bundle(request, asked, events=events, following=following))


async def read(request: Request) -> Response:
    """GET [base]/AuditEvent/[id]."""
    bearer = await bearer_of(request)
    _require_told(request)
    found = _ID.fullmatch(request.path_params["audit_event"])
    found = found if found and int(found[1]) < NUMBERS else None
    asked = asked_of(tuple(request.query_params.multi_items()))
    which = _own_event if bearer.actor in _OWN else _found_event
    events: Events = await asyncio.to_thread(_absent_when_refused, which, bearer, asked, found)
    for event in events:
        if event["id"] == request.path_params["audit_event"]:
            return _answer(event)
    raise not_found()


def _absent_when_refused(work: Callable[..., Any], *given: object) -> Any:
    try:
        return work(*given)
    except (AccessRefused, RightsChanged):
        raise not_found() from None
    except ActRefused:  # the ombuds service reads for an open request about the patient alone (LOG-6)
        raise refused(
            422, "business-rule", "Name the patient and your open request about him: patient=...&task=..."
        ) from None


def _page(bearer: Bearer, asked: Asked) -> tuple[Events, Place | None]:
    return (_own_page if bearer.actor in _OWN else _found_page)(bearer, asked)


def _page_by_number(bearer: Bearer, asked: Asked) -> tuple[Events, Place | None]:
    """As by id; a number of nobody and of somebody whose log the asker may not read are answered alike (ACD-8)."""
    _ground(bearer, asked)  # said before anybody is looked for
    found = _numbered(bearer, asked)
    if (
        bearer.actor not in _OWN
    ):  # the log of nobody: empty to the Desk, and to everybody else refused as that of anybody
        return _found_page(bearer, replace(asked, patient=found or NOBODY))
    try:
        return _own_page(bearer, replace(asked, patient=found)) if found else ([], None)
    except (AccessRefused, RightsChanged):
        return [], None


def _numbered(bearer: Bearer, asked: Asked) -> UUID | None:
    """Return who has the number; one who cannot be told from another is nobody, and so is whoever may not be found."""
    is_desk = bearer.actor == "governance"
    if asked.number is None or not (is_desk or bearer.actor in _OWN):
        return None
    system, value = asked.number
    try:
        found = find_by_number(bearer.secret, system=system, value=value, is_desk=is_desk)
    except (AccessRefused, RightsChanged):
        return None
    return found[0] if len(found) == 1 else None


def _own_page(bearer: Bearer, asked: Asked) -> tuple[Events, Place | None]:
    if asked.patient is None:
        raise refused(400, "required", "Say whose: patient=Patient/[id].", expression="AuditEvent.patient")
    since, until = period(asked.criteria)
    houses = only(asked.criteria, "agent", system=codes.INSTITUTION, modifier="identifier")
    chosen = Chosen(
        side=None,
        since=since,
        until=until,
        institution=next(filter(None, map(as_uuid, houses)), None),
        function=next(only(asked.criteria, "agent-role", system=codes.FUNCTION), ""),
    )
    size = SCANNED if asked.criteria else asked.count + 1
    lines = list_my_audit_events(
        bearer.secret,
        patient=asked.patient,
        chosen=chosen,
        size=size,
        upto=asked.after[0] if asked.after else None,
        language=bearer.language,
    )
    return _cut(asked, _own_places(lines, after=asked.after), is_more=len(lines) == size)


def _own_places(lines: list[Line], *, after: Place | None) -> Iterator[tuple[Place, dict[str, Any]]]:
    for row, events in lines:
        for nth, event in enumerate(events):
            if after is None or row["id"] < after[0] or nth > after[1]:
                yield (row["id"], nth), event


def _found_page(bearer: Bearer, asked: Asked) -> tuple[Events, Place | None]:
    lines = list_found_audit_events(
        bearer.secret,
        institution=bearer.institution_id,
        search=_log_search(asked),
        why=_ground(bearer, asked),
        language=bearer.language,
    )
    places = (((microseconds_of(row["at"]), row["id"]), one) for row, events in lines for one in events)
    return _cut(asked, places, is_more=len(lines) >= PAGE)


def _log_search(asked: Asked) -> LogSearch:
    since, until = period(asked.criteria)
    people = only(asked.criteria, "agent", system=codes.PERSON, modifier="identifier")
    told = {"0": "permitted", "8": "refused"}
    rules = (
        policy
        for one in asked.criteria
        if one.name == "policy"
        for policy in one.values[: 2 - len(one.values)]
    )
    return LogSearch(
        since=since or FIRST,
        until=until or datetime.now(UTC) + timedelta(days=1),
        person=next(filter(None, map(as_uuid, people)), None),
        patient=asked.patient,
        verb=next(only(asked.criteria, "subtype", system=codes.VERB), ""),
        rule=next((one.removeprefix(codes.RULE_URN) for one in rules if one.startswith(codes.RULE_URN)), ""),
        outcome=told.get(next(only(asked.criteria, "outcome", system=OUTCOME, or_none=True), ""), ""),
        task=asked.task,
        before=(_instant(asked.after[0]), asked.after[1]) if asked.after else None,
    )


def _instant(microseconds: int) -> datetime:
    try:
        return instant_of(microseconds)
    except OverflowError:
        raise refused(400, "value", "This is no page of this search.") from None


def _cut(
    asked: Asked, events: Iterator[tuple[Place, dict[str, Any]]], *, is_more: bool
) -> tuple[Events, Place | None]:
    """Take what fits until the page is full; a page of few says with its link that there may be more."""
    taken: Events = []
    last = asked.after
    for place, event in events:
        if len(taken) == asked.count:
            return taken, last
        if all(one.fits(event) for one in asked.criteria):
            taken.append(event)
        last = place
    return taken, last if is_more else None


def _own_event(bearer: Bearer, asked: Asked, found: re.Match[str] | None) -> Events:
    patient = as_uuid(found[3] or "") if found else None
    if found is None or patient is None:
        raise not_found()
    return read_my_audit_event(bearer.secret, patient=patient, entry=int(found[1]), language=bearer.language)


def _found_event(bearer: Bearer, asked: Asked, found: re.Match[str] | None) -> Events:
    # what is no id of the Desk is of no instant; it is asked for all the same, so that a refusal is an entry
    at = instant_of(int(found[2]) if found and found[2] else 0)
    search = LogSearch(since=at, until=at + timedelta(microseconds=1), patient=asked.patient, task=asked.task)
    return read_found_audit_event(
        bearer.secret,
        institution=bearer.institution_id,
        search=search,
        why=_ground(bearer, asked),
        entry=int(found[1]) if found else 0,
        language=bearer.language,
    )


def _ground(bearer: Bearer, asked: Asked) -> str:
    """Return why the Desk reads the log; everybody else is refused by the gate whatever he says."""
    if bearer.actor == "governance" and asked.ground not in GROUNDS:
        raise refused(400, "required", f"Say why you read the log: ground={'|'.join(GROUNDS)}.")
    return asked.ground


def _require_told(request: Request) -> None:
    """Raise RequestRefused when the answer is wanted as it is not given."""
    if wanted_of(request).summary == "count":
        raise refused(400, "not-supported", "How many there are is not told; follow the links of the pages.")


async def _pairs(request: Request) -> tuple[tuple[str, str], ...]:
    pairs = request.query_params.multi_items()
    if request.method == "POST":
        form = await body_of(request, media_types=_FORM)
        pairs = [
            *pairs,
            *parse_qsl(form.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100),
        ]
    return tuple(pairs)


def _bundle(request: Request, asked: Asked, *, events: Events, following: Place | None) -> dict[str, Any]:
    address = f"{str(request.base_url).rstrip('/')}{_ALL}"
    links = [{"relation": "self", "url": _with(address, asked.pairs)}]
    if asked.after is not None:
        links.append({"relation": "first", "url": _with(address, asked.pairs)})
    if following is not None:
        place = ("_page", f"{following[0]}-{following[1]}")
        links.append({"relation": "next", "url": _with(address, (*asked.pairs, place))})
    entries = [
        {"fullUrl": f"{address}/{one['id']}", "resource": one, "search": {"mode": "match"}} for one in events
    ]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": links}
    return bundle | ({"entry": entries} if entries else {})


def _with(address: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{address}?{urlencode(pairs)}" if pairs else address


def _answer(resource: dict[str, Any]) -> Response:
    return Response(orjson.dumps(resource), headers=NO_STORE, media_type=MEDIA_TYPE)


def _of_type(name: str) -> Json:
    if name != "AuditEvent":
        return {}
    own = {
        "ground": "Why the Desk reads the log: " + ", ".join(GROUNDS),
        "task": "The open request that the ombuds service reads for",
    }
    return {
        "documentation": "The log of accesses: of one's own record to the patient, of an institution to its Desk.",
        "versioning": "no-version",
        "searchParam": [
            {"name": name, "type": kind} | ({"documentation": BY_NUMBER} if name == "patient" else {})
            for name, kind in sorted(KINDS.items())
        ]
        + [{"name": name, "type": "token", "documentation": words} for name, words in own.items()],
    }


_ALL = f"{BASE}/AuditEvent"
_FORMS, _ONE = f"{_ALL}/_search", f"{_ALL}/{{audit_event}}"
_TYPES = frozenset({"AuditEvent"})
ROOM = Room(
    routes=(
        Route(_ALL, search, methods=["GET"]),
        Route(_FORMS, search, methods=["POST"]),
        Route(_ONE, read, methods=["GET"]),
    ),
    interactions=(
        Interaction(code="read", at=(("GET", _ONE),), types=_TYPES),
        Interaction(code="search-type", at=(("GET", _ALL), ("POST", _FORMS)), types=_TYPES),
    ),
    of_type=_of_type,
)
