"""The words of the decision's lines, from the gate's own table (sql/rules.sql): one source, read once a process."""

from functools import cache

from unidossier.database.connections import pool


@cache
def _rules() -> dict[str, dict[str, str]]:
    with pool().connection() as connection:
        return dict(connection.execute("SELECT id, words FROM gate.rule").fetchall())


def words_of(rule: str) -> dict[str, str]:
    """Return the reason of one line by language (ACD-9); {} for a line that the table does not know."""
    return _rules().get(rule, {})
