"""The log as the Desk reads it about one patient: for his overview (LOG-5), for a review (BTG-5), for a case (CON-11). Never content."""

from datetime import datetime
from uuid import UUID

from unidossier.gate.door import Query

# Below this many people of one function at one institution, "the nurse of X" would be a name.
SMALL_GROUP = 5

LINE = """e.id, e.at, e.person_id, e.person_name, e.function, e.verb, e.categories, e.rule, e.permitted, e.purpose, e.glass_reason,
    f.words AS function_words, v.words AS verb_words, r.words AS rule_words, i.names AS institution"""
WORDS = """LEFT JOIN gate.function f ON f.slug = e.function LEFT JOIN gate.verb v ON v.slug = e.verb LEFT JOIN gate.rule r ON r.id = e.rule
    LEFT JOIN registry.institution i ON i.id = e.institution_id"""


def by_person(
    person: UUID | None, *, since: datetime, until: datetime | None = None, size: int = 500
) -> Query:
    """Entries about the patient of the grant by one person (None: by all people) in the half-open period, oldest first."""
    return Query(
        f"""SELECT {LINE} FROM log.entry e {WORDS}
        WHERE (%(person)s::uuid IS NULL AND e.function <> 'machine' OR e.person_id = %(person)s::uuid) AND e.at >= %(since)s::timestamptz
          AND (%(until)s::timestamptz IS NULL OR e.at < %(until)s::timestamptz) ORDER BY e.id LIMIT %(size)s""",
        {"person": person, "since": since, "until": until, "size": size},
    )


def of_case(task: UUID) -> Query:
    """The entries gathered in a case, oldest first."""
    return Query(
        f"""SELECT {LINE} FROM log.entry e {WORDS} WHERE e.id IN (SELECT g.entry_id FROM cases.gathered g WHERE g.task_id = %(task)s::uuid) ORDER BY e.id""",
        {"task": task},
    )


def overview(*, since: datetime) -> Query:
    """Every access to the record of the patient of the grant, newest first, named as the setting of each institution says (LOG-5).

    at: the instant, of anonymised lines the day alone. who: a name, a pseudonym, or '' (anonymised). Patients and those who
    act for them are named: the patient knows them. A function that hardly anybody has is shown as its kind alone.
    """
    return Query(
        """SELECT CASE WHEN p.shown = 'anonymised' THEN date_trunc('day', e.at AT TIME ZONE 'Europe/Brussels') AT TIME ZONE 'Europe/Brussels' ELSE e.at END AS at,
            p.shown AS presentation, CASE p.shown WHEN 'named' THEN e.person_name WHEN 'pseudonymised' THEN gate.pseudonym(e.person_id) ELSE '' END AS who,
            CASE WHEN p.shown = 'anonymised' AND e.in_group < %(small)s THEN NULL ELSE f.words END AS function_words, f.kind,
            v.words AS verb_words, r.words AS rule_words, i.names AS institution, e.permitted, e.categories, e.glass
        FROM (SELECT id, at, person_id, person_name, function, institution_id, verb, rule, permitted, categories, glass_reason IS NOT NULL AS glass,
                (SELECT count(DISTINCT m.person_id) FROM registry.employment m WHERE m.institution_id = entry.institution_id AND m.function = entry.function) AS in_group FROM log.entry
              UNION ALL
              SELECT entry_id, at, person_id, person_name, function, institution_id, verb, rule, true, 3, false,
                (SELECT count(DISTINCT m.person_id) FROM registry.employment m WHERE m.institution_id = listed.institution_id AND m.function = listed.function) FROM log.listed) e
        LEFT JOIN gate.function f ON f.slug = e.function LEFT JOIN gate.verb v ON v.slug = e.verb LEFT JOIN gate.rule r ON r.id = e.rule
        LEFT JOIN registry.institution i ON i.id = e.institution_id,
        LATERAL (SELECT CASE WHEN f.kind IN ('patient', 'representative', 'machine') THEN 'named' ELSE coalesce(
            (SELECT s.value FROM registry.institution_setting s WHERE s.institution_id = e.institution_id AND s.name = 'log.presentation' AND s.until_at IS NULL),
            (SELECT d.value FROM gate.setting_default d WHERE d.name = 'log.presentation')) END AS shown) p
        WHERE e.at >= %(since)s::timestamptz AND e.person_id IS NOT NULL ORDER BY e.id DESC""",
        {"since": since, "small": SMALL_GROUP},
    )
