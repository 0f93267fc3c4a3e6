"""The scene of the attacks: what the application's role may and may not see with one honest session."""

from dataclasses import dataclass
from uuid import UUID

import psycopg

from tests.gate.reader import Granted, Reader
from tests.gate.world import Worker, World

# Errors that a refusal may raise. Anything else (a typing error in an attack ...) proves nothing.
NO_GRANT = "UD002"
STALE_GRANT = "UD003"
NO_SESSION = "UD001"
FORGED_CLAIMS = "UD004"
NOT_YOURS = "UD006"
NOT_WRITABLE = "UD007"
NO_PRIVILEGE = "42501"


@dataclass(frozen=True)
class Scene:
    """A physician with a relation to `treated` and none to `stranger`; both have an item in his hospital."""

    world: World
    reader: Reader
    hospital: UUID
    physician: Worker
    secret: bytes
    treated: UUID
    treated_item: UUID
    stranger: UUID
    stranger_item: UUID

    def grant(self, **asked: object) -> Granted:
        """Ask for the record of the treated patient; the gate permits."""
        granted = self.reader.grant(self.secret, self.treated, **asked)  # type: ignore[arg-type]
        assert granted.allowed, f"the permit of this attack is missing: {granted.rule}"
        return granted

    def titles(self, token: bytes) -> set[str]:
        """Give the titles of all items that this grant shows."""
        return {title for (title,) in self.reader.read(token, "SELECT title FROM record.item")}

    def readable_grant(self, **asked: object) -> Granted:
        """Ask for the record of the treated patient and read it once: the twin of attacks on a grant."""
        granted = self.grant(**asked)
        assert len(self.titles(granted.token)) == 1
        return granted


def make_scene(world: World, reader: Reader) -> Scene:
    """Make a scene of its own for one test."""
    hospital = world.institution()
    physician = world.worker("specialist", hospital)
    treated, stranger = world.patient(), world.patient()
    world.relation(treated, physician)
    return Scene(
        world=world,
        reader=reader,
        hospital=hospital,
        physician=physician,
        secret=world.session(physician),
        treated=treated,
        treated_item=world.item(treated, hospital),
        stranger=stranger,
        stranger_item=world.item(stranger, hospital),
    )


def fill_every_table(world: World) -> None:
    """Put one row at least into every table that a policy guards."""
    hospital = world.institution()
    physician = world.worker("specialist", hospital)
    patient = world.patient()
    item = world.item(patient, hospital)
    world.relation(patient, physician)
    world.exclude(patient, physician.person)
    world.lift(patient, physician.person)
    world.represent(patient, physician.person, kind="legal")
    world.attachment(patient, item)
    world.appointment(patient, hospital)
    world.stay(patient, hospital)
    world.listed(patient)
    world.run(
        "INSERT INTO relations.federal_feed (kind, outcome, sequence, made_at) VALUES ('full', 'half', NULL, NULL)"
    )
    world.run(
        "INSERT INTO relations.federal_consent (federal_id, patient_ssin, patient_id, from_at, sequence, entry_id) VALUES (%s, '', %s, now(), 0, 0)",
        str(patient),
        patient,
    )
    world.run("SELECT notices.tell(%s, 'glass', '{}', %s, 0)", patient, hospital)
    _fill_the_desk(world, hospital=hospital, patient=patient, person=physician.person)
    _fill_consult(world, hospital=hospital, patient=patient, person=physician.person)


def _fill_the_desk(world: World, *, hospital: UUID, patient: UUID, person: UUID) -> None:
    ((task,),) = world.run(
        "SELECT cases.open_task(%s, 'ombuds', 'overview', %s, NULL, gen_random_uuid(), '{}', interval '1 day', NULL, 0)",
        hospital,
        patient,
    )
    world.run(
        """INSERT INTO cases.overview (id, task_id, patient_id, institution_id, presentation, since, made_by, entry_id)
        VALUES (gen_random_uuid(), %s, %s, %s, 'named', now(), %s, 0)""",
        *(task, patient, hospital, person),
    )
    world.run("INSERT INTO cases.gathered (task_id, entry_id, made_by) VALUES (%s, 0, %s)", task, person)
    world.run(
        "INSERT INTO cases.signal_run (id, institution_id, since, until, found, entry_id) VALUES (gen_random_uuid(), %s, now(), now(), 0, 0)",
        hospital,
    )
    world.run(
        """INSERT INTO cases.rights_proposal (id, base, changes, from_at, reason, made_by, entry_id)
        VALUES (gen_random_uuid(), 1, '[]', now(), 'a proposal of the test', %s, 0)""",
        person,
    )
    _fill_keeping(world, hospital=hospital, patient=patient, person=person)


def _fill_keeping(world: World, *, hospital: UUID, patient: UUID, person: UUID) -> None:
    world.run(
        """INSERT INTO cases.erasure_request (id, entry_id, ground, reason, institution_id, asked_entry, made_by)
        VALUES (gen_random_uuid(), %s, 'authority', 'a request of the test', %s, 0, %s)""",
        *(patient.int % 10**15, hospital, person),
    )
    world.run(
        """INSERT INTO cases.setting_proposal (id, institution_id, name, value, expected, reason, entry_id, made_by)
        VALUES (gen_random_uuid(), %s, 'log.retention', '9', '5', 'a proposal of the test', 0, %s)""",
        *(hospital, person),
    )
    world.run(
        """INSERT INTO cases.restore_account (id, restored_id, ground, restored_to, done_by, reason, institution_id, entry_id, made_by)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'other', now(), 'somebody', 'an account of the test', %s, 0, %s)""",
        *(hospital, person),
    )
    world.run(
        """INSERT INTO log.erasure (entry_id, year, position, leaf, ground, about, asked_by, confirmed_by, asked_entry, confirmed_entry, told_entry)
        VALUES (0, 1999, 0, '', 'authority', ARRAY[%s::uuid], %s, gen_random_uuid(), 0, 0, 0) ON CONFLICT DO NOTHING""",
        *(patient, person),
    )


def _fill_consult(world: World, *, hospital: UUID, patient: UUID, person: UUID) -> None:
    world.run(
        """INSERT INTO relations.attempt (id, person_id, institution_id, function, kind, number, name, ends_at, entry_id)
        VALUES (gen_random_uuid(), %s, %s, 'gp', 'link', '1', 'Al Roe', now(), 0)""",
        *(person, hospital),
    )
    world.run(
        """INSERT INTO relations.claim (id, patient_id, relation_id, person_id, institution_id, name, task_id, entry_id)
        VALUES (gen_random_uuid(), %s, gen_random_uuid(), %s, %s, 'Al Roe', gen_random_uuid(), 0)""",
        *(patient, person, hospital),
    )
    world.run(
        """INSERT INTO registry.applicant (id, family, given, sort_key, function, nihdi, practice, address, email, language, institution_id,
            proof, origin, entry_id) VALUES (gen_random_uuid(), 'Roe', 'Al', 'roe al', 'gp', '1', 'P', 'A', 'a@b.example', 'nl', %s, '{}', '', 0)""",
        hospital,
    )


def forge(connection: psycopg.Connection, setting: str, *, local: bool = True) -> None:
    """Set the setting of the gate by hand; `{now}` stands for the start of this transaction."""
    row = connection.execute("SELECT extract(epoch FROM transaction_timestamp())::text").fetchone()
    assert row is not None
    connection.execute("SELECT set_config('gate.grant', %s, %s)", (setting.format(now=row[0]), local))
