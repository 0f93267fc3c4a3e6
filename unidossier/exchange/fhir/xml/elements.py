"""The elements of every structure of R4, in the order of the standard (made by scripts/derive_fhir_elements.py)."""

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
RESOURCE = "Resource"  # the type of an element that holds a whole resource


@dataclass(frozen=True, slots=True)
class Element:
    """One element; `code` is its data type, or the path of a structure of its own (`Observation.component`)."""

    name: str  # in JSON and in XML: valueQuantity, not value[x]
    code: str
    repeats: bool
    is_mandatory: bool
    in_summary: bool
    is_attribute: bool  # in XML


@cache
def elements_of(path: str) -> dict[str, Element]:
    """Return the elements of a structure by name, in order; {} when `path` is none, such as a plain type."""
    return {
        name: Element(name, code, "*" in signs, "!" in signs, "s" in signs, "@" in signs)
        for name, code, signs in _definitions().get(path, ())
    }


@cache
def _definitions() -> dict[str, list[tuple[str, str, str]]]:
    packed = files(__package__).joinpath("data/fhir-r4-4.0.1.elements.json.gz").read_bytes()
    content: dict[str, list[tuple[str, str, str]]] = orjson.loads(gzip.decompress(packed))
    return content
