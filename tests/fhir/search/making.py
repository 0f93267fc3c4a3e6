"""Resources made from the definitions: every element that a search parameter looks at has a value, told apart by a number.

A type with a choice (`value[x]`) is made once for each of its types, so that every alternative of an expression is met.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from unidossier.record.searching.definitions import compartment, elements, parameters_of
from unidossier.record.validation.schema import definition

Json = dict[str, Any]
_ROOM = UUID("6a1f1c58-53a4-4b51-9f0a-0d3b3c1d7e11")
_NO_CHOICE = 1
# what a system's own work in the record would be made of, or what its registration asks for
# or comes only together with what leads to it
NOT_MADE = frozenset({"Patient", "Binary", "Medication", "Substance"})


def made(resource_type: str, *, patient: str) -> Iterator[Json]:
    """Give the resources of one type, all about one patient; the first one bare: only what is mandatory."""
    yield _Maker(0, patient, bare=True).resource(resource_type)
    for nth in range(variants(resource_type)):
        yield _Maker(nth + 1, patient).resource(resource_type)


@cache
def variants(resource_type: str) -> int:
    """Return how many forms the choices of a type have at most."""
    told = " ".join(one.expression for one in parameters_of(resource_type).values())
    alone = 3 if "resolve() is" in told else 2 if "system='email'" in told else _NO_CHOICE
    names = [resource_type, *(name for name in elements() if name.startswith(f"{resource_type}."))]
    choices = [
        len(kinds) for name in names for kinds in elements().get(name, {}).values() if kinds[0][0][0] == "+"
    ]
    return max(alone, *choices, _NO_CHOICE)


class _Maker:
    def __init__(self, nth: int, patient: str, *, bare: bool = False) -> None:
        self._nth = nth
        self._patient = patient
        self._bare = bare
        self._count = nth * 1000

    def resource(self, resource_type: str) -> Json:
        told = self._object(resource_type, [resource_type])
        self._about_the_patient(told)
        if not self._bare:
            told["meta"] = {
                "profile": [f"http://example.org/profile/{resource_type}/{self._nth}"],
                "source": f"http://example.org/source/{resource_type}/{self._nth}",
                "tag": [self._coding()],
                "security": [self._coding()],
            }
        return told

    def _about_the_patient(self, told: Json) -> None:
        kind = told["resourceType"]
        if kind == "Provenance":
            told["target"] = [{"reference": self._patient}]
            return
        known = parameters_of(kind)
        codes = [code for code in compartment(kind) if code in known]
        for code in sorted(codes, key=lambda code: known[code].targets != ("Patient",)):
            name, *more = known[code].expression.split("|")[0].split(".")[1:]
            if name in definition(kind)["properties"] and not [
                x for x in more if x[0].islower() and "(" not in x
            ]:
                many = definition(kind)["properties"][name].get("type") == "array"
                told[name] = [{"reference": self._patient}] if many else {"reference": self._patient}
                return
        if kind in ("Appointment", "AppointmentResponse"):
            actor = {"actor": {"reference": self._patient}, "status": "accepted"}
            told |= (
                {"participant": [actor, *told.get("participant", [])]}
                if kind == "Appointment"
                else {"actor": actor["actor"]}
            )

    def _object(self, kind: str, path: list[str]) -> Json:
        told = definition(kind)
        wanted = list(dict.fromkeys([*self._required(told), *self._searched(kind)]))
        found: Json = {}
        for name in wanted:
            if name == "resourceType":
                found[name] = kind
            elif name not in ("meta", "id", "contained", "extension") and name not in found:
                found[name] = self._value(told["properties"][name], kind, name, path)
        return found

    def _required(self, told: Json) -> Iterator[str]:
        yield from told.get("required", ())
        for group in told.get("allOf", ()):
            options = [one["required"][0] for one in group.get("anyOf", ()) if "required" in one]
            plain = [name for name in options if not name.startswith("_")]
            if plain:
                yield plain[self._nth % len(plain)]

    def _searched(self, definition: str) -> Iterator[str]:
        if self._bare:
            return
        for name, kinds in elements().get(definition, {}).items():
            kind = kinds[self._nth % len(kinds)][0]
            yield name if kind[0] != "+" else f"{name}{kind[1].upper()}{kind[2:]}"

    def _value(self, told: Json, definition: str, name: str, path: list[str]) -> Any:
        if told.get("type") == "array":
            return [self._value(told["items"], definition, name, path)]
        if "anyOf" in told:  # a list of plain values may hold null beside an extension
            return self._value(told["anyOf"][0], definition, name, path)
        if "enum" in told:
            return told["enum"][self._nth % len(told["enum"])]
        kind = told.get("$ref", "").rpartition("/")[2]
        if kind in _SAMPLES:
            self._count += 1
            return _SAMPLES[kind](self, f"{definition}.{name}")
        if "pattern" in told:
            return f"20{10 + self._nth:02}"
        if path.count(kind) > 1 or not kind:
            raise LookupError(f"{definition}.{name}: {told}")
        return self._object(kind, [*path, kind])

    def _coding(self) -> Json:
        self._count += 1
        return {
            "system": f"http://example.org/codes/{self._nth}",
            "code": f"C{self._count}",
            "display": f"Word{self._count} Second",
        }

    def date(self) -> str:
        return f"20{10 + self._nth:02}-{1 + self._count % 12:02}-{1 + self._count % 28:02}"

    def reference(self, path: str) -> Json:
        targets = _narrowed(path)
        if targets:
            return {
                "reference": f"{targets[self._nth % len(targets)]}/{uuid5(_ROOM, f'{path}{self._count}')}"
            }
        targets = _targets(path) or ("Observation",)
        return {"reference": f"{targets[self._count % len(targets)]}/{uuid5(_ROOM, f'{path}{self._count}')}"}

    def quantity(self) -> Json:
        return {
            "value": self._count + 0.5,
            "unit": "mg",
            "system": "http://unitsofmeasure.org",
            "code": "mg",
        }

    @property
    def count(self) -> int:
        return self._count


@cache
def _narrowed(path: str) -> tuple[str, ...]:
    """Return the types that parameters ask for by `resolve() is`, but Patient."""
    kind = path.split(".")[0]
    told = " ".join(one.expression for one in parameters_of(kind).values())
    found = re.findall(rf"{re.escape(path)}\.where\(resolve\(\) is (\w+)\)", told)
    return tuple(sorted(set(found) - {"Patient"}))


@cache
def _targets(path: str) -> tuple[str, ...]:
    """Return where a reference of this element may lead, by the parameter that looks at it."""
    kind = path.split(".")[0]
    for one in parameters_of(kind).values():
        if one.kind == "reference" and path in one.expression and one.targets:
            return tuple(sorted(set(one.targets) - {"Patient"})) or one.targets
    return ()


_SAMPLES: dict[str, Any] = {
    "CodeableConcept": lambda m, p: {"coding": [m._coding()], "text": f"Text{m.count}"},
    "Coding": lambda m, p: m._coding(),
    "Identifier": lambda m, p: {"system": "http://example.org/numbers", "value": f"N{m.count}"},
    "ContactPoint": lambda m, p: {"system": ("phone", "email")[m._nth % 2], "value": f"+32{m.count}"},
    "HumanName": lambda m, p: {"family": f"Family{m.count}", "given": [f"Given{m.count}"]},
    "Address": lambda m, p: {
        "city": f"City{m.count}",
        "country": "BE",
        "postalCode": f"{m.count}",
        "state": f"State{m.count}",
        "use": "home",
    },
    "Annotation": lambda m, p: {"text": f"Note{m.count}"},
    "Reference": lambda m, p: m.reference(p),
    "Period": lambda m, p: {"start": m.date(), "end": f"{m.date()}T23:00:00+02:00"},
    "Timing": lambda m, p: {"event": [m.date()]},
    "Quantity": lambda m, p: m.quantity(),
    "Age": lambda m, p: m.quantity() | {"unit": "a", "code": "a"},
    "Duration": lambda m, p: m.quantity() | {"unit": "h", "code": "h"},
    "Money": lambda m, p: {"value": m.count + 0.25, "currency": "EUR"},
    "Range": lambda m, p: {"low": m.quantity(), "high": m.quantity()},
    "Ratio": lambda m, p: {"numerator": m.quantity(), "denominator": m.quantity()},
    "SampledData": lambda m, p: {"origin": m.quantity(), "period": 10, "dimensions": 1, "data": "0 0 0"},
    "Attachment": lambda m, p: {
        "contentType": "text/plain",
        "url": f"http://example.org/files/{m.count}",
        "creation": m.date(),
        "language": "nl",
    },
    "Signature": lambda m, p: {
        "type": [m._coding()],
        "when": f"{m.date()}T10:00:00+01:00",
        "who": m.reference(p),
    },
    "Narrative": lambda m, p: {
        "status": "generated",
        "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
    },
    "boolean": lambda m, p: bool(m._nth % 2),
    "canonical": lambda m, p: f"http://example.org/canonical/{m.count}",
    "uri": lambda m, p: f"http://example.org/uri/{m.count}",
    "url": lambda m, p: f"http://example.org/url/{m.count}",
    "oid": lambda m, p: f"urn:oid:1.2.{m.count}",
    "id": lambda m, p: f"id{m.count}",
    "code": lambda m, p: f"code{m.count}",
    "string": lambda m, p: f"String{m.count}",
    "markdown": lambda m, p: f"Markdown{m.count}",
    "date": lambda m, p: m.date(),
    "dateTime": lambda m, p: f"{m.date()}T10:00:00+01:00",
    "instant": lambda m, p: f"{m.date()}T10:00:00+01:00",
    "time": lambda m, p: "10:00:00",
    "decimal": lambda m, p: m.count + 0.125,
    "integer": lambda m, p: m.count + 1,
    "positiveInt": lambda m, p: m.count + 1,
    "unsignedInt": lambda m, p: m.count,
    "base64Binary": lambda m, p: "eHg=",
}
