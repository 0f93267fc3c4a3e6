"""What a task of the ombuds service, the director or the officer is about, as labelled lines; and entries of the log without content."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from unidossier.gate.door import Row
from unidossier.kernel.category import EVERY_CATEGORY, in_mask
from unidossier.portals.desk import forms_oversight as words
from unidossier.portals.shared.present.words import BRUSSELS, in_words
from unidossier.portals.shared.templatetags.unidossier import day_time
from unidossier.portals.shared.words.emergency import REASONS
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.portals.shared.words.kinds import KINDS as CATEGORIES
from unidossier.portals.shared.words.signals import signal_words

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    """One entry of the log: what was done and which categories were open, never what stood in them (ACS-4)."""

    id: str  # as it travels in a form: a number would be shown with the separators of the language
    at: datetime
    who: str
    what: str
    categories: str
    why: str
    is_glass: bool
    is_refused: bool


def entry_line(entry: Row) -> EntryLine:
    """Return one line for a table of entries."""
    return EntryLine(
        id=str(entry["id"]),
        at=entry["at"].astimezone(BRUSSELS),
        who=f"{entry['person_name']} ({in_words(entry['function_words'])})",
        what=in_words(entry["verb_words"]) or entry["verb"],
        categories=in_categories(entry["categories"]),
        why=in_words(entry["rule_words"]) or entry["rule"],
        is_glass=entry["glass_reason"] is not None,
        is_refused=not entry["permitted"],
    )


def in_categories(bits: int) -> str:
    """Return the categories of a mask in words."""
    bits &= EVERY_CATEGORY
    if bits == EVERY_CATEGORY:
        return _("everything")
    return ", ".join(str(CATEGORIES.get(one.slug, one.slug)) for one in in_mask(bits))


def request_facts(facts: dict[str, Any]) -> Facts:
    """Return what was asked, by whom and how."""
    tie = words.TIE_WORDS.get(facts.get("tie", ""), "")
    asker = words.ASKER_WORDS.get(facts.get("asker", ""), "")
    channel = (
        _("On My")
        if facts.get("channel") == "portal"
        else words.CHANNEL_WORDS.get(facts.get("channel", ""), "")
    )
    return _shown(
        (_("Who asks"), " · ".join(str(one) for one in (facts.get("name"), tie or asker) if one)),
        (_("How to reach them"), facts.get("contact")),
        (_("How it came"), channel),
        (_("The request"), facts.get("motivation") or facts.get("text") or facts.get("words")),
        *unknown_facts(facts),
        *came_from(facts),
    )


def unknown_facts(facts: dict[str, Any]) -> Facts:
    """Return whom the patient does not know, as he was shown on his list (MY-15): a name, a code, or the function alone."""
    if "entry" not in facts or "verb" not in facts:
        return ()
    at = datetime.fromisoformat(facts["at"]).astimezone(BRUSSELS)
    function = FUNCTIONS.get(facts.get("function", ""), "")
    return _shown(
        (_("Who looked"), ", ".join(str(one) for one in (facts.get("who"), function) if one)),
        (_("When"), str(day_time(at))),
        (_("Entry of the log"), facts["entry"]),
    )


def came_from(facts: dict[str, Any]) -> Facts:
    """Return which task it came from, and what was said then."""
    return _shown(
        (_("From task"), str(facts.get("from", ""))),
        (_("What was said"), facts.get("told")),
    )


def opening_facts(opening: Row | None) -> Facts:
    """Return who opened or lifted, when, why and until when."""
    if opening is None:
        return ()
    reason = opening.get("reason", "")
    return _shown(
        (_("Who"), opening["person"]),
        (_("Function"), in_words(opening["function_words"])),
        (_("Institution"), in_words(opening["institution"])),
        (_("Reason"), str(REASONS.get(reason, reason))),
        (_("Discipline"), opening.get("discipline")),
        (_("Justification"), opening["justification"]),
        (_("From"), _at(opening["starts_at"])),
        (_("Until"), _at(opening["ends_at"])),
        (_("Confirmed by"), opening.get("confirmed_by")),
        (_("What it opened"), _("nothing: no exclusion stood in the way") if _is_empty(opening) else ""),
    )


def _is_empty(opening: Row) -> bool:
    """A lifting that had nothing to pass ends as it begins (relations/sql/emergency.sql)."""
    return "discipline" in opening and opening["ends_at"] <= opening["starts_at"]


def signal_facts(facts: dict[str, Any]) -> Facts:
    """Return what was seen: who, why it is worth a look, how often and when."""
    return _shown(
        (_("Why it is shown"), signal_words(str(facts.get("signal", "")))),
        (_("Who"), facts.get("who")),
        (_("Function"), str(FUNCTIONS.get(facts.get("function", ""), facts.get("function", "")))),
        (_("How often"), str(facts.get("times", ""))),
        (_("First time"), _when(facts.get("first"))),
        (_("Last time"), _when(facts.get("last"))),
        *came_from(facts),
    )


def _when(text: str | None) -> str:
    return _at(datetime.fromisoformat(text)) if text else ""


def _at(instant: datetime) -> str:
    return str(day_time(instant.astimezone(BRUSSELS)))


def _shown(*lines: tuple[str, Any]) -> Facts:
    return tuple((label, str(value)) for label, value in lines if value)


def entry_lines(entries: Iterable[Row]) -> tuple[EntryLine, ...]:
    """Return entries as lines, in their order."""
    return tuple(entry_line(one) for one in entries)
