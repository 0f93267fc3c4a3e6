"""From FHIR JSON to FHIR XML. Numbers keep their digits, XHTML its text. hl7.org/fhir/R4/xml.html"""

import html
import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any
from xml.parsers import expat

from unidossier.exchange.fhir.xml.elements import FHIR, RESOURCE, XHTML, Element, elements_of

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
# In an attribute a line break would come back as a space; signs that XML 1.0 has no way to write are replaced.
_ESCAPED = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"} | {
    code: f"&#{code};" for code in (9, 10, 13)
}
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"<[^>]*>")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]*;")


class _Xhtml(str):
    """A narrative among the parts of a text: white space in it means something."""

    __slots__ = ()


def to_xml(text: bytes | str, *, pretty: bool = False) -> bytes:
    """Return a valid resource in FHIR JSON as FHIR XML; `pretty`: indented, all but the narrative."""
    resource = json.loads(text, parse_float=str, parse_int=str)
    parts = [_HEAD]
    _resource(parts, resource, namespace=f' xmlns="{FHIR}"')
    return "".join(_indented(parts) if pretty else parts).encode()


def _indented(parts: list[str]) -> Iterator[str]:
    """Give a line for each tag; outside of the narrative all text stands in attributes, where > is escaped."""
    depth = 0
    for is_xhtml, run in groupby(parts, key=lambda part: isinstance(part, _Xhtml)):
        for tag in run if is_xhtml else _TAG.findall("".join(run)):
            closes = not is_xhtml and tag.startswith("</")
            depth -= closes
            yield f"{'  ' * depth}{tag}\n"
            depth += not is_xhtml and not closes and not tag.endswith(("/>", "?>"))


def entry_to_xml(text: bytes | str) -> bytes:
    """Return one entry of a Bundle in FHIR JSON as its element in FHIR XML."""
    parts: list[str] = []
    entry = json.loads(text, parse_float=str, parse_int=str)
    _element(parts, elements_of("Bundle")["entry"], entry, None)
    return "".join(parts).encode()


def _resource(parts: list[str], resource: dict[str, Any], *, namespace: str = "") -> None:
    kind = resource["resourceType"]
    parts.append(f"<{kind}{namespace}>")
    _children(parts, resource, path=kind)
    parts.append(f"</{kind}>")


def _children(parts: list[str], value: dict[str, Any], *, path: str) -> None:
    for name, element in elements_of(path).items():
        beside_name = f"_{name}"
        if element.is_attribute or (name not in value and beside_name not in value):
            continue
        given, beside = value.get(name), value.get(beside_name)
        if not element.repeats:
            _element(parts, element, given, beside)
            continue
        for index in range(max(len(given or ()), len(beside or ()))):
            _element(parts, element, _at(given, index), _at(beside, index))


def _element(parts: list[str], element: Element, value: Any, beside: dict[str, Any] | None) -> None:
    name, code = element.name, element.code
    if code == RESOURCE:
        parts.append(f"<{name}>")
        _resource(parts, value)
        parts.append(f"</{name}>")
    elif code == "xhtml":
        parts.append(_Xhtml(_xhtml(value)))
    elif elements_of(code):
        parts.append(f"<{name}{_attributes(value, code=code)}>")
        _children(parts, value, path=code)
        parts.append(f"</{name}>")
    else:
        given = "" if value is None else f' value="{_escaped(value)}"'
        parts.append(f"<{name}{_attributes(beside or {}, code='Element')}{given}")
        if beside and "extension" in beside:
            parts.append(">")
            _children(parts, beside, path="Element")
            parts.append(f"</{name}>")
        else:
            parts.append("/>")


def _attributes(value: dict[str, Any], *, code: str) -> str:
    return "".join(
        f' {name}="{_escaped(value[name])}"'
        for name, element in elements_of(code).items()
        if element.is_attribute and name in value
    )


def _at(values: list[Any] | None, index: int) -> Any:
    return values[index] if values and index < len(values) else None


def _escaped(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _UNWRITABLE.sub("\ufffd", value).translate(_ESCAPED)


def _xhtml(text: str) -> str:
    """Return the fragment as it is; one that is no XML is put into XML, with all its words."""
    for tried in (text, _NAMED.sub(lambda match: html.unescape(match.group()), text)):
        if _is_xml(tried):
            head = tried[: tried.index(">")]
            return tried if "xmlns" in head else f'<div xmlns="{XHTML}"{tried[4:]}'
    return f'<div xmlns="{XHTML}"><p>{_escaped(text)}</p></div>'


def _is_xml(fragment: str) -> bool:
    try:
        expat.ParserCreate("utf-8", " ").Parse(fragment.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return False
    return fragment.startswith("<div") and not fragment[4:5].isalnum()
