"""The catalogue lint: what must be true of the database before it may serve a record. Run in CI and at every start."""

from dataclasses import dataclass

import psycopg

from unidossier.database.migrate import POLICIES

MINIMUM_SERVER = 170000  # the built-in locale provider and row-security fixes we rely on
ROLES = "('unidossier_app', 'unidossier_gate', 'unidossier_store', 'unidossier_owner', 'unidossier_log', 'unidossier_migrate', 'unidossier_sequencer')"
OURS = "('record', 'relations', 'registry', 'gate', 'log', 'cases', 'notices')"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: the check's name and the object at fault."""

    check: str
    what: str

    def __str__(self) -> str:
        return f"{self.check}: {self.what}"


# Each query returns one row per fault, one text column. An empty answer is a pass.
CHECKS: dict[str, str] = {
    "row security is enabled and forced on every table of a record": """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
          AND (n.nspname IN ('record', 'relations', 'log', 'cases', 'notices') OR c.oid::regclass::text IN ('registry.patient', 'registry.patient_identifier', 'registry.person'))""",
    "only the known policies": """
        SELECT p.schemaname || '.' || p.tablename || ' ' || p.policyname || ' for ' || array_to_string(p.roles, ',') || ' ' || p.cmd FROM pg_policies p
        WHERE NOT (p.policyname, p.roles, p.cmd) IN (('reader', ARRAY['unidossier_app']::name[], 'SELECT'), ('decider', ARRAY['unidossier_gate']::name[], 'SELECT'),
            ('writer', ARRAY['unidossier_store']::name[], 'ALL'), ('witness', ARRAY['unidossier_gate']::name[], 'INSERT'), ('sequencer', ARRAY['unidossier_log']::name[], 'SELECT'))
          AND NOT (p.tablename IN ('tree', 'leaf', 'restored') AND p.schemaname = 'log' AND p.policyname = 'sequencer' AND p.roles = ARRAY['unidossier_log']::name[])
          -- what leaves the log by two people or by the end of its time (log/sql/erasure.sql)
          AND NOT (p.schemaname = 'log' AND p.policyname = 'keeper' AND p.roles = ARRAY['unidossier_log']::name[]
                   AND (p.tablename = 'entry' AND p.cmd = 'UPDATE' OR p.tablename IN ('erasure', 'dropped_month', 'listed')))
          -- the comparisons keep their own account (log/sql/completeness.sql)
          AND NOT (p.schemaname = 'log' AND p.tablename IN ('served', 'alarm', 'gap', 'check_mark') AND p.policyname = 'comparer' AND p.roles = ARRAY['unidossier_log']::name[])
          -- what a reported entry says, for the ombuds service (MY-15)
          AND NOT (p.schemaname = 'log' AND p.policyname = 'teller' AND p.roles = ARRAY['unidossier_store']::name[] AND p.cmd = 'SELECT')""",
    "a reader's policy asks the gate": """
        SELECT schemaname || '.' || tablename FROM pg_policies WHERE policyname = 'reader' AND qual !~ 'gate\\.(patient|patients|agenda|log_patient|log_patients|desk_log_patients|desk_institution)\\(\\)'
          AND NOT (schemaname = 'registry' AND tablename = 'person')
          -- what a carer outside asked for himself: his own lines, which name no record
          AND NOT (schemaname = 'relations' AND tablename IN ('attempt', 'claim') AND qual ~ 'person_id = .*gate\\.person\\(\\)')""",
    "policies are those of the last migration": f"SELECT 'gate.seal' WHERE (SELECT digest FROM gate.seal WHERE what = 'policies') IS DISTINCT FROM ({POLICIES})",
    "no privileges on columns but those of the patient's log": f"""
        SELECT a.attrelid::regclass::text || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN {OURS} AND a.attacl IS NOT NULL AND NOT (a.attrelid = 'log.entry'::regclass
            AND a.attname IN ('id', 'at', 'person_id', 'person_name', 'function', 'institution_id', 'acting_for', 'patient_id', 'verb', 'categories', 'items', 'purpose', 'rule',
                              'permitted', 'origin', 'glass_reason') AND NOT EXISTS (SELECT FROM aclexplode(a.attacl) g WHERE g.privilege_type <> 'SELECT'))
          -- whose a line is may change, by the one writer (REC-8)
          AND NOT (a.attname = 'patient_id' AND NOT EXISTS (SELECT FROM aclexplode(a.attacl) g WHERE g.privilege_type <> 'UPDATE' OR g.grantee <> 'unidossier_store'::regrole))
          -- what a carer outside asked for, without what it found
          AND NOT (a.attrelid::regclass::text IN ('relations.attempt', 'relations.claim') AND NOT EXISTS (SELECT FROM aclexplode(a.attacl) g
                   WHERE g.privilege_type <> 'SELECT' OR g.grantee <> 'unidossier_app'::regrole))""",
    "the session key is there": "SELECT 'gate.key' WHERE NOT EXISTS (SELECT FROM gate.key WHERE name = 'session' AND length(value) = 32)",
    "the clinical record is read by no role but the application and the one writer": """
        SELECT p.schemaname || '.' || p.tablename || ' ' || p.policyname FROM pg_policies p
        WHERE p.schemaname = 'record' AND p.tablename IN ('item', 'version', 'attachment') AND p.policyname NOT IN ('reader', 'writer')""",
    "tables are owned by the owner roles": f"""
        SELECT c.oid::regclass::text || ' owned by ' || pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN {OURS} AND c.relkind IN ('r', 'p', 'S', 'v', 'm')
          AND pg_get_userbyid(c.relowner) NOT IN ('unidossier_owner', 'unidossier_gate', 'unidossier_log')""",
    "the application changes no table of ours": f"""
        SELECT c.oid::regclass::text || ' ' || g.privilege_type FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) g
        WHERE n.nspname IN {OURS} AND g.grantee IN (0, 'unidossier_app'::regrole) AND g.privilege_type <> 'SELECT'""",
    "the application reads only what it should": """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE has_table_privilege('unidossier_app', c.oid, 'SELECT') AND c.relkind IN ('r', 'p', 'v', 'm')
          AND (n.nspname = 'gate' AND c.relname IN ('key', 'session', 'epoch', 'live') OR n.nspname = 'record' AND c.relname = 'directory' OR n.nspname = 'log' AND c.relispartition)""",
    "nobody writes the log but the gate, and nobody changes it": """
        SELECT c.oid::regclass::text || ' ' || g.privilege_type || ' ' || g.grantee::regrole::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) g
        WHERE n.nspname = 'log' AND c.relkind IN ('r', 'p') AND g.grantee <> c.relowner AND g.privilege_type NOT IN ('SELECT')
          AND NOT (g.privilege_type = 'INSERT' AND g.grantee = 'unidossier_gate'::regrole)""",
    "a deciding function is STABLE, of the gate, with its own search path": """
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'gate' AND p.proname IN ('cur', 'patient', 'patients', 'agenda', 'person', 'institution', 'mask_own', 'mask_other', 'mask_open', 'closed', 'sees_held', 'sees_confidential', 'items', 'opens_found', 'app_reads', 'log_patient', 'log_patients', 'desk_log_patients', 'desk_institution', 'desk_function')
          AND (p.provolatile <> 's' OR NOT p.prosecdef OR pg_get_userbyid(p.proowner) <> 'unidossier_gate')""",
    "a function with its owner's rights has a fixed search path": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND n.nspname IN {OURS} AND NOT coalesce(p.proconfig::text, '') LIKE '%search_path=pg_catalog%'""",
    "no function with the rights of a superuser": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner
        WHERE p.prosecdef AND n.nspname IN {OURS} AND (r.rolsuper OR r.rolbypassrls)""",
    "no function of ours is open to everybody": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN {OURS} AND has_function_privilege('public', p.oid, 'EXECUTE')""",
    "roles have no powers": f"""
        SELECT rolname FROM pg_roles WHERE rolname IN {ROLES} AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)""",
    "owning roles cannot log in": """
        SELECT rolname FROM pg_roles WHERE rolname IN ('unidossier_owner', 'unidossier_gate', 'unidossier_log', 'unidossier_store') AND rolcanlogin""",
    "the application is a member of no role and owns nothing": """
        SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'unidossier_app'::regrole
        UNION ALL SELECT oid::regclass::text FROM pg_class WHERE relowner = 'unidossier_app'::regrole
        UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE proowner = 'unidossier_app'::regrole""",
    "the application creates nothing": """
        SELECT nspname FROM pg_namespace WHERE has_schema_privilege('unidossier_app', oid, 'CREATE') AND nspname !~ '^pg_'
        UNION ALL SELECT current_database() WHERE has_database_privilege('unidossier_app', current_database(), 'CREATE') OR has_database_privilege('unidossier_app', current_database(), 'TEMPORARY')""",
    "a view shows what its reader may see": f"""
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN {OURS} AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce(c.reloptions::text, '') LIKE '%security_invoker=true%')""",
    "commits are durable": """
        SELECT 'synchronous_commit = ' || setting FROM pg_settings WHERE name = 'synchronous_commit' AND setting IN ('off')
        UNION ALL SELECT 'fsync off' FROM pg_settings WHERE name = 'fsync' AND setting = 'off'
        UNION ALL SELECT coalesce(setrole::regrole::text, 'database') || ' overrides synchronous_commit' FROM pg_db_role_setting WHERE setconfig::text LIKE '%synchronous_commit%'
        UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.proconfig::text LIKE '%synchronous_commit%'""",
    "every change of rights raises an epoch": """
        SELECT t FROM unnest(ARRAY['relations.relation', 'relations.exclusion', 'relations.lifting', 'relations.opening', 'relations.representation', 'registry.patient', 'registry.employment', 'registry.duty',
            'registry.person', 'registry.institution', 'registry.institution_setting', 'gate.rights_version']) t
        WHERE NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t::regclass AND g.tgname = 'raise_epoch' AND g.tgenabled = 'O')""",
    "statistics betray no content": """
        SELECT stxrelid::regclass::text FROM pg_statistic_ext e JOIN pg_class c ON c.oid = e.stxrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'record'""",
    "months are attached ahead": """
        SELECT 'entry_' || to_char(now() + interval '1 month', 'YYYY_MM') WHERE to_regclass('log.entry_' || to_char(now() + interval '1 month', 'YYYY_MM')) IS NULL""",
    "the server is new enough": f"SELECT current_setting('server_version') WHERE current_setting('server_version_num')::int < {MINIMUM_SERVER}",
}


def lint(connection: psycopg.Connection) -> list[Finding]:
    """Return everything that is wrong with the catalogue; empty when the database may serve."""
    return [
        Finding(check, str(row[0]))
        for check, statement in CHECKS.items()
        for row in connection.execute(statement).fetchall()
    ]


def check(dsn: str) -> list[Finding]:
    """Connect by `dsn` (the migrating role) and lint."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return lint(connection)
