"""How fresh the federal platform's word is, and what became of its last feeds (EXC-8): for the Desk. Names nobody."""

from unidossier.gate import door
from unidossier.gate.door import Row
from unidossier.relations import federal

NOBODY = {"task": "00000000-0000-0000-0000-00000000fede"}


def show_federal(secret: bytes) -> tuple[Row | None, list[Row]]:
    """Return the row of relations.federal.freshness (None before the first feed) and the newest feeds.

    Raises the errors of gate.door.read_list.
    """
    granted = door.read_list(secret, "desk-tasks", NOBODY, federal.freshness(), federal.feeds())
    fresh, feeds = granted.rows
    return (fresh[0] if fresh else None), feeds
