"""A physician opens a child's own access before the age for it (REP-2)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask
from unidossier.registry import desk


def open_own_access(secret: bytes, *, patient: UUID, reason: str) -> None:
    """Open it, with a reason that stays in the history. Raises ActRefused: not-a-physician, of-age, reason-missing; errors of gate.door.read."""
    door.write(
        secret, Ask(verb="open-own-access", patient=patient), desk.act("open_own_access", reason=reason)
    )
