"""The words of the decision's lines, from the gate's own table (gate/sql/rules.sql): one source, read once a process."""

from functools import cache

from unidossier.database.connections import pool
from unidossier.portals.shared.present.words import in_words


@cache
def _rules() -> dict[str, dict[str, str]]:
    with pool().connection() as connection:
        return dict(connection.execute("SELECT id, words FROM gate.rule").fetchall())


def rule_in_words(rule: str) -> str:
    """Return the reason in the reader's language (ACD-9); the id itself when the table does not know it."""
    return in_words(_rules().get(rule)) or rule
