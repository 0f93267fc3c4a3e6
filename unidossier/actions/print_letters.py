"""Letters that leave by post (CON-8): the print queue of an institution, and the proof of dispatch. One entry names everybody on it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Row
from unidossier.notices import queries as notices

STATES = ("waiting", "printed", "posted")


def list_letters(secret: bytes, *, state: str) -> list[Row]:
    """Return the letters of my institution in a state, oldest first (posted: latest first), those of 100 patients at most.

    Rows: id, patient_id, kind, facts, at, state, done_at, done_by, given, family, language, address, times (printed).
    Raises the errors of gate.door.read_list.
    """
    return door.read_list(secret, "print-letters", {"letters": state}, notices.letters(state)).rows[0]


def take_letters(secret: bytes, *, state: str, letters: Sequence[UUID] | None) -> list[Row]:
    """Return the chosen letters of a state (None: all) and write that they were printed. Rows as `list_letters`."""
    wanted = list_letters(secret, state=state)
    taken = [row for row in wanted if letters is None or row["id"] in set(letters)]
    if taken:
        ids = [row["id"] for row in taken]
        door.read_list(
            secret,
            "print-letters",
            {"letters": state, "printed": len(ids)},
            notices.mark_letters(ids, what="printed"),
        )
    return taken


def post_letters(secret: bytes, *, letters: Sequence[UUID], day: date) -> int:
    """Write that printed letters were posted on a day; return how many.

    Raises ActRefused: no-such-letter, not-printed, before-printing, in-the-future; and the errors of gate.door.read_list.
    """
    granted = door.read_list(
        secret,
        "print-letters",
        {"letters": "printed", "posted": len(letters)},
        notices.mark_letters(letters, what="posted", day=day),
    )
    return int(granted.rows[0][0]["marked"])
