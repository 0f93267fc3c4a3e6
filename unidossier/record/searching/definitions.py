"""The official search parameters of the types that a record holds (HL7 FHIR R4 4.0.1), from data/; see the README beside them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# these the columns of a line answer (_id, _lastUpdated) or its words (_text, _content): nothing is taken out for them
_COMMON = frozenset({"category", "class", "_tag", "_security"})  # a few values for all
BY_COLUMN = frozenset({"_id", "_lastUpdated"})


@dataclass(frozen=True, kw_only=True)
class Component:
    """One part of a composite parameter: `parameter` is the one it is written like."""

    kind: str
    parameter: str
    expression: str


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One search parameter of one type. `kind` is token, reference, string, date, number, quantity, uri or composite.

    `parts`: the parameters whose values together are those of this one (combo-code is code and component-code).
    `plain`: a token that is only a word of a short list.
    `joined`: a composite whose components may belong to the resource as a whole: each is then asked for by itself.
    """

    code: str
    kind: str
    expression: str
    url: str
    targets: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    parts: tuple[str, ...] = ()
    joined: bool = False
    plain: bool = False

    @property
    def is_key(self) -> bool:
        """Tell whether the values part few lines from many, so that they are in the index over all patients."""
        if self.kind == "token":
            return not self.plain and self.code not in _COMMON
        return self.kind in ("reference", "string")

    @property
    def names(self) -> tuple[str, ...]:
        """Under which names the values are kept."""
        return self.parts or (self.code,)


def parameters_of(resource_type: str) -> Mapping[str, Parameter]:
    """Return the parameters of a type by code; empty when no record holds the type."""
    # what is no type is not kept: a sender could name others without end
    return _parameters_of(resource_type) if resource_type in _content()["parameters"] else {}


@cache
def _parameters_of(resource_type: str) -> Mapping[str, Parameter]:
    told = _content()["parameters"][resource_type]
    alternatives = {code: _alternatives(one["expression"]) for code, one in told.items()}
    return {code: _parameter(resource_type, code, told, alternatives) for code in told}


def types() -> frozenset[str]:
    """Return the types whose parameters are known."""
    return frozenset(_content()["types"])


def elements() -> Mapping[str, Mapping[str, list[tuple[str, str]]]]:
    """Return {type or backbone element: {element: [(type, system of a code)]}}; `+` before the type marks a choice."""
    return _content()["elements"]


def compartment(resource_type: str) -> tuple[str, ...]:
    """Return by which parameters a type belongs to the compartment of a patient."""
    return tuple(_content()["compartment"].get(resource_type, ()))


@cache
def _content() -> Any:
    return json.loads((files(__package__) / "data/search-parameters-r4-4.0.1.json").read_text("utf-8"))


def _parameter(
    resource_type: str, code: str, told: dict[str, Any], alternatives: dict[str, frozenset[str]]
) -> Parameter:
    one = told[code]
    return Parameter(
        code=code,
        kind=one["type"],
        expression=one["expression"],
        url=one["url"],
        targets=tuple(one.get("target", ())),
        components=tuple(
            Component(kind=each["type"], parameter=each["parameter"], expression=each["expression"])
            for each in one.get("components", ())
        ),
        parts=_parts(code, told, alternatives)
        if one["type"] != "composite"
        else _inner(code, told, resource_type),
        joined=resource_type in alternatives[code],
        plain=one.get("plain", False),
    )


def _parts(code: str, told: dict[str, Any], alternatives: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """Return the parameters of the same kind that together have exactly these alternatives, or nothing."""
    whole = alternatives[code]
    smaller = [
        other
        for other, own in alternatives.items()
        if told[other]["type"] == told[code]["type"] and own < whole
    ]
    together = frozenset().union(*(alternatives[other] for other in smaller))
    return tuple(sorted(smaller)) if together == whole else ()


def _inner(code: str, told: dict[str, Any], resource_type: str) -> tuple[str, ...]:
    """Return the composite that has the same parts inside the resource: combo-code-value-quantity is also component-code-value-quantity."""
    one = told[code]
    kinds = [each["expression"] for each in one["components"]]
    for other, each in told.items():
        if (
            each["type"] == "composite"
            and other != code
            and one["expression"] == f"{resource_type} | {each['expression']}"
            and kinds == [component["expression"] for component in each["components"]]
        ):
            return (other,)
    return ()


def _alternatives(expression: str) -> frozenset[str]:
    return frozenset(each.strip() for each in expression.split("|"))
