"""Why somebody may see a record, and the work behind it, as statements for the door."""

from datetime import datetime
from uuid import UUID

from unidossier.gate.door import Query

# The reader himself, or a team that he belongs to now.
MINE = """({line}.person_id IS NOT DISTINCT FROM (SELECT gate.person()) OR {line}.team_id IN (
                SELECT d.team_id FROM registry.duty d WHERE d.person_id = (SELECT gate.person()) AND d.starts_at <= now() AND now() < d.ends_at))"""


def in_force() -> Query:
    """Who treats: each relation in force now, with the person's or the team's name, newest end last (ACD-5).

    `ends_at` is None while the work goes on; `mine` tells the reader's own relation, by person or by team.
    """
    return Query(
        f"""SELECT r.id, r.patient_id, r.kind, r.proof, r.consented, r.starts_at, nullif(r.ends_at, 'infinity') AS ends_at, r.person_id, r.team_id, r.institution_id,
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


def standing() -> Query:
    """Relations that open now, wait or are suspended: in_force's columns, and id, state, reason, categories (MY-14, ACD-5)."""
    return Query(
        """SELECT r.id, r.patient_id, r.kind, r.state, r.reason, r.proof, r.consented, r.categories, r.made_at, r.starts_at, nullif(r.ends_at, 'infinity') AS ends_at,
            r.person_id, r.team_id, r.institution_id, p.given || ' ' || p.family AS person, p.human_id, t.names AS team,
            (SELECT e.function FROM registry.employment e WHERE e.person_id = r.person_id AND e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at)
             ORDER BY (e.institution_id = r.institution_id) DESC, e.from_at LIMIT 1) AS function, false AS mine
        FROM relations.relation r LEFT JOIN registry.person p ON p.id = r.person_id LEFT JOIN registry.team t ON t.id = r.team_id
        WHERE r.state IN ('in-force', 'pending', 'suspended') AND (r.starts_at <= now() OR r.state <> 'in-force') AND now() < r.ends_at ORDER BY r.ends_at, r.id"""
    )


def ended() -> Query:
    """Relations that are over, newest end first: `state` in-force (ran out), withdrawn, refused, pending (never answered); `ended_at`."""
    return Query(
        """SELECT r.id, r.kind, r.state, r.proof, r.starts_at, coalesce(r.withdrawn_at, r.ends_at) AS ended_at, r.person_id, r.team_id, r.institution_id,
            p.given || ' ' || p.family AS person, t.names AS team,
            (SELECT e.function FROM registry.employment e WHERE e.person_id = r.person_id ORDER BY (e.institution_id = r.institution_id) DESC, e.from_at DESC LIMIT 1) AS function
        FROM relations.relation r LEFT JOIN registry.person p ON p.id = r.person_id LEFT JOIN registry.team t ON t.id = r.team_id
        WHERE r.state IN ('withdrawn', 'refused') OR r.ends_at <= now() ORDER BY coalesce(r.withdrawn_at, r.ends_at) DESC, r.id LIMIT 200"""
    )


def exclusions(*, over: bool = False) -> Query:
    """Exclusions in force (or over), with who is meant: source local or federal, absolute, from, until, confirmed (EXC-3)."""
    return Query(
        """SELECT x.id, x.person_id, x.source, x.channel, x.absolute, x.from_at, x.until_at, x.confirmed_at, p.given || ' ' || p.family AS person, p.human_id,
            e.function, e.institution_id
        FROM relations.exclusion x JOIN registry.person p ON p.id = x.person_id
        LEFT JOIN LATERAL (SELECT e.function, e.institution_id FROM registry.employment e WHERE e.person_id = x.person_id
                           ORDER BY (e.until_at IS NULL OR e.until_at > now()) DESC, e.from_at DESC LIMIT 1) e ON true
        WHERE (x.until_at <= now()) IS TRUE = %(over)s ORDER BY coalesce(x.until_at, x.from_at) DESC, x.id LIMIT 200""",
        {"over": over},
    )


def emergencies(*, over: bool = False) -> Query:
    """Openings by break-the-glass and liftings of an exclusion, in force or over: what, person, function, institution, reason, from, until (BTG-4, EXC-7)."""
    return Query(
        """SELECT * FROM (
            SELECT 'opening' AS what, o.id, o.person_id, o.institution_id, o.function, o.reason, o.justification, o.starts_at, o.ends_at FROM relations.opening o
            UNION ALL
            SELECT 'lifting', l.id, l.person_id, l.institution_id, NULL, l.discipline, l.reason, l.starts_at, l.ends_at FROM relations.lifting l
            WHERE EXISTS (SELECT FROM relations.exclusion x WHERE x.patient_id = l.patient_id AND x.person_id = l.person_id AND x.from_at <= l.starts_at)) o
        JOIN (SELECT id AS named_id, given || ' ' || family AS person FROM registry.person) p ON p.named_id = o.person_id
        WHERE (o.ends_at <= now()) = %(over)s ORDER BY o.starts_at DESC, o.id LIMIT 100""",
        {"over": over},
    )


def linked(*, over: bool = False) -> Query:
    """Parents, legal representatives, foster parents and designated professionals, as the Desk linked them; in force, suspended, or over (REP-1, REP-3)."""
    return Query(
        """SELECT m.id, m.kind, m.name, m.state, m.categories, m.decides, m.person_id, m.starts_at, nullif(m.ends_at, 'infinity') AS ends_at, m.withdrawn_at
        FROM relations.representation m WHERE m.kind IN ('parent', 'legal', 'foster', 'designated')
          AND (m.state = 'withdrawn' OR m.ends_at <= now()) = %(over)s ORDER BY m.starts_at, m.id""",
        {"over": over},
    )


def mandates() -> Query:
    """Mandates and trusted persons that the patient named: id, kind, name, categories, decides, starts_at, ends_at, ended_at, mine (REP-4)."""
    return Query("SELECT * FROM relations.mandates()")


def choices() -> Query:
    """What the patient chose for the whole record: refuses_outside (CON-10)."""
    return Query("SELECT p.refuses_outside, p.birth_date, p.own_opened_at FROM registry.patient p")


def touched_by(person: UUID) -> Query:
    """What one human being would lose (EXC-9): relations in force or pending of his own, and of teams he belongs to now; `how` is own or team."""
    return Query(
        """WITH him AS (SELECT o.id FROM registry.person o WHERE o.human_id = (SELECT h.human_id FROM registry.person h WHERE h.id = %(person)s::uuid))
        SELECT CASE WHEN r.team_id IS NULL THEN 'own' ELSE 'team' END AS how, r.id, r.kind, r.state, r.starts_at, nullif(r.ends_at, 'infinity') AS ends_at, r.institution_id, t.names AS team
        FROM relations.relation r LEFT JOIN registry.team t ON t.id = r.team_id
        WHERE r.state IN ('in-force', 'pending') AND now() < r.ends_at AND (r.person_id IN (SELECT id FROM him) OR r.team_id IN (
            SELECT d.team_id FROM registry.duty d WHERE d.person_id IN (SELECT id FROM him) AND now() < d.ends_at)) ORDER BY r.ends_at, r.id""",
        {"person": person},
    )


def planned_with(person: UUID) -> Query:
    """Appointments to come with one human being, soonest first (EXC-9)."""
    return Query(
        """SELECT a.id, a.starts_at, a.reason, a.institution_id, t.names AS team FROM relations.appointment a LEFT JOIN registry.team t ON t.id = a.team_id
        WHERE a.starts_at > now() AND a.status IN ('booked', 'pending', 'proposed', 'arrived', 'checked-in')
          AND a.person_id IN (SELECT o.id FROM registry.person o WHERE o.human_id = (SELECT h.human_id FROM registry.person h WHERE h.id = %(person)s::uuid))
        ORDER BY a.starts_at LIMIT 50""",
        {"person": person},
    )


def one_professional(person: UUID) -> Query:
    """Somebody who works in care: name, and each post in force with `online`, the setting exclusion.online of its institution (EXC-4)."""
    return Query(
        """SELECT h.id, h.human_id, h.given || ' ' || h.family AS person, e.id AS employment_id, e.function, e.institution_id,
            coalesce((SELECT s.value FROM registry.institution_setting s WHERE s.institution_id = e.institution_id AND s.name = 'exclusion.online' AND s.until_at IS NULL),
                     (SELECT d.value FROM gate.setting_default d WHERE d.name = 'exclusion.online')) AS online
        FROM registry.person h LEFT JOIN registry.employment e ON e.person_id = h.id AND e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at)
        LEFT JOIN registry.institution i ON i.id = e.institution_id WHERE h.id = %(person)s::uuid ORDER BY i.network DESC, e.from_at DESC""",
        {"person": person},
    )


def team(team: UUID) -> Query:
    """One team by id, with the people who belong to it now (`members`: [{person_id, person}])."""
    return Query(
        """SELECT t.id, t.names, t.institution_id, (SELECT coalesce(jsonb_agg(jsonb_build_object('person_id', m.id, 'person', m.given || ' ' || m.family) ORDER BY m.sort_key), '[]')
            FROM (SELECT DISTINCT h.id, h.given, h.family, h.sort_key FROM registry.duty d JOIN registry.person h ON h.id = d.person_id
                  WHERE d.team_id = t.id AND d.starts_at <= now() AND now() < d.ends_at
                    AND NOT EXISTS (SELECT FROM registry.employment e WHERE e.person_id = h.id AND e.function = 'machine')) m) AS members
        FROM registry.team t WHERE t.id = %(team)s::uuid""",
        {"team": team},
    )


def attempts() -> Query:
    """The reader's own requests and links that have opened nothing, of the last year, newest first: what he typed and how it stands (CON-12).

    `is_over`: nothing can come of it any more. Known and unknown numbers look alike (consult_tables.sql).
    """
    return Query(
        """SELECT a.id, a.kind, a.number, a.name, a.language, a.reason, a.contact_on, a.state, a.signed_on, a.made_at, a.ends_at,
            a.state = 'waiting' AND a.ends_at <= now() AS is_over
        FROM relations.attempt a WHERE a.state NOT IN ('open', 'taken-back') AND a.made_at > now() - interval '1 year' ORDER BY a.made_at DESC, a.id LIMIT 200"""
    )


def claims() -> Query:
    """The signed forms that an institution wants to see of the reader, not judged yet, oldest first (CON-9)."""
    return Query(
        """SELECT c.id, c.name, c.signed_on, c.reason, c.state, c.asked_at, c.shown_at, c.institution_id, i.names AS institution
        FROM relations.claim c JOIN registry.institution i ON i.id = c.institution_id WHERE c.state IN ('asked', 'shown') ORDER BY c.asked_at, c.id"""
    )
