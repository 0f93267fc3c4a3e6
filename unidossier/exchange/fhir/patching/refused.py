"""Why a change is not made; and what both ways of patching share."""

from typing import Any

import orjson

MOST_OPERATIONS = 200
LARGEST = 2 * 1024 * 1024  # bytes that one patch copies and compares together


class PatchRefused(ValueError):
    """One operation cannot be made; `place` says which where it is an element (not in JSON Patch), the text why and what to do."""

    def __init__(self, place: str, text: str) -> None:
        super().__init__(text)
        self.place = place


def text_of(value: Any, *, place: str) -> bytes:
    """Return a value as JSON, every number with its digits. Raises PatchRefused when it lies too deep."""
    try:
        return orjson.dumps(value)
    except TypeError:
        raise PatchRefused(place, "the values lie too deep inside each other") from None


def without_empty(value: Any) -> Any:
    """Leave out what lost its last member: FHIR has no empty list and no empty object. Raises PatchRefused."""
    try:
        return _without_empty(value)
    except RecursionError:
        raise PatchRefused("", "the values lie too deep inside each other") from None


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _without_empty(child) for name, child in value.items()}
        return {name: child for name, child in kept.items() if child not in ({}, [])}
    if isinstance(value, list):
        return [child for child in map(_without_empty, value) if child not in ({}, [])]
    return value
