"""The FHIRPath by which a patch names a place: elements, [n], where(...), first(), last(), ofType(T), extension('url').

hl7.org/fhir/R4/fhirpatch.html asks for no more than simple paths; anything else is refused, never guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from unidossier.exchange.fhir.xml.elements import RESOURCE, Element, elements_of

_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>-?[0-9]+(?:\.[0-9]+)?)|(?P<sign>!=|[.\[\]()=~]))"
)
MOST_CHARACTERS = 2000
MOST_STEPS = 100_000  # elements that the paths of one patch may go through together


class PathNotUnderstood(ValueError):
    """The path is none of those that are read here."""


@dataclass(frozen=True, slots=True)
class Place:
    """One element: where it is held, and of what type it is. `key` is a name, or an index in the list `holder`."""

    holder: dict[str, Any] | list[Any]
    key: str | int
    code: str  # data type, or path of its own structure
    owner: dict[str, Any]  # the object whose element it is, the structure of that, and the element's name
    structure: str
    name: str

    @property
    def value(self) -> Any:
        """The element itself."""
        return self.holder[self.key]  # type: ignore[index,call-overload]


@dataclass(slots=True)
class Steps:
    """How far the paths of one patch went already."""

    taken: int = 0

    def take(self, count: int) -> None:
        """Go on by so many elements. Raises PathNotUnderstood when that is too far."""
        self.taken += count
        if self.taken > MOST_STEPS:
            raise PathNotUnderstood("the paths go through too many elements; name the places by [n]")


def find(root: dict[str, Any], path: str, *, steps: Steps) -> list[Place]:
    """Return the places that `path` names in a resource, in order; the resource itself for its type alone.

    Raises PathNotUnderstood.
    """
    return list(_Walk(path, steps=steps).from_resource(root))


def children(place: Place, name: str) -> Iterator[Place]:
    """Give the elements of that name: `value` finds valueQuantity."""
    value = place.value
    if not isinstance(value, dict):
        return
    structure = structure_of(place)
    for element in named(structure, name):
        held = value.get(element.name)
        if isinstance(held, list):
            for index in range(len(held)):
                yield Place(held, index, element.code, value, structure, element.name)
        elif held is not None:
            yield Place(value, element.name, element.code, value, structure, element.name)


def structure_of(place: Place) -> str:
    """Return the path of the structure of a place; a resource says itself what it is."""
    return str(place.value.get("resourceType", "")) if place.code == RESOURCE else place.code


def named(structure: str, name: str) -> list[Element]:
    """Return the elements that a name means: itself, or any of a choice."""
    elements = elements_of(structure)
    if name in elements:
        return [elements[name]]
    return [one for one in elements.values() if one.name == name + one.code[:1].upper() + one.code[1:]]


class _Walk:
    """Reads a path from left to right, and walks as it reads."""

    def __init__(self, path: str, *, steps: Steps) -> None:
        if len(path) > MOST_CHARACTERS:
            raise PathNotUnderstood("the path is too long")
        self.path = path
        self.tokens = list(_tokens(path))
        self.at = 0
        self.steps = steps

    def from_resource(self, root: dict[str, Any]) -> list[Place]:
        kind = self._word()
        if kind not in (root["resourceType"], "Resource", "DomainResource"):
            raise PathNotUnderstood(f"the path begins with the type of the resource: {root['resourceType']}")
        found = self._steps([Place({"": root}, "", RESOURCE, {}, "", "")])
        if self.at < len(self.tokens):
            raise self._not_understood()
        return found

    def _steps(self, found: list[Place]) -> list[Place]:
        found = self._indexed(found)
        while self._took("."):
            word = self._word()
            found = self._function(word, found) if self._took("(") else self._children(found, word)
            found = self._indexed(found)
        return found

    def _children(self, found: list[Place], name: str) -> list[Place]:
        if found and not any(named(structure_of(one), name) for one in found if isinstance(one.value, dict)):
            raise PathNotUnderstood(f"'{name[:60]}' is not an element there in FHIR R4")
        gone_to = [child for one in found for child in children(one, name)]
        self.steps.take(len(found) + len(gone_to))
        return gone_to

    def _indexed(self, found: list[Place]) -> list[Place]:
        while self._took("["):
            kind, text = self._next()
            if kind != "number" or not text.isdigit() or not self._took("]"):
                raise self._not_understood()
            found = found[int(text) : int(text) + 1]
        return found

    def _function(self, name: str, found: list[Place]) -> list[Place]:
        if name == "where":
            return self._where(found)
        if name in ("ofType", "as"):
            wanted = self._word()
            kept = [one for one in found if one.code == wanted or one.name.endswith(wanted)]
        elif name == "extension":
            kind, url = self._next()
            if kind != "text":
                raise self._not_understood()
            kept = [
                one
                for one in self._children(found, "extension")
                if isinstance(one.value, dict) and one.value.get("url") == _unquoted(url)
            ]
        elif name in ("first", "single"):
            kept = found[:1] if name == "first" else found
        elif name == "last":
            kept = found[-1:]
        else:
            raise self._not_understood()
        if not self._took(")"):
            raise self._not_understood()
        return kept

    def _where(self, found: list[Place]) -> list[Place]:
        """Keep those for which every comparison of a path with a literal holds."""
        start, kept = self.at, []
        if not found:  # read on all the same: what follows must make sense
            self._holds(None)
        for one in found:
            self.at = start
            if self._holds(one):
                kept.append(one)
        if not self._took(")"):
            raise self._not_understood()
        return kept

    def _holds(self, one: Place | None) -> bool:
        holds = True
        while True:
            name = self._word()
            found = self._children([one], name) if one is not None and isinstance(one.value, dict) else []
            found = self._steps(found)
            kind, sign = self._next()
            if kind != "sign" or sign not in ("=", "!=", "~"):
                raise self._not_understood()
            literal = self._next()
            is_equal = any(_equals(each.value, literal) for each in found)
            holds = holds and (is_equal if sign != "!=" else bool(found) and not is_equal)
            if not (self.at < len(self.tokens) and self.tokens[self.at] == ("word", "and")):
                return holds
            self.at += 1

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise self._not_understood()
        self.at += 1
        return self.tokens[self.at - 1]

    def _word(self) -> str:
        kind, text = self._next()
        if kind != "word":
            raise self._not_understood()
        return text

    def _took(self, sign: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign):
            self.at += 1
            return True
        return False

    def _not_understood(self) -> PathNotUnderstood:
        return PathNotUnderstood(
            f"the path '{self.path[:100]}' is not read here; write elements, [n], where(element = 'value'), first(), last()"
        )


def _tokens(path: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = path.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise PathNotUnderstood(f"'{text[at : at + 20]}' cannot be read in the path")
        yield match.lastgroup, match.group(match.lastgroup)
        at = match.end()


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _equals(value: Any, literal: tuple[str, str]) -> bool:
    kind, text = literal
    if kind == "text":
        return isinstance(value, str) and value == _unquoted(text)
    if kind == "word" and text in ("true", "false"):
        return value is (text == "true")
    return (
        kind == "number" and isinstance(value, int) and not isinstance(value, bool) and value == Decimal(text)
    )
