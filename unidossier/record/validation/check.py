"""Check one resource, and every resource inside it by its own type."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import Any

from unidossier.record.validation.bundle_text import Span
from unidossier.record.validation.issue import InvalidResource, Issue, quoted
from unidossier.record.validation.nulls import misplaced_nulls
from unidossier.record.validation.schema import resource_types, validator
from unidossier.record.validation.strict_json import decode, parse
from unidossier.record.validation.wording import issues_of

Json = dict[str, Any]
MAX_ISSUES = 50  # per resource; more helps nobody


@dataclass(frozen=True, slots=True)
class Checked:
    """A valid resource: its value for reading, and the bytes to store."""

    resource_type: str
    id: str | None
    # Out of repr(): no line of a system's log may hold what is in a record.
    resource: Json = field(repr=False)  # for reading only; decimals are decimal.Decimal, whole numbers int
    text: bytes = field(repr=False)  # exactly as it came
    entries: tuple["Entry", ...] = ()  # of a Bundle


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a Bundle."""

    index: int
    full_url: str | None
    request: Json | None  # {"method", "url", "ifNoneExist", "ifMatch" ...} of a batch or transaction
    checked: Checked | None  # None: the entry has no resource, or an invalid one
    issues: tuple[Issue, ...] = ()  # only of validate_batch


def validate(data: bytes) -> Checked:
    """Check a resource in FHIR JSON; a Bundle with all its entries.

    Raises InvalidResource, which names every fault with its place.
    Source: hl7.fhir.r4.core 4.0.1 (structure, types, required bindings to closed code lists).
    """
    checked, faults = _examine(data)
    faults += [issue for entry in checked.entries for issue in entry.issues]
    if faults:
        raise InvalidResource(faults)
    return checked


def validate_batch(data: bytes) -> Checked:
    """Check a Bundle whose entries stand each for itself (type batch): a faulty entry keeps its own issues.

    Raises InvalidResource only when the text or the Bundle around the entries is faulty.
    """
    checked, faults = _examine(data)
    if faults:
        raise InvalidResource(faults)
    return checked


def _examine(data: bytes) -> tuple[Checked, list[Issue]]:
    text = decode(data)
    resource, spans = parse(text)
    kind = _resource_type(resource)
    faults = list(_faults(resource, kind=kind, has_null="null" in text))
    entries = tuple(_entries(resource, spans=spans, text=text)) if kind == "Bundle" else ()
    return Checked(kind, resource.get("id"), resource, data, entries), faults


def _entries(bundle: Json, *, spans: list[Span | None], text: str) -> Iterator[Entry]:
    """Give the entries that are objects; the schema of Bundle has found fault with the others."""
    has_null = "null" in text
    for index, (entry, span) in enumerate(zip(bundle["entry"], spans, strict=True) if spans else ()):
        if not isinstance(entry, dict):
            continue
        checked: Checked | None = None
        issues: list[Issue] = []
        if span is not None:
            place = f"Bundle.entry[{index}].resource"
            issues = list(_inside(entry["resource"], place=place, has_null=has_null))
        if span is not None and not issues:
            resource = entry["resource"]
            exact = text[slice(*span)].encode()
            checked = Checked(resource["resourceType"], resource.get("id"), resource, exact)
        yield Entry(index, entry.get("fullUrl"), entry.get("request"), checked, tuple(issues))


def _faults(resource: Json, *, kind: str, has_null: bool) -> Iterator[Issue]:
    """Give the faults of one resource and of the resources in it, but not of the entries of a Bundle."""
    checker = validator(kind)
    if not checker.is_valid(resource):
        found = (
            issue for error in checker.iter_errors(resource) for issue in issues_of(error, resource_type=kind)
        )
        yield from islice(found, MAX_ISSUES)
        return
    if has_null:  # the entries of a Bundle are looked at one by one
        own = (
            {name: value for name, value in resource.items() if name != "entry"}
            if kind == "Bundle"
            else resource
        )
        yield from misplaced_nulls(own, place=kind)
    for place, inner in _held(resource, kind=kind):
        yield from _inside(inner, place=place, has_null=False)
        if ".contained[" in place and "contained" in inner:
            yield Issue(
                "invariant", f"{place}.contained", "a contained resource may not contain another (dom-2)"
            )


def _inside(resource: Any, *, place: str, has_null: bool) -> Iterator[Issue]:
    """Give the faults of a resource held by another, told from the outermost."""
    try:
        kind = _resource_type(resource)
    except InvalidResource as error:
        yield from (issue.at(place) for issue in error.issues)
        return
    yield from (issue.at(place) for issue in _faults(resource, kind=kind, has_null=has_null))
    if kind == "Bundle":
        for index, entry in enumerate(resource.get("entry", ())):
            if isinstance(entry, dict) and "resource" in entry:
                yield from _inside(
                    entry["resource"], place=f"{place}.entry[{index}].resource", has_null=False
                )


def _held(resource: Json, *, kind: str) -> Iterator[tuple[str, Any]]:
    """Give (place, resource) of what a valid resource holds: contained, Parameters, outcomes of a Bundle."""
    for index, inner in enumerate(resource.get("contained", ())):
        yield f"{kind}.contained[{index}]", inner
    if kind == "Parameters":
        yield from _in_parameters(resource.get("parameter", ()), place="Parameters.parameter")
    if kind == "Bundle":
        for index, entry in enumerate(resource.get("entry", ())):
            if outcome := entry.get("response", {}).get("outcome"):
                yield f"Bundle.entry[{index}].response.outcome", outcome


def _in_parameters(parameters: list[Json], *, place: str) -> Iterator[tuple[str, Any]]:
    for index, parameter in enumerate(parameters):
        if "resource" in parameter:
            yield f"{place}[{index}].resource", parameter["resource"]
        yield from _in_parameters(parameter.get("part", []), place=f"{place}[{index}].part")


def _resource_type(resource: Any) -> str:
    if not isinstance(resource, dict):
        raise InvalidResource(
            [Issue("structure", "", f"expected a resource, an object; found {quoted(resource)}")]
        )
    kind = resource.get("resourceType")
    if isinstance(kind, str) and kind in resource_types():
        return kind
    if kind is None:
        text = "'resourceType' is required and missing"
    else:
        near = get_close_matches(str(kind), resource_types(), n=1)
        hint = f"; did you mean {near[0]}?" if near else "; names begin with a capital, such as Patient"
        text = f"{quoted(kind)} is not a resource type of FHIR R4{hint}"
    raise InvalidResource([Issue("required" if kind is None else "not-supported", ".resourceType", text)])
