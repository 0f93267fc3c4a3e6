"""A database with a few hundred thousand rows, made by set statements within seconds: for plans, not for meaning."""

from dataclasses import dataclass
from uuid import UUID

from tests.gate.server import Dsns
from tests.gate.world import Worker, World
from unidossier.record.searching.tokens import code

PATIENTS = 2_000
ITEMS = 50  # of each patient; the long record has more
LONG_RECORD = 5_000
ENTRIES = 50_000

CODES = [code("code", f"code{n}") for n in range(9)]  # what a search of the API finds them by

_PATIENTS = """
INSERT INTO registry.patient (id, family, given, sort_key, birth_date, entry_id)
SELECT md5('patient' || n)::uuid, 'Roe' || n, 'Al', 'roe' || n || ' al', date '1950-01-01' + n, 0
FROM generate_series(1, %s) n"""
_NUMBERS = """
INSERT INTO registry.patient_identifier (patient_id, system, value)
SELECT id, 'local', family FROM registry.patient"""
_ITEMS = """
INSERT INTO record.item (patient_id, id, version, type, institution_id, category, status, title, language, code,
                         clinical_at, entered_at, author_name, value_num, part_of, search, keys, facts)
SELECT p.id, md5(p.id::text || n)::uuid, 1, 'Observation', %s, n %% 21, 'final', 'Value ' || n, 'en', 'code' || n %% 9,
       now() - n * interval '3 days', now(), 'Jo Doe', n, CASE WHEN n %% 5 = 0 THEN md5(p.id::text || n - 1)::uuid END,
       to_tsvector('simple', 'value ' || n), ARRAY[(%s::bigint[])[1 + n %% 9]],
       jsonb_build_object('date', jsonb_build_array(jsonb_build_object('v', n, 'w', n + 1)))
FROM registry.patient p, LATERAL generate_series(1, CASE WHEN p.family = 'Roe1' THEN %s ELSE %s END) n"""
_VERSIONS = """
INSERT INTO record.version (patient_id, item_id, version, institution_id, category, status, title, author_name,
                            entry_id, resource, sha256)
SELECT patient_id, id, 1, institution_id, category, status, title, author_name, 0, '{}', 'x' FROM record.item"""
_DIRECTORY = (
    "INSERT INTO record.directory SELECT id, patient_id, institution_id, type = 'Patient' FROM record.item"
)
_ATTACHMENTS = """
INSERT INTO record.attachment SELECT patient_id, id, version, 'x', 'scan.pdf', 'application/pdf', 1 FROM record.item
WHERE category = 9"""
_PRESENCE = "INSERT INTO record.presence SELECT DISTINCT patient_id, institution_id FROM record.item"
_RELATIONS = """
INSERT INTO relations.relation (patient_id, id, person_id, institution_id, kind, source_type, starts_at, ends_at, entry_id)
SELECT p.id, gen_random_uuid(), w.id, %s, 'appointment', 'Appointment', now() - interval '1 day', 'infinity', 0
FROM registry.patient p JOIN (SELECT id, row_number() OVER () AS n FROM registry.person) w
  ON w.n %% 400 = hashtext(p.family) %% 400"""
_APPOINTMENTS = """
INSERT INTO relations.appointment (patient_id, id, institution_id, person_id, starts_at, ends_at, status)
SELECT patient_id, gen_random_uuid(), institution_id, person_id, now(), now() + interval '1 hour', 'booked'
FROM relations.relation"""
_STAYS = """
INSERT INTO relations.stay (patient_id, id, institution_id, team_id, starts_at)
SELECT patient_id, gen_random_uuid(), institution_id, gen_random_uuid(), now() FROM relations.relation"""
_EXCLUSIONS = """
INSERT INTO relations.exclusion (patient_id, id, person_id, source, entry_id)
SELECT id, gen_random_uuid(), (SELECT id FROM registry.person ORDER BY id LIMIT 1), 'local', 0
FROM registry.patient WHERE hashtext(family) %% 3 = 0"""
_LIFTINGS = """
INSERT INTO relations.lifting (patient_id, id, person_id, discipline, reason, ends_at, entry_id)
SELECT patient_id, gen_random_uuid(), person_id, 'x', 'x', now() + interval '1 hour', 0 FROM relations.exclusion"""
_REPRESENTATIONS = """
INSERT INTO relations.representation (patient_id, id, person_id, kind, entry_id)
SELECT patient_id, gen_random_uuid(), person_id, 'legal', 0 FROM relations.exclusion"""
_ENTRIES = """
INSERT INTO log.entry (id, patient_id, person_id, verb, rule, permitted, function)
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + 1000000 + n,
       md5('patient' || 1 + n %% %s)::uuid, gen_random_uuid(), 'open-record', 'ACD-2.work', true, 'specialist'
FROM generate_series(1, %s) n"""
_LISTED = """
INSERT INTO log.listed (patient_id, entry_id, at, person_name, function, verb, rule, purpose)
SELECT patient_id, id, at, '', function, 'list-patients', rule, 'care' FROM log.entry WHERE patient_id IS NOT NULL
"""
_PERSONS = """
INSERT INTO registry.person (id, human_id, family, given, sort_key, professional)
SELECT i, i, 'Doe', 'Jo', 'doe jo', true FROM (SELECT gen_random_uuid() AS i FROM generate_series(1, 20000)) p"""
_EMPLOYMENTS = """
INSERT INTO registry.employment (id, person_id, institution_id, function, from_at)
SELECT gen_random_uuid(), id, %s, 'specialist', now() FROM registry.person"""
_SESSIONS = """
INSERT INTO gate.session (id, secret_hash, person_id, person_name, human_id, function, actor, face, purpose, idle, ends_at)
SELECT gen_random_uuid(), sha256(id::text::bytea), id, '', human_id, 'specialist', 'inside', 'ward', 'care', '1 hour', now()
FROM registry.person"""


@dataclass(frozen=True)
class Crowd:
    """A crowded database, a physician in it, and the patient with the long record whom he treats."""

    world: World
    hospital: UUID
    physician: Worker
    long_record: UUID


def make_crowd(dsns: Dsns) -> Crowd:
    """Fill an empty database of ours; the statistics of the planner are up to date afterwards."""
    world = World(dsns)
    hospital = world.institution()
    world.run(_PERSONS)
    world.run(_EMPLOYMENTS, hospital)
    world.run(_SESSIONS)
    world.run(_PATIENTS, PATIENTS)
    world.run(_ITEMS, hospital, CODES, LONG_RECORD, ITEMS)
    for statement in (_NUMBERS, _VERSIONS, _DIRECTORY, _ATTACHMENTS, _PRESENCE):
        world.run(statement)
    world.run(_RELATIONS, hospital)
    for statement in (_APPOINTMENTS, _STAYS, _EXCLUSIONS, _LIFTINGS, _REPRESENTATIONS):
        world.run(statement)
    world.run(_ENTRIES, PATIENTS, ENTRIES)
    world.run(_LISTED)
    physician = world.worker("specialist", hospital)
    long_record = world.run("SELECT md5('patient' || 1)::uuid")[0][0]
    world.relation(long_record, physician)
    world.run("VACUUM ANALYZE")
    return Crowd(world, hospital, physician, long_record)
