"""The derived schema (see data/README.md) and one compiled validator per resource type, made at first use."""

import gzip
import re
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import orjson

_REFERENCE = re.compile(rb'"#/definitions/([^"]+)"')


@cache
def schema() -> dict[str, Any]:
    """Return {"definitions": {name or path: JSON schema}, "resources": [names]} of FHIR R4."""
    packed = files(__package__).joinpath("data/fhir-r4-4.0.1.schema.json.gz").read_bytes()
    content: dict[str, Any] = orjson.loads(gzip.decompress(packed))
    return content


@cache
def resource_types() -> frozenset[str]:
    """Return the 146 resource types of R4."""
    return frozenset(schema()["resources"])


@cache
def validator(resource_type: str) -> jsonschema_rs.Draft4Validator:
    """Return the compiled validator of one resource type; about 15 ms the first time.

    Draft 4, because there alone 1.0 is no integer, as in FHIR. Regular expressions run in linear time.
    """
    definitions = schema()["definitions"]
    wanted = {name: definitions[name] for name in _needed(resource_type)}
    root = {"$ref": f"#/definitions/{resource_type}", "definitions": wanted}
    return jsonschema_rs.Draft4Validator(root, pattern_options=jsonschema_rs.RegexOptions())


def at_path(path: list[str | int]) -> Any:
    """Return the part of the schema at `path`, as an error of a validator names it."""
    node: Any = schema()
    for step in path:
        node = node[step]
    return node


def _needed(name: str) -> set[str]:
    needed, waiting = set(), [name]
    while waiting:
        if (current := waiting.pop()) not in needed:
            needed.add(current)
            waiting += _referenced(current)
    return needed


@cache
def _referenced(name: str) -> list[str]:
    return [match.decode() for match in _REFERENCE.findall(orjson.dumps(schema()["definitions"][name]))]
