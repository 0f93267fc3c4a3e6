"""The log as the Desk reads it about one patient: for his overview (LOG-5), for a review (BTG-5), for a case (CON-11). Never content."""

from datetime import datetime
from uuid import UUID

from unidossier.gate.door import Query

LINE = """e.id, e.at, e.person_id, e.person_name, e.function, e.verb, e.categories, e.rule, e.permitted, e.purpose, e.glass_reason,
    f.words AS function_words, v.words AS verb_words, r.words AS rule_words, i.names AS institution"""
WORDS = """LEFT JOIN gate.function f ON f.slug = e.function LEFT JOIN gate.verb v ON v.slug = e.verb LEFT JOIN gate.rule r ON r.id = e.rule
    LEFT JOIN registry.institution i ON i.id = e.institution_id"""


def by_person(
    person: UUID | None,
    *,
    since: datetime,
    until: datetime | None = None,
    size: int = 500,
    newest_first: bool = False,
) -> Query:
    """Entries about the patient of the grant by one person (None: by all people) in the half-open period, oldest first or newest first."""
    return Query(
        f"""SELECT {LINE} FROM log.entry e {WORDS}
        WHERE (%(person)s::uuid IS NULL AND e.function <> 'machine' OR e.person_id = %(person)s::uuid) AND e.at >= %(since)s::timestamptz
          AND (%(until)s::timestamptz IS NULL OR e.at < %(until)s::timestamptz) ORDER BY e.id {"DESC" if newest_first else ""} LIMIT %(size)s""",
        {"person": person, "since": since, "until": until, "size": size},
    )


def of_case(task: UUID) -> Query:
    """The entries gathered in a case, oldest first."""
    return Query(
        f"""SELECT {LINE} FROM log.entry e {WORDS} WHERE e.id IN (SELECT g.entry_id FROM cases.gathered g WHERE g.task_id = %(task)s::uuid AND g.removed_at IS NULL) ORDER BY e.id""",
        {"task": task},
    )


def found() -> Query:
    """The page of the log that the entry of the grant itself asks for (gate/sql/search_log.sql): {"log": "search" | "task", ...}.

    who: a name, a code or '' (the ombuds service, by the institution's setting). elsewhere: a patient whom this reader may not
    deal with, and who is not named. named: how many patients a list named. origin, device, address: from where; NULL for the ombuds service.
    app: {id, name} by way of which it was, or None; step: what was done, where the verb does not tell.
    """
    return Query(
        """SELECT e.id, e.at, e.person_id, e.who AS person_name, e.presentation, e.function, e.verb, e.categories, e.rule, e.permitted, e.purpose, e.glass_reason,
            e.patient_id, e.elsewhere, e.named, e.origin, e.device, e.address, e.app, e.step, f.words AS function_words, v.words AS verb_words, r.words AS rule_words, p.family, p.given, p.birth_date
        FROM gate.found_entries() WITH ORDINALITY AS e LEFT JOIN gate.function f ON f.slug = e.function LEFT JOIN gate.verb v ON v.slug = e.verb
        LEFT JOIN gate.rule r ON r.id = e.rule LEFT JOIN registry.patient p ON p.id = e.patient_id ORDER BY e.ordinality"""
    )


def resolved(code: str, *, reason: str, task: UUID | None, overview_number: int | None) -> Query:
    """Who stands behind a code of the patient of the grant: person_name ('' at another institution), function, institution (names)."""
    return Query(
        """SELECT r.person_id, r.person_name, r.function, r.institution, f.words AS function_words
        FROM gate.resolve_pseudonym(%(code)s::text, %(reason)s::text, %(task)s::uuid, %(overview)s::bigint) r LEFT JOIN gate.function f ON f.slug = r.function""",
        {"code": code, "reason": reason, "task": task, "overview": overview_number},
    )
