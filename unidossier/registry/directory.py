"""The institutions of the network, by id: public facts, read once a minute and kept in this process."""

import time
from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import dict_row

from unidossier.database.connections import pool
from unidossier.registry.queries import institutions

FRESH_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Institution:
    """One institution: `names` by language code; `contact` for questions about the record (MY-16)."""

    id: UUID
    key: str
    names: dict[str, str]
    language: str
    network: bool
    contact: dict

    def name(self, language: str) -> str:
        """Return the name in a language, else in the institution's own."""
        return self.names.get(language) or self.names.get(self.language) or self.key


_kept: tuple[float, dict[UUID, Institution]] = (0.0, {})


def directory() -> dict[UUID, Institution]:
    """Return every institution by id."""
    global _kept
    read_at, known = _kept
    if time.monotonic() - read_at > FRESH_S or not known:
        with pool().connection() as connection:
            rows = connection.cursor(row_factory=dict_row).execute(institutions().sql).fetchall()
        known = {row["id"]: Institution(**row) for row in rows}
        _kept = (time.monotonic(), known)
    return known


def institution_name(institution: UUID | None, *, language: str) -> str:
    """Return the name of an institution in the reader's language; '' when there is none."""
    if institution is None:
        return ""
    found = directory().get(institution)
    return found.name(language) if found else ""
