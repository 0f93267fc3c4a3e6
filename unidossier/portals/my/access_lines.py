"""The lines of the Access page: somebody, why, how proven, until when, and what can be done about it (MY-14, ACD-5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.gate.door import Row
from unidossier.kernel.category import EVERY_CATEGORY
from unidossier.kernel.sortkey import sort_key
from unidossier.portals.my.scope import closed_in_words, scope_in_words
from unidossier.portals.shared.components.relation import Relation
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.present.summary import relation
from unidossier.portals.shared.present.words import BRUSSELS, in_words, language, proof, why
from unidossier.portals.shared.templatetags.unidossier import day
from unidossier.portals.shared.words.accesses import GLASS
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.registry.directory import institution_name


@dataclass(frozen=True, kw_only=True)
class AccessLine:
    """One line: the relation with its bar, a mark beside the name, a note under the reason, and the deeds as links."""

    relation: Relation
    deeds: tuple[Entry, ...] = ()
    tag: str = ""
    is_grave: bool = False
    note: str = ""
    has_bar: bool = True

    def says(self, words: list[str]) -> bool:
        """Whether every word begins a word of this line (without accents or case)."""
        told = self.relation
        text = sort_key(f"{told.name} {told.function} {told.institution} {told.why} {told.proof} {self.tag}")
        return all(f" {word}" in f" {text}" for word in words)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the page; shown when it has lines."""

    key: str
    title: str
    lines: tuple[AccessLine, ...]
    lead: str = ""


def found_in(sections: Iterable[Section], *, text: str) -> tuple[Section, ...]:
    """Keep the lines that say every word of `text`, and the sections that have lines left."""
    words = sort_key(text).split()
    kept = (replace(one, lines=tuple(line for line in one.lines if line.says(words))) for one in sections)
    return tuple(one for one in kept if one.lines)


def treating(rows: list[Row], *, at: datetime, decides: bool) -> tuple[AccessLine, ...]:
    """One line a person or team with access now: every reason named, the bar of the one that lasts longest (`rows` come by end)."""
    by_holder: dict[object, list[Row]] = {}
    for row in rows:
        by_holder.setdefault(row["human_id"] or row["team_id"], []).append(row)
    return tuple(_merged(same, at=at, decides=decides) for same in by_holder.values())


def _merged(same: list[Row], *, at: datetime, decides: bool) -> AccessLine:
    shown = relation(same[-1], at=at)
    reach = 0
    for row in same:
        reach |= row["categories"]
    return AccessLine(
        relation=replace(
            shown,
            why=", ".join(dict.fromkeys(why(row["kind"]) for row in same)),
            proof=", ".join(dict.fromkeys(proof(row["proof"]) for row in same)),
        ),
        note=_scope(reach),
        deeds=_deeds(same[-1]) if decides else (),
    )


def _scope(categories: int) -> str:
    """What is seen when it is not everything: named by what is open, or by what is closed when that is shorter."""
    if categories & EVERY_CATEGORY == EVERY_CATEGORY:
        return ""
    seen, closed = scope_in_words(categories), closed_in_words(categories)
    if closed and closed.count(",") < seen.count(","):
        return _("Sees all but: %(kinds)s") % {"kinds": closed}
    return _("Sees only: %(kinds)s") % {"kinds": seen}


def _deeds(row: Row) -> tuple[Entry, ...]:
    if row["person_id"] is None:
        return (Entry(label=_("Withdraw"), href=reverse("my:withdraw-team", args=[row["team_id"]])),)
    return (
        Entry(label=_("Withdraw"), href=reverse("my:withdraw-person", args=[row["person_id"]])),
        Entry(label=_("Exclude"), href=reverse("my:exclude-person", args=[row["person_id"]])),
    )


def asking(rows: list[Row], *, at: datetime, decides: bool) -> tuple[AccessLine, ...]:
    """Requests that wait for an answer, with the carer's reason and the day on which silence refuses (CON-5)."""
    return tuple(
        AccessLine(
            relation=replace(relation(row, at=at), why=_("Asks for access"), proof=""),
            note=row["reason"],
            deeds=(Entry(label=_("Answer"), href=reverse("my:answer-request", args=[row["id"]])),)
            if decides
            else (),
        )
        for row in rows
    )


def waiting(rows: list[Row], *, at: datetime, decides: bool) -> tuple[AccessLine, ...]:
    """Links that wait for the signed form, relations set aside, and carers outside where they are refused: these open nothing now (CON-6, CON-9, CON-10)."""
    words = {
        "pending": _("waits for the signed form"),
        "suspended": _("suspended"),
        "in-force": _("access from outside refused"),
    }
    return tuple(
        AccessLine(
            relation=replace(relation(row, at=at), is_pending=True),
            tag=words[row["state"]],
            note=_("Opens nothing now."),
            has_bar=row["state"] != "in-force",
            deeds=_deeds(row) if decides else (),
        )
        for row in rows
    )


def emergencies(rows: list[Row], *, at: datetime, decides: bool) -> tuple[AccessLine, ...]:
    """Who is in by break-the-glass, or by the lifting of an exclusion, until when (BTG-3, EXC-7)."""
    return tuple(
        AccessLine(
            relation=Relation(
                name=row["person"],
                why=_("Opened in an emergency")
                if row["what"] == "opening"
                else _("Your exclusion was lifted"),
                proof=str(GLASS.get(row["reason"], row["reason"])),
                at=at,
                since=row["starts_at"],
                until=row["ends_at"],
                function=str(FUNCTIONS.get(row["function"] or "", "")),
                institution=institution_name(row["institution_id"], language=language()),
            ),
            tag=_("Emergency"),
            is_grave=True,
            note=row["justification"],
            deeds=(Entry(label=_("Exclude"), href=reverse("my:exclude-person", args=[row["person_id"]])),)
            if decides
            else (),
        )
        for row in rows
    )


def kind_of_link(kind: str) -> str:
    """Return in words why somebody acts for the patient."""
    return {
        "parent": _("parent"),
        "legal": _("legal representative"),
        "foster": _("foster parent"),
        "mandate": _("mandate"),
        "trusted": _("trusted person"),
        "designated": _("designated professional"),
    }[kind]


def linked(rows: list[Row], *, at: datetime, fifteenth: datetime | None) -> tuple[AccessLine, ...]:
    """Links made by the Desk, shown and not to be ended here; a parent's ends at the 15th birthday (REP-1, REP-2)."""
    return tuple(
        AccessLine(
            relation=Relation(
                name=row["name"] or kind_of_link(row["kind"]),
                why=kind_of_link(row["kind"]),
                proof=_("made by the registration desk"),
                at=at,
                since=row["starts_at"],
                until=_end_of(row, fifteenth),
                is_pending=row["state"] == "suspended",
            ),
            tag=_("suspended") if row["state"] == "suspended" else "",
            note=_("Ends by the registration desk only."),
        )
        for row in rows
    )


def _end_of(row: Row, fifteenth: datetime | None) -> datetime | None:
    ends = [one for one in (row["ends_at"], fifteenth if row["kind"] == "parent" else None) if one]
    return min(ends) if ends else None


def mandated(rows: list[Row], *, at: datetime, decides: bool) -> tuple[AccessLine, ...]:
    """Mandates and trusted persons that the patient named (REP-4)."""
    return tuple(
        AccessLine(
            relation=Relation(
                name=row["name"] or kind_of_link(row["kind"]),
                why=kind_of_link(row["kind"]),
                proof=_("sees, and decides for you") if row["decides"] else _("sees, decides nothing"),
                at=at,
                since=row["starts_at"],
                until=row["ends_at"],
            ),
            tag=_("from %(day)s") % {"day": day(row["starts_at"].astimezone(BRUSSELS))}
            if row["starts_at"] > at
            else "",
            note=_scope(row["categories"]),
            deeds=(Entry(label=_("Withdraw"), href=reverse("my:withdraw-mandate", args=[row["id"]])),)
            if decides
            else (),
        )
        for row in rows
    )


def excluded(rows: list[Row], *, at: datetime, decides: bool) -> tuple[AccessLine, ...]:
    """Exclusions in force: local ones end here, federal ones at the federal portal (EXC-3, EXC-5)."""
    return tuple(
        AccessLine(
            relation=Relation(
                name=row["person"],
                why=_("Excluded here") if row["source"] == "local" else _("Excluded on the federal portal"),
                proof=_("also in emergencies") if row["absolute"] else _("but for a lifting in an emergency"),
                at=at,
                since=row["from_at"],
                function=str(FUNCTIONS.get(row["function"] or "", "")),
                institution=institution_name(row["institution_id"], language=language()),
            ),
            tag=_("the desk still confirms who is meant")
            if row["source"] == "local" and row["channel"] == "portal" and row["confirmed_at"] is None
            else "",
            has_bar=False,
            deeds=(Entry(label=_("End"), href=reverse("my:end-exclusion", args=[row["id"]])),)
            if decides and row["source"] == "local"
            else (),
        )
        for row in rows
    )


def former(row: Row, *, why_it_ended: str, what: str, name: str, at: datetime) -> AccessLine:
    """One line of what is over; `ended_at` stands in the row."""
    return AccessLine(
        relation=Relation(
            name=name,
            why=what,
            proof=why_it_ended,
            at=at,
            since=row.get("starts_at") or row.get("from_at") or at,
            until=row["ended_at"],
            function=str(FUNCTIONS.get(row.get("function") or "", "")),
            institution=institution_name(row.get("institution_id"), language=language()),
            kind="team" if row.get("team_id") else "person",
        ),
        has_bar=False,
    )


def name_of(row: Row) -> str:
    """The person or the team of a relation."""
    return row["person"] or in_words(row["team"]) or "?"
