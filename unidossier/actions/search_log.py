"""The Desk searches the log (LOG-6): entries of one's own institution, with the ground; each search is an entry that holds what was asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Query, Row
from unidossier.log import oversight as log
from unidossier.registry import posts

PAGE = 50
# Why somebody reads the log; the words stand at the portal.
GROUNDS = ("complaint", "patient-question", "signal", "spot-check", "incident", "authority")
OUTCOMES = ("permitted", "refused")


@dataclass(frozen=True, kw_only=True)
class LogSearch:
    """What is looked for. `since` and `until`: aware instants, half-open. None and '' ask nothing. `task`: what the search is for."""

    since: datetime
    until: datetime
    person: UUID | None = None
    patient: UUID | None = None
    verb: str = ""
    rule: str = ""
    outcome: str = ""
    glass: bool = False
    people: bool = False  # without computer systems
    task: UUID | None = None
    before: tuple[datetime, int] | None = None  # instant and number of the last line of the page before

    def wanted(self, why: str) -> dict[str, Any]:
        """Return it as the gate takes it, and keeps it in the entry."""
        told = {
            "person": str(self.person or ""),
            "patient": str(self.patient or ""),
            "verb": self.verb,
            "rule": self.rule,
            "outcome": self.outcome,
            "task": str(self.task or ""),
        }
        period = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        wanted = {
            "log": "search",
            "why": why,
            **period,
            **{name: text for name, text in told.items() if text},
        }
        wanted |= {name: True for name in ("glass", "people") if getattr(self, name)}
        if self.before:
            wanted["before"] = {"at": self.before[0].isoformat(), "id": self.before[1]}
        return wanted


@dataclass(frozen=True, kw_only=True)
class FoundEntries:
    """Rows of log.oversight.found, newest first; `following`: where the next page begins, None at the end."""

    entries: list[Row]
    following: tuple[datetime, int] | None


def search_log(secret: bytes, *, search: LogSearch, why: str) -> FoundEntries:
    """Return a page of entries of one's own institution. The medical director and the data protection officer; the ombuds service for an open request.

    Two factors (ALL-3) and one entry a page, which names every patient shown. Raises ActRefused (request-missing), and the errors of gate.door.read_list.
    """
    rows = door.read_list(secret, "search-log", search.wanted(why), log.found()).rows[0]
    last = rows[-1] if len(rows) >= PAGE else None
    return FoundEntries(entries=rows, following=(last["at"], last["id"]) if last else None)


def find_logged_people(text: str, *, institution: UUID) -> list[Row]:
    """Return who works or worked at an institution, by words of the name: person, name, function_words. No entry: it says nothing of any patient."""
    return door.call(posts.people_of(text, institution=institution))


def show_logged_person(person: UUID, *, institution: UUID) -> Row | None:
    """Return one of them by id, else None. No entry: it says nothing of any patient."""
    found = door.call(posts.people_of("", institution=institution, person=person))
    return found[0] if found else None


def log_words() -> Mapping[str, list[Row]]:
    """Return what can be chosen: verbs (slug, words) and rules (id, words). Nothing of anybody."""
    verbs, rules = door.call_all(
        Query("SELECT slug, words FROM gate.verb ORDER BY slug"),
        Query("SELECT id, permits, words FROM gate.rule ORDER BY id"),
    )
    return {"verbs": verbs, "rules": rules}
