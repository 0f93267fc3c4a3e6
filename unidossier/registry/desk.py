"""What the registration desk reads of a patient, and its acts, as statements for the door. No clinical content (ACS-4)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from unidossier.gate.door import Query


def file() -> Query:
    """The patient of the grant: identity, contact, death, and whether access from outside is refused."""
    return Query(
        """SELECT p.id, p.family, p.given, p.birth_date, p.sex, p.language, p.contact, p.deceased_at, p.refuses_outside, p.own_opened_at FROM registry.patient p
        WHERE p.id = (SELECT gate.patient())"""
    )


def two() -> Query:
    """The patients of a list grant side by side: identity, contact, death, numbers in force, institutions."""
    return Query(
        """SELECT p.id, p.family, p.given, p.birth_date, p.sex, p.language, p.contact, p.deceased_at,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('system', n.system, 'value', n.value) ORDER BY n.system), '[]') FROM registry.patient_identifier n
             WHERE n.patient_id = p.id AND n.until_at IS NULL) AS numbers,
            (SELECT coalesce(jsonb_agg(i.names ORDER BY i.key), '[]') FROM record.presence h JOIN registry.institution i ON i.id = h.institution_id WHERE h.patient_id = p.id) AS places
        FROM registry.patient p ORDER BY p.sort_key, p.id"""
    )


def numbers() -> Query:
    """Every number the patient has or had: system, value, institution (of a local one), from_at, until_at."""
    return Query(
        """SELECT n.system, n.value, n.institution_id, i.names AS institution, n.from_at, n.until_at, n.institution_id IS NULL OR n.institution_id = (SELECT gate.institution()) AS is_ours
        FROM registry.patient_identifier n LEFT JOIN registry.institution i ON i.id = n.institution_id ORDER BY n.until_at NULLS FIRST, n.system, n.value"""
    )


def gps() -> Query:
    """The general practitioner of record now, and the earlier ones."""
    return Query(
        """SELECT r.id, r.person_id, h.given || ' ' || h.family AS person, i.names AS institution, r.proof, r.starts_at, nullif(r.ends_at, 'infinity') AS ends_at, r.confirmed_at,
            r.state = 'in-force' AND r.starts_at <= now() AND now() < r.ends_at AS is_now
        FROM relations.relation r JOIN registry.person h ON h.id = r.person_id JOIN registry.institution i ON i.id = r.institution_id WHERE r.kind = 'gp' ORDER BY r.starts_at DESC, r.id"""
    )


def representations() -> Query:
    """Every file of somebody who acts or acted for the patient: kind, name, scope, state, start, end, authority, proof (REP-4)."""
    return Query(
        """SELECT m.id, m.person_id, m.kind, m.name, m.categories, m.decides, m.state, m.starts_at, nullif(m.ends_at, 'infinity') AS ends_at, m.withdrawn_at, m.authority, m.proof,
            m.suspended_why, m.ended_why, m.state <> 'withdrawn' AND now() < m.ends_at AS is_now
        FROM relations.representation m WHERE m.kind <> 'designated' ORDER BY (m.state <> 'withdrawn' AND now() < m.ends_at) DESC, m.starts_at DESC, m.id"""
    )


def exclusions() -> Query:
    """Whom the patient excluded, now and before: person, source, channel, confirmed_at, from_at, until_at (EXC-3)."""
    return Query(
        """SELECT e.id, e.person_id, h.given || ' ' || h.family AS person, e.source, e.channel, e.absolute, e.from_at, e.until_at, e.confirmed_at, e.ended_why,
            e.until_at IS NULL OR now() < e.until_at AS is_now,
            (SELECT x.function FROM registry.employment x WHERE x.person_id = e.person_id ORDER BY x.until_at NULLS FIRST, x.from_at DESC LIMIT 1) AS function
        FROM relations.exclusion e JOIN registry.person h ON h.id = e.person_id ORDER BY (e.until_at IS NULL OR now() < e.until_at) DESC, e.from_at DESC, e.id"""
    )


def changes(*, size: int = 30) -> Query:
    """What the desk changed, the newest first: field, was, became, reason, at, person_name, institution."""
    return Query(
        """SELECT c.field, c.was, c.became, c.reason, c.at, c.person_name, i.names AS institution FROM registry.patient_change c LEFT JOIN registry.institution i ON i.id = c.institution_id
        ORDER BY c.at DESC, c.id LIMIT %(size)s""",
        {"size": size},
    )


def merges() -> Query:
    """The merges of the patient: id, kept, merged, reason, at, person_name, undone_at, undone_name, undone_why."""
    return Query(
        """SELECT m.id, m.kept, m.merged, m.reason, m.at, m.person_name, m.undone_at, m.undone_name, m.undone_why, m.kept = (SELECT gate.patient()) AS is_kept
        FROM registry.merge m ORDER BY m.at DESC"""
    )


def reversals() -> Query:
    """Reversals of a recorded death that were asked at this institution (DTH-4), the newest first."""
    return Query(
        """SELECT d.id, d.patient_id, d.deceased_at, d.reason, d.state, d.asked_at, d.asked_by, d.answered_at, d.answer, h.given || ' ' || h.family AS asked_name,
            d.asked_by = (SELECT gate.person()) AS is_mine FROM registry.death_reversal d LEFT JOIN registry.person h ON h.id = d.asked_by ORDER BY d.asked_at DESC"""
    )


def duplicates() -> Query:
    """Likely duplicates among the patients of the grant (REC-8): one, other, why (same, alike, exchanged, birth)."""
    return Query("SELECT one, other, why FROM registry.likely_duplicates((SELECT gate.institution()))")


def proof(representation: UUID) -> Query:
    """The document of one mandate (sha256, name, media_type, size), and under which other ids its file may lie (REC-8)."""
    return Query(
        "SELECT m.proof, registry.known_as() AS also FROM relations.representation m WHERE m.id = %(id)s::uuid AND m.proof IS NOT NULL",
        {"id": representation},
    )


def act(name: str, **values: Any) -> Query:
    """Call one function of registry/sql/{registration,representation,merge}.sql by name; dicts and lists travel as JSON."""
    told = {
        key: json.dumps(value) if isinstance(value, Mapping | list | tuple) else value
        for key, value in values.items()
    }
    marks = ", ".join(f"%({key})s::{_type(values[key])}" for key in values)
    return Query(f"SELECT * FROM registry.{name}({marks})", told)


def _type(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case UUID():
            return "uuid"
        case datetime():
            return "timestamptz"
        case bytes():
            return "bytea"
        case Mapping() | list() | tuple():
            return "jsonb"
    return "text"
