"""Who looked, as the patient reads it (MY-15), as statements for the door (log/sql/accesses.sql); opened by the verb `who-looked`."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from unidossier.gate.door import Query

Side = Literal["people", "own", "machines"]
LINES = 60  # of one visit; the rest is counted, and told as a whole


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What the reader filtered by. `name`: a sort key (kernel/sortkey.py); `category`: its code; `since`, `until`: half open."""

    side: Side | None = "people"  # None: all of them
    since: datetime | None = None
    until: datetime | None = None
    institution: UUID | None = None
    function: str = ""
    category: int | None = None
    glass: bool = False
    name: str = ""

    @property
    def wanted(self) -> dict[str, Any]:
        """What gate.accesses takes."""
        told = {
            "side": self.side,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "institution": str(self.institution) if self.institution else None,
            "function": self.function or None,
            "category": self.category,
            "glass": self.glass or None,
            "name": self.name or None,
        }
        return {key: value for key, value in told.items() if value is not None}


def visits(
    chosen: Chosen, *, upto: int | None = None, before: int | None = None, size: int = 30, lines: int = LINES
) -> Query:
    """Lines of the newest visits, visit by visit, the oldest line of each first; one visit more than `size` to tell of a next page.

    Who, when and where as the setting of each institution presents them. `visit`: its newest entry; `in_visit`, `visits`:
    how many lines and visits there are; `titles`: of the documents that the reader may see. On the newest line of a visit of more lines
    than these, `whole` {since, glass, reason} and `acts` [{verb, verb_words, step, app, times}] tell all of it.
    """
    wanted = chosen.wanted | {"size": size + 1, "lines": lines}
    if upto is not None:
        wanted["upto"] = upto
    if before is not None:
        wanted["before"] = before
    return _shown(wanted, category=chosen.category)


def one_access(entry: int) -> Query:
    """One line, as it is shown; no row when it is not there for this reader."""
    return _shown({"entry": entry, "size": 1}, category=None)


def every_access(*, since: datetime) -> Query:
    """Every line from an instant on, newest first: for the paper of the ombuds service (LOG-5)."""
    return Query(
        """SELECT a.id, a.at, a.presentation, a.who, a.kind, a.rule, a.department, a.verb, a.app, a.step, f.words AS function_words, v.words AS verb_words, r.words AS rule_words, i.names AS institution
        FROM gate.accesses(%(wanted)s::jsonb) a
        LEFT JOIN gate.function f ON f.slug = a.function LEFT JOIN gate.verb v ON v.slug = a.verb LEFT JOIN gate.rule r ON r.id = a.rule
        LEFT JOIN registry.institution i ON i.id = a.institution_id ORDER BY a.id DESC""",
        {"wanted": json.dumps({"since": since.isoformat()})},
    )


def places(side: Side) -> Query:
    """Institutions and functions to filter by: institution_id, function, and their words."""
    return Query(
        """SELECT p.institution_id, i.names AS institution, p.function, f.words AS function_words FROM gate.access_places(%(side)s) p
        LEFT JOIN registry.institution i ON i.id = p.institution_id LEFT JOIN gate.function f ON f.slug = p.function""",
        {"side": side},
    )


def refused() -> Query:
    """How many refused tries there were in each month, without names: an excluded person must not be betrayed by a typing error."""
    return Query("SELECT month, tries FROM gate.refused_tries()")


def follow(side: Side) -> Query:
    """One row: `upto`, the newest number of the log, and `ticket`, with which an open page learns that somebody looked since."""
    return Query("SELECT upto, ticket FROM gate.follow_accesses(%(side)s)", {"side": side})


def _shown(wanted: dict[str, Any], *, category: int | None) -> Query:
    return Query(
        """SELECT a.*, f.words AS function_words, v.words AS verb_words, r.words AS rule_words, i.names AS institution,
            (SELECT jsonb_agg(jsonb_build_object('id', t.id, 'title', t.title, 'category', t.category) ORDER BY t.clinical_at, t.id) FROM record.item t
             WHERE t.patient_id = (SELECT gate.patient()) AND t.id = ANY (a.items)) AS titles,
            (SELECT jsonb_agg(x.act || jsonb_build_object('verb_words', w.words) ORDER BY x.nth)
             FROM jsonb_array_elements(a.whole -> 'acts') WITH ORDINALITY x (act, nth) LEFT JOIN gate.verb w ON w.slug = x.act ->> 'verb') AS acts
        FROM gate.accesses(%(wanted)s::jsonb, CASE WHEN %(category)s::smallint IS NOT NULL THEN
            ARRAY(SELECT c.id FROM record.item c WHERE c.patient_id = (SELECT gate.patient()) AND c.category = %(category)s::smallint) END) WITH ORDINALITY a
        LEFT JOIN gate.function f ON f.slug = a.function LEFT JOIN gate.verb v ON v.slug = a.verb LEFT JOIN gate.rule r ON r.id = a.rule
        LEFT JOIN registry.institution i ON i.id = a.institution_id ORDER BY a.ordinality""",
        {"wanted": json.dumps(wanted), "category": category},
    )
