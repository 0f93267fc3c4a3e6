"""The kinds of notices and their words in four languages (words.toml), and which may be had on the portal alone (MY-13)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("fr", "nl", "de", "en")
# MY-13: the patient may have these on the portal alone; all others are about who can see the record (notices/sql/dispatch.sql)
FOR_CARERS = frozenset({"carer"})  # a mail to a practice; no choice of the patient
QUIET = frozenset({"request", "renewal", "answer"})
# what the preferences offer together: one choice for the beginning and the end of the same thing
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("glass", ("glass", "lifting")),
    ("access", ("access", "access-ended", "gp", "outside-refused", "outside-open")),
    ("link", ("link",)),
    ("request", ("request",)),
    ("renewal", ("renewal",)),
    ("exclusion", ("exclusion", "exclusion-ended", "federal", "federal-ended")),
    ("mandate", ("mandate", "mandate-ended")),
    ("identity", ("identity", "details", "email", "death", "death-reversed", "log-erased", "other")),
    ("answer", ("answer",)),
)


@dataclass(frozen=True)
class Words:
    """What a kind says in one language: the subject, and the sentence on what happened."""

    subject: str
    lead: str


def words_of(kind: str, *, language: str) -> Words:
    """Return the words of a kind; of one that is not known those of `other`, in English when the language is not ours."""
    known = kinds()
    return Words(*(known.get(kind) or known["other"])[language if language in LANGUAGES else "en"])


@cache
def kinds() -> dict[str, dict[str, list[str]]]:
    """Every kind: {kind: {language: [subject, lead]}}."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
