"""The second person of a lifting: see what waits, confirm that nobody else was on duty (EXC-7)."""

from uuid import UUID

from unidossier.actions.lift_exclusion import raise_refusal
from unidossier.gate import door
from unidossier.gate.door import Query, Row


def liftings_to_confirm(secret: bytes) -> list[Row]:
    """Return the liftings of my institution in the last 12 hours, not my own: who, what and when, never about whom.

    Rows: lifting, who, function, discipline, at, confirmed_at, confirmed_by. Raises AccessRefused, SessionEnded, RecordUnreadable.
    """
    rows = door.call(
        Query("SELECT * FROM relations.liftings_to_confirm(%(secret)s::bytea)", {"secret": secret})
    )
    for row in rows:
        raise_refusal(row["refused"] or "")
    return rows


def confirm_lifting(secret: bytes, *, lifting: UUID) -> None:
    """Confirm one of them; the task of its review says so.

    Raises ActRefused: 'no-such-lifting' (also one's own), 'confirmed-already'; AccessRefused, SessionEnded, RecordUnreadable.
    """
    params = {"secret": secret, "lifting": lifting}
    (row,) = door.call(
        Query("SELECT relations.confirm_lifting(%(secret)s::bytea, %(lifting)s::uuid) AS refused", params)
    )
    raise_refusal(row["refused"] or "")
