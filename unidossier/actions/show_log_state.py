"""How the log of accesses stands (LOG-3, LOG-8): for the officers of the Desk, metrics and health. Sizes and times, nothing of anybody."""

from datetime import UTC, datetime

from unidossier.database.home import Home
from unidossier.gate import door
from unidossier.gate.door import Query
from unidossier.log.standing import Standing, stand

STATE = Query("SELECT * FROM log.state()")
PULSE = Query("SELECT permitted, refused FROM gate.pulse()")


def show_log_state() -> Standing:
    """Return the state of tree, signature and witnesses, with what is wrong. Raises RecordUnreadable when the database is away."""
    rows = door.call(STATE)
    return stand(rows[0] if rows else None, Home.find().log_folder, now=datetime.now(UTC))


def show_pulse() -> tuple[int, int]:
    """Return how often the gate permitted and refused in the last minute. Raises RecordUnreadable."""
    row = door.call(PULSE)[0]
    return row["permitted"], row["refused"]
