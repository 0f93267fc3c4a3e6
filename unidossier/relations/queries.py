"""Why somebody may see a record, and the work behind it, as statements for the door."""

from datetime import datetime

from unidossier.gate.door import Query

# The reader himself, or a team that he belongs to now.
MINE = """({line}.person_id IS NOT DISTINCT FROM (SELECT gate.person()) OR {line}.team_id IN (
                SELECT d.team_id FROM registry.duty d WHERE d.person_id = (SELECT gate.person()) AND d.starts_at <= now() AND now() < d.ends_at))"""


def in_force() -> Query:
    """Who treats: each relation in force now, with the person's or the team's name, newest end last (ACD-5).

    `ends_at` is None while the work goes on; `mine` tells the reader's own relation, by person or by team.
    """
    return Query(
        f"""SELECT r.patient_id, r.kind, r.proof, r.consented, r.starts_at, nullif(r.ends_at, 'infinity') AS ends_at, r.person_id, r.team_id, r.institution_id,
            p.given || ' ' || p.family AS person, t.names AS team,
            (SELECT e.function FROM registry.employment e WHERE e.person_id = r.person_id AND e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at)
             ORDER BY (e.institution_id = r.institution_id) DESC, e.from_at LIMIT 1) AS function,
            {MINE.format(line="r")} AS mine
        FROM relations.relation r LEFT JOIN registry.person p ON p.id = r.person_id LEFT JOIN registry.team t ON t.id = r.team_id
        WHERE r.state = 'in-force' AND r.starts_at <= now() AND now() < r.ends_at ORDER BY r.ends_at, r.id"""
    )


def stays() -> Query:
    """Stays going on now, with the ward's names and the bed."""
    return Query(
        """SELECT s.patient_id, s.id, s.institution_id, s.team_id, s.starts_at, s.bed, t.names AS team FROM relations.stay s JOIN registry.team t ON t.id = s.team_id
        WHERE s.starts_at <= now() AND now() < s.ends_at"""
    )


def agenda(*, since: datetime, until: datetime) -> Query:
    """Appointments that begin in the half-open period, by time, with the service and the carer."""
    return Query(
        f"""SELECT a.patient_id, a.id, a.institution_id, a.team_id, a.person_id, a.starts_at, nullif(a.ends_at, 'infinity') AS ends_at, a.status, a.reason,
            t.names AS team, p.given || ' ' || p.family AS person, {MINE.format(line="a")} AS mine
        FROM relations.appointment a LEFT JOIN registry.team t ON t.id = a.team_id LEFT JOIN registry.person p ON p.id = a.person_id
        WHERE a.starts_at >= %(since)s::timestamptz AND a.starts_at < %(until)s::timestamptz ORDER BY a.starts_at, a.id""",
        {"since": since, "until": until},
    )


def representations() -> Query:
    """Who acts for the patient now: kind, name, start and end (REP-4)."""
    return Query(
        """SELECT m.kind, m.person_id, m.starts_at, nullif(m.ends_at, 'infinity') AS ends_at, m.categories, m.name
        FROM relations.representation m
        WHERE m.state = 'in-force' AND m.starts_at <= now() AND now() < m.ends_at ORDER BY m.starts_at, m.id"""
    )
