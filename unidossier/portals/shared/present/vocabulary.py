"""The words of the decision's lines in the reader's language."""

from unidossier.gate.rules import words_of
from unidossier.portals.shared.present.words import in_words


def rule_in_words(rule: str) -> str:
    """Return the reason in the reader's language (ACD-9); the id itself when the table does not know it."""
    return in_words(words_of(rule)) or rule
