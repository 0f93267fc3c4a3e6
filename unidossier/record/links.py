"""Addresses of a transaction in what is no reference: elements of type uri and url, and the links of a narrative.

Whole values alone that are the fullUrl of an entry; all else stays, to the character. hl7.org/fhir/R4/http.html#trules
"""

import json
import re
from collections.abc import Callable

Ours = Callable[[str], str | None]

_STRING = r'"(?:[^"\\]|\\.)*"'
# as in references.py: these words inside a text would have escaped quotation marks
_ELEMENT = re.compile(rf'("(?:url|uri|address|value(?:Uri|Url|Uuid|Oid))"\s*:\s*)({_STRING})')
_ELEMENTS = re.compile(rf'"instantiatesUri"\s*:\s*\[\s*{_STRING}(?:\s*,\s*{_STRING})*\s*\]')
_ONE = re.compile(rf"([\[,]\s*)({_STRING})")
_DIV = re.compile(rf'"div"\s*:\s*{_STRING}')
_LINK = re.compile(
    r"""(<(?:a|img)(?:\s|\\[nrt])[^<>]*?\b(?:href|src)\s*=\s*(?:\\"|'))([^"'\\<>]*)(?=\\"|')""", re.IGNORECASE
)


def rewrite_links(text: str, *, ours: Ours) -> str:
    """Return the text of a valid resource with the addresses for which `ours` gives another one as we store them."""

    def element(match: re.Match[str]) -> str:
        literal = match.group(2)
        found = ours(json.loads(literal) if "\\" in literal else literal[1:-1])
        return match.group() if found is None else f'{match.group(1)}"{found}"'

    def link(match: re.Match[str]) -> str:
        found = ours(match.group(2))
        return match.group() if found is None else f"{match.group(1)}{found}"

    text = _ELEMENT.sub(element, text)
    text = _ELEMENTS.sub(lambda match: _ONE.sub(element, match.group()), text)
    return _DIV.sub(lambda match: _LINK.sub(link, match.group()), text)
