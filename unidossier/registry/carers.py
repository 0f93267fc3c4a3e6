"""Who works where: carers and staff by name, institution or number. Names of people at work are known to all who are signed in."""

from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from unidossier.database.connections import pool
from unidossier.gate.door import RecordUnreadable, Row
from unidossier.kernel.sortkey import sort_key

FOUND_AT_MOST = 30
COLUMNS = """SELECT e.id AS employment, h.id AS person, h.given, h.family, e.function, f.kind, f.words AS function_words, i.id AS institution_id, i.names AS institution
    FROM registry.employment e JOIN registry.person h ON h.id = e.person_id
    JOIN gate.function f ON f.slug = e.function JOIN registry.institution i ON i.id = e.institution_id"""


def find_carers(text: str) -> list[Row]:
    """Return employments in force whose person has every word of `text` in the name, or works where it says; at most 30.

    Columns: employment, person, given, family, function, kind, function_words, institution_id, institution.
    Raises RecordUnreadable.
    """
    words = [word for word in sort_key(text).replace("\x01", " ").split() if word]
    if not words:
        return []
    fits = " AND ".join(
        f"(' ' || translate(h.sort_key, E'\\x01', ' ') LIKE '%% ' || %(w{n})s || '%%' OR lower(i.names::text) LIKE '%%' || %(w{n})s || '%%')"
        for n in range(len(words))
    )
    return _rows(
        f"""{COLUMNS} WHERE h.professional AND f.kind IN ('carer', 'staff') AND e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at) AND {fits}
            ORDER BY h.sort_key, e.id LIMIT {FOUND_AT_MOST}""",
        {f"w{n}": _plain(word) for n, word in enumerate(words)},
    )


def employment(id: UUID) -> Row | None:
    """Return one employment, in force or not; None when there is none. Raises RecordUnreadable."""
    found = _rows(f"{COLUMNS} WHERE e.id = %(id)s AND h.professional", {"id": id})
    return found[0] if found else None


def _rows(statement: str, values: dict[str, Any]) -> list[Row]:
    try:
        with pool().connection() as connection:
            return connection.cursor(row_factory=dict_row).execute(statement, values).fetchall()
    except psycopg.Error as fault:
        raise RecordUnreadable(type(fault).__name__) from fault


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
