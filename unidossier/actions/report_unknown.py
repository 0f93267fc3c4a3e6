"""A question to the ombuds service about somebody whom the patient does not know (MY-15)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def report_unknown(secret: bytes, *, patient: UUID, entry: int, words: str) -> int:
    """Open the case and return its number, which people quote; the answer comes within 14 days.

    Raises ActRefused (no-such-entry, no-ombuds) and the errors of gate.door.read.
    """
    granted = door.write(
        secret,
        Ask(verb="report-unknown", patient=patient, detail={"entry": str(entry)}),
        Query(
            "SELECT relations.report_unknown(%(entry)s::bigint, %(words)s) AS number",
            {"entry": entry, "words": words},
        ),
    )
    return granted.rows[0][0]["number"]
