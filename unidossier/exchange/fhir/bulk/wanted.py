"""What an export is asked for: parameters of the address, or of a Parameters resource. hl7.org/fhir/uv/bulkdata/export.html"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request

from unidossier.exchange.fhir.content import body_of
from unidossier.exchange.fhir.outcome import refused
from unidossier.exchange.fhir.search.asked import asked_of, parsed
from unidossier.exchange.fhir.search.leading_out import looked_up
from unidossier.exchange.fhir.search.search import compiled
from unidossier.exchange.fhir.wanted import COMMON_PARAMETERS, preferred
from unidossier.record.patient_types import HELD_TYPES
from unidossier.record.searching.across import told
from unidossier.record.searching.definitions import types as searched_types
from unidossier.record.validation import validate

Json = dict[str, Any]
FORMATS = frozenset({"application/fhir+ndjson", "application/ndjson", "ndjson"})
# what an institution may have sent that is about nobody
_ABOUT_NOBODY = """
    Device DeviceMetric Endpoint Group HealthcareService InsurancePlan Location MedicationKnowledge
    Organization OrganizationAffiliation Practitioner PractitionerRole Provenance Schedule Slot
"""
TYPES = HELD_TYPES | frozenset(_ABOUT_NOBODY.split())
MOST_PATIENTS = 1000
MOST_FILTERS, LONGEST_FILTER = 20, 2000
_KNOWN = frozenset({"_outputFormat", "_since", "_type", "_typeFilter", "_elements", "patient"})
_ELEMENT = re.compile(r"(?:(?P<type>[A-Z][A-Za-z]{1,40})\.)?[a-z][A-Za-z0-9]{0,60}")


async def export_wanted(request: Request, *, secret: bytes, level: str) -> Json:
    """Return what record.start_export takes: {"types", "since", "patients", "typeFilter", "filters", "elements"} where given.

    Raises RequestRefused (400) for what is not understood; with `Prefer: handling=lenient` unknown parameters are left out. A filter
    never is: without it more would come than was asked for.
    """
    given = await _given(request)
    if preferred(request, "handling") != "lenient":
        unknown = sorted({name for name, _ in given} - _KNOWN - COMMON_PARAMETERS)
        if unknown:
            raise _bad(
                f"'{unknown[0][:40]}' is not known here; leave it out, or send Prefer: handling=lenient.",
                unknown[0],
            )
    for value in _all(given, "_outputFormat"):
        if value.replace(" ", "+") not in FORMATS:
            raise _bad("_outputFormat is application/fhir+ndjson; nothing else is made.", "_outputFormat")
    wanted: Json = {}
    if types := [one.strip() for value in _all(given, "_type") for one in value.split(",") if one.strip()]:
        wanted["types"] = _types(types, lenient=preferred(request, "handling") == "lenient")
    if since := list(_all(given, "_since")):
        wanted["since"] = _instant(since[0])
    if filters := list(_all(given, "_typeFilter")):
        wanted |= {
            "typeFilter": filters,
            "filters": await _filters(secret, filters, types=wanted.get("types")),
        }
    if elements := [one.strip() for value in _all(given, "_elements") for one in value.split(",")]:
        wanted["elements"] = _elements(elements)
    if patients := list(_all(given, "patient")):
        wanted["patients"] = _patients(patients, level=level, posted=request.method == "POST")
    return wanted


async def _given(request: Request) -> list[tuple[str, str]]:
    if request.method == "GET":
        return list(request.query_params.multi_items())
    data = await body_of(request)
    if not data:
        return []
    checked = validate(data)
    if checked.resource_type != "Parameters":
        raise _bad("Send a Parameters resource.", "Parameters")
    return [_value(one) for one in checked.resource.get("parameter", ())]


def _value(parameter: Json) -> tuple[str, str]:
    for key, value in parameter.items():
        if key.startswith("value"):
            return parameter["name"], str(value.get("reference", "") if isinstance(value, dict) else value)
    return parameter["name"], ""


def _all(given: Iterable[tuple[str, str]], name: str) -> Iterable[str]:
    return (value for key, value in given if key == name)


def _types(named: list[str], *, lenient: bool) -> list[str]:
    unknown = [one for one in named if one not in TYPES]
    if unknown and not lenient:
        raise _bad(f"'{unknown[0][:40]}' is no type that is exported; see [base]/metadata.", "_type")
    return sorted(set(named) & TYPES)


async def _filters(secret: bytes, asked: list[str], *, types: list[str] | None) -> Json:
    """Return by type the term of its filters: what any of them finds (export.html#_typefilter-query-parameter)."""
    if len(asked) > MOST_FILTERS or max(map(len, asked)) > LONGEST_FILTER:
        text = f"At most {MOST_FILTERS} filters of {LONGEST_FILTER} characters are read in one export."
        raise _bad(text, "_typeFilter")
    found: dict[str, list[Json]] = {}
    for one in asked:
        resource_type, _, query = one.partition("?")
        if resource_type not in searched_types() or not query:
            raise _bad(
                "_typeFilter is Type?search of a type of a record, such as Observation?code=1234-5.",
                "_typeFilter",
            )
        if types is not None and resource_type not in types:
            raise _bad(f"_typeFilter is about {resource_type}, which _type leaves out.", "_typeFilter")
        found.setdefault(resource_type, []).append(await _term(secret, resource_type, query))
    return {name: {"either": terms} for name, terms in found.items()}


async def _term(secret: bytes, resource_type: str, query: str) -> Json:
    asked = asked_of(resource_type, parsed(query))
    plain = asked_of(resource_type, asked.criteria)
    if replace(asked, pairs=()) != replace(plain, pairs=()):
        raise _bad(
            "A filter has criteria alone: no _count, _sort, _include, _summary and their like.", "_typeFilter"
        )
    if asked.names_patient:
        raise _bad("Patients are named by 'patient', not in a filter.", "_typeFilter")
    term, ignored = compiled(asked, base="", outside=await looked_up(secret, asked))
    if ignored or asked.ignored:
        raise _bad(f"_typeFilter: {(*ignored.values(), *asked.ignored)[0]}", "_typeFilter")
    return told(term)


def _elements(asked: list[str]) -> list[str]:
    for one in asked:
        match = _ELEMENT.fullmatch(one)
        if match is None or (match["type"] and match["type"] not in TYPES):
            raise _bad(
                "_elements are names of elements, or Type.name: status, or Observation.code.", "_elements"
            )
    return sorted(set(asked))


def _instant(text: str) -> str:
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign in an address is a space
        if at.tzinfo is not None:
            return at.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):  # OverflowError: the first and the last day of all
        pass
    raise _bad("_since is an instant with its time zone, such as 2026-01-31T08:00:00Z.", "_since")


def _patients(references: list[str], *, level: str, posted: bool) -> list[str]:
    if level == "system" or not posted:
        raise _bad("'patient' is taken by POST, in an export of patients or of a group.", "patient")
    if len(references) > MOST_PATIENTS:
        raise _bad(f"At most {MOST_PATIENTS} patients are named in one export.", "patient")
    ids = []
    for one in references:
        try:
            ids.append(str(UUID(one.rpartition("Patient/")[2])))
        except ValueError:
            raise _bad(
                "'patient' is a reference to a Patient of this server, such as Patient/[id].", "patient"
            ) from None
    return ids


def _bad(text: str, parameter: str) -> Exception:
    return refused(400, "invalid", text, expression=parameter[:60])
