"""Attacks with plain SQL under the application's role: tables, functions, roles, files.

Every attempt must fail for want of a grant or of a privilege. Its twin shows that the statement is sound: it
runs under a grant, or for the administrator (rolled back).
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.gate.scene import NO_GRANT, NO_PRIVILEGE, Scene

# tables of a record or about a patient: readable under a grant alone
UNDER_POLICY = (
    *("record.item", "record.version", "record.attachment", "record.presence"),
    *("registry.patient", "registry.patient_identifier"),
    *("relations.relation", "relations.appointment", "relations.stay", "relations.representation"),
    *("relations.exclusion", "relations.lifting", "relations.opening", "log.entry", "log.listed"),
    *(
        "cases.task",
        "cases.event",
        "cases.overview",
        "cases.gathered",
        "cases.signal_run",
        "cases.rights_proposal",
        "cases.erasure_request",
        "cases.setting_proposal",
        "cases.restore_account",
        "log.erasure",
        "notices.notice",
        "notices.dispatch",
        "notices.preference",
    ),
    *("relations.federal_consent", "relations.federal_feed"),
    *("registry.patient_change", "registry.merge", "registry.not_same", "registry.death_reversal"),
    *("relations.attempt", "relations.claim", "registry.applicant"),
)
# tables that the application may never read, grant or not
SECRET = (
    *(
        "gate.app",
        "gate.app_change",
        "gate.app_access",
        "gate.app_code",
        "gate.app_refresh",
        "gate.app_launch",
        "gate.app_assertion",
    ),
    *("gate.key", "gate.session", "gate.live", "gate.epoch", "gate.seal"),
    "relations.federal_exclusion",
    *(
        "record.directory",
        "registry.person_identifier",
        "registry.foreign_resource",
        "registry.patient_version",
    ),
    "relations.mandate_waiting",
    "registry.merge_moved",
    *("cases.access_count", "cases.count_mark"),
    *("log.tree", "log.leaf", "log.restored"),
    *("log.served", "log.alarm", "log.gap", "log.check_mark"),
    *("log.dropped_month", "cases.legal_hold"),
    *("relations.attempt_found", "registry.email_change", "notices.carer_message"),
    *("record.export", "record.export_part", "notices.hook_address", "notices.subscription"),
    *("notices.event", "notices.happening", "notices.socket_token"),
)
PUBLIC_WORDS = (
    *("gate.rule", "gate.rights", "gate.rights_version", "gate.verb", "gate.category", "gate.function"),
    *("gate.setting_default", "registry.institution", "registry.institution_setting", "registry.team"),
    *("registry.person", "registry.employment", "registry.duty"),
)
EVERY_TABLE = UNDER_POLICY + SECRET + PUBLIC_WORDS

# ways to look at a record without a grant
LOOKS = {
    "count": "SELECT count(*) FROM record.item",
    "whole row": "TABLE record.item",
    "one column": "SELECT patient_id FROM record.item LIMIT 1",
    "exists": "SELECT EXISTS (SELECT FROM record.item)",
    "by patient": "SELECT title FROM record.item WHERE patient_id = gen_random_uuid()",
    "in a subquery": "SELECT (SELECT max(title) FROM record.item) AS t",
    "in a CTE": "WITH seen AS MATERIALIZED (SELECT * FROM record.item) SELECT count(*) FROM seen",
    "joined": "SELECT count(*) FROM gate.verb v LEFT JOIN record.item t ON t.title = v.slug",
    "lateral": "SELECT * FROM registry.institution i, LATERAL (SELECT count(*) FROM record.item) t",
    "union": "SELECT title FROM record.item UNION ALL SELECT slug FROM gate.verb",
    "locked": "SELECT title FROM record.item FOR UPDATE",
    "copied out": "COPY record.item TO STDOUT",
    "copied query": "COPY (SELECT * FROM record.item) TO STDOUT",
    "explained with run": "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM record.item",
    "in a block": "DO $$ BEGIN PERFORM title FROM record.item; END $$",
    "cursor": (
        "DO $$ DECLARE c CURSOR FOR SELECT code FROM record.item; r text; BEGIN OPEN c; FETCH c INTO r; END$$"
    ),
    "json": "SELECT json_agg(i) FROM record.item i",
    "sampled": "SELECT title FROM record.item TABLESAMPLE BERNOULLI (100)",
    "by place": "SELECT title FROM record.item WHERE ctid = '(0,1)'",
    "merged": "MERGE INTO record.item i USING gate.verb v ON i.title = v.slug WHEN MATCHED THEN DELETE",
    "window": "SELECT row_number() OVER () FROM record.item",
    "aggregate filter": "SELECT count(*) FILTER (WHERE category = 19) FROM record.item",
    "text search": "SELECT title FROM record.item WHERE search @@ 'report'::tsquery",
    "statistics of words": "SELECT * FROM ts_stat('SELECT search FROM record.item')",
}

# id -> statement that would widen the application's power
ESCALATIONS = {
    **{
        f"SET ROLE {role}": f"SET ROLE {role}"
        for role in (
            *("unidossier_owner", "unidossier_gate", "unidossier_store", "unidossier_log"),
            *("unidossier_migrate", "unidossier_sequencer", "unidossier_root"),
            *("pg_read_all_data", "pg_read_server_files", "pg_execute_server_program"),
        )
    },
    "SET SESSION AUTHORIZATION": "SET SESSION AUTHORIZATION unidossier_owner",
    "row security off": "ALTER TABLE record.item DISABLE ROW LEVEL SECURITY",
    "row security not forced": "ALTER TABLE record.item NO FORCE ROW LEVEL SECURITY",
    "new policy": "CREATE POLICY mine ON record.item FOR SELECT TO unidossier_app USING (true)",
    "policy changed": "ALTER POLICY reader ON record.item USING (true)",
    "policy dropped": "DROP POLICY reader ON record.item",
    "table owned": "ALTER TABLE record.item OWNER TO unidossier_app",
    "column added": "ALTER TABLE record.item ADD COLUMN mine text",
    "table dropped": "DROP TABLE record.attachment",
    "trigger": "CREATE TRIGGER t AFTER INSERT ON record.item EXECUTE FUNCTION gate.on_everybody()",
    "trigger off": "ALTER TABLE relations.exclusion DISABLE TRIGGER raise_epoch",
    "rule": "CREATE RULE r AS ON INSERT TO record.item DO ALSO NOTHING",
    "index": "CREATE INDEX mine ON record.item (title)",
    "statistics": "CREATE STATISTICS record.mine ON title, patient_id FROM record.item",
    "comment": "COMMENT ON TABLE record.item IS 'mine'",
    "partition detached": "ALTER TABLE log.entry DETACH PARTITION {partition}",
    "bypass": "ALTER ROLE unidossier_app BYPASSRLS",
    "superuser": "ALTER ROLE unidossier_app SUPERUSER",
    "another's password": "ALTER ROLE unidossier_migrate PASSWORD 'x'",
    "new role": "CREATE ROLE mine",
    "membership": "GRANT unidossier_owner TO unidossier_app",
    "privilege": "GRANT SELECT ON gate.key TO unidossier_app",
    "schema": "CREATE SCHEMA mine",
    "temporary table": "CREATE TEMPORARY TABLE mine (x int)",
    "temporary copy": "CREATE TEMPORARY TABLE mine AS SELECT * FROM registry.institution",
    "table in public": "CREATE TABLE public.mine (x int)",
    "function in public": "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "function in gate": "CREATE FUNCTION gate.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "temporary function": "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql COST 0.01 AS 'SELECT 1'",
    "operator": "CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    "cast": "CREATE CAST (text AS integer) WITH INOUT",
    "view": "CREATE VIEW public.mine AS SELECT * FROM record.item",
    "materialized view": "CREATE MATERIALIZED VIEW public.mine AS SELECT 1",
    "domain": "CREATE DOMAIN public.mine AS text",
    "extension": "CREATE EXTENSION IF NOT EXISTS file_fdw",
    "policy function made immutable": "ALTER FUNCTION gate.patient() IMMUTABLE",
    "policy function replaced": (
        "CREATE OR REPLACE FUNCTION gate.sees_held() RETURNS boolean LANGUAGE sql AS 'SELECT true'"
    ),
    "function dropped": "DROP FUNCTION gate.purge()",
    "search path of a function": "ALTER FUNCTION gate.cur() SET search_path = public",
    "setting of the database": "ALTER DATABASE unidossier SET synchronous_commit = off",
    "replication role": "SET session_replication_role = replica",
    "program": "COPY gate.verb TO PROGRAM 'cat'",
    "file written": "COPY gate.verb TO '/tmp/mine'",
    "file read": "SELECT pg_read_file('PG_VERSION')",
    "folder listed": "SELECT pg_ls_dir('.')",
    "write-ahead log listed": "SELECT pg_ls_waldir()",
    "large object from a file": "SELECT lo_import('/etc/hostname')",
    "reload": "SELECT pg_reload_conf()",
    "checkpoint": "CHECKPOINT",
    "statistics read": "SELECT stavalues1 FROM pg_statistic",
    "write-ahead log": "SELECT pg_switch_wal()",
    "sequence moved": "ALTER SEQUENCE log.entry_number RESTART",
    "sequence drawn": "SELECT nextval('log.entry_number')",
    "sequence read": "SELECT last_value FROM log.entry_number",
    "passwords": "SELECT rolpassword FROM pg_authid",
    "publication": "CREATE PUBLICATION mine FOR ALL TABLES",
}

# what the application may call; every other function of ours is refused
# what the application may call, one name a line: nothing else of ours (database/sql/rights.sql)
CALLABLE = frozenset((Path(__file__).parent / "callable.txt").read_text().split())
NEEDS_GRANT = ("patient", "patients", "institution", "log_patient", "person", "agenda", "desk_institution", "desk_function")  # fmt: skip
# looked up lightly: these say what a grant opens, gate.patient() beside them whether it holds
LIGHT = ("mask_own", "mask_other", "mask_open", "closed", "sees_held", "sees_confidential", "items", "opens_found", "app_reads")  # fmt: skip

Attempt = Callable[..., str]


@pytest.fixture
def attempt(scene: Scene, record_property) -> Iterator[Attempt]:
    """Run one statement as the application; return the SQLSTATE of the refusal, '' when it went through."""

    def run(statement: str | sql.Composable) -> str:
        record_property("attacks", 1)
        try:
            with scene.reader.reads.transaction(force_rollback=True):
                _exhaust(scene.reader.reads, statement)
        except psycopg.Error as refusal:
            return refusal.sqlstate or "no state"
        record_property("attacks_passed", 1)
        return ""

    yield run


def _exhaust(connection: psycopg.Connection, statement: str | sql.Composable) -> None:
    text = statement if isinstance(statement, str) else statement.as_string(connection)
    if text.startswith("COPY") and "STDOUT" in text:
        with connection.cursor().copy(text) as copy:
            for _ in copy:
                pass
    else:
        connection.execute(text)  # type: ignore[arg-type]


def as_administrator(owner_dsn: str, statement: str) -> None:
    """Show that a statement is sound: the administrator may run it. Rolled back."""
    with psycopg.connect(owner_dsn) as connection:
        try:
            _exhaust(connection, statement)
        finally:
            connection.rollback()


def the_partition(world) -> str:
    return world.run(
        "SELECT min(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'log.entry'::regclass"
    )[0][0]


@pytest.mark.parametrize("table", UNDER_POLICY)
def test_no_row_without_a_grant(attempt: Attempt, filled: None, table: str):
    columns = "id, rule" if table == "log.entry" else "*"
    assert attempt(f"SELECT {columns} FROM {table}") == NO_GRANT


@pytest.mark.parametrize("look", LOOKS)
def test_no_look_without_a_grant(attempt: Attempt, look: str):
    assert attempt(LOOKS[look]) in {NO_GRANT, NO_PRIVILEGE}


@pytest.mark.parametrize("look", sorted(LOOKS.keys() - {"locked", "copied out", "copied query", "merged"}))
def test_the_same_look_is_sound_under_a_grant(scene: Scene, look: str):
    scene.reader.read(scene.grant().token, LOOKS[look])


@pytest.mark.parametrize("table", SECRET)
def test_secret_tables_are_never_read(attempt: Attempt, table: str):
    assert attempt(f"SELECT * FROM {table}") == NO_PRIVILEGE


@pytest.mark.parametrize("table", EVERY_TABLE)
def test_no_table_is_written(attempt: Attempt, world, table: str):
    column = world.run(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", table
    )[0][0]
    assert attempt(f"INSERT INTO {table} DEFAULT VALUES") == NO_PRIVILEGE
    assert attempt(f"UPDATE {table} SET {column} = {column}") == NO_PRIVILEGE
    assert attempt(f"DELETE FROM {table}") == NO_PRIVILEGE
    assert attempt(f"TRUNCATE {table} CASCADE") == NO_PRIVILEGE
    assert attempt(f"COPY {table} FROM STDIN") == NO_PRIVILEGE
    assert attempt(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE") == NO_PRIVILEGE


def test_no_partition_of_the_log_is_touched(attempt: Attempt, world):
    partition = the_partition(world)
    for statement in (
        "SELECT * FROM {}",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "UPDATE {} SET rule = rule",
        "DROP TABLE {}",
    ):
        assert attempt(statement.format(partition)) == NO_PRIVILEGE


@pytest.mark.parametrize("name", ESCALATIONS)
def test_power_is_not_widened(attempt: Attempt, world, name: str):
    statement = ESCALATIONS[name].format(partition=the_partition(world))
    assert attempt(statement) == NO_PRIVILEGE


@pytest.mark.parametrize("name", ESCALATIONS)
def test_the_same_statement_is_sound_for_the_administrator(owner_dsn: str, world, name: str):
    as_administrator(owner_dsn, ESCALATIONS[name].format(partition=the_partition(world)))


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER SYSTEM SET fsync = off",
        "CREATE DATABASE mine",
        "DROP DATABASE unidossier",
        "CREATE TABLESPACE m LOCATION '/tmp'",
    ],
)
def test_the_server_is_not_changed(scene: Scene, record_property, statement: str):
    record_property("attacks", 1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        scene.reader.reads.execute(statement)


def test_every_function_of_ours_is_refused_unless_named(attempt: Attempt, world):
    functions = world.run(
        """SELECT n.nspname || '.' || p.proname,
                  coalesce(string_agg(CASE WHEN provariadic <> 0 AND o = pronargs THEN 'VARIADIC ' ELSE '' END || 'NULL::' || format_type(t, NULL), ', ' ORDER BY o), '')
           FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           LEFT JOIN LATERAL unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (t, o) ON true
           WHERE n.nspname IN ('gate', 'record', 'relations', 'registry', 'log', 'cases', 'notices')
             AND p.prorettype <> 'trigger'::regtype
           GROUP BY p.oid, 1"""
    )
    refused = [(name, arguments) for name, arguments in functions if name not in CALLABLE]
    assert len(refused) >= 15
    for name, arguments in refused:
        assert attempt(f"SELECT {name}({arguments})") == NO_PRIVILEGE, name
    assert {name for name, _ in functions} >= CALLABLE


@pytest.mark.parametrize("name", NEEDS_GRANT)
def test_the_policy_functions_raise_without_a_grant(attempt: Attempt, name: str):
    assert attempt(f"SELECT gate.{name}()") == NO_GRANT


@pytest.mark.parametrize("name", LIGHT)
def test_a_light_look_tells_nothing_without_a_grant(scene: Scene, name: str):
    assert scene.reader.reads.execute(f"SELECT gate.{name}()").fetchall() == [(None,)]


def test_every_policy_with_a_light_look_asks_first_whether_the_grant_holds(world):
    policies = world.run(
        "SELECT schemaname || '.' || tablename, qual FROM pg_policies WHERE policyname = 'reader'"
    )
    light = {name: qual for name, qual in policies if any(f"gate.{one}()" in qual for one in LIGHT)}
    assert {"record.item", "record.version", "record.attachment"} <= set(light)
    for name, qual in light.items():
        assert qual.startswith("((patient_id = ( SELECT gate.patient() AS patient)) AND "), name


def test_the_log_is_not_flooded_with_months(scene: Scene, world, record_property):
    record_property("attacks", 1)
    count = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'log.entry'::regclass"
    with scene.reader.reads.transaction(force_rollback=True):
        scene.reader.reads.execute("SELECT log.attach_months(600)")
        partitions = scene.reader.reads.execute(count).fetchone()
    assert partitions is not None
    assert partitions[0] <= 36


def test_the_statistics_of_records_are_hidden(scene: Scene, world, record_property):
    world.run("ANALYZE record.item")
    record_property("attacks", 1)
    tables = ("record.item", "record.version", "registry.patient", "log.entry")
    shown = scene.reader.reads.execute(
        "SELECT count(*) FROM pg_stats WHERE schemaname || '.' || tablename = ANY (%s)", (list(tables),)
    ).fetchone()
    assert shown == (0,)
    assert world.run("SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'item'") == [(True,)]


def test_row_security_cannot_be_switched_off_by_the_session(scene: Scene, record_property):
    record_property("attacks", 1)
    token = scene.grant().token
    with pytest.raises(psycopg.errors.InsufficientPrivilege), scene.reader.reading(token) as connection:
        connection.execute("SET LOCAL row_security = off")
        connection.execute("SELECT * FROM record.item")
