"""Large files inside a resource (Attachment.data, Binary.data): kept encrypted beside the database, put back on reading.

hl7.org/fhir/R4/datatypes.html#attachment. What is put back is the exact text that was taken out.
"""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

FROM_CHARACTERS = 32 * 1024  # shorter ones stay in the text
MARK = "urn:unidossier:file:"  # base64 has no colon: no sender's data looks like this
# but a text of his may: it is kept as the same text, written otherwise
_FOREIGN, _DISARMED = f'"{MARK}', '"\\u0075' + MARK[1:]

_DATA = re.compile(rf'("data"\s*:\s*)"([A-Za-z0-9+/]{{{FROM_CHARACTERS},}}={{0,2}})"')
_TAKEN = re.compile(rf'"{MARK}([0-9a-f]{{64}})"')


@dataclass(frozen=True, kw_only=True, slots=True)
class InlineFile:
    """One file taken out of a resource."""

    sha256: str  # of the content, hexadecimal
    name: str
    media_type: str
    data: bytes


def take_out(text: str, *, resource: dict[str, Any]) -> tuple[str, tuple[InlineFile, ...]]:
    """Return the text with a mark in place of each large file, and the files.

    Base64 that would not come back to the character (line breaks, loose last bits) stays where it is. What a sender wrote like
    a mark stays his text and leads to no file: else it would open whichever file of the record has that digest.
    """
    text = text.replace(_FOREIGN, _DISARMED)
    if len(text) < FROM_CHARACTERS or '"data"' not in text:
        return text, ()
    told = {held["data"]: held for held in _holders(resource)}
    files: list[InlineFile] = []

    def taken(match: re.Match[str]) -> str:
        encoded = match.group(2)
        try:
            data = base64.b64decode(encoded, validate=True)
        except ValueError:
            return match.group()
        if encoded not in told or base64.b64encode(data).decode() != encoded:
            return match.group()
        files.append(_file(data, holder=told[encoded]))
        return f'{match.group(1)}"{MARK}{files[-1].sha256}"'

    return _DATA.sub(taken, text), tuple(files)


def put_back(text: str, *, get: Callable[[str], bytes]) -> str:
    """Return the text as it was sent. `get` gives the content of a file by its SHA-256, or raises."""
    if MARK not in text:
        return text
    return _TAKEN.sub(lambda match: f'"{base64.b64encode(get(match.group(1))).decode()}"', text)


def _file(data: bytes, *, holder: dict[str, Any]) -> InlineFile:
    return InlineFile(
        sha256=sha256(data).hexdigest(),
        name=str(holder.get("title") or holder.get("resourceType") or ""),
        media_type=str(holder.get("contentType") or "application/octet-stream"),
        data=data,
    )


def _holders(value: Any) -> Iterator[dict[str, Any]]:
    """Give every object with a large `data`, wherever it lies."""
    if isinstance(value, dict):
        data = value.get("data")
        if isinstance(data, str) and len(data) >= FROM_CHARACTERS:
            yield value
        for child in value.values():
            yield from _holders(child)
    elif isinstance(value, list):
        for child in value:
            yield from _holders(child)
