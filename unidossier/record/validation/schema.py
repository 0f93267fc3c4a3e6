"""The derived schema (see data/README.md) and the compiled validators of the resource types.

The types of a record share one validator: compiled one by one each would hold the data types again, 3 MB a type.
"""

import gzip
import re
import threading
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import orjson

from unidossier.kernel.memory import give_back
from unidossier.record.patient_types import HELD_TYPES

_REFERENCE = re.compile(rb'"#/definitions/([^"]+)"')
_TOGETHER = HELD_TYPES | {"Bundle", "Parameters"}
# the first requests of a process arrive together: each would compile for itself, some 15 MB more
_ONE_AT_A_TIME = threading.Lock()


class Validator:
    """Checks resources of one type. Errors carry their place from the type on: ["Observation", "code"]."""

    def __init__(self, resource_type: str, compiled: jsonschema_rs.Draft4Validator) -> None:
        self._type, self._compiled = resource_type, compiled

    def is_valid(self, resource: Any) -> bool:
        """Tell whether the resource has the form of its type."""
        return self._compiled.is_valid({self._type: resource})

    def iter_errors(self, resource: Any) -> Iterator[jsonschema_rs.ValidationError]:
        """Give what is wrong with it. All of it is made out first: 0.1 ms and 3 kB a fault."""
        return self._compiled.iter_errors({self._type: resource})

    def first_error(self, resource: Any) -> jsonschema_rs.ValidationError:
        """Return one fault of a resource that is not valid, however many there are."""
        try:
            self._compiled.validate({self._type: resource})
        except jsonschema_rs.ValidationError as error:
            return error
        raise ValueError("the resource is valid")


@cache
def resource_types() -> frozenset[str]:
    """Return the 146 resource types of R4."""
    return frozenset(orjson.loads(_lines()[""]))


@lru_cache(maxsize=64)
def definition(name: str) -> dict[str, Any]:
    """Return the JSON schema of a resource type, a data type, or a path such as Observation.component. Raises KeyError."""
    told: dict[str, Any] = orjson.loads(_lines()[name])
    return told


def validator(resource_type: str) -> Validator:
    """Return the validator of one resource type. The first of a record's types takes half a second, any other some 15 ms.

    Draft 4, because there alone 1.0 is no integer, as in FHIR. Regular expressions run in linear time.
    """
    with _ONE_AT_A_TIME:
        compiled = _record_types() if resource_type in _TOGETHER else _one_type(resource_type)
    return Validator(resource_type, compiled)


def at_path(path: list[str | int]) -> Any:
    """Return the part of the schema at `path`, as an error of a validator names it."""
    node: Any = definition(str(path[1]))
    for step in path[2:]:
        node = node[step]
    return node


@cache
def _record_types() -> jsonschema_rs.Draft4Validator:
    return _compile(_TOGETHER)


@lru_cache(maxsize=8)  # about 3 MB each, and anybody may send any
def _one_type(resource_type: str) -> jsonschema_rs.Draft4Validator:
    return _compile({resource_type})


def _compile(types: Collection[str]) -> jsonschema_rs.Draft4Validator:
    root = orjson.dumps(
        {
            "properties": {name: {"$ref": f"#/definitions/{name}"} for name in sorted(types)},
            "definitions": {name: orjson.Fragment(_lines()[name]) for name in sorted(_needed(types))},
        }
    )
    compiled = jsonschema_rs.Draft4Validator(root.decode(), pattern_options=jsonschema_rs.RegexOptions())
    give_back()  # what compiling took beside its result: half of it
    return compiled


def _needed(types: Collection[str]) -> set[str]:
    needed, waiting = set(), list(types)
    while waiting:
        if (current := waiting.pop()) not in needed:
            needed.add(current)
            waiting += {match.decode() for match in _REFERENCE.findall(_lines()[current])}
    return needed


@cache
def _lines() -> dict[str, bytes]:
    """Return {name: JSON schema} as text, the names of the resource types under ""."""
    packed = files(__package__).joinpath("data/fhir-r4-4.0.1.schema.gz").read_bytes()
    lines = (line.partition(b"\t") for line in gzip.decompress(packed).splitlines())
    return {name.decode(): text for name, _, text in lines}
