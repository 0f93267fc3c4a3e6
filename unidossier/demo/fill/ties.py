"""Relations that no work makes: the GP of record, links signed or still pending, parents and guardians. By the migrating role."""

from datetime import UTC, datetime, time, timedelta

import psycopg

from unidossier.demo.fill.ids import human_id, institution_id, line_id, patient_id, person_id
from unidossier.demo.fill.places import BRUSSELS, FOREVER
from unidossier.demo.world import Patient, World

ENTRY = "SELECT gate.write_entry(gate.session_of(%s::bytea), %s, NULL, 'register-patient', 1, NULL, '{\"relations\": true}', 'XCH-1.deliver', true)"
RELATION = """INSERT INTO relations.relation (patient_id, id, person_id, institution_id, kind, source_type, proof, consented, state, starts_at, ends_at, entry_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (patient_id, id) DO NOTHING"""
REPRESENTATION = """INSERT INTO relations.representation (patient_id, id, person_id, kind, name, starts_at, ends_at, entry_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (patient_id, id) DO NOTHING"""
KNOWN_MONTHS = 12


def tie(
    connection: psycopg.Connection,
    world: World,
    patient: Patient,
    *,
    secret: bytes,
    now: datetime | None = None,
) -> None:
    """Write the GP of record and the representatives of one patient, under one entry."""
    now = now or datetime.now(UTC)
    cursor = connection.cursor()
    if _is_tied(cursor, patient):
        return
    (entry,) = cursor.execute(ENTRY, (secret, patient_id(patient.key))).fetchone()  # type: ignore[misc]
    cursor.execute("SET LOCAL ROLE unidossier_store")
    if patient.gp_key:
        _gp(cursor, world, patient, entry=entry, now=now)
    for one in patient.representatives:
        _represent(cursor, world, patient, one.patient, kind=one.kind, entry=entry)
    cursor.execute("RESET ROLE")


def _is_tied(cursor: psycopg.Cursor, patient: Patient) -> bool:
    cursor.execute("SET LOCAL ROLE unidossier_store")
    there = cursor.execute(
        "SELECT FROM relations.relation WHERE patient_id = %s AND kind IN ('gp', 'link') UNION ALL SELECT FROM relations.representation WHERE patient_id = %s",
        (patient_id(patient.key), patient_id(patient.key)),
    ).fetchone()
    cursor.execute("RESET ROLE")
    return there is not None


def _gp(cursor: psycopg.Cursor, world: World, patient: Patient, *, entry: int, now: datetime) -> None:
    assert patient.gp_key is not None
    practice = next(one.institution for one in world.employments if one.person == patient.gp_key)
    # confirmed at the last contact: somewhere in the past year, so that some end soon (CON-12)
    confirmed = now - timedelta(days=(patient.number * 37) % 359)
    ends = confirmed + timedelta(days=365)
    common = (patient_id(patient.key), person_id(patient.gp_key), institution_id(practice))
    cursor.execute(
        RELATION,
        (
            common[0],
            line_id("gp", patient.key, patient.gp_key),
            common[1],
            common[2],
            "gp",
            "Patient",
            "declared",
            False,
            "in-force",
            confirmed,
            ends,
            entry,
        ),
    )
    home = next(one for one in world.institutions if one.key == patient.home)
    if home.setting == "written-consent" and patient.number % 3:
        pending = patient.number % 3 == 2
        cursor.execute(
            RELATION,
            (
                common[0],
                line_id("link", patient.key, patient.gp_key),
                common[1],
                common[2],
                "link",
                "Consult",
                "number-typed" if pending else "signed-form",
                not pending,
                "pending" if pending else "in-force",
                confirmed,
                ends,
                entry,
            ),
        )


def _represent(
    cursor: psycopg.Cursor, world: World, patient: Patient, key: str, *, kind: str, entry: int
) -> None:
    acting = next(one for one in world.patients[:40] if one.key == key)
    line = next(one for one in patient.representatives if one.patient == key)
    cursor.execute(
        REPRESENTATION,
        (
            patient_id(patient.key),
            line_id("represent", patient.key, key),
            human_id(key),
            kind,
            acting.name,
            datetime.combine(line.since, time.min, tzinfo=BRUSSELS),
            datetime.combine(line.until, time.min, tzinfo=BRUSSELS) if line.until else FOREVER,
            entry,
        ),
    )
