"""Entries of the log as FHIR AuditEvents by IHE BALP (LOG-7): one's own for the patient, those of an institution for its Desk.

Each reading is an entry of its own: of `who-looked` on the patient's side (MY-15), of `search-log` on that of the Desk (LOG-6). Ids of events
name what is needed to find them again: the patient for his own, the instant for those of the Desk.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from unidossier.actions.search_log import LogSearch, search_log
from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.log import queries as log
from unidossier.log.audit import AuditEvent, Shown, audit_events
from unidossier.log.queries import Chosen

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# the events of one line of the log: one for each item that was read (BALP 3:5.7.3)
Line = tuple[Row, list[AuditEvent]]


def list_my_audit_events(
    secret: bytes, *, patient: UUID, chosen: Chosen, size: int, upto: int | None = None, language: str = "en"
) -> list[Line]:
    """Return the newest `size` accesses to a record up to number `upto`, as "who looked" shows them (MY-15). Raises the errors of gate.door.read."""
    detail = {"filter": chosen.wanted, "as": "AuditEvent"} | ({"upto": upto} if upto else {})
    # the newest lines stand in as many of the newest visits
    visits = log.visits(chosen, upto=upto, size=size, lines=size)
    granted = door.read(secret, Ask(verb="who-looked", patient=patient, detail=detail), visits)
    rows = sorted(granted.rows[0], key=lambda row: row["id"], reverse=True)[:size]
    return [(row, _own(row, language, patient=granted.patient)) for row in rows]


def read_my_audit_event(
    secret: bytes, *, patient: UUID, entry: int, language: str = "en"
) -> list[AuditEvent]:
    """Return the events of one access to a record; none when it is not there for this reader. Raises the errors of gate.door.read."""
    ask = Ask(verb="who-looked", patient=patient, detail={"entry": str(entry), "as": "AuditEvent"})
    granted = door.read(secret, ask, log.one_access(entry))
    return [one for row in granted.rows[0] for one in _own(row, language, patient=granted.patient)]


def list_found_audit_events(
    secret: bytes, *, institution: UUID | None, search: LogSearch, why: str, language: str = "en"
) -> list[Line]:
    """Return a page (actions.search_log.PAGE) of the entries of one's own `institution` that a search of the Desk finds, newest first.

    Raises the errors of search_log.
    """
    found = search_log(secret, search=search, why=why).entries
    return [(row, _found(row, language, institution=institution)) for row in found]


def read_found_audit_event(
    secret: bytes, *, institution: UUID | None, search: LogSearch, why: str, entry: int, language: str = "en"
) -> list[AuditEvent]:
    """Return the events of one entry, whose instant `search` names. Raises the errors of search_log."""
    found = search_log(secret, search=search, why=why).entries
    return [
        one for row in found if row["id"] == entry for one in _found(row, language, institution=institution)
    ]


def instant_of(microseconds: int) -> datetime:
    """Return the instant that an id of the Desk names. Raises OverflowError."""
    return EPOCH + microseconds * MICROSECOND


def microseconds_of(at: datetime) -> int:
    """Return an aware instant in microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def _own(row: Row, language: str, *, patient: UUID | None) -> list[AuditEvent]:
    return _events(row, language, place=str(patient), patient_id=patient, permitted=True)


def _found(row: Row, language: str, *, institution: UUID | None) -> list[AuditEvent]:
    return _events(row, language, place=str(microseconds_of(row["at"])), institution_id=institution)


def _events(row: Row, language: str, *, place: str, **more: Any) -> list[AuditEvent]:
    """Put a line, as it is presented, into the columns of an entry; device and address where the gate told them (LOG-1). An erased line is none."""
    if row["verb"] == "erased":
        return []
    named, who = row["presentation"] == "named", row["who"] if "who" in row else row["person_name"]
    entry = {
        **row,
        "person_name": who if named else "",
        "pseudonym": "" if named else who,
        "function": row["function"] or "",
        "acting_for": None,
        "origin": row.get("origin") or "",
        "institution": (row.get("institution") or {}).get(language),
        "rule_words": (row.get("rule_words") or {}).get(language),
    }
    events = audit_events(
        {"items": None, **entry, **more},
        shown=Shown.WHOLE if row.get("device") is not None else Shown.PRESENTED,
    )
    for one in events:
        one["id"] = f"{one['id']}.{place}"
    return events
