"""The readable text of a resource, for full-text search. REC-4"""

import base64
import binascii
import html
import re
from typing import Any

from unidossier.record.describe.concept import codings
from unidossier.terminology.words import searchable

MAX_CHARACTERS = 200_000

_WORDS = frozenset(
    {
        "comment",
        "conclusion",
        "contentString",
        "description",
        "detailString",
        "display",
        "instructions",
        "lotNumber",
        "name",
        "patientInstruction",
        "summary",
        "text",
        "title",
        "valueMarkdown",
        "valueString",
    }
)
# Who the patient is, and the machine's own notes, are no content
_SKIPPED = frozenset(
    {"subject", "patient", "beneficiary", "meta", "identifier", "signature", "telecom", "address"}
)
# What tells why: not for the search of those who may only know that there is an appointment or a bill (ACS-2)
REASONS = frozenset(
    {
        "comment",
        "contained",
        "diagnosis",
        "indication",
        "item",
        "note",
        "procedure",
        "reasonCode",
        "reasonReference",
        "supportingInfo",
        "text",
    }
)
_CHARSETS = frozenset(
    {"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16", "utf-16le", "utf-16be"}
)
# [^<>] and not [^>]: a text of nothing but < must not be read once per <
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"</(?:p|div|li|tr|h[1-6]|table|ul|ol)>|<br\s*/?>", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\f\v]+")


def text_of(resource: dict[str, Any]) -> str:
    """Return the words of a resource as plain lines, each once: displays, titles, narrative, notes, inline text files.

    At most MAX_CHARACTERS. The patient's own name and identifiers are left out.
    """
    return _lines(resource, skipped=_SKIPPED)


def _lines(resource: dict[str, Any], *, skipped: frozenset[str]) -> str:
    lines: dict[str, None] = {}
    for name, value in resource.items():
        if name not in skipped:
            _gather({name: value}, lines)
    return "\n".join(line for line in lines if line)[:MAX_CHARACTERS]


def search_text(resource: dict[str, Any], *, more: Any = None, without_reasons: bool = False) -> str:
    """Return text_of(resource) and the words of its codes in all four languages.

    `more` is a concept that stands in another resource (the medicine of a prescription). `without_reasons` leaves out
    what REASONS names.
    """
    skipped = _SKIPPED | REASONS if without_reasons else _SKIPPED
    pairs: dict[tuple[str | None, str], None] = {}
    _gather_codings([{name: value for name, value in resource.items() if name not in skipped}, more], pairs)
    translated = dict.fromkeys(found for system, code in pairs if (found := searchable(system, code)))
    written = text_of(more) if isinstance(more, dict) else ""
    parts = (*translated, written, _lines(resource, skipped=skipped))
    return "\n".join(part for part in parts if part)[:MAX_CHARACTERS]


def narrative(resource: dict[str, Any]) -> str:
    """Return the narrative without its tags, one line per paragraph; "" when there is none."""
    div = (resource.get("text") or {}).get("div")
    return plain(div) if isinstance(div, str) else ""


def plain(markup: str) -> str:
    """Return the words of a piece of XHTML, one line per block."""
    broken = _BREAK.sub("\n", markup)
    lines = (_SPACE.sub(" ", html.unescape(line)).strip() for line in _TAG.sub(" ", broken).split("\n"))
    return "\n".join(line for line in lines if line)


def _gather(element: Any, lines: dict[str, None]) -> None:
    if isinstance(element, list):
        for one in element:
            _gather(one, lines)
    elif isinstance(element, dict):
        if "data" in element and "contentType" in element:
            lines.update(dict.fromkeys(attachment_text(element).split("\n")))
        for name, value in element.items():
            if isinstance(value, str):
                _take(name, value, lines)
            elif name not in _SKIPPED:
                _gather(value, lines)


def _take(name: str, value: str, lines: dict[str, None]) -> None:
    if name == "div":
        lines.update(dict.fromkeys(plain(value).split("\n")))
    elif name in _WORDS:
        lines[value] = None


def attachment_text(attachment: dict[str, Any]) -> str:
    """Return the text of an inline Attachment of a text type, at most MAX_CHARACTERS bytes of it; "" for any other.

    What cannot be decoded is no error: the file itself stays as it came, only the search does not know its words.
    """
    media, *parameters = [part.strip() for part in (attachment.get("contentType") or "").lower().split(";")]
    if not media.startswith("text/") or not isinstance(attachment.get("data"), str):
        return ""
    encoded = "".join(attachment["data"].split())[: MAX_CHARACTERS // 3 * 4]
    try:
        data = base64.b64decode(encoded)
    except binascii.Error:
        return ""
    charsets = (
        part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")
    )
    charset = next((charset for charset in charsets if charset in _CHARSETS), "utf-8")
    text = data.decode(charset, errors="replace").replace("\x00", " ")  # the database holds no NUL
    return plain(text) if media in ("text/html", "text/xml") else text


def _gather_codings(element: Any, pairs: dict[tuple[str | None, str], None]) -> None:
    if isinstance(element, list):
        for one in element:
            _gather_codings(one, pairs)
    elif isinstance(element, dict):
        for name, value in element.items():
            if name == "coding":
                pairs.update(
                    {
                        (each.get("system"), each["code"]): None
                        for each in codings(element)
                        if each.get("code")
                    }
                )
            elif name not in _SKIPPED and isinstance(value, (dict, list)):
                _gather_codings(value, pairs)
