"""Titles of kinds of documents, from the terminology."""

from unidossier.demo.codes import LOINC
from unidossier.terminology import display


class UnknownKindOfDocument(LookupError):
    """The terminology has no words for this LOINC code."""


def title_of(code: str, language: str) -> str:
    """The title of the kind of document with that LOINC code. Raises UnknownKindOfDocument."""
    title = display(LOINC, code, language)
    if title is None:
        raise UnknownKindOfDocument(code)
    return title
