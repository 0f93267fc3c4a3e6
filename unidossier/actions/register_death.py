"""A death is recorded by one person and closes at once; that it was none takes two (DTH-1, DTH-4)."""

from datetime import datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask
from unidossier.registry import desk


def record_death(secret: bytes, *, patient: UUID, at: datetime, source: str) -> None:
    """Record a death and who told of it. Raises ActRefused: deceased-already, in-future, before-birth, source-missing; errors of gate.door.read."""
    query = desk.act("record_death", at=at, source=source)
    door.write(secret, Ask(verb="register-death", patient=patient), query)


def ask_reversal(secret: bytes, *, patient: UUID, reversal: UUID, reason: str) -> None:
    """Ask that a recorded death be reversed; `reversal` is the id of the form. Raises ActRefused: not-deceased, asked-already, reason-missing."""
    query = desk.act("ask_reversal", made=reversal, reason=reason)
    door.write(secret, Ask(verb="register-death", patient=patient), query)


def answer_reversal(secret: bytes, *, patient: UUID, reversal: UUID, agreed: bool, words: str = "") -> None:
    """Confirm or refuse, as another human being than who asked. Raises ActRefused: no-such-reversal, same-person, done-already, words-missing."""
    query = desk.act("answer_reversal", reversal=reversal, agreed=agreed, words=words)
    door.write(secret, Ask(verb="register-death", patient=patient), query)
