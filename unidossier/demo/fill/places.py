"""Institutions, settings, teams, people, posts and rosters of the fictional world: what an operator sets up, by the migrating role."""

import json
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import psycopg

from unidossier.demo.fill.ids import human_id, institution_id, line_id, patient_id, person_id, team_id
from unidossier.demo.numbers import enterprise_number
from unidossier.demo.world import Institution, Patient, World
from unidossier.kernel.identifiers import NIHDI_PROFESSIONAL, SSIN
from unidossier.kernel.sortkey import name_key

BRUSSELS = ZoneInfo("Europe/Brussels")
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


def _contact(one: Institution) -> dict[str, str]:
    """Address and telephone; a practice outside also has a mailbox for messages about its patients (BTG-4)."""
    mail = {} if one.is_network else {"email": f"practice@{one.key}.example"}
    return {"address": one.address, "phone": one.phone} | mail


def set_up_places(connection: psycopg.Connection, world: World) -> None:
    """Write everything that exists before anybody falls ill; what is there already stays."""
    cursor = connection.cursor()
    cursor.executemany(
        "INSERT INTO registry.institution (id, key, names, language, network, nihdi, cbe, contact) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [
            (
                institution_id(one.key),
                one.key,
                json.dumps(one.names),
                one.language,
                one.is_network,
                one.nihdi,
                enterprise_number(int(one.nihdi[1:6])),
                json.dumps(_contact(one)),
            )
            for one in world.institutions
        ],
    )
    cursor.executemany(
        """INSERT INTO registry.institution_setting (institution_id, name, value, reason) SELECT %s, 'consent-model', %s, 'first setting'
        WHERE NOT EXISTS (SELECT FROM registry.institution_setting WHERE institution_id = %s AND name = 'consent-model')""",
        [(institution_id(one.key), one.setting, institution_id(one.key)) for one in world.institutions],
    )
    cursor.executemany(
        "INSERT INTO registry.team (id, institution_id, key, names, kind) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [
            (team_id(one.key), institution_id(one.institution), one.key, json.dumps(one.names), one.kind)
            for one in world.teams
        ],
    )
    _people(cursor, world)
    _posts(cursor, world)


def _people(cursor: psycopg.Cursor, world: World) -> None:
    by_ssin = {patient.ssin: patient for patient in _named(world) if patient.ssin}
    cursor.execute("SET LOCAL ROLE unidossier_store")
    cursor.executemany(
        """INSERT INTO registry.person (id, human_id, family, given, sort_key, sex, language, professional, patient_id)
        VALUES (%s, %s, %s, %s, %s, %s, %s, true, %s) ON CONFLICT DO NOTHING""",
        [
            (
                person_id(one.key),
                person_id(one.key),
                one.family,
                one.given,
                name_key(one.family, given=one.given),
                one.sex,
                one.languages[0],
                patient_id(by_ssin[one.ssin].key) if one.ssin in by_ssin else None,
            )
            for one in world.persons
        ],
    )
    cursor.executemany(
        """INSERT INTO registry.person (id, human_id, family, given, sort_key, sex, language, professional, patient_id)
        VALUES (%s, %s, %s, %s, %s, %s, %s, false, %s) ON CONFLICT DO NOTHING""",
        [
            (
                human_id(one.key),
                human_id(one.key),
                one.family,
                one.given,
                name_key(one.family, given=one.given),
                one.sex,
                one.language,
                patient_id(one.key),
            )
            for one in _named(world)
        ],
    )
    cursor.execute("RESET ROLE")
    numbers = [(person_id(one.key), SSIN, one.ssin) for one in world.persons if one.ssin]
    numbers += [(person_id(one.key), NIHDI_PROFESSIONAL, one.nihdi) for one in world.persons if one.nihdi]
    cursor.executemany(
        "INSERT INTO registry.person_identifier (person_id, system, value) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        numbers,
    )


def _named(world: World) -> list[Patient]:
    """The patients who have an account or act for somebody: a name in the registry of people."""
    wanted = {account.patient for account in world.accounts if account.patient}
    named = [patient for patient in world.patients[:40]]
    wanted |= {one.patient for patient in named for one in patient.representatives}
    return [patient for patient in named if patient.key in wanted]


def _posts(cursor: psycopg.Cursor, world: World) -> None:
    cursor.executemany(
        "INSERT INTO registry.employment (id, person_id, institution_id, function, from_at, until_at) VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [
            (
                line_id("employment", one.person, one.institution, one.function),
                person_id(one.person),
                institution_id(one.institution),
                one.function,
                datetime.combine(one.from_, time.min, tzinfo=BRUSSELS),
                datetime.combine(one.until, time.min, tzinfo=BRUSSELS) if one.until else None,
            )
            for one in world.employments
        ],
    )
    # whom the roster does not name belongs to his teams all the time; nurses of a ward have the duty of the roster alone
    rostered = {(one.person, one.team) for one in world.duties}
    members = [
        (
            line_id("member", one.person, team),
            team_id(team),
            person_id(one.person),
            datetime.combine(one.from_, time.min, tzinfo=BRUSSELS),
            datetime.combine(one.until, time.min, tzinfo=BRUSSELS) if one.until else FOREVER,
        )
        for one in world.employments
        for team in one.teams
        if (one.person, team) not in rostered
    ]
    duties = [
        (
            line_id("duty", one.person, one.team, one.starts.isoformat()),
            team_id(one.team),
            person_id(one.person),
            one.starts,
            one.ends,
        )
        for one in world.duties
    ]
    cursor.executemany(
        "INSERT INTO registry.duty (id, team_id, person_id, starts_at, ends_at) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        members + duties,
    )
