"""A general practitioner reads what he was told about his patients: an emergency access, a death (BTG-4, DTH-1)."""

from unidossier.gate import door
from unidossier.gate.door import Query, Row


def read_told(secret: bytes) -> list[Row]:
    """Return the messages of the last 90 days, newest first, and mark them as seen: kind, facts, at, is_new.

    One entry names every patient of the page. Raises the errors of gate.door.read_list.
    """
    return door.read_list(
        secret, "read-told", {"page": "told"}, Query("SELECT * FROM notices.told_me()")
    ).rows[0]
