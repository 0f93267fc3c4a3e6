"""What two officers decide about the log together, as statements for the door (cases/sql/erasure.sql, retention.sql, restored.sql)."""

from datetime import datetime
from uuid import UUID

from unidossier.gate.door import Query

GROUNDS = ("court-order", "authority", "wrong-patient", "too-much")  # why an entry is erased
RESTORE_GROUNDS = ("hardware", "software", "attack", "exercise", "other")
NAME = "(SELECT h.given || ' ' || h.family FROM registry.person h WHERE h.id = r.{})"


def look_at_entry(entry: int) -> Query:
    """One entry as an officer sees it before he asks or confirms; hindrance: why it may not be erased now, None when it may."""
    return Query(
        """SELECT e.*, f.words AS function_words, v.words AS verb_words, r.words AS rule_words, i.names AS institution
        FROM cases.look_at_entry(%(entry)s::bigint) e LEFT JOIN gate.function f ON f.slug = e.function LEFT JOIN gate.verb v ON v.slug = e.verb
        LEFT JOIN gate.rule r ON r.id = e.rule LEFT JOIN registry.institution i ON i.id = e.institution_id""",
        {"entry": entry},
    )


def ask_erasure(request: UUID, *, entry: int, ground: str, reason: str) -> Query:
    """Ask a second officer to erase the content of an entry."""
    return Query(
        "SELECT cases.ask_erasure(%(request)s::uuid, %(entry)s::bigint, %(ground)s::text, %(reason)s::text)",
        {"request": request, "entry": entry, "ground": ground, "reason": reason},
    )


def erasures(request: UUID | None = None, *, size: int = 50) -> Query:
    """Requests for an erasure, those that wait first; `request`: that one alone."""
    return Query(
        f"""SELECT r.id, r.entry_id, r.ground, r.reason, r.state, r.made_at, r.made_by, r.decided_at, r.words, i.names AS institution,
            {NAME.format("made_by")} AS maker, {NAME.format("decided_by")} AS decider
        FROM cases.erasure_request r LEFT JOIN registry.institution i ON i.id = r.institution_id
        WHERE %(request)s::uuid IS NULL OR r.id = %(request)s::uuid ORDER BY r.state <> 'waiting', r.made_at DESC, r.id LIMIT %(size)s""",
        {"request": request, "size": size},
    )


def decide_erasure(request: UUID, *, decision: str, words: str) -> Query:
    """Confirm (the content is gone at once), refuse or withdraw."""
    return Query(
        "SELECT cases.decide_erasure(%(request)s::uuid, %(decision)s::text, %(words)s::text)",
        {"request": request, "decision": decision, "words": words},
    )


def holds() -> Query:
    """The legal holds of one's institution: is_whole (every entry of it), reason, from_at, maker, is_mine, until_at, ender, end_reason."""
    return Query("SELECT * FROM cases.list_holds()")


def lay_hold(hold: UUID, *, reason: str) -> Query:
    """Keep the entries about the patient of the grant, or (a grant of nobody) all of one's institution."""
    return Query(
        "SELECT cases.lay_hold(%(hold)s::uuid, %(reason)s::text)",
        {"hold": hold, "reason": reason},
    )


def end_hold(hold: UUID, *, reason: str) -> Query:
    """End a hold that somebody else has laid."""
    return Query("SELECT cases.end_hold(%(hold)s::uuid, %(reason)s::text)", {"hold": hold, "reason": reason})


def retention() -> Query:
    """Every month of the log: month (yyyymm), entries, reasons why it stays (none: it goes with the next run), ends_at, dropped_at, years."""
    return Query("SELECT * FROM cases.preview_retention()")


def drop_old_month() -> Query:
    """Drop the oldest month that nothing needs any more; answers which (yyyymm), None when there is none."""
    return Query("SELECT cases.drop_old_month() AS month")


def propose_setting(proposal: UUID, *, name: str, value: str, expected: str, reason: str) -> Query:
    """Ask a second officer for a change of a setting that takes two."""
    return Query(
        "SELECT cases.propose_setting(%(proposal)s::uuid, %(name)s::text, %(value)s::text, %(expected)s::text, %(reason)s::text)",
        {"proposal": proposal, "name": name, "value": value, "expected": expected, "reason": reason},
    )


def setting_proposals(proposal: UUID | None = None, *, size: int = 20) -> Query:
    """Changes of settings that were proposed, those that wait first; `proposal`: that one alone."""
    return Query(
        f"""SELECT r.id, r.name, r.value, r.expected, r.reason, r.state, r.made_at, r.made_by, r.decided_at, r.institution_id, i.names AS institution,
            {NAME.format("made_by")} AS maker, {NAME.format("decided_by")} AS decider
        FROM cases.setting_proposal r LEFT JOIN registry.institution i ON i.id = r.institution_id
        WHERE %(proposal)s::uuid IS NULL OR r.id = %(proposal)s::uuid ORDER BY r.state <> 'waiting', r.made_at DESC, r.id LIMIT %(size)s""",
        {"proposal": proposal, "size": size},
    )


def decide_setting(proposal: UUID, *, decision: str, words: str) -> Query:
    """Confirm (it counts at once), refuse or withdraw."""
    return Query(
        "SELECT cases.decide_setting(%(proposal)s::uuid, %(decision)s::text, %(words)s::text)",
        {"proposal": proposal, "decision": decision, "words": words},
    )


def explain_restore(
    account: UUID, *, restored: UUID, ground: str, restored_to: datetime, done_by: str, reason: str
) -> Query:
    """Say what a restore was; a second officer signs too."""
    return Query(
        "SELECT cases.explain_restore(%(account)s::uuid, %(restored)s::uuid, %(ground)s::text, %(moment)s::timestamptz, %(who)s::text, %(reason)s::text)",
        {
            "account": account,
            "restored": restored,
            "ground": ground,
            "moment": restored_to,
            "who": done_by,
            "reason": reason,
        },
    )


def restore_accounts(account: UUID | None = None) -> Query:
    """What was said about restores, the newest first; `account`: that one alone."""
    return Query(
        f"""SELECT r.id, r.restored_id, r.ground, r.restored_to, r.done_by, r.reason, r.state, r.made_at, r.made_by, r.decided_at, r.words,
            {NAME.format("made_by")} AS maker, {NAME.format("decided_by")} AS decider
        FROM cases.restore_account r WHERE %(account)s::uuid IS NULL OR r.id = %(account)s::uuid ORDER BY r.made_at DESC, r.id LIMIT 100""",
        {"account": account},
    )


def decide_restore(account: UUID, *, decision: str, words: str) -> Query:
    """Sign as the second, refuse or withdraw."""
    return Query(
        "SELECT cases.decide_restore(%(account)s::uuid, %(decision)s::text, %(words)s::text)",
        {"account": account, "decision": decision, "words": words},
    )
