"""Texts as they are compared: without case and accents, one space between words (hl7.org/fhir/R4/search.html#string)."""

import unicodedata


def fold(text: str) -> str:
    """Return the text folded: `Van  Den Bössche` is `van den bossche`."""
    if text.isascii():
        return " ".join(text.lower().split())
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())
