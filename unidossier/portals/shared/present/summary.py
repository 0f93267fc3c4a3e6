"""The summary on top of a record: problems, allergies, medication in course, latest results, who treats (REC-7)."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils.translation import gettext as _

from unidossier.gate.door import Row
from unidossier.kernel.category import Category
from unidossier.portals.shared.components.relation import Relation
from unidossier.portals.shared.components.sparkline import Sparkline
from unidossier.portals.shared.components.states import Reading
from unidossier.portals.shared.components.tile import Tile, TileLine
from unidossier.portals.shared.present.banner import allergy_words
from unidossier.portals.shared.present.coded import reaction
from unidossier.portals.shared.present.rows import Address, title_of, value_of
from unidossier.portals.shared.present.words import in_words, language, proof, why
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.registry.directory import institution_name

SHOWN = 6
OVER = frozenset({"resolved", "inactive", "remission"})


def tiles(
    summary: list[Row],
    results: list[Row],
    relations: list[Row],
    *,
    opens: int,
    at: datetime,
    href: Address,
    kind_href: Callable[[str], str],
    trend: Callable[[Row], str],
) -> tuple[Tile, ...]:
    """Return the columns of the summary in the order shown."""
    of = {category: [line for line in summary if line["category"] == category] for category in (2, 3, 5)}
    return (
        _allergies(of[Category.ALLERGY], opens=opens, href=href, more=kind_href("allergy")),
        _problems(of[Category.PROBLEM], opens=opens, href=href, more=kind_href("problem")),
        _medication(
            of[Category.MEDICATION], opens=opens, today=at.date(), href=href, more=kind_href("medication")
        ),
        _results(results, opens=opens, trend=trend, more=kind_href("laboratory")),
        _who_treats(relations, at=at),
    )


def _reading(category: Category, *, opens: int, found: bool) -> Reading:
    if not opens & category.bit:
        return "closed"
    return "found" if found else "none"


def _unique(lines: list[Row]) -> list[Row]:
    """Keep the newest line of each code: the same fact told by three institutions is one fact."""
    seen: dict[str, Row] = {}
    for line in lines:
        # two strengths of one medicine are two lines: the code alone does not tell them apart
        named = line["title"].casefold()
        seen.setdefault(named if line["category"] == Category.MEDICATION else line["code"] or named, line)
    return list(seen.values())


def _problems(lines: list[Row], *, opens: int, href: Address, more: str) -> Tile:
    active = [
        line for line in _unique(lines) if (line["short"] or {}).get("clinicalStatus", "active") not in OVER
    ]
    return Tile(
        kind="problem",
        title=_("Problems"),
        count=len(active),
        lines=tuple(
            TileLine(
                text=title_of(line)[0],
                language=title_of(line)[1],
                note=str(line["clinical_at"].year),
                href=href(line["id"]),
            )
            for line in active[:SHOWN]
        ),
        reading=_reading(Category.PROBLEM, opens=opens, found=bool(active)),
        more_href=more,
    )


def _allergies(lines: list[Row], *, opens: int, href: Address, more: str) -> Tile:
    names, reading = allergy_words(lines, opens=opens)
    wanted = [line for line in _unique(lines) if title_of(line)[0] in names]
    return Tile(
        kind="allergy",
        title=_("Allergies"),
        count=len(wanted) if wanted else None,
        lines=tuple(
            TileLine(
                text=title_of(line)[0],
                language=title_of(line)[1],
                note=reaction(line),
                href=href(line["id"]),
                is_grave=(line["short"] or {}).get("criticality") == "high",
            )
            for line in wanted[:SHOWN]
        ),
        reading=reading,
        more_href=more,
    )


def in_course(line: Row, *, today: date) -> bool:
    """Tell whether a medicine is taken now: active, and its end not behind us."""
    short = line["short"] or {}
    until = str(short.get("until") or "")[:10]
    return short.get("status", "active") in ("active", "intended", "unknown", "on-hold") and (
        not until or until >= today.isoformat()
    )


def _medication(lines: list[Row], *, opens: int, today: date, href: Address, more: str) -> Tile:
    taken = [line for line in _unique(lines) if in_course(line, today=today)]
    return Tile(
        kind="medication",
        title=_("Medication"),
        count=len(taken),
        lines=tuple(
            TileLine(
                text=title_of(line)[0],
                language=title_of(line)[1],
                note=str((line["short"] or {}).get("dose") or ""),
                href=href(line["id"]),
            )
            for line in taken[: SHOWN + 2]
        ),
        reading=_reading(Category.MEDICATION, opens=opens, found=bool(taken)),
        more_href=more,
    )


def _results(lines: list[Row], *, opens: int, trend: Callable[[Row], str], more: str) -> Tile:
    return Tile(
        kind="laboratory",
        title=_("Latest results"),
        lines=tuple(
            TileLine(
                text=title_of(line | {"category": Category.LABORATORY})[0],
                href=trend(line),
                value=value_of(line | {"value_text": None}),
                sparkline=Sparkline(
                    values=[float(value) for value in line["series"]],
                    low=None if line["low"] is None else float(line["low"]),
                    high=None if line["high"] is None else float(line["high"]),
                ),
            )
            for line in lines[:SHOWN]
        ),
        reading=_reading(Category.LABORATORY, opens=opens, found=bool(lines)),
        more_href=more,
    )


def relation(row: Row, *, at: datetime) -> Relation:
    """Return one relation in force with its bar."""
    function = str(FUNCTIONS.get(row["function"] or "", ""))
    return Relation(
        name=row["person"] or in_words(row["team"]) or "?",
        why=why(row["kind"]),
        at=at,
        since=row["starts_at"],
        until=row["ends_at"],
        function=function,
        institution=institution_name(row["institution_id"], language=language()),
        proof=proof(row["proof"]),
        kind="team" if row["team_id"] and not row["person_id"] else "person",
    )


def _who_treats(relations: list[Row], *, at: datetime) -> Tile:
    # the general practitioner first, then what goes on now, then what runs out latest
    order = sorted(
        relations,
        key=lambda one: (
            one["kind"] != "gp",
            one["ends_at"] is not None,
            -(one["ends_at"] or at).timestamp(),
        ),
    )
    seen: dict[object, Row] = {}
    for one in order:
        seen.setdefault(one["person_id"] or one["team_id"], one)
    shown = list(seen.values())
    return Tile(
        kind="team",
        title=_("Who treats"),
        count=len(shown),
        relations=tuple(relation(one, at=at) for one in shown[:SHOWN]),
        reading="found" if shown else "none",
    )
