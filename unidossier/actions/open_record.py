"""Open one record: who it is, the summary, the shape of the whole, and the first page of the one list."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.record import queries as record
from unidossier.record.queries import PAGE, Filter, Place
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One page of the list; `after` is where the next page begins, None at the end."""

    lines: list[Row]
    after: Place | None


@dataclass(frozen=True, kw_only=True)
class OpenRecord:
    """Rows as record/queries, registry/queries and relations/queries name them; `rule` decided.

    `opens` is the mask of categories open to the reader, so that "nothing recorded" and "not open to you" differ.
    """

    patient: Row
    rule: str
    opens: int
    summary: list[Row]
    results: list[Row]
    relations: list[Row]
    shape: list[Row]
    listed: Listed


def open_record(secret: bytes, *, patient: UUID, chosen: Filter, after: Place | None = None) -> OpenRecord:
    """Return everything the first page of a record shows, in one round trip and under one entry (LOG-1).

    Raises the errors of gate.door.read.
    """
    granted = door.read(
        secret,
        Ask(
            verb="open-record" if chosen.is_empty else "search-record",
            patient=patient,
            detail=detail_of(chosen),
        ),
        registry.patient(),
        record.summary(),
        record.latest_results(),
        relations.in_force(),
        record.shape(chosen),
        record.page(chosen, after=after),
    )
    patients, summary, results, relating, shape, lines = granted.rows
    return OpenRecord(
        patient=patients[0],
        rule=granted.rule,
        opens=granted.opens,
        summary=summary,
        results=results,
        relations=relating,
        shape=shape,
        listed=cut(lines),
    )


def search_record(
    secret: bytes, *, patient: UUID, chosen: Filter, after: Place | None = None
) -> tuple[Listed, list[Row]]:
    """Return one page of the filtered list and its shape: what changes while one types (REC-4)."""
    granted = door.read(
        secret,
        Ask(verb="search-record", patient=patient, detail=detail_of(chosen)),
        record.shape(chosen),
        record.page(chosen, after=after),
    )
    shape, lines = granted.rows
    return cut(lines), shape


def detail_of(chosen: Filter) -> dict:
    """Return what the log keeps of a filter: which period, kinds and institutions, and that words were searched."""
    return {
        key: value
        for key, value in {
            "text": chosen.text or None,
            "categories": list(chosen.categories) or None,
            "institutions": [str(one) for one in chosen.institutions] or None,
            "since": chosen.since.isoformat() if chosen.since else None,
            "until": chosen.until.isoformat() if chosen.until else None,
        }.items()
        if value is not None
    }


def cut(lines: list[Row]) -> Listed:
    """Split the one row too many off a page."""
    if len(lines) <= PAGE:
        return Listed(lines=lines, after=None)
    last = lines[PAGE - 1]
    return Listed(lines=lines[:PAGE], after=Place(last["clinical_at"], last["id"]))
