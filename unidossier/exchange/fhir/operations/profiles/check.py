"""Check one valid resource by one profile: how often, which values, which codes, slices, and what else it asks.

hl7.org/fhir/R4/profiling.html. The structure of R4 is known to be right (record.validation).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from unidossier.exchange.fhir.operations.profiles.invariants import INVARIANTS
from unidossier.exchange.fhir.operations.profiles.rules import Profile, Rule, Slice, Step, profiles
from unidossier.record.validation import Issue
from unidossier.record.validation.issue import quoted
from unidossier.terminology.value_sets import value_set

Json = dict[str, Any]
Found = tuple[str, Any]  # place, element
_TYPED = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/.*)?")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One fault. `severity`: error or warning."""

    severity: str
    issue: Issue


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What a profile found, and what of it was not looked at."""

    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...]


def examine(resource: Json, *, profile: Profile, place: str = "") -> Examined:
    """Check `resource` by `profile`; `place` is where it stands (`Bundle.entry[3].resource`), its type when it stands alone."""
    walk = _Walk(resource=resource, profile=profile, place=place or resource["resourceType"])
    findings = tuple(walk.findings())
    return Examined(findings=findings, unchecked=tuple(dict.fromkeys([*profile.unchecked, *walk.unchecked])))


class _Walk:
    def __init__(self, *, resource: Json, profile: Profile, place: str) -> None:
        self.resource = resource
        self.profile = profile
        self.place = place
        self.unchecked: list[str] = []

    def findings(self) -> Iterator[Finding]:
        if self.resource["resourceType"] != self.profile.type:
            told = f"{self.profile.title} is a profile of {self.profile.type}, this is a {self.resource['resourceType']}"
            yield _error("structure", self.place, told)
            return
        for rule in self.profile.rules:
            yield from self._by_rule(rule)
        for name in self.profile.invariants:
            for inner, told in INVARIANTS[name](self.resource):
                yield _error("invariant", f"{self.place}.{inner}", f"{told} ({self.profile.title}, {name})")

    def _by_rule(self, rule: Rule) -> Iterator[Finding]:
        *before, last = rule.path
        for place, holder in self._at(tuple(before)):
            found = list(self._children((place, holder), step=last, before=tuple(before)))
            if rule.kind == "count":
                yield from self._counted(rule, place=f"{place}.{last[0]}", count=len(found))
            for one in found:
                yield from self._of_element(rule, one)

    def _of_element(self, rule: Rule, found: Found) -> Iterator[Finding]:
        place, element = found
        match rule.kind:
            case "is" if not _holds(element, rule.value):
                told = f"{quoted(element)} is not {rule.value} ({self.profile.title})"
                yield _error("value", place, told)
            case "in":
                yield from self._bound(rule, found)
            case "only":
                yield from self._typed(rule, found)
            case "conforms" | "should":
                yield from self._nested(rule, found)

    def _counted(self, rule: Rule, *, place: str, count: int) -> Iterator[Finding]:
        name = _written(rule.path[-1])
        if count < rule.least:
            asked = (
                "is required and missing"
                if not count
                else f"comes {count} times, at least {rule.least} are asked"
            )
            yield _error("required", place, f"'{name}' {asked} ({self.profile.title})")
        elif rule.most is not None and count > rule.most:
            asked = "may not be there" if not rule.most else f"comes {count} times, at most {rule.most} may"
            yield _error("structure", place, f"'{name}' {asked} ({self.profile.title})")

    def _bound(self, rule: Rule, found: Found) -> Iterator[Finding]:
        place, element = found
        held = value_set(rule.value)
        if held is None or not held.is_whole:
            self.unchecked.append(f"codes by {rule.value}")
            return
        coded = list(_codes(element))
        if any(held.has(system, code) for system, code in coded):
            return
        if not coded and rule.strength != "required":
            return  # words alone: allowed when no code fits
        shown = ", ".join(f"'{code}'" for _, code in coded) or "a text without a code"
        severity = "error" if rule.strength == "required" else "warning"
        told = f"{shown} is not in the value set {rule.value} ({self.profile.title}, {rule.strength})"
        yield Finding(severity=severity, issue=Issue("code-invalid", place, told))

    def _typed(self, rule: Rule, found: Found) -> Iterator[Finding]:
        place, element = found
        kind = _choice_of(place, rule.path[-1][0]) if rule.path[-1][0].endswith("[x]") else _target(element)
        if kind and kind not in rule.types:
            yield _error(
                "value",
                place,
                f"{kind} is not allowed here; {' or '.join(rule.types)} is ({self.profile.title})",
            )

    def _nested(self, rule: Rule, found: Found) -> Iterator[Finding]:
        place, element = found
        inner = examine(element, profile=profiles()[rule.value], place=place)
        self.unchecked += inner.unchecked
        for one in inner.findings:
            yield one if rule.kind == "conforms" else Finding(severity="warning", issue=one.issue)

    def _at(self, path: tuple[Step, ...]) -> Iterator[Found]:
        """Give every element at a path."""
        found: list[Found] = [(self.place, self.resource)]
        for depth, step in enumerate(path):
            found = [child for one in found for child in self._children(one, step=step, before=path[:depth])]
        yield from found

    def _children(self, holder: Found, *, step: Step, before: tuple[Step, ...]) -> Iterator[Found]:
        name, slice_name = step
        part = self._slice(before, name, slice_name) if slice_name else None
        for place, element in _named(holder, name):
            if part is None or _is_of(element, part):
                yield place, element

    def _slice(self, before: tuple[Step, ...], name: str, slice_name: str) -> Slice:
        return self.profile.slices[(*before, (name, "")), slice_name]


def _error(code: str, place: str, told: str) -> Finding:
    return Finding(severity="error", issue=Issue(code, place, told))


def _written(step: Step) -> str:
    return f"{step[0]}:{step[1]}" if step[1] else step[0]


def _named(holder: Found, name: str) -> Iterator[Found]:
    """Give the elements of one name; one that only says why it has no value (`_birthDate`) is there too."""
    place, element = holder
    if not isinstance(element, dict):
        return
    for key in _keys(element, name):
        held = element.get(key, element.get(f"_{key}"))
        if isinstance(held, list):
            yield from ((f"{place}.{key}[{index}]", one) for index, one in enumerate(held))
        else:
            yield f"{place}.{key}", held


def _keys(element: Json, name: str) -> list[str]:
    plain = dict.fromkeys(key.lstrip("_") for key in element)
    if not name.endswith("[x]"):
        return [name] if name in plain else []
    start = name.removesuffix("[x]")
    return [key for key in plain if key.startswith(start) and key[len(start) : len(start) + 1].isupper()]


def _is_of(element: Any, part: Slice) -> bool:
    found = [element]
    for name in part.path:
        found = [child for one in found for _, child in _named(("", one), name)]
    if part.value.startswith("@"):
        return any(isinstance(one, dict) and one.get("resourceType") == part.value[1:] for one in found)
    return any(_holds(one, part.value) for one in found)


def _holds(element: Any, value: str) -> bool:
    """Tell whether an element is `value`, or holds the coding that `value` writes as system#code."""
    if isinstance(element, bool):
        return value == str(element).lower()
    if isinstance(element, str):
        return element == value
    system, sign, code = value.partition("#")
    return bool(sign) and (system, code) in set(_codes(element))


def _codes(element: Any) -> Iterator[tuple[str | None, str]]:
    """Give (system, code) of a code, a Coding, a CodeableConcept."""
    if isinstance(element, str):
        yield None, element
    elif isinstance(element, dict):
        for coding in element.get("coding", [element]):
            if isinstance(coding.get("code"), str):
                yield coding.get("system"), coding["code"]


def _target(element: Any) -> str | None:
    """Return what a reference says it points at; None when it does not say (urn:uuid, contained, by number alone)."""
    if not isinstance(element, dict):
        return None
    if isinstance(element.get("type"), str):
        return str(element["type"])
    match = _TYPED.fullmatch(element.get("reference") or "")
    return match.group(1) if match else None


def _choice_of(place: str, name: str) -> str:
    """Return dateTime for `Observation.effectiveDateTime`."""
    ending = place.rpartition(".")[2].removeprefix(name.removesuffix("[x]"))
    return (
        ending
        if ending in ("Period", "Range", "Age", "Timing", "Quantity")
        else ending[:1].lower() + ending[1:]
    )
