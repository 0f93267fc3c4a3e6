"""Take over the exclusions and informed consents of the federal platform (EXC-3, EXC-8, XCH-2). Nothing is ever sent to it."""

from unidossier.gate import door
from unidossier.relations import federal
from unidossier.relations.federal import Feed, Imported


def import_federal(secret: bytes, feed: Feed) -> Imported:
    """Apply a feed whole or not at all and return what became of it; one entry for each patient touched.

    An exclusion ends only by a line that says so with a later number: an empty, half, late, repeated or older feed ends none.
    Outcome `refused`: the machine account is not the one that brings them (setting federal.import).
    Raises SessionEnded, RecordUnreadable.
    """
    told = door.call(federal.take_over(secret, feed))[0]["told"]
    counts = {name: int(told.get(name) or 0) for name in ("fresh", "changed", "missing", "contradicting")}
    return Imported(outcome=told["outcome"], fault=told.get("fault") or "", told=told, **counts)
