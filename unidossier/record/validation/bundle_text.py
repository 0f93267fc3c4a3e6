"""Where each entry's resource lies in the text of a Bundle, so that it is stored exactly as it came.

The outer three levels (Bundle, `entry`, one entry) are read here; everything inside them by the fast reader.
Any other resource read this way gives the same value as the fast reader alone.
"""

import re
from collections.abc import Callable
from json import JSONDecodeError, JSONDecoder
from typing import Any

Span = tuple[int, int]  # first character, and the one after the last
_Reader = Callable[[str, int], tuple[Any, int]]  # (name of the member, place) -> (value, place after it)

_space = re.compile(r"[ \t\n\r]*").match


class RefusedJson(ValueError):
    """A rule of strict JSON is broken; the text says which, and what to do."""


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object with these members. Raises RefusedJson when a name comes twice."""
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    seen: set[str] = set()
    twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    raise RefusedJson(f"the name '{twice[:60]}' comes twice in one object; send it once")


def read_bundle(text: str, *, decoder: JSONDecoder) -> tuple[Any, list[Span | None]]:
    """Return the value and one place per entry (None: the entry has no resource).

    Raises JSONDecodeError or RefusedJson.
    """
    spans: list[Span | None] = []

    def plain(_name: str, place: int) -> tuple[Any, int]:
        return decoder.raw_decode(text, place)

    def top(name: str, place: int) -> tuple[Any, int]:
        if name == "entry" and text[place] == "[":
            return _list(text, place, item=entry)
        return plain(name, place)

    def entry(_name: str, place: int) -> tuple[Any, int]:
        spans.append(None)
        return _object(text, place, member=in_entry) if text[place] == "{" else plain("", place)

    def in_entry(name: str, place: int) -> tuple[Any, int]:
        value, end = decoder.raw_decode(text, place)
        if name == "resource":
            spans[-1] = (place, end)
        return value, end

    start = _after_space(text, 0)
    value, end = _object(text, start, member=top) if text[start : start + 1] == "{" else plain("", start)
    if _space(text, end).end() != len(text):  # type: ignore[union-attr]  # matches the empty text too
        raise JSONDecodeError("Extra data", text, end)
    return value, spans


def _object(text: str, place: int, *, member: _Reader) -> tuple[dict[str, Any], int]:
    pairs: list[tuple[str, Any]] = []
    place = _after_space(text, place + 1)
    if text[place] == "}":
        return {}, place + 1
    while True:
        if text[place] != '"':
            raise JSONDecodeError("Expecting property name enclosed in double quotes", text, place)
        name, place = _string(text, place)
        place = _after_space(text, _expect(text, place, sign=":"))
        value, place = member(name, place)
        pairs.append((name, value))
        place = _after_space(text, place)
        if text[place] == "}":
            return members(pairs), place + 1
        place = _after_space(text, _expect(text, place, sign=","))


def _list(text: str, place: int, *, item: _Reader) -> tuple[list[Any], int]:
    values: list[Any] = []
    place = _after_space(text, place + 1)
    if text[place] == "]":
        return values, place + 1
    while True:
        value, place = item("", place)
        values.append(value)
        place = _after_space(text, place)
        if text[place] == "]":
            return values, place + 1
        place = _after_space(text, _expect(text, place, sign=","))


def _string(text: str, place: int) -> tuple[str, int]:
    return _NAMES.raw_decode(text, place)


def _expect(text: str, place: int, *, sign: str) -> int:
    place = _after_space(text, place)
    if text[place] != sign:
        raise JSONDecodeError(f"Expecting '{sign}' delimiter", text, place)
    return place + 1


def _after_space(text: str, place: int) -> int:
    place = _space(text, place).end()  # type: ignore[union-attr]  # matches the empty text too
    if place == len(text):
        raise JSONDecodeError("The text ends too early", text, place)
    return place


_NAMES = JSONDecoder(strict=True)
