"""Who the record is about and who works where, as statements for the door. Short facts only: no clinical content."""

from unidossier.gate.door import Query


def patient() -> Query:
    """The patient of the grant, with the numbers in force: family, given, birth_date, sex, language, contact, deceased_at, numbers [{system, value}].

    `emergency` is {"reason", "until"} when the grant stands on an opening of one's own (BTG-3), else None.
    """
    return Query(
        """SELECT p.id, p.family, p.given, p.birth_date, p.sex, p.language, p.contact, p.deceased_at,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('system', n.system, 'value', n.value) ORDER BY n.system), '[]')
             FROM registry.patient_identifier n WHERE n.patient_id = p.id AND n.until_at IS NULL) AS numbers,
            relations.my_opening() AS emergency
        FROM registry.patient p"""
    )


def listed() -> Query:
    """The patients of a list grant: id, family, given, birth_date, sex, deceased_at and the national number."""
    return Query(
        """SELECT p.id, p.family, p.given, p.birth_date, p.sex, p.deceased_at,
            (SELECT min(n.value) FROM registry.patient_identifier n WHERE n.patient_id = p.id AND n.until_at IS NULL AND n.system LIKE '%%/ssin') AS ssin
        FROM registry.patient p ORDER BY p.sort_key, p.id"""
    )


def known_as() -> Query:
    """Under which other ids files of the patient of the grant may lie (REC-8): also."""
    return Query("SELECT registry.known_as() AS also")


def institutions() -> Query:
    """Every institution: id, key, names, language, network, contact."""
    return Query("SELECT id, key, names, language, network, contact FROM registry.institution ORDER BY key")


def matched() -> Query:
    """The patients of a grant of `fhir-match`: id, family, given, birth_date, sex, numbers [{system, value}] in force; version, at, facts (sql/versions.sql)."""
    return Query(
        """SELECT p.id, p.family, p.given, p.birth_date, p.sex, coalesce(v.facts -> 'numbers', '[]') AS numbers, v.version, v.at, v.facts
        FROM registry.patient p, LATERAL (SELECT n.version, n.at, n.facts FROM registry.patient_versions(p.id) n ORDER BY n.version DESC LIMIT 1) v"""
    )
