"""A process of the web server as the database sees it: several threads that read records through the door, without pause, until it is killed.

`python -m tests.log.completeness.reader_process PATIENT SECRET...` (hex); the environment names the database.
"""

import sys
import threading
import time
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import AccessRefused, Ask, Query, RecordUnreadable

# enough rows that an answer can break off in their middle
ROWS = Query("SELECT n, p.id, p.family FROM registry.patient p, generate_series(1, 150) n")


def read_on(secret: bytes, patient: UUID) -> None:
    """Read without pause; whatever fails is asked again."""
    while True:
        try:
            door.read(secret, Ask(verb="open-record", patient=patient), ROWS)
        except AccessRefused:
            pass  # an entry too
        except RecordUnreadable:
            time.sleep(0.01)


if __name__ == "__main__":
    for one in sys.argv[2:]:
        threading.Thread(target=read_on, args=(bytes.fromhex(one), UUID(sys.argv[1])), daemon=True).start()
    threading.Event().wait()
