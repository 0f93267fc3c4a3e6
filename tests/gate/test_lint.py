"""The catalogue lint finds nothing on a good database, and each of these faults, seeded one at a time (security 2.7)."""

import psycopg
import pytest

from unidossier.database.lint import CHECKS, lint

# fault -> the check that must find it
FAULTS = {
    "ALTER TABLE record.item DISABLE ROW LEVEL SECURITY": "row security is enabled and forced",
    "ALTER TABLE relations.exclusion NO FORCE ROW LEVEL SECURITY": "row security is enabled and forced",
    "CREATE TABLE record.forgotten (patient_id uuid)": "row security is enabled and forced",
    "CREATE POLICY mine ON record.item FOR SELECT TO unidossier_app USING (true)": "only the known policies",
    "CREATE POLICY writer ON log.entry FOR ALL TO unidossier_app USING (true)": "only the known policies",
    "ALTER POLICY reader ON record.item USING (true)": "a reader's policy asks the gate",
    "ALTER POLICY writer ON record.item USING (false)": "policies are those of the last migration",
    "ALTER POLICY reader ON record.item USING (true OR patient_id = gate.patient())": "policies are those of",
    "CREATE POLICY decider ON record.version FOR SELECT TO unidossier_gate USING (true)": "the clinical record is read by",
    "ALTER TABLE record.item OWNER TO unidossier_root": "tables are owned by",
    "GRANT INSERT ON record.item TO unidossier_app": "the application changes no table",
    "GRANT UPDATE (title) ON record.item TO unidossier_app": "no privileges on columns",
    "GRANT DELETE ON log.entry TO PUBLIC": "the application changes no table",
    "GRANT SELECT ON gate.key TO unidossier_app": "the application reads only",
    "GRANT SELECT ON record.directory TO PUBLIC": "the application reads only",
    "GRANT SELECT ON {partition} TO unidossier_app": "the application reads only",
    "GRANT UPDATE ON log.entry TO unidossier_gate": "nobody writes the log",
    "GRANT DELETE ON {partition} TO unidossier_store": "nobody writes the log",
    "ALTER FUNCTION gate.patient() IMMUTABLE": "a deciding function is STABLE",
    "ALTER FUNCTION gate.cur() VOLATILE": "a deciding function is STABLE",
    "ALTER FUNCTION gate.mask_own() SECURITY INVOKER": "a deciding function is STABLE",
    "ALTER FUNCTION gate.items() OWNER TO unidossier_store": "a deciding function is STABLE",
    "ALTER FUNCTION gate.purge() RESET search_path": "a function with its owner's rights",
    "ALTER FUNCTION gate.purge() SET search_path = public, pg_catalog": "a function with its owner's rights",
    "ALTER FUNCTION gate.purge() OWNER TO unidossier_root": "no function with the rights of a superuser",
    "GRANT EXECUTE ON FUNCTION gate.bump(uuid) TO PUBLIC": "no function of ours is open to everybody",
    "CREATE FUNCTION gate.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'": "no function of ours is open to everybody",
    "ALTER ROLE unidossier_app BYPASSRLS": "roles have no powers",
    "ALTER ROLE unidossier_migrate SUPERUSER": "roles have no powers",
    "ALTER ROLE unidossier_gate LOGIN": "owning roles cannot log in",
    "GRANT unidossier_gate TO unidossier_app": "the application is a member of no role",
    "ALTER TABLE public.schema_step OWNER TO unidossier_app": "the application is a member of no role",
    "GRANT CREATE ON SCHEMA public TO unidossier_app": "the application creates nothing",
    "GRANT TEMPORARY ON DATABASE unidossier TO PUBLIC": "the application creates nothing",
    "CREATE VIEW record.mine AS SELECT * FROM record.item": "a view shows what its reader may see",
    "CREATE MATERIALIZED VIEW record.mine AS SELECT 1 AS x": "a view shows what its reader may see",
    "ALTER ROLE unidossier_app SET synchronous_commit = off": "commits are durable",
    "ALTER DATABASE unidossier SET synchronous_commit = off": "commits are durable",
    "ALTER FUNCTION gate.purge() SET synchronous_commit = off": "commits are durable",
    "SET LOCAL synchronous_commit = off": "commits are durable",
    "ALTER TABLE relations.exclusion DISABLE TRIGGER raise_epoch": "every change of rights raises an epoch",
    "DROP TRIGGER raise_epoch ON registry.person": "every change of rights raises an epoch",
    "CREATE STATISTICS record.mine ON title, patient_id FROM record.item": "statistics betray no content",
    "DROP TABLE {next_month}": "months are attached ahead",
    "DELETE FROM gate.key": "the session key is there",
    "UPDATE gate.key SET value = '\\x00'": "the session key is there",
}


def test_a_good_database_has_no_findings(dsns, record_property):
    with psycopg.connect(dsns.migrate) as connection:
        findings = lint(connection)
    record_property("findings", len(findings))
    assert findings == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_is_found(owner_dsn: str, world, record_property, fault: str):
    partitions = [
        name
        for (name,) in world.run(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'log.entry'::regclass ORDER BY 1"
        )
    ]
    with psycopg.connect(owner_dsn) as connection:
        connection.execute(fault.format(partition=partitions[0], next_month=partitions[1]))  # type: ignore[arg-type]
        found = {finding.check for finding in lint(connection)}
        connection.rollback()
    assert [check for check in found if check.startswith(FAULTS[fault])], f"not found; found instead: {found}"
    record_property("faults_found", 1)


def test_every_check_is_proven_by_a_fault():
    # the age of the server cannot be seeded
    unproven = {check for check in CHECKS if not any(check.startswith(name) for name in FAULTS.values())} - {
        "the server is new enough"
    }
    assert not unproven
