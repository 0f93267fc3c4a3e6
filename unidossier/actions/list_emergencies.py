"""A general practitioner sees who opened the records of his patients in an emergency (BTG-4)."""

from datetime import datetime

from unidossier.gate import door
from unidossier.gate.door import Row
from unidossier.registry import queries as registry
from unidossier.relations.openings import openings


def list_emergencies(secret: bytes, *, since: datetime) -> tuple[list[Row], list[Row]]:
    """Return the patients whose GP of record I am and whose record was opened from `since` on, and these openings.

    Openings, newest first: patient_id, person, function, institution (names), reason, starts_at, ends_at; not the justification.
    Raises the errors of gate.door.read.
    """
    wanted = {"opened-since": since.isoformat()}
    granted = door.read_list(secret, "list-emergencies", wanted, registry.listed(), openings(since=since))
    patients, opened = granted.rows
    return patients, opened
