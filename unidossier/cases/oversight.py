"""The acts of the medical director and the data protection officer as statements for the door (cases/sql/oversight.sql, signals.sql)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from unidossier.gate.door import Query

WORK = (
    "appointment",
    "stay",
    "contact",
    "order",
    "referral",
    "care-team",
    "duty",
)  # what should have made it
CASE_OUTCOMES = ("no-abuse", "warned", "access-ended", "reported")


def opening(subject: UUID) -> Query:
    """The opening by break-the-glass that is reviewed: person_id, reason, justification, starts_at, ends_at, function, institution."""
    return Query(
        """SELECT o.person_id, h.given || ' ' || h.family AS person, o.function, f.words AS function_words, i.names AS institution,
            o.reason, o.justification, o.starts_at, o.ends_at
        FROM relations.opening o JOIN registry.person h ON h.id = o.person_id JOIN registry.institution i ON i.id = o.institution_id
        LEFT JOIN gate.function f ON f.slug = o.function WHERE o.id = %(subject)s::uuid""",
        {"subject": subject},
    )


def lifting(subject: UUID) -> Query:
    """The lifting that is reviewed: person_id, discipline, reason, starts_at, ends_at, who confirmed it."""
    return Query(
        """SELECT l.person_id, h.given || ' ' || h.family AS person, NULL AS function_words, i.names AS institution, l.discipline, l.reason AS justification,
            l.starts_at, l.ends_at, l.confirmed_at, (SELECT c.given || ' ' || c.family FROM registry.person c WHERE c.id = l.confirmed_by) AS confirmed_by
        FROM relations.lifting l JOIN registry.person h ON h.id = l.person_id LEFT JOIN registry.institution i ON i.id = l.institution_id
        WHERE l.id = %(subject)s::uuid""",
        {"subject": subject},
    )


def review(task: UUID, *, outcome: str, words: str, missing_work: str) -> Query:
    """Close a review."""
    return Query(
        "SELECT cases.review(%(task)s::uuid, %(outcome)s::text, %(words)s::text, %(work)s::text)",
        {"task": task, "outcome": outcome, "words": words, "work": missing_work},
    )


def gathered(task: UUID) -> Query:
    """The numbers of the entries that belong to a case."""
    return Query(
        "SELECT entry_id FROM cases.gathered WHERE task_id = %(task)s::uuid AND removed_at IS NULL",
        {"task": task},
    )


def gather(task: UUID, *, entries: Sequence[int], reason: str) -> Query:
    """Add entries of the log to a task; answers how many were new."""
    return Query(
        "SELECT cases.gather(%(task)s::uuid, %(entries)s::bigint[], %(reason)s::text) AS times",
        {"task": task, "entries": list(entries), "reason": reason},
    )


def take_out(task: UUID, *, entries: Sequence[int], reason: str) -> Query:
    """Take entries out of a task again; answers how many."""
    return Query(
        "SELECT cases.take_out(%(task)s::uuid, %(entries)s::bigint[], %(reason)s::text) AS times",
        {"task": task, "entries": list(entries), "reason": reason},
    )


def open_case_of(task: UUID, *, entries: Sequence[int], words: str) -> Query:
    """A new case of the medical director out of entries of the log."""
    return Query(
        "SELECT cases.open_case_of(%(task)s::uuid, %(entries)s::bigint[], %(words)s::text)",
        {"task": task, "entries": list(entries), "words": words},
    )


def note_export(task: UUID) -> Query:
    """Write down that the file of a case left for the Order."""
    return Query("SELECT cases.note_export(%(task)s::uuid)", {"task": task})


def open_case(task: UUID, *, person: UUID | None, words: str) -> Query:
    """A new case about the patient of the grant."""
    return Query(
        "SELECT cases.open_case(%(task)s::uuid, %(person)s::uuid, %(words)s::text)",
        {"task": task, "person": person, "words": words},
    )


def close_case(task: UUID, *, outcome: str, words: str) -> Query:
    """Close a case with its outcome."""
    return Query(
        "SELECT cases.close_case(%(task)s::uuid, %(outcome)s::text, %(words)s::text)",
        {"task": task, "outcome": outcome, "words": words},
    )


def look_for_signals(*, since: datetime, until: datetime) -> Query:
    """Look through the accesses of a period; answers how many signals are new."""
    return Query(
        "SELECT cases.look_for_signals(%(since)s::timestamptz, %(until)s::timestamptz) AS found",
        {"since": since, "until": until},
    )


def signal_runs(*, size: int = 10) -> Query:
    """The last times that accesses were looked through: since, until, at, found, by whom (None: the daily run)."""
    return Query(
        """SELECT r.since, r.until, r.at, r.found, h.given || ' ' || h.family AS person FROM cases.signal_run r LEFT JOIN registry.person h ON h.id = r.made_by
        ORDER BY r.at DESC LIMIT %(size)s""",
        {"size": size},
    )


def judge_signal(task: UUID, *, outcome: str, words: str) -> Query:
    """Close a signal: explained, or a case."""
    return Query(
        "SELECT cases.judge_signal(%(task)s::uuid, %(outcome)s::text, %(words)s::text)",
        {"task": task, "outcome": outcome, "words": words},
    )


def preview_rights(changes: Sequence[Mapping[str, Any]]) -> Query:
    """The accesses of the last 30 days that changes of the function table would have flipped: function, verb, effect, times, samples."""
    return Query(
        """SELECT p.*, f.words AS function_words, v.words AS verb_words FROM gate.preview_rights(%(changes)s::jsonb) p
        LEFT JOIN gate.function f ON f.slug = p.function LEFT JOIN gate.verb v ON v.slug = p.verb""",
        {"changes": _json(changes)},
    )


def propose_rights(
    proposal: UUID, *, base: int, changes: Sequence[Mapping[str, Any]], from_at: datetime, reason: str
) -> Query:
    """Ask a second officer for a change of the function table."""
    return Query(
        "SELECT cases.propose_rights(%(proposal)s::uuid, %(base)s::integer, %(changes)s::jsonb, %(from_at)s::timestamptz, %(reason)s::text)",
        {
            "proposal": proposal,
            "base": base,
            "changes": _json(changes),
            "from_at": from_at,
            "reason": reason,
        },
    )


def proposals(proposal: UUID | None = None, *, size: int = 20) -> Query:
    """Changes of the function table that were proposed, the newest first; `proposal`: that one alone."""
    return Query(
        """SELECT r.id, r.base, r.changes, r.from_at, r.reason, r.state, r.version, r.made_at, r.made_by, r.decided_at,
            (SELECT h.given || ' ' || h.family FROM registry.person h WHERE h.id = r.made_by) AS maker,
            (SELECT h.given || ' ' || h.family FROM registry.person h WHERE h.id = r.decided_by) AS decider
        FROM cases.rights_proposal r WHERE %(proposal)s::uuid IS NULL OR r.id = %(proposal)s::uuid ORDER BY r.made_at DESC, r.id LIMIT %(size)s""",
        {"proposal": proposal, "size": size},
    )


def decide_rights(proposal: UUID, *, decision: str, words: str) -> Query:
    """Confirm, refuse or withdraw a proposal; answers the version it became."""
    return Query(
        "SELECT cases.decide_rights(%(proposal)s::uuid, %(decision)s::text, %(words)s::text) AS version",
        {"proposal": proposal, "decision": decision, "words": words},
    )


def _json(changes: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps([dict(one) for one in changes])
