"""What each kind of search parameter takes from a value, by its FHIR type. hl7.org/fhir/R4/search.html#ptypes"""

from functools import lru_cache
from typing import Any

from unidossier.record.searching import tokens
from unidossier.record.searching.fold import fold
from unidossier.record.searching.hierarchy import above, is_hierarchical
from unidossier.record.searching.path import Node
from unidossier.record.searching.ranges import date_ranges, fact_of, number_range, quantity_facts

Json = dict[str, Any]
Coding = tuple[str, str]  # system ('': none), code
_PARTS_OF_NAME = ("family", "given", "prefix", "suffix", "text")
_PARTS_OF_ADDRESS = ("text", "line", "city", "district", "state", "postalCode", "country")
_BOOLEAN = "http://hl7.org/fhir/special-values"


def codings(node: Node) -> list[Coding]:
    """Return (system, code) of each coding, identifier, contact or plain code in a value."""
    value, type_, system = node
    match type_:
        case "CodeableConcept":
            return [_coding(one) for one in value.get("coding", ()) if one.get("code") or one.get("system")]
        case "Coding":
            return [_coding(value)]
        case "Identifier":
            return [(value.get("system", ""), value.get("value", ""))]
        case "ContactPoint":
            return [("", value["value"])] if "value" in value else []
        case "boolean":
            return [(_BOOLEAN, str(value).lower())]
        case "code" | "string" | "uri" | "id" | "canonical" | "markdown":
            return [(system, value)]
    return []


def words_of(node: Node) -> list[str]:
    """Return the texts beside a code: `:text` looks in them."""
    value, type_, _ = node
    match type_:
        case "CodeableConcept":
            return [
                text
                for text in (value.get("text"), *(one.get("display") for one in value.get("coding", ())))
                if text
            ]
        case "Coding":
            return [value["display"]] if value.get("display") else []
        case "Identifier":
            return [text for text in [value.get("type", {}).get("text")] if text]
    return []


def kinds_of(node: Node) -> list[tuple[str, str, str]]:
    """Return (system and code of its kind, value) of an identifier: `:of-type`."""
    if node.type != "Identifier" or "value" not in node.value:
        return []
    return [(*_coding(one), node.value["value"]) for one in node.value.get("type", {}).get("coding", ())]


def texts(node: Node) -> list[str]:
    """Return the texts of a string, a name or an address."""
    value, type_, _ = node
    match type_:
        case "HumanName":
            return _members(value, _PARTS_OF_NAME)
        case "Address":
            return _members(value, _PARTS_OF_ADDRESS)
        case "Annotation":
            return [value["text"]]
    return [value] if isinstance(value, str) else []


def references(node: Node) -> list[str]:
    """Return what a value names: `Type/id` or an address."""
    if isinstance(node.value, str):
        return [node.value]
    return [node.value["reference"]] if node.type == "Reference" and "reference" in node.value else []


def identifiers(node: Node) -> list[Coding]:
    """Return the identifier by which a reference names its target: `:identifier`."""
    if node.type != "Reference" or "identifier" not in node.value:
        return []
    return codings(Node(node.value["identifier"], "Identifier"))


def component_facts(kind: str, nodes: list[Node]) -> list[Any]:
    """Return the values of one part of a composite, in the form in which composites are compared (conditions.py)."""
    match kind:
        case "token":
            return [{"s": system, "c": code.casefold()} for node in nodes for system, code in codings(node)]
        case "quantity":
            return [fact for node in nodes for fact in quantity_facts(node.value, node.type)]
        case "date":
            return [fact_of(one) for node in nodes for one in date_ranges(node.value, node.type)]
        case "number":
            return [fact_of(one) for node in nodes if (one := number_range(node.value, node.type))]
        case "string":
            return [fold(text) for node in nodes for text in texts(node)]
        case "reference":
            return [one for node in nodes for one in references(node)]
    return []


def _coding(value: Json) -> Coding:
    return value.get("system", ""), value.get("code", "")


def _members(value: Json, names: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for name in names:
        inner = value.get(name)
        found += [inner] if isinstance(inner, str) else [one for one in inner or () if one]
    return found


def token_numbers(parameter: str, node: Node) -> list[int]:
    """Return the numbers under which a token is found."""
    found: list[int] = []
    if node.type in _OF_MANY:
        for system, code in codings(node):
            found += _of_many(parameter, system, code)
        return found
    for system, code in codings(node):
        found += _numbers(parameter, system, code)
    found += [tokens.typed(parameter, *one) for one in kinds_of(node)]
    return found


def _numbers(parameter: str, system: str, code: str) -> tuple[int, ...]:
    numbers = [tokens.code(parameter, code), tokens.coded(parameter, system, code)] if code else []
    if system:
        numbers.append(tokens.system(parameter, system))
    if code and is_hierarchical(system):
        numbers += [tokens.under(parameter, system, one) for one in above(system, code)]
    return tuple(numbers)


# codes come again and again, and say nothing of anybody; numbers and addresses of people are never kept
_OF_MANY = frozenset({"CodeableConcept", "Coding", "code", "boolean"})
_of_many = lru_cache(maxsize=8192)(_numbers)
