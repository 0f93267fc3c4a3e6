"""JSON Patch. RFC 6902; places are JSON Pointers (RFC 6901)."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from unidossier.exchange.fhir.patching.refused import (
    LARGEST,
    MOST_OPERATIONS,
    PatchRefused,
    text_of,
    without_empty,
)
from unidossier.exchange.fhir.shape import read_exactly

Holder = dict[str, Any] | list[Any]


def apply_json_patch(resource: Any, operations: Any) -> Any:
    """Return the resource with all operations made, in their order. Raises PatchRefused; nothing is half done."""
    if not isinstance(operations, list) or len(operations) > MOST_OPERATIONS:
        raise PatchRefused("", f"a JSON Patch is a list of at most {MOST_OPERATIONS} operations")
    root = {"": resource}  # so that the whole resource is a member too
    spent = 0  # bytes of what was copied and compared: copies of copies double at each turn
    for index, operation in enumerate(operations):
        which = f"operation {index + 1} of {len(operations)}: "
        if not isinstance(operation, dict) or operation.get("op") not in _OPERATIONS:
            told = f"{which}each is an object with op: {', '.join(_OPERATIONS)}"
            raise PatchRefused("", told)
        try:
            spent += _OPERATIONS[operation["op"]](root, operation) or 0
        except _NoPlace as fault:
            raise PatchRefused("", which + str(fault)) from None
        if spent > LARGEST or "" not in root:
            text = (
                "what is copied and compared grows too large"
                if spent > LARGEST
                else "the resource itself is deleted by DELETE"
            )
            raise PatchRefused("", which + text)
    return without_empty(root[""])


class _NoPlace(ValueError):
    """A pointer names nothing that is there."""


def _add(root: Holder, operation: dict[str, Any]) -> None:
    _put(root, operation.get("path"), _value(operation))


def _remove(root: Holder, operation: dict[str, Any]) -> None:
    holder, key = _existing(root, operation.get("path"))
    del holder[key]  # type: ignore[arg-type]


def _replace(root: Holder, operation: dict[str, Any]) -> None:
    value = _value(operation)
    holder, key = _existing(root, operation.get("path"))
    holder[key] = value  # type: ignore[index,call-overload]


def _move(root: Holder, operation: dict[str, Any]) -> None:
    source, target = operation.get("from"), operation.get("path")
    if isinstance(source, str) and isinstance(target, str) and target.startswith(f"{source}/"):
        raise _NoPlace("a value cannot be moved into itself")
    holder, key = _existing(root, source)
    value = holder[key]  # type: ignore[index,call-overload]
    del holder[key]  # type: ignore[arg-type]
    _put(root, target, value)


def _copy(root: Holder, operation: dict[str, Any]) -> int:
    """Copy, and return how many bytes."""
    holder, key = _existing(root, operation.get("from"))
    text = text_of(holder[key], place="from")  # type: ignore[index,call-overload]
    _put(root, operation.get("path"), read_exactly(text))
    return len(text)


def _test(root: Holder, operation: dict[str, Any]) -> int:
    """Compare, and return how many bytes stood there."""
    holder, key = _existing(root, operation.get("path"))
    text = text_of(holder[key], place="path")  # type: ignore[index,call-overload]
    if _comparable(text) != _comparable(text_of(_value(operation), place="value")):
        raise _NoPlace(f"the test of {_shown(operation.get('path'))} failed: another value stands there")
    return len(text)


_OPERATIONS: dict[str, Callable[[Holder, dict[str, Any]], int | None]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


def _value(operation: dict[str, Any]) -> Any:
    if "value" not in operation:
        raise _NoPlace(f"'{operation['op']}' needs a value")
    return operation["value"]


def _put(root: Holder, pointer: Any, value: Any) -> None:
    holder, key = _held(root, pointer)
    if isinstance(holder, dict):
        holder[key] = value
    elif key == "-":
        holder.append(value)
    else:
        holder.insert(_index(holder, key, most=len(holder), pointer=pointer), value)


def _existing(root: Holder, pointer: Any) -> tuple[Holder, str | int]:
    holder, key = _held(root, pointer)
    if isinstance(holder, list):
        return holder, _index(holder, key, most=len(holder) - 1, pointer=pointer)
    if key not in holder:
        raise _NoPlace(f"nothing stands at {_shown(pointer)}")
    return holder, key


def _held(root: Holder, pointer: Any) -> tuple[Holder, str]:
    """Return what holds the place, and its name or index there as text."""
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
        raise _NoPlace("path and from are JSON Pointers such as /name/0/family")
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")]
    held: Any = root
    for step in steps[:-1]:
        if isinstance(held, list):
            held = held[_index(held, step, most=len(held) - 1, pointer=pointer)]
        elif isinstance(held, dict) and step in held:
            held = held[step]
        else:
            raise _NoPlace(f"nothing stands at {_shown(pointer)}")
    if not isinstance(held, (dict, list)):
        raise _NoPlace(f"nothing stands at {_shown(pointer)}")
    return held, steps[-1]


def _index(held: list[Any], step: str, *, most: int, pointer: Any) -> int:
    if not (step.isascii() and step.isdigit() and (step == "0" or step[0] != "0") and len(step) < 9):
        raise _NoPlace(f"{_shown(pointer)} goes through a list: count from 0")
    if int(step) > most:
        raise _NoPlace(f"{_shown(pointer)} is beyond the end of its list")
    return int(step)


def _shown(pointer: Any) -> str:
    return f"'{str(pointer)[:100]}'"


def _comparable(text: bytes) -> Any:
    """Return the value of a JSON text so that numbers compare as numbers and never equal true or a text (RFC 6902, 4.6)."""

    def number(text: str) -> tuple[str, Decimal]:
        return "number", Decimal(text)

    return json.loads(text, parse_float=number, parse_int=number)
