"""What a whole record holds, with its texts, as statements for the door: under a verb that opens everything (gate.whole).

Row security adds the patient and what may be seen. Pages follow the ids, so each costs the same.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from unidossier.gate.door import Query

LARGEST_PAGE = 4 * 1024 * 1024  # bytes of text; a page ends before it is passed, and holds one item at least


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which part: FHIR types (none: all), stored at or after `since`, of care from `start` until before `end`."""

    types: tuple[str, ...] = ()
    since: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    after: UUID | None = None
    size: int = 100


def page(wanted: Wanted) -> Query:
    """Return one page in the order of ids: id (as text), type, resource (as stored; NULL where the text is narrower than its line, ACS-2), found.

    `found` counts the lines looked at, one more than `size` at most: more than are returned means that there is a
    further page. The Patient resource that has the id of the record itself is left out: it comes first, see $everything.
    """
    lines = ["NOT i.withdrawn", "i.id <> i.patient_id"]
    params: dict[str, Any] = {"size": wanted.size + 1, "bytes": LARGEST_PAGE}
    if wanted.types:
        lines.append("i.type = ANY (%(types)s::text[])")
        params["types"] = list(wanted.types)
    for name, test in (
        ("since", "i.entered_at >= %(since)s::timestamptz"),
        ("start", "(i.clinical_at >= %(start)s::timestamptz OR i.type = 'Patient')"),
        ("end", "(i.clinical_at < %(end)s::timestamptz OR i.type = 'Patient')"),
        ("after", "i.id > %(after)s::uuid"),
    ):
        value = getattr(wanted, name)
        if value is not None:
            lines.append(test)
            params[name] = value
    return Query(
        f"""WITH found AS MATERIALIZED (
            SELECT i.patient_id, i.id, i.type, i.version FROM record.item i
            WHERE {" AND ".join(lines)} ORDER BY i.patient_id, i.id LIMIT %(size)s
        ), texts AS (
            SELECT f.id, f.type, v.resource, row_number() OVER w AS nth, sum(octet_length(v.resource)) OVER w AS bytes
            FROM found f LEFT JOIN record.version v ON v.patient_id = f.patient_id AND v.item_id = f.id AND v.version = f.version WINDOW w AS (ORDER BY f.id)
        ) SELECT t.id::text AS id, t.type, t.resource, (SELECT count(*) FROM found)::integer AS found FROM texts t
        WHERE t.nth = 1 OR t.bytes <= %(bytes)s ORDER BY t.id""",
        params,
    )


def stored(item_id: UUID, *, type: str) -> Query:
    """Return the newest version of one item of a FHIR type, which the grant names: resource."""
    return Query(
        """SELECT v.resource FROM record.item i JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id AND v.version = i.version
        WHERE i.id = %(id)s AND i.type = %(type)s AND NOT i.withdrawn""",
        {"id": item_id, "type": type},
    )
