"""The words of the interface in one language, from the translations themselves: a text without one is a fault."""

from functools import cache
from pathlib import Path

import polib

LOCALE = Path(__file__).parents[2] / "unidossier/portals/shared/locale"
LANGUAGES = ("fr", "nl", "de")


class NotTranslated(Exception):
    """The interface has no such text, or no words for it in this language."""


class Words:
    """`words("My patients", name=...)` gives the text as the page shows it."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, text: str, **told: object) -> str:
        """Return the translation with its gaps filled. Raises NotTranslated."""
        if self.language == "en":
            return text % told if told else text
        words = catalogue(self.language).get(text)
        if not words:
            raise NotTranslated(f"{self.language}: {text!r}")
        return words % told if told else words


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return {English text: words}; forms of one and of many each stand for themselves."""
    read: dict[str, str] = {}
    for entry in polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po")):
        if entry.obsolete or entry.fuzzy:
            continue
        if entry.msgid_plural:
            read[entry.msgid] = entry.msgstr_plural[0]
            read[entry.msgid_plural] = entry.msgstr_plural[1]
        else:
            read[entry.msgid] = entry.msgstr
    return read
