"""Open one record: who it is, the summary, the shape of the whole, and the first page of the one list."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.record import excerpts
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
    held: list[Row]


def open_record(
    secret: bytes, *, patient: UUID, chosen: Filter, after: Place | None = None, is_own: bool = False
) -> OpenRecord:
    """Return everything the first page of a record shows, in one round trip and under one entry (LOG-1).

    `is_own`: asked by the patient's side, which is told how many items are held back and until when: `held` (MY-5). Words searched in texts are shown in an excerpt: `search_record` says how.
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
        *((record.held_back(),) if is_own else ()),
    )
    patients, summary, results, relating, shape, lines, *held = granted.rows
    return OpenRecord(
        patient=patients[0],
        rule=granted.rule,
        opens=granted.opens,
        summary=summary,
        results=results,
        relations=relating,
        shape=shape,
        listed=_with_excerpts(secret, patient, cut(lines), text=chosen.text),
        held=held[0] if held else [],
    )


def show_patient(secret: bytes, *, patient: UUID) -> Row:
    """Return whom a page is about (registry.queries.patient), before it does something with the record. Errors of gate.door.read."""
    return door.read(secret, Ask(verb="open-record", patient=patient), registry.patient()).rows[0][0]


def search_record(
    secret: bytes, *, patient: UUID, chosen: Filter, after: Place | None = None
) -> tuple[Listed, list[Row]]:
    """Return one page of the filtered list and its shape: what changes while one types (REC-4).

    A line found by words that its title does not say has an `excerpt` (record.excerpts.Excerpt) where its text says them;
    it was read under a second entry, which names the items. Raises the errors of gate.door.read.
    """
    granted = door.read(
        secret,
        Ask(verb="search-record", patient=patient, detail=detail_of(chosen)),
        record.shape(chosen),
        record.page(chosen, after=after),
    )
    shape, lines = granted.rows
    return _with_excerpts(secret, patient, cut(lines), text=chosen.text), shape


def _with_excerpts(secret: bytes, patient: UUID, listed: Listed, *, text: str) -> Listed:
    items = tuple(line["id"] for line in listed.lines if excerpts.has_excerpt(line)) if text else ()
    if not items:
        return listed
    ask = Ask(verb="search-record", patient=patient, items=items, detail={"text": text})
    (rows,) = door.read(secret, ask, excerpts.contents(items, text=text)).rows
    found = {row["id"]: excerpts.excerpt(row) for row in rows}
    lines = [line | {"excerpt": found.get(line["id"], ())} for line in listed.lines]
    return Listed(lines=lines, after=listed.after)


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
