"""The search values of one resource: `tokens` and `keys` (numbers that are there or not) and `facts` (ranges, texts, references).

tokens  of every parameter that has a value, of codes, references, addresses and exact texts (tokens.py)
facts   {"date": [{"v": low, "w": high}], "value-quantity": [{"v", "w", "c", ...}], "family": ["peeters"], "subject": ["Patient/..."],
         "code": ["2823-3"], "code:text": ["potassium"], "component-code-value-quantity": [{"0": [...], "1": [...]}]}
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from unidossier.record.searching import tokens
from unidossier.record.searching.definitions import BY_COLUMN, Parameter, parameters_of
from unidossier.record.searching.fold import fold
from unidossier.record.searching.path import Node, Nodes, Root, Step, compiled, members
from unidossier.record.searching.ranges import date_ranges, fact_of, number_range, quantity_facts
from unidossier.record.searching.values import (
    codings,
    component_facts,
    identifiers,
    references,
    texts,
    token_numbers,
    words_of,
)

Json = dict[str, Any]
LONGEST = 200  # characters of a text that is compared by its beginning; the words of longer ones are in the record's own search
_MOST = 200  # values of one parameter of one resource


@dataclass(slots=True)
class SearchValues:
    """What one resource is found by. `keys` are tokens too, in the index over all patients of an institution."""

    tokens: set[int] = field(default_factory=set)
    keys: set[int] = field(default_factory=set)
    facts: dict[str, list[Any]] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """Return them as record.store takes them."""
        return {"tokens": list(self.tokens), "keys": list(self.keys), "facts": self.facts}


@dataclass(frozen=True, slots=True)
class _Taking:
    """How one parameter is taken out; `roots`: the elements it begins with, one of which must be there."""

    parameter: Parameter
    step: Step
    roots: tuple[str, ...]
    components: tuple[tuple[str, Step], ...] = ()


def search_values(
    resource: Json,
    *,
    own: frozenset[str] = frozenset(),
) -> SearchValues:
    """Take the search values out of a valid resource, its references as they are stored.

    `own` are the addresses of the patient whose record it is (`Type/id`,
    or `system|value` where an identifier alone names him).
    """
    found = SearchValues()
    node = Node(resource, resource["resourceType"])
    root = Root(node)
    for taking in _takings(node.type):
        if taking.roots and not any(name in resource for name in taking.roots):
            continue
        nodes = taking.step([node], root)
        if nodes:
            _keep(found, taking, nodes[:_MOST], root, own)
    return found


def _keep(
    found: SearchValues,
    taking: _Taking,
    nodes: Nodes,
    root: Root,
    own: frozenset[str],
) -> None:
    name = taking.parameter.code
    match taking.parameter.kind:
        case "token":
            _keep_tokens(found, taking.parameter, nodes)
        case "reference":
            _keep_references(found, name, nodes, own)
        case "date":
            _add(found, name, [fact_of(one) for node in nodes for one in date_ranges(node.value, node.type)])
        case "number":
            _add(
                found, name, [fact_of(one) for node in nodes if (one := number_range(node.value, node.type))]
            )
        case "quantity":
            _add(found, name, [fact for node in nodes for fact in quantity_facts(node.value, node.type)])
        case "string":
            told = [text for node in nodes for text in texts(node)]
            found.keys.update(tokens.exact(name, text) for text in told)
            folded = list(dict.fromkeys(fold(text)[:LONGEST] for text in told))
            found.keys.update(tokens.beginning(name, text) for text in folded)
            _add(found, name, folded)
        case "uri":
            told = [node.value for node in nodes if isinstance(node.value, str)]
            found.tokens.update(tokens.uri(name, one) for one in told)
            _add(found, name, told)
        case "composite":
            _keep_composite(found, taking, nodes, root)


def _keep_tokens(found: SearchValues, parameter: Parameter, nodes: Nodes) -> None:
    name = parameter.code
    kept = found.keys if parameter.is_key else found.tokens
    words: list[str] = []
    first = ""
    for node in nodes:
        kept.update(token_numbers(name, node))
        words += words_of(node)
        first = first or next((code for _, code in codings(node)), "")
    found.tokens.add(tokens.present(name))
    found.facts[name] = [first.casefold()]  # to sort by
    if words:
        found.facts[f"{name}:text"] = list(dict.fromkeys(fold(text)[:LONGEST] for text in words))


def _keep_references(found: SearchValues, name: str, nodes: Nodes, own: frozenset[str]) -> None:
    told = []
    for node in nodes:
        for one in references(node):
            target = without_version(one)
            told.append(target)
            found.keys.add(tokens.reference(name, target))
            if target in own:
                found.tokens.add(tokens.reference(name, tokens.OWN))
        for system, value in identifiers(node):
            named = f"{name}:identifier"
            found.keys.update((tokens.code(named, value), tokens.coded(named, system, value)))
            if f"{system}|{value}" in own:
                found.tokens.add(tokens.reference(name, tokens.OWN))
    found.tokens.add(tokens.present(name))
    if told:
        found.facts[name] = list(dict.fromkeys(told))


def _keep_composite(found: SearchValues, taking: _Taking, nodes: Nodes, root: Root) -> None:
    told = []
    for node in nodes:
        parts = [component_facts(kind, step([node], root)) for kind, step in taking.components]
        if all(parts):
            told.append({str(place): part for place, part in enumerate(parts)})
    _add(found, taking.parameter.code, told)


def _add(found: SearchValues, name: str, told: list[Any]) -> None:
    if told:
        found.facts[name] = told
        found.tokens.add(tokens.present(name))


def references_of(resource: Json, *, names: frozenset[str]) -> list[str]:
    """Return what a resource refers to by these parameters, without versions, as it is stored."""
    node = Node(resource, resource["resourceType"])
    root = Root(node)
    return [
        without_version(one)
        for taking in _takings(node.type)
        if taking.parameter.code in names
        for found in taking.step([node], root)
        for one in references(found)
    ]


def without_version(reference: str) -> str:
    """Return a reference without the version that it may name."""
    return reference.partition("/_history/")[0]


@cache
def _takings(resource_type: str) -> tuple[_Taking, ...]:
    """Return what is taken from a type. Parameters that only sum up others, and composites of the whole resource, are asked by their parts."""
    return tuple(
        _taking(one, resource_type)
        for one in parameters_of(resource_type).values()
        if one.code not in BY_COLUMN and not one.parts and one.expression != resource_type
    )


def _taking(one: Parameter, resource_type: str) -> _Taking:
    alternatives = [part.strip() for part in one.expression.split("|")]
    if one.kind == "composite":  # of the resource as a whole it is asked by its parts
        alternatives = [part for part in alternatives if part != resource_type]
    return _Taking(
        parameter=one,
        step=compiled(" | ".join(alternatives), resource_type),
        roots=_roots(alternatives, resource_type),
        components=tuple((each.kind, compiled(each.expression, resource_type)) for each in one.components),
    )


def _roots(alternatives: list[str], resource_type: str) -> tuple[str, ...]:
    """Return the members of which one must be there; none when the parameter has a value in any case."""
    found: list[str] = []
    for one in alternatives:
        name = one.lstrip("(").split(".")[1].split(" ")[0].split(")")[0]
        if "exists()" in one:
            return ()
        found += [member for member, _, _ in members(resource_type, name)]
    return tuple(dict.fromkeys(found))
