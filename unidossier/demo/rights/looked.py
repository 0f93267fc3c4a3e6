"""Who looked over the past year in two records: carers of three hospitals and a practice, the patient herself, an emergency. By the migrating role.

The log began with this world; these lines are what a year of it would hold. They come before anything else that people do,
so that the tree takes them in their order. One hospital shows its people by codes, one by function and hour (MY-15).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import psycopg

from unidossier.demo.fill.ids import human_id, institution_id, patient_id, person_id
from unidossier.demo.world import World
from unidossier.kernel.brussels import BRUSSELS

PRESENTED = {"linde": "pseudonymised", "vennblick": "anonymised"}
CARDIOLOGIST, NURSE = "scheldedal.cardiology.specialist.1", "scheldedal.cardiology-ward.nurse.1"
RADIOLOGIST, BIOLOGIST = "scheldedal.imaging.specialist.1", "scheldedal.laboratory.clinical-biologist.1"
SECRETARY, EMERGENCY = (
    "scheldedal.secretariat.medical-secretary.1",
    "scheldedal.emergency.emergency-physician.1",
)
PHYSIOTHERAPIST, REHABILITATION = "linde.paramedical.physiotherapist.1", "linde.rehabilitation.specialist.1"
INTERNIST, GP = "vennblick.internal.specialist.1", "wilgen.practice.gp.1"
READ, LOOK, LIST = (
    ("open-record", "open-item", "open-item", "open-item"),
    ("open-record", "search-record", "open-item"),
    ("show-agenda",),
)
GLASS = ("break-the-glass", "open-record", "open-item", "open-item")


@dataclass(frozen=True)
class Look:
    """One visit: how many days ago, when it began in Brussels, by whom, what was done."""

    days: int
    at: time
    who: str  # '': the patient
    verbs: tuple[str, ...]


LOOKS = {
    "p-000001": (
        Look(392, time(9, 12), GP, READ),
        Look(371, time(10, 40), CARDIOLOGIST, READ),
        Look(371, time(11, 5), SECRETARY, LIST),
        Look(368, time(20, 31), "", ("sign-in", "open-record", "open-item")),
        Look(310, time(7, 2), NURSE, READ),
        Look(309, time(22, 47), NURSE, LOOK),
        Look(298, time(14, 20), PHYSIOTHERAPIST, LOOK),
        Look(291, time(14, 25), PHYSIOTHERAPIST, READ),
        Look(284, time(15, 2), REHABILITATION, READ),
        Look(277, time(14, 18), PHYSIOTHERAPIST, LOOK),
        Look(240, time(3, 17), EMERGENCY, GLASS),
        Look(239, time(8, 55), CARDIOLOGIST, READ),
        Look(239, time(19, 3), "", ("sign-in", "who-looked")),
        Look(201, time(16, 33), INTERNIST, READ),
        Look(166, time(8, 10), BIOLOGIST, LOOK),
        Look(165, time(11, 48), RADIOLOGIST, READ),
        Look(120, time(9, 30), GP, LOOK),
        Look(74, time(10, 12), CARDIOLOGIST, READ),
        Look(31, time(13, 44), PHYSIOTHERAPIST, LOOK),
        Look(9, time(9, 58), GP, READ),
        Look(3, time(10, 21), CARDIOLOGIST, LOOK),
        Look(2, time(21, 15), "", ("sign-in", "open-record", "open-item", "who-looked")),
    ),
    "p-000014": (
        Look(210, time(9, 40), "aldegonde.neurology.specialist.1", READ),
        Look(150, time(14, 5), "aldegonde.internal-ward.nurse.1", LOOK),
        Look(90, time(10, 22), INTERNIST, READ),
        Look(12, time(11, 15), "faubourg.practice.gp.1", READ),
    ),
}


def fill_looked(connection: psycopg.Connection, world: World) -> None:
    """Let a year pass, once; a second call changes nothing. People or patients that a small world lacks are left out."""
    known = {one.key for one in world.patients}
    with connection.transaction():
        _present(connection)
        for patient, looks in LOOKS.items():
            if patient in known and not _has_passed(connection, patient_id(patient)):
                for look in looks:
                    _look(connection, world, patient, look)


def _present(connection: psycopg.Connection) -> None:
    for institution, value in PRESENTED.items():
        connection.execute(
            """INSERT INTO registry.institution_setting (institution_id, name, value, reason) SELECT %(id)s, 'log.presentation', %(value)s, 'first setting'
            WHERE NOT EXISTS (SELECT FROM registry.institution_setting WHERE institution_id = %(id)s AND name = 'log.presentation')""",
            {"id": institution_id(institution), "value": value},
        )


def _has_passed(connection: psycopg.Connection, patient: UUID) -> bool:
    connection.execute("SET LOCAL ROLE unidossier_gate")
    there = connection.execute(
        "SELECT FROM log.entry WHERE patient_id = %s AND at < now() - interval '30 days' LIMIT 1", (patient,)
    ).fetchone()
    connection.execute("RESET ROLE")
    return there is not None


def _look(connection: psycopg.Connection, world: World, patient: str, look: Look) -> None:
    post = next((one for one in world.employments if one.person == look.who), None)
    if look.who and post is None:
        return
    holder = next(one for one in world.patients if one.key == patient)
    carer = next((one for one in world.persons if one.key == look.who), holder)
    day = datetime.now(BRUSSELS).date() - timedelta(days=look.days)
    begun = datetime.combine(day, look.at, BRUSSELS).astimezone(UTC)
    documents = _documents(connection, patient_id(patient), before=begun)
    for nth, verb in enumerate(look.verbs):
        is_item = verb == "open-item"
        if is_item and not documents:
            continue
        _write(
            connection,
            {
                "at": begun + timedelta(minutes=2 * nth, seconds=17 * nth + 11),
                "person": person_id(look.who) if look.who else human_id(patient),
                "name": f"{carer.given} {carer.family}",
                "function": post.function if post else "patient",
                "institution": institution_id(post.institution) if post else None,
                "patient": patient_id(patient),
                "verb": verb,
                "items": [documents.pop(0)] if is_item else None,
                "purpose": "care" if post else "own",
                "rule": _rule(look, post is not None),
                "origin": "ward" if post else "my",
                "glass": "unconscious" if verb == "break-the-glass" else None,
            },
        )


def _rule(look: Look, is_carer: bool) -> str:
    if not is_carer:
        return "MY-4.own"
    return (
        "BTG-1.emergency" if look.verbs is GLASS else "CON-3.gp" if ".practice." in look.who else "ACD-2.work"
    )


def _documents(connection: psycopg.Connection, patient: UUID, *, before: datetime) -> list[UUID]:
    """Letters, reports and results of the weeks before, the newest first."""
    connection.execute("SET LOCAL ROLE unidossier_store")
    rows = connection.execute(
        """SELECT id FROM record.item WHERE patient_id = %s AND category IN (8, 9, 10, 11, 13, 14) AND status = 'final' AND part_of IS NULL AND clinical_at < %s
        ORDER BY clinical_at DESC, id LIMIT 3""",
        (patient, before),
    ).fetchall()
    connection.execute("RESET ROLE")
    return [one for (one,) in rows]


def _write(connection: psycopg.Connection, entry: dict[str, object]) -> None:
    month = entry["at"].astimezone(UTC)  # type: ignore[attr-defined]
    following = f"{month.year + month.month // 12}{month.month % 12 + 1:02}"
    connection.execute("SET LOCAL ROLE unidossier_log")
    connection.execute(
        f"""CREATE TABLE IF NOT EXISTS log.entry_{month:%Y_%m} PARTITION OF log.entry
        FOR VALUES FROM ({month:%Y%m}0000000000000) TO ({following}0000000000000)"""
    )
    connection.execute("SET LOCAL ROLE unidossier_gate")
    connection.execute(
        """INSERT INTO log.entry (id, at, person_id, person_name, function, institution_id, patient_id, verb, categories, items, purpose, rule, permitted, origin, glass_reason)
        VALUES (to_char(%(at)s::timestamptz AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'), %(at)s, %(person)s, %(name)s, %(function)s, %(institution)s,
                %(patient)s, %(verb)s, gate.rights_of(%(function)s, 'read'), %(items)s, %(purpose)s, %(rule)s, true, %(origin)s, %(glass)s)""",
        entry,
    )
    connection.execute("RESET ROLE")
