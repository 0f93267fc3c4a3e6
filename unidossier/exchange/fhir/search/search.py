"""FHIR search in the record of one patient: one grant, one flush. hl7.org/fhir/R4/http.html#search

By GET and POST on a type, and in the compartment of a patient. What the reader may not see is not there: neither among
the matches, nor in a total, nor along with what refers to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from unidossier.exchange.fhir.bearer import bearer_of, secret_of
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, RequestRefused, not_found, refused
from unidossier.exchange.fhir.patient import REPLACES
from unidossier.exchange.fhir.room import base_of
from unidossier.exchange.fhir.search.across import across
from unidossier.exchange.fhir.search.along import from_elsewhere, may_bring_patients
from unidossier.exchange.fhir.search.asked import CURSOR, Asked, Pair, asked_of, pairs_of
from unidossier.exchange.fhir.search.bundle import searchset, texts_of
from unidossier.exchange.fhir.search.criteria import (
    CriterionRefused,
    CriterionUnknown,
    criterion,
    in_compartment,
    uuid_of,
)
from unidossier.exchange.fhir.search.cursor import opened
from unidossier.exchange.fhir.search.kinds import Asking, Chain
from unidossier.exchange.fhir.search.leading_out import looked_up
from unidossier.exchange.fhir.search.links import links, words_of
from unidossier.exchange.fhir.search.registered import OF_THE_GRANT, PATIENT, fits, texts
from unidossier.exchange.fhir.wanted import preferred, require_wanted
from unidossier.gate import async_door
from unidossier.gate.async_door import SearchTooCostly
from unidossier.gate.door import AccessRefused, Ask, Granted, Query, Row
from unidossier.record.searching.page import MOST_INCLUDED, Search, page, total
from unidossier.record.searching.terms import All, Term, ways_through
from unidossier.record.validation import Issue

VERB = "fhir-search"
_NOT_ALONG = "_revinclude: what refers to a patient of the registry is asked by patient=[id], or by Patient/[id]/$everything"
TOO_MUCH_ALONG = "What comes along is more than one answer holds; ask for a smaller page to have it all."
LONG = 2_000  # characters of a query
MOST_WAYS = 100  # through other items, of all chains of one search


async def search(request: Request) -> Response:
    """GET [base]/[type]?..., POST [base]/[type]/_search, and the same under [base]/Patient/[id]: a searchset."""
    secret = secret_of(request)
    require_wanted(request)
    if request.method == "POST" or len(request.scope["query_string"]) > LONG:
        await bearer_of(request)  # nobody's words are read at length
    asked, after = await _asked(request, secret)
    outside = await looked_up(secret, asked)
    term, ignored = compiled(asked, base=base_of(request), outside=outside)
    if ignored:
        used = tuple(pair for pair in asked.pairs if pair not in ignored)
        asked = replace(asked, ignored=(*asked.ignored, *ignored.values()), pairs=used)
    if asked.ignored and preferred(request, "handling") == "strict":
        raise RequestRefused(400, [Issue("not-supported", "", told) for told in asked.ignored])
    asked, is_across = await _whose(request, asked)
    if is_across:
        return await across(request, secret, asked, term=term, after=after)
    wanted = Search(
        type=asked.type,
        term=term,
        size=asked.size,
        keys=asked.keys,
        after=after,
        includes=asked.includes,
    )
    granted = await _granted(secret, asked, wanted)
    body = await _body(request, secret, asked, wanted, granted)
    return Response(body, headers=NO_STORE, media_type=MEDIA_TYPE)


def compiled(
    asked: Asked, *, base: str, outside: Mapping[Chain, Sequence[UUID]] | None = None
) -> tuple[Term, dict[Pair, str]]:
    """Return the term of all criteria, and what was not understood, in words. Raises RequestRefused (400)."""
    own = frozenset({f"Patient/{asked.patient}"}) if asked.patient else frozenset[str]()
    asking = Asking(at=datetime.now(UTC), base=base, own=own, outside=outside or {})
    terms: list[Term] = [in_compartment(asked.type)] if asked.in_compartment else []
    ignored: dict[Pair, str] = {}
    ways = 0
    for name, value in asked.criteria:
        try:
            terms.append(criterion(asked.type, name, value, asking))
            ways += ways_through(terms[-1])
        except CriterionUnknown as unknown:
            ignored[name, value] = str(unknown)
        except CriterionRefused as error:
            raise refused(400, "value", str(error)) from None
        if ways > MOST_WAYS:  # a reference to any type leads to sixty, and each of these on to others
            told = f"'{name[:60]}' leads through too many types; name each, such as subject:Patient.name"
            raise refused(400, "too-costly", told)
    return All(tuple(terms)), ignored


async def _asked(request: Request, secret: bytes) -> tuple[Asked, tuple[str, ...]]:
    """Return the search, and after which line its page begins."""
    pairs = await pairs_of(request)
    resource_type, patient = request.path_params["type"], _compartment_of(request)
    word = next((value for name, value in pairs if name == CURSOR), None)
    if word is None:
        return asked_of(resource_type, pairs, patient=patient), ()
    place = opened(secret, word)
    if place["type"] != resource_type or place["of"] != (str(patient) if patient else None):
        raise refused(400, "value", "This page is of another search; search again.")
    after = tuple(place["after"])
    before = tuple(tuple(one) for one in place["before"])
    asked = asked_of(resource_type, [tuple(one) for one in place["pairs"]], patient=patient)
    return replace(asked, after=after, before=before), after


def _compartment_of(request: Request) -> UUID | None:
    if "id" not in request.path_params:
        return None
    patient = uuid_of(request.path_params["id"])
    if patient is None:
        raise not_found()
    return patient


async def _whose(request: Request, asked: Asked) -> tuple[Asked, bool]:
    """Return the search in the record that is meant; True: over all the patients of an institution, for its own system.

    Anybody else names the patient. Only a patient need not, the gate takes his own record, and an app that was opened for
    one. Raises RequestRefused (400, 404).
    """
    if asked.patient is not None:
        return asked, False
    if asked.names_patient:
        raise not_found()
    bearer = await bearer_of(request)
    if bearer.app_patient is not None:
        return replace(asked, patient=bearer.app_patient), False
    if bearer.actor not in ("patient", "machine"):
        told = f"Name the patient whose record is searched: {asked.type}?patient=[id]"
        raise refused(400, "required", told, expression="patient")
    return asked, bearer.is_machine


async def _granted(secret: bytes, asked: Asked, wanted: Search) -> Granted:
    queries: list[Query] = [REPLACES] if _may_hold_patients(asked) else []
    if not asked.only_count:
        queries.append(page(wanted))
    if asked.only_count or asked.total in ("accurate", "estimate"):
        queries.append(total(wanted))
    if _may_be_registered(asked):
        queries.append(OF_THE_GRANT)
    try:
        # from item to item along the references of a long record there is no end in sight
        briefly = bool(asked.includes) or ways_through(wanted.term) > 0
        return await async_door.read(secret, _ask(asked), *queries, briefly=briefly)
    except AccessRefused:
        raise not_found() from None
    except SearchTooCostly:
        told = (
            "This leads through too many items of the record: ask for fewer references, or without :iterate."
        )
        raise refused(400, "too-costly", told) from None


def _ask(asked: Asked) -> Ask:
    return Ask(verb=VERB, patient=asked.patient, detail={"type": asked.type, "search": words_of(asked)})


async def _body(request: Request, secret: bytes, asked: Asked, wanted: Search, granted: Granted) -> str:
    assert granted.patient is not None
    results = list(granted.rows)
    replaces = results.pop(0)[0]["replaces"] if _may_hold_patients(asked) else ()
    rows = [] if asked.only_count else results.pop(0)
    counted = results.pop(0)[0]["n"] if asked.only_count or asked.total in ("accurate", "estimate") else None
    found = [row for row in rows if row["nth"] is not None] if asked.includes else rows
    chosen, others = found[: asked.size], rows[len(found) :]
    told = list(asked.ignored)
    if len(others) > MOST_INCLUDED:
        others = others[:MOST_INCLUDED]
        told.append(
            f"More than {MOST_INCLUDED} resources come along; ask for a smaller page to have them all."
        )
    is_last = not found or int(found[0]["found"]) <= len(chosen)
    if counted is None and is_last and not wanted.after and asked.total != "none":
        counted = len(chosen)
    kind = "" if asked.includes else asked.type
    lines = [*chosen, *others]
    given = await texts_of(lines, patient=granted.patient, replaces=replaces or (), kind=kind)
    matches, included = given[: len(chosen)], given[len(chosen) :]
    if len(included) < len(others):
        told.append(TOO_MUCH_ALONG)
    if len(matches) < len(chosen):  # what no longer fits is the next page
        chosen, is_last = chosen[: len(matches)], False
    known = results.pop(0) if _may_be_registered(asked) else []
    if (
        asked.type == PATIENT
        and known
        and is_last
        and await fits(secret, wanted.term, known[0], ask=_ask(asked))
    ):
        counted = None if counted is None else counted + 1
        matches += [] if asked.only_count else [(PATIENT, id_, text) for id_, text in texts(known).items()]
        if any(one.reverse for one in asked.includes):
            told.append(_NOT_ALONG)
    if asked.includes:
        included += await from_elsewhere(
            secret, asked.includes, matches=matches, included=included, patients=texts(known)
        )
    return searchset(
        base=base_of(request),
        links=links(request, secret, asked, after=None if is_last else _keys(chosen[-1], asked)),
        matches=matches,
        included=included,
        total=counted,
        told=told,
    )


def _may_hold_patients(asked: Asked) -> bool:
    """Tell whether the answer may hold a Patient, who may have been merged with others (REC-8)."""
    return asked.type == "Patient" or bool(asked.includes)


def _may_be_registered(asked: Asked) -> bool:
    """Tell whether the patient himself may be told: the registry knows him also when no institution sent a Patient."""
    return asked.type == PATIENT or may_bring_patients(asked.includes)


def _keys(row: Row, asked: Asked) -> Sequence[str]:
    return [str(row["id"]) if key.by == "id" else row[f"k{nth}"] for nth, key in enumerate(asked.keys)]
