"""Search over the patients of one institution, for its own system: in what the institution made, each patient named in the entry (ACS-5).

By arrival unless another order is asked for; a search that no index answers is refused, not run, and so is one that sorts all there is.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, RequestRefused, not_found, refused
from unidossier.exchange.fhir.room import base_of
from unidossier.exchange.fhir.search.along import from_elsewhere, may_bring_patients
from unidossier.exchange.fhir.search.asked import Asked
from unidossier.exchange.fhir.search.bundle import searchset, texts_of
from unidossier.exchange.fhir.search.links import links, words_of
from unidossier.exchange.fhir.search.registered import OF_THE_LIST, PATIENT, found_by_number, texts
from unidossier.gate import async_door
from unidossier.gate.async_door import SearchTooCostly
from unidossier.gate.door import AccessRefused, Granted, Query, Row
from unidossier.record.searching.across import include_told, is_answered, order_told, told
from unidossier.record.searching.page import MOST_INCLUDED
from unidossier.record.searching.terms import All, Term

_FOUND = Query("SELECT nth, patient_id, id, type, version, entered_at, resource FROM record.found()")


async def across(
    request: Request, secret: bytes, asked: Asked, *, term: Term, after: tuple[str, ...]
) -> Response:
    """Answer a search that names no patient. Raises RequestRefused (400 too-costly) and the errors of the door."""
    if not is_answered(term) or ("sort" in order_told(asked.keys) and term == All(())):
        raise _too_costly()
    try:
        patients = [OF_THE_LIST] if may_bring_patients(asked.includes) else []
        granted = await async_door.read_found(secret, _wanted(asked, term, after), _FOUND, *patients)
    except AccessRefused:
        raise not_found() from None
    except SearchTooCostly:
        raise _too_costly() from None
    none = not after and not granted.further["lines"] and not granted.further["counted"]
    registered = await found_by_number(secret, asked, term=term) if none else []
    body = await _body(request, secret, asked, granted, is_first=not after, registered=registered)
    return Response(body, headers=NO_STORE, media_type=MEDIA_TYPE)


def _wanted(asked: Asked, term: Term, after: tuple[str, ...]) -> dict[str, Any]:
    return order_told(asked.keys) | {
        "type": asked.type,
        "term": told(term),
        "size": 0 if asked.only_count else asked.size,
        "after": list(after),
        "includes": [include_told(one) for one in asked.includes],
        "count": asked.only_count or asked.total in ("accurate", "estimate"),
        "search": words_of(asked),
    }


async def _body(
    request: Request,
    secret: bytes,
    asked: Asked,
    granted: Granted,
    *,
    is_first: bool,
    registered: Sequence[tuple[UUID, str]],
) -> str:
    rows, lines, total = granted.rows[0], granted.further["lines"], granted.further["counted"]
    size = 0 if asked.only_count else asked.size
    chosen, others = [row for row in rows if row["nth"] <= size], [row for row in rows if row["nth"] > size]
    if lines <= size:  # the lines that come along follow those of a page that is not full
        chosen, others = (
            [row for row in rows if row["nth"] <= lines],
            [row for row in rows if row["nth"] > lines],
        )
    warnings = list(asked.ignored)
    if len(others) > MOST_INCLUDED:
        others = others[:MOST_INCLUDED]
        warnings.append(
            f"More than {MOST_INCLUDED} resources come along; ask for a smaller page to have them all."
        )
    is_last = lines <= size or not chosen or asked.only_count
    if total is None and is_last and is_first and asked.total != "none":
        total = len(chosen)
    given = await texts_of([*chosen, *others])
    matches, included = given[: len(chosen)], given[len(chosen) :]
    if len(matches) < len(chosen):
        raise refused(
            413, "too-costly", "The files of this page are too large together: ask for fewer, by _count."
        )
    if len(included) < len(others):
        warnings.append(
            "What comes along is more than one answer holds; ask for a smaller page to have it all."
        )
    total = None if total is None else total + len(registered)
    matches += [] if asked.only_count else [(PATIENT, *one) for one in registered]
    if asked.includes:
        patients = texts(granted.rows[1]) if len(granted.rows) > 1 else {}
        included += await from_elsewhere(
            secret, asked.includes, matches=matches, included=included, patients=patients
        )
    place = None
    if not is_last:
        place = granted.further["last"] or _place(chosen[-1], by=order_told(asked.keys)["by"])
    return searchset(
        base=base_of(request),
        links=links(request, secret, asked, after=place),
        matches=matches,
        included=included,
        total=total,
        told=warnings,
    )


def _place(last: Row, *, by: str) -> list[str]:
    return [str(last["id"])] if by == "id" else [last["entered_at"].isoformat(), str(last["id"])]


def _too_costly() -> RequestRefused:
    told = (
        "This would go through all that your institution holds. Name a patient, an identifier, a code, a reference or a "
        "period of _lastUpdated, also to sort by anything but _lastUpdated and _id; whole populations are exported by $export."
    )
    return refused(400, "too-costly", told)
