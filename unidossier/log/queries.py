"""The patient's view of the log (MY-15), as statements for the door; opened by the verb `who-looked` alone."""

from datetime import datetime

from unidossier.gate.door import Query

KEPT = "5 years"


def accesses(
    *,
    before: int | None = None,
    machines: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
    size: int = 100,
) -> Query:
    """Entries about the patient of the grant, newest first, one more than `size` to tell of a next page.

    People or machines, never mixed. Refused tries are not single lines here: see `refused`.
    """
    return Query(
        """SELECT e.*, f.words AS function_words, v.words AS verb_words, r.words AS rule_words, i.names AS institution
        FROM (SELECT id, at, person_id, person_name, function, institution_id, acting_for, verb, categories, items, rule, purpose, glass_reason, false AS in_list
              FROM log.entry WHERE permitted AND (%(before)s::bigint IS NULL OR id < %(before)s)
              UNION ALL
              SELECT entry_id, at, person_id, person_name, function, institution_id, NULL, verb, 3, NULL, rule, purpose, NULL, true
              FROM log.listed WHERE %(before)s::bigint IS NULL OR entry_id < %(before)s) e
        LEFT JOIN gate.function f ON f.slug = e.function LEFT JOIN gate.verb v ON v.slug = e.verb LEFT JOIN gate.rule r ON r.id = e.rule
        LEFT JOIN registry.institution i ON i.id = e.institution_id
        WHERE (e.function = 'machine') = %(machines)s
          AND (%(since)s::timestamptz IS NULL OR e.at >= %(since)s) AND (%(until)s::timestamptz IS NULL OR e.at < %(until)s)
          AND e.at > now() - %(kept)s::interval
        ORDER BY e.id DESC LIMIT %(size)s""",
        {
            "before": before,
            "machines": machines,
            "since": since,
            "until": until,
            "size": size + 1,
            "kept": KEPT,
        },
    )


def refused() -> Query:
    """How many refused tries there were in each month, without names: an excluded person must not be betrayed by a typing error."""
    return Query(
        """SELECT date_trunc('month', at AT TIME ZONE 'Europe/Brussels')::date AS month, count(*) AS tries FROM log.entry
        WHERE NOT permitted GROUP BY 1 ORDER BY 1 DESC LIMIT 60"""
    )
