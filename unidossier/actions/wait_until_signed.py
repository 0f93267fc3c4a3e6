"""Wait for the signature over what one has just done: for acts that open what was closed (LOG-3). No act of its own: it leaves no entry."""

import time

from unidossier.gate import door
from unidossier.gate.door import Query

LIMIT_S = 1.0  # a sequencer that is down never keeps a carer from his patient (T35)
EVERY_S = 0.05
IS_SIGNED = "SELECT log.is_signed(%(secret)s::bytea) AS done"


def wait_until_signed(*, secret: bytes, limit_s: float = LIMIT_S) -> bool:
    """Wait until the newest entry of the session's person is in the signed tree; False when it took too long.

    Break-the-glass and liftings wait, so that nobody can use one and take away its entry before it is signed. Raises what
    gate.door.call raises.
    """
    deadline = time.monotonic() + limit_s
    while True:
        (row,) = door.call(Query(IS_SIGNED, {"secret": secret}))
        if row["done"] or time.monotonic() > deadline:
            return bool(row["done"])
        time.sleep(EVERY_S)
