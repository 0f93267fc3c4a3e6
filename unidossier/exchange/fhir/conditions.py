"""Conditions on what is stored: which one resource a search means. hl7.org/fhir/R4/http.html#ccreate

The search is that of the API (search/): under an entry, and only in what the sender may see; an institution's own system
looks in what its institution made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from unidossier.actions.find_own_patients import find_own_patients
from unidossier.exchange.fhir.bearer import Bearer
from unidossier.exchange.fhir.outcome import refused
from unidossier.exchange.fhir.search.asked import Asked, asked_of
from unidossier.exchange.fhir.search.links import words_of
from unidossier.exchange.fhir.search.search import VERB, compiled
from unidossier.gate import async_door
from unidossier.gate.async_door import SearchTooCostly
from unidossier.gate.door import AccessRefused, Ask, Query
from unidossier.record.describe import describe
from unidossier.record.searching.across import is_answered, told
from unidossier.record.searching.page import Search, page
from unidossier.record.searching.terms import Term, ways_through
from unidossier.record.validation import Checked

_PATIENT = "Patient"
_ENOUGH = 2  # two that fit are as many as too many
_FOUND = Query("SELECT id FROM record.found()")


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """What fits a condition: `id`, None when nothing does; `source_id`: the name of what is created then.

    The same condition about the same patient gives the same name: two senders meet at one id.
    """

    id: UUID | None
    source_id: str


def condition_of(resource_type: str, query: str, *, expression: str = "") -> Asked:
    """Read the query of a condition.

    Raises RequestRefused (404 a type that is not searched, 400 a value that means nothing, 412 when it asks by nothing
    or by something that is not known here: a condition is never widened).
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    asked = asked_of(resource_type, pairs)
    _, unknown = compiled(asked, base="")
    if asked.ignored or unknown or not asked.criteria:
        nothing = "A condition names at least one search parameter, such as identifier=[system]|[value]."
        text = next(iter((*asked.ignored, *unknown.values())), nothing)
        raise refused(412, "not-supported", text, expression=expression)
    if not all(part.isprintable() for pair in pairs for part in pair):
        raise refused(412, "value", "A condition is one line of text.", expression=expression)
    return asked


def matching(
    bearer: Bearer, asked: Asked, *, body: Checked | None = None, local: Mapping[str, UUID] | None = None
) -> Match:
    """Return the one resource that fits.

    The record: that of the patient whom `body` names, else whom the condition names; `local`: ids of the entries of the
    same transaction, by fullUrl. Raises RequestRefused (412: several fit, no patient is named, or it would take too long).
    Blocks: call it in a thread.
    """
    patient = _holder(bearer, asked, body=body, local=local or {})
    term, _ = compiled(asked, base="")
    found = bearer.wait(_found(bearer, asked, term, patient))
    if len(found) >= _ENOUGH:
        raise refused(
            412, "multiple-matches", f"Several resources of type {asked.type} fit the condition; name one."
        )
    source_id = f"?{urlencode(sorted(asked.criteria))}&of={patient or ''}"
    return Match(id=found[0] if found else None, source_id=source_id)


def patient_of(bearer: Bearer, reference: str, *, local: Mapping[str, UUID]) -> UUID | None:
    """Return whom a reference means: an id of ours, a fullUrl of the same transaction, a number of his; None: nobody known.

    Raises RequestRefused (412) when several have the number. Blocks.
    """
    if reference in local:
        return local[reference]
    kind, _, query = reference.partition("?")
    if query and kind == _PATIENT:
        return _by_condition(bearer, query)
    if "|" in reference:  # a reference by identifier alone
        system, _, value = reference.rpartition("|")
        return _by_number(bearer, system, value)
    return _uuid_or_none(reference.removeprefix("Patient/").partition("/")[0])


def _by_condition(bearer: Bearer, query: str) -> UUID | None:
    """Return the Patient resource that fits; else whom the registry knows by that number."""
    if not bearer.is_machine:
        return None  # only an institution's own system looks for patients
    asked = condition_of(_PATIENT, query)
    if found := matching(bearer, asked).id:
        return found
    ((name, value), *others) = asked.criteria
    system, bar, number = value.rpartition("|")
    return _by_number(bearer, system, number) if name == "identifier" and bar and not others else None


def _by_number(bearer: Bearer, system: str, value: str) -> UUID | None:
    found = find_own_patients(bearer.secret, system=system, value=value)
    return found[0] if len(found) == 1 else None


def _holder(bearer: Bearer, asked: Asked, *, body: Checked | None, local: Mapping[str, UUID]) -> UUID | None:
    """Return in whose record is looked; None: in all that an institution made."""
    told_ = describe(body.resource, institution_language=bearer.language).patient_reference if body else None
    if told_ is not None and asked.type != _PATIENT:
        # one who is not known yet has nothing that could fit
        return patient_of(bearer, told_, local=local) or UUID(int=0)
    if asked.names_patient:
        return asked.patient or UUID(int=0)
    if not bearer.is_machine:
        raise refused(412, "required", "The condition names no patient; add patient=[id].")
    return None


async def _found(bearer: Bearer, asked: Asked, term: Term, patient: UUID | None) -> list[UUID]:
    detail = {"type": asked.type, "search": words_of(asked), "by": "condition"}
    try:
        if patient is not None:
            search = Search(type=asked.type, term=term, size=_ENOUGH)
            ask = Ask(verb=VERB, patient=patient, detail=detail)
            granted = await async_door.read(bearer.secret, ask, page(search), briefly=ways_through(term) > 0)
        else:
            granted = await async_door.read_found(bearer.secret, _across(asked, term), _FOUND)
    except AccessRefused:
        return []
    except SearchTooCostly:
        raise _too_costly() from None
    return [UUID(str(row["id"])) for row in granted.rows[0]][:_ENOUGH]


def _across(asked: Asked, term: Term) -> dict[str, object]:
    """Return the search over an institution's patients (search/across.py), two lines of it."""
    if not is_answered(term):
        raise _too_costly()
    return {
        "type": asked.type,
        "term": told(term),
        "size": _ENOUGH,
        "by": "entered_at",
        "descending": True,
        "after": [],
        "includes": [],
        "count": False,
        "search": words_of(replace(asked, includes=())),
    }


def _too_costly() -> Exception:
    text = (
        "The condition would go through all that your institution holds; name an identifier, or patient=[id]."
    )
    return refused(412, "too-costly", text)


def _uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
