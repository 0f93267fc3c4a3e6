"""What is searched, as a small tree. Every leaf is a comparison with what was taken out of a resource (extract.py)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Found:
    """One of these tokens is there; `keyed`: among the keys (extract.py)."""

    numbers: tuple[int, ...]
    keyed: bool = False


@dataclass(frozen=True)
class Fact:
    """A JSON path (of the database) over the facts finds something."""

    path: str


@dataclass(frozen=True)
class Ids:
    """The item has one of these ids."""

    ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Entered:
    """The newest version came in this half-open period; None: open."""

    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Words:
    """The record's own search finds these words in title and text."""

    text: str


@dataclass(frozen=True)
class Not:
    """The term does not hold."""

    term: "Term"


@dataclass(frozen=True)
class All:
    """Every term holds; none: everything does."""

    terms: tuple["Term", ...] = ()


@dataclass(frozen=True)
class Either:
    """One of the terms holds; none: nothing does."""

    terms: tuple["Term", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Leads:
    """A reference in one of the parameters `names` leads to an item of the same record, of one of `types`, for which `term` holds.

    `own`: tokens of a reference to the patient himself, which leads to his Patient resources under whatever id.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    term: "Term"
    own: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LedTo:
    """An item of `type` for which `term` holds refers here in one of `names`. `own`: as above, when Patients are searched."""

    names: tuple[str, ...]
    type: str
    term: "Term"
    own: tuple[int, ...] = ()


Term = Found | Fact | Ids | Entered | Words | Not | All | Either | Leads | LedTo
NOTHING = Either()
EVERYTHING = All()


def either(terms: Iterable[Term]) -> Term:
    """Return the one term, or that one of them holds; tokens are put together."""
    numbers: dict[bool, list[int]] = {}
    others: list[Term] = []
    for one in terms:
        if isinstance(one, Found):
            numbers.setdefault(one.keyed, []).extend(one.numbers)
        else:
            others.append(one)
    others[:0] = [Found(tuple(dict.fromkeys(own)), keyed) for keyed, own in numbers.items() if own]
    return others[0] if len(others) == 1 else Either(tuple(others))


def ways_through(term: Term) -> int:
    """Return how many ways lead through other items: each is a look at the record for every line."""
    match term:
        case Not(inner):
            return ways_through(inner)
        case All(terms) | Either(terms):
            return sum(map(ways_through, terms))
        case Leads() | LedTo():
            return 1 + ways_through(term.term)
    return 0


def path(names: Sequence[str], condition: str) -> Term:
    """Return that a fact of one of the parameters meets a condition of a JSON path, in which `@` is the fact."""
    return either(Fact(f"$.{quoted(name)}[*] ? ({condition})") for name in names)


def quoted(value: Any) -> str:
    """Return a text or a number as a literal of a JSON path."""
    return json.dumps(value)
