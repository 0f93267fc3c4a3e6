"""Who looked into my record (MY-15): fed by the log itself, and an entry of its own."""

from dataclasses import dataclass
from itertools import accumulate, groupby
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.log import missing
from unidossier.log import queries as log
from unidossier.log.queries import Chosen
from unidossier.registry import queries as registry

PAGE = 20
ON_A_PAGE = 100  # lines at most, of all its visits: a page stays small where somebody looked at very much
MOST_ON_PAPER = 2000


@dataclass(frozen=True, kw_only=True)
class Accesses:
    """`visits`: newest first, the lines of each oldest first (log.queries.visits); `places`: what the filters offer; `erased`, `lost`: what is
    lawfully missing (log.missing).

    `total` counts the visits that fit; `upto` and `before` ask for the next page, `before` is None at the end; `ticket` follows the log.
    """

    patient: Row
    rule: str
    entry: int
    visits: tuple[tuple[Row, ...], ...]
    total: int
    refused: list[Row]
    places: list[Row]
    erased: list[Row]
    lost: list[Row]
    upto: int
    before: int | None
    ticket: str


@dataclass(frozen=True, kw_only=True)
class AccessPaper:
    """What a paper shows: at most MOST_ON_PAPER visits of `total`, and what is missing, as Accesses has it; its number is that of the entry of its making."""

    patient: Row
    entry: int
    visits: tuple[tuple[Row, ...], ...]
    total: int
    refused: list[Row]
    erased: list[Row]
    lost: list[Row]


@dataclass(frozen=True, kw_only=True)
class OneAccess:
    """One entry of the log as in the list; None when it is not there for this reader."""

    patient: Row
    rule: str
    entry: Row | None


def list_accesses(
    secret: bytes,
    *,
    patient: UUID,
    chosen: Chosen | None = None,
    upto: int | None = None,
    before: int | None = None,
) -> Accesses:
    """Return one page of the visits to a record by people, by the patient's own side, or by machines. Raises the errors of gate.door.read."""
    chosen = chosen or Chosen()
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient),
        log.follow(chosen.side),
        registry.patient(),
        log.visits(chosen, upto=upto, before=before, size=PAGE),
        log.refused(),
        log.places(chosen.side),
        missing.erased(),
        missing.lost(),
    )
    followed, patients, lines, refused, places, erased, lost = granted.rows
    visits = _by_visit(lines)
    shown = _of_a_page(visits)
    return Accesses(
        patient=patients[0],
        rule=granted.rule,
        entry=granted.entry,
        visits=shown,
        total=lines[0]["visits"] if lines else 0,
        refused=refused,
        places=places,
        erased=erased,
        lost=lost,
        upto=upto if upto is not None else followed[0]["upto"],
        before=shown[-1][0]["visit"] if len(visits) > len(shown) else None,
        ticket=followed[0]["ticket"],
    )


def _of_a_page(visits: tuple[tuple[Row, ...], ...]) -> tuple[tuple[Row, ...], ...]:
    # the first in any case, then whole visits as long as they fit
    sums = accumulate(len(one) for one in visits[:PAGE])
    return tuple(
        one for one, lines in zip(visits, sums, strict=False) if lines <= ON_A_PAGE or one is visits[0]
    )


def take_accesses(secret: bytes, *, patient: UUID, chosen: Chosen) -> AccessPaper:
    """Return what a paper of the accesses shows; taking it out is an entry of its own. Raises the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="take-accesses", patient=patient, detail={"filter": chosen.wanted}),
        registry.patient(),
        log.visits(chosen, size=MOST_ON_PAPER),
        log.refused(),
        missing.erased(),
        missing.lost(),
    )
    patients, lines, refused, erased, lost = granted.rows
    return AccessPaper(
        patient=patients[0],
        entry=granted.entry,
        visits=_by_visit(lines)[:MOST_ON_PAPER],
        total=lines[0]["visits"] if lines else 0,
        refused=refused,
        erased=erased,
        lost=lost,
    )


def list_one_access(secret: bytes, *, patient: UUID, entry: int) -> OneAccess:
    """Return one access, to ask about it. Raises the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient, detail={"entry": str(entry)}),
        registry.patient(),
        log.one_access(entry),
    )
    patients, entries = granted.rows
    return OneAccess(patient=patients[0], rule=granted.rule, entry=entries[0] if entries else None)


def _by_visit(lines: list[Row]) -> tuple[tuple[Row, ...], ...]:
    return tuple(tuple(same) for _, same in groupby(lines, key=lambda line: line["visit"]))
