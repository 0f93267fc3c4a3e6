"""null in FHIR JSON: only in a list of values, beside an extension. hl7.org/fhir/R4/json.html#primitive"""

from collections.abc import Iterator
from typing import Any

from unidossier.record.validation.issue import Issue

_ALONE = "null stands only in a list of plain values, where the list of the same name with _ has an extension"
_LENGTH = "a list and the list of the same name with _ must be of one length"


def misplaced_nulls(value: Any, *, place: str) -> Iterator[Issue]:
    """Give a fault for each null that has no extension beside it. The schema refuses null elsewhere."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from misplaced_nulls(item, place=f"{place}[{index}]")
    elif isinstance(value, dict):
        for name, child in value.items():
            if isinstance(child, list) and None in child:
                yield from _unpaired(value, name=name, place=f"{place}.{name}")
            yield from misplaced_nulls(child, place=f"{place}.{name}")


def _unpaired(parent: dict[str, Any], *, name: str, place: str) -> Iterator[Issue]:
    twin = parent.get(name[1:] if name.startswith("_") else "_" + name)
    if not isinstance(twin, list):
        yield Issue("structure", place, _ALONE)
    elif len(twin) != len(parent[name]):
        yield Issue("structure", place, _LENGTH)
    else:
        for index, (item, beside) in enumerate(zip(parent[name], twin, strict=True)):
            if item is None and beside is None:
                yield Issue("structure", f"{place}[{index}]", _ALONE)
