"""The ways in which a place on the screen can have nothing in it (ALL-5): never to be confused."""

from __future__ import annotations

from typing import Literal

# found: there is something. none: nothing is recorded. none-known: somebody recorded that there is none.
# unreadable: could not be read. closed: outside the reader's rights.
Reading = Literal["found", "none", "none-known", "unreadable", "closed"]
