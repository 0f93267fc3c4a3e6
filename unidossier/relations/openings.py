"""What was opened in an emergency, as statements for the door (BTG)."""

from datetime import datetime

from unidossier.gate.door import Query


def openings(*, since: datetime) -> Query:
    """Openings of the patients of a list grant that began from `since` on, newest first: who, where, the reason; not the justification."""
    return Query(
        """SELECT o.patient_id, o.id, o.starts_at, o.ends_at, o.reason, o.function, p.given || ' ' || p.family AS person, i.names AS institution
        FROM relations.opening o JOIN registry.person p ON p.id = o.person_id JOIN registry.institution i ON i.id = o.institution_id
        WHERE o.starts_at >= %(since)s::timestamptz ORDER BY o.starts_at DESC, o.id""",
        {"since": since},
    )


def my_openings() -> Query:
    """The reader's own openings in force, by patient: when the last of them ends."""
    return Query(
        """SELECT o.patient_id, max(o.ends_at) AS ends_at FROM relations.opening o
        WHERE o.person_id = (SELECT gate.person()) AND o.starts_at <= now() AND now() < o.ends_at GROUP BY o.patient_id"""
    )
