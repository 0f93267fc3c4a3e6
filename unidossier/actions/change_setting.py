"""The settings of an institution: data with history. Anybody may read them; the data protection officer changes those of his own."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Query, Row


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Rows: `now` name, value, default, from_at, person, reason; `history` the same with until_at, newest first."""

    now: list[Row]
    history: list[Row]


NOW = """SELECT d.name, coalesce(s.value, d.value) AS value, d.value AS default, s.from_at, s.reason, h.given || ' ' || h.family AS person
    FROM gate.setting_default d LEFT JOIN registry.institution_setting s ON s.name = d.name AND s.institution_id = %(institution)s::uuid AND s.until_at IS NULL
    LEFT JOIN registry.person h ON h.id = s.changed_by ORDER BY d.name"""
HISTORY = """SELECT s.name, s.value, s.from_at, s.until_at, s.reason, h.given || ' ' || h.family AS person,
        lag(s.value) OVER (PARTITION BY s.name ORDER BY s.from_at) AS before
    FROM registry.institution_setting s LEFT JOIN registry.person h ON h.id = s.changed_by WHERE s.institution_id = %(institution)s::uuid
    ORDER BY s.from_at DESC, s.name LIMIT 100"""


def show_settings(institution: UUID) -> Settings:
    """Return the settings of an institution and how they changed. No entry: they say nothing of anybody's record."""
    values = {"institution": institution}
    return Settings(now=door.call(Query(NOW, values)), history=door.call(Query(HISTORY, values)))


def change_setting(secret: bytes, *, name: str, value: str, expected: str, reason: str) -> None:
    """Change one setting of one's own institution from `expected` (what the screen showed) to `value`; at once, for everybody (ACD-7).

    Raises ActRefused: value-not-allowed, reason-missing, changed-meanwhile, nothing-changes; and the errors of gate.door.read_list.
    """
    wanted = {"patients": [], "setting": name, "value": value, "before": expected}
    change = Query(
        "SELECT registry.change_setting(%(name)s::text, %(value)s::text, %(expected)s::text, %(reason)s::text)",
        {"name": name, "value": value, "expected": expected, "reason": reason},
    )
    door.read_list(secret, "protect", wanted, change)
