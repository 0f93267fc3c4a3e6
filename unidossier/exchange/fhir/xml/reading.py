"""From FHIR XML to FHIR JSON, by a reader that knows no DTD and no entities, and stops at a depth and a number of elements.

What comes out is checked as any JSON is (record/validation): here only what JSON could not hold is refused.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import orjson

from unidossier.exchange.fhir.xml.elements import FHIR, RESOURCE, XHTML, Element, elements_of
from unidossier.record.validation import Issue
from unidossier.record.validation.schema import resource_types

MAX_DEPTH = 100
MAX_ELEMENTS = 500_000
MAX_STEPS = 20  # of a place that is told
_NUMBERS = {  # as they are written, and one of them
    "decimal": (re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"), "72.50"),
    "integer": (re.compile(r"-?(0|[1-9][0-9]*)"), "-3"),
    "unsignedInt": (re.compile(r"0|[1-9][0-9]*"), "0"),
    "positiveInt": (re.compile(r"[1-9][0-9]*"), "1"),
}
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ROOT = Element("", RESOURCE, False, True, False, False)


class UnreadableXml(ValueError):
    """The text is no FHIR XML that is read here; `issue` says where and why."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.expression or "the text")
        self.issue = issue


@dataclass(slots=True)
class _Frame:
    """An element that is open. `value`: its JSON so far; of a plain value, what stands beside it (id, extension)."""

    element: Element
    path: str  # of its structure
    step: str  # as FHIRPath writes it
    value: dict[str, Any] = field(default_factory=dict)
    plain: Any = None
    is_plain: bool = False


def from_xml(data: bytes) -> bytes:
    """Return the FHIR JSON of one resource. Raises UnreadableXml."""
    if b"\0" in data[:4] or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _unreadable("the text is not UTF-8; send UTF-8")
    reader = _Reader(data)
    parser = expat.ParserCreate("utf-8", " ")
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.XmlDeclHandler = reader.declaration
    reader.parser = parser
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise _unreadable(
            f"the text is not XML: {what}, line {error.lineno} column {error.offset + 1}; "
            "write characters as they are, without named entities"
        ) from None
    return orjson.dumps(reader.root)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.parser: Any = None
        self.root: Any = None
        self.open: list[_Frame] = []
        self.count = 0
        self.in_xhtml = 0  # how deep
        self.xhtml_from = 0

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
            raise _unreadable("the text says that it is not UTF-8; send UTF-8")

    def doctype(self, *_: object) -> None:
        raise _unreadable("a DTD is not read; leave <!DOCTYPE ...> and entities of your own out")

    def text(self, text: str) -> None:
        if not self.in_xhtml and not text.isspace():
            raise self._refused("text stands in XHTML alone; a value is written value='...'")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS or len(self.open) + self.in_xhtml >= MAX_DEPTH:
            raise self._refused(
                f"more than {MAX_ELEMENTS} elements, or {MAX_DEPTH} inside each other; send less at a time"
            )
        space, local, prefix = _parted(name)
        if self.in_xhtml:
            self._require_xhtml(space, prefix=prefix)
            self.in_xhtml += 1
        elif not self.open or (self.open[-1].element.code == RESOURCE and not self.open[-1].path):
            self._resource(space, local)
        else:
            self._element(space, local, prefix=prefix, attributes=attributes)

    def end(self, _name: str) -> None:
        if self.in_xhtml:
            self.in_xhtml -= 1
            if self.in_xhtml == 0:
                self._attach(self.open.pop(), self._fragment())
            return
        frame = self.open.pop()
        if frame.is_plain:
            self._end_plain(frame)
        elif (
            frame.element.code == RESOURCE and frame.path
        ):  # the resource itself: its holder, or nobody, takes it
            if self.open:
                self.open[-1].plain = _joined(frame)
            else:
                self.root = _joined(frame)
        elif frame.element.code == RESOURCE:
            if frame.plain is None:
                self.open.append(frame)
                raise self._refused(f"'{frame.element.name}' holds no resource; fill it or leave it out")
            self._attach(frame, frame.plain)
        else:
            self._attach(frame, _joined(frame))

    def _resource(self, space: str, local: str) -> None:
        if space != FHIR or local not in resource_types():
            raise self._refused(
                f"'{local[:60]}' is not a resource of FHIR R4; write <Patient xmlns=\"{FHIR}\">, for instance"
            )
        if self.open and self.open[-1].plain is not None:
            raise self._refused("one element holds one resource")
        frame = _Frame(_ROOT, local, local if not self.open else "")
        frame.value["resourceType"] = local
        self.open.append(frame)

    def _element(self, space: str, local: str, *, prefix: str, attributes: dict[str, str]) -> None:
        parent = self.open[-1]
        element = elements_of(parent.path).get(local)
        is_xhtml = element is not None and element.code == "xhtml"
        if element is None or element.is_attribute or space != (XHTML if is_xhtml else FHIR):
            raise self._refused(f"'{local[:60]}' is not an element here in FHIR R4")
        if element.repeats:
            step = f"{local}[{len(parent.value.get(local, ()))}]"
        elif local in parent.value or f"_{local}" in parent.value:
            raise self._refused(f"'{local}' stands here once only")
        else:
            step = local
        is_plain = not is_xhtml and element.code != RESOURCE and not elements_of(element.code)
        path = "Element" if is_plain else "" if element.code == RESOURCE else element.code
        frame = _Frame(element, path, step, is_plain=is_plain)
        self.open.append(frame)
        if is_xhtml:
            self._require_xhtml(space, prefix=prefix)
            self.in_xhtml, self.xhtml_from = 1, self.parser.CurrentByteIndex
        else:
            self._attributes(frame, attributes)

    def _attributes(self, frame: _Frame, attributes: dict[str, str]) -> None:
        known = elements_of(frame.path)
        for name, value in attributes.items():
            if name == "value" and frame.is_plain:
                frame.plain = self._value(value, code=frame.element.code)
            elif name in known and known[name].is_attribute:
                frame.value[name] = value
            elif not name.startswith(_XSI):
                raise self._refused(f"'{name[:60]}' is not an attribute here in FHIR R4")

    def _end_plain(self, frame: _Frame) -> None:
        if frame.plain is None and not frame.value:
            self.open.append(frame)
            raise self._refused("the element is empty; give it a value or leave it out")
        beside = _joined(frame) if frame.value else None
        value = self.open[-1].value
        name = frame.element.name
        if frame.element.repeats:
            value.setdefault(name, []).append((frame.plain, beside))
            return
        if frame.plain is not None:
            value[name] = frame.plain
        if beside is not None:
            value[f"_{name}"] = beside

    def _attach(self, frame: _Frame, value: Any) -> None:
        held, name = self.open[-1].value, frame.element.name
        if frame.element.repeats:
            held.setdefault(name, []).append(value)
        else:
            held[name] = value

    def _fragment(self) -> str:
        """Return the XHTML that ends here, as it was written."""
        end = self.parser.CurrentByteIndex
        closing = b">" if self.data[end : end + 2] == b"</" else b"/>"
        stop = self.data.index(closing, end) + len(closing)
        text = self.data[self.xhtml_from : stop].decode().replace("\r\n", "\n").replace("\r", "\n")
        head = text[: text.index(">")]
        return text if "xmlns" in head else f'<div xmlns="{XHTML}"{text[4:]}'

    def _require_xhtml(self, space: str, *, prefix: str) -> None:
        if space != XHTML or prefix:
            raise self._refused(f'XHTML is written without a prefix: <div xmlns="{XHTML}">')

    def _value(self, text: str, *, code: str) -> Any:
        """Return the JSON of a value; one that JSON could only hold as text is refused in the words of XML."""
        if code == "boolean":
            if text not in ("true", "false"):
                raise self._refused("the value is no boolean: true or false", code="value")
            return text == "true"
        if code not in _NUMBERS:
            return text
        written, such_as = _NUMBERS[code]
        if not written.fullmatch(text):
            raise self._refused(f"the value is no {code}, such as {such_as}", code="value")
        return orjson.Fragment(text)  # every digit stays: 72.50

    def _refused(self, text: str, *, code: str = "structure") -> UnreadableXml:
        steps = [frame.step for frame in self.open if frame.step]
        return _unreadable(text, expression=".".join(steps[:MAX_STEPS]), code=code)


def _joined(frame: _Frame) -> dict[str, Any]:
    """Return the JSON of an element; lists of plain values become two lists of one length, where both are needed."""
    value: dict[str, Any] = {}
    for name, held in frame.value.items():
        if not (isinstance(held, list) and held and isinstance(held[0], tuple)):
            value[name] = held
            continue
        plain, beside = ([one[place] for one in held] for place in (0, 1))
        if any(one is not None for one in plain):
            value[name] = plain
        if any(one is not None for one in beside):
            value[f"_{name}"] = beside
    return value


def _parted(name: str) -> tuple[str, str, str]:
    """Return namespace, local name and prefix as the parser joined them; the first and the last may be empty."""
    parts = name.split(" ")
    return (
        ("", parts[0], "") if len(parts) == 1 else (parts[0], parts[1], parts[2] if len(parts) == 3 else "")
    )


def _unreadable(text: str, *, expression: str = "", code: str = "structure") -> UnreadableXml:
    return UnreadableXml(Issue(code, expression, text))
