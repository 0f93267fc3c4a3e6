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
MAX_VALUES = 100_000  # of one resource: none of a record comes near it
_ALL_FAULTS = 2_000  # values; of a larger resource that is not valid the first fault alone is told
LONGEST_STRING = 1_048_576  # characters (hl7.org/fhir/R4/datatypes.html#string)
_NO_STRINGS = frozenset({"data", "div", "valueBase64Binary"})  # files and narrative may be longer
_TOLD_ENOUGH = 1_000  # faults of a Bundle; of each resource after them the first alone


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
    if len(text) > LONGEST_STRING and not faults:
        faults = list(_too_long(resource, place=kind))
    entries = tuple(_entries(resource, spans=spans, text=text)) if kind == "Bundle" else ()
    return Checked(kind, resource.get("id"), resource, data, entries), faults


def _entries(bundle: Json, *, spans: list[Span | None], text: str) -> Iterator[Entry]:
    """Give the entries that are objects; the schema of Bundle has found fault with the others."""
    has_null, told = "null" in text, 0
    for index, (entry, span) in enumerate(zip(bundle["entry"], spans, strict=True) if spans else ()):
        if not isinstance(entry, dict):
            continue
        checked: Checked | None = None
        issues: list[Issue] = []
        if span is not None:
            place = f"Bundle.entry[{index}].resource"
            most = MAX_ISSUES if told < _TOLD_ENOUGH else 1
            issues = list(_inside(entry["resource"], place=place, has_null=has_null, most=most))
            told += len(issues)
        if span is not None and not issues:
            resource = entry["resource"]
            exact = text[slice(*span)].encode()
            checked = Checked(resource["resourceType"], resource.get("id"), resource, exact)
        yield Entry(index, entry.get("fullUrl"), entry.get("request"), checked, tuple(issues))


def _faults(resource: Json, *, kind: str, has_null: bool, most: int = MAX_ISSUES) -> Iterator[Issue]:
    """Give the faults of one resource and of the resources in it, but not of the entries of a Bundle."""
    checker = validator(kind)
    if kind != "Bundle" and holds_more(resource, than=MAX_VALUES):
        told = f"more than {MAX_VALUES} values in one resource; send it in parts"
        yield Issue("too-costly", kind, told)
        return
    if not checker.is_valid(resource):
        one_is_enough = most == 1 or holds_more(resource, than=_ALL_FAULTS)
        errors = [checker.first_error(resource)] if one_is_enough else checker.iter_errors(resource)
        found = (issue for error in errors for issue in issues_of(error))
        yield from islice(found, most)
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


def _too_long(value: Any, *, place: str) -> Iterator[Issue]:
    """Give a fault for each string that is longer than a string of FHIR may be."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _too_long(item, place=f"{place}[{index}]")
    elif isinstance(value, dict):
        for name, child in value.items():
            if name not in _NO_STRINGS or not isinstance(child, str):
                yield from _too_long(child, place=f"{place}.{name}")
    elif isinstance(value, str) and len(value) > LONGEST_STRING:
        yield Issue("too-long", place, f"a text has at most {LONGEST_STRING} characters; send it as a file")


def holds_more(value: Any, *, than: int) -> bool:
    """Tell whether more than so many values lie in `value`, at any depth. What it costs is bounded by `than`."""
    waiting, found = [value], 0
    while waiting:
        held = waiting.pop()
        if not isinstance(held, dict | list):
            continue
        found += len(held)
        if found > than:
            return True
        waiting.extend(held.values() if isinstance(held, dict) else held)
    return False


def _inside(resource: Any, *, place: str, has_null: bool, most: int = MAX_ISSUES) -> Iterator[Issue]:
    """Give the faults of a resource held by another, told from the outermost."""
    try:
        kind = _resource_type(resource)
    except InvalidResource as error:
        yield from (issue.at(place) for issue in error.issues)
        return
    yield from (issue.at(place) for issue in _faults(resource, kind=kind, has_null=has_null, most=most))
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
    raise InvalidResource(
        [Issue("required" if kind is None else "not-supported", "Resource.resourceType", text)]
    )
