"""Schema: tables once (numbered steps), functions, policies and rights anew each time. Run as `unidossier_migrate`, never as the application."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

ROOM = Path(__file__).parent.parent

# Tables: each step runs once, in this order; a released step is never edited, a change is a new step.
STEPS = (
    ("0001-rooms", "database/sql/schemas.sql", None),
    ("0002-registry", "registry/sql/tables.sql", "unidossier_owner"),
    ("0003-relations", "relations/sql/tables.sql", "unidossier_owner"),
    ("0004-record", "record/sql/tables.sql", "unidossier_owner"),
    ("0005-log", "log/sql/tables.sql", "unidossier_log"),
    ("0006-gate", "gate/sql/tables.sql", "unidossier_gate"),
    ("0007-rights", "relations/sql/rights_tables.sql", "unidossier_owner"),
    ("0008-gate-rights", "gate/sql/rights_tables.sql", "unidossier_gate"),
    ("0009-cases", "cases/sql/tables.sql", None),
    ("0010-notices", "notices/sql/tables.sql", None),
    ("0011-consult", "relations/sql/consult_tables.sql", "unidossier_owner"),
    ("0012-federal", "relations/sql/federal_tables.sql", "unidossier_owner"),
    ("0013-registration", "registry/sql/registration_tables.sql", "unidossier_owner"),
    ("0014-oversight", "cases/sql/oversight_tables.sql", "unidossier_owner"),
    ("0015-tree", "log/sql/tree_tables.sql", "unidossier_log"),
    ("0016-details", "registry/sql/details_tables.sql", "unidossier_owner"),
    ("0017-carer-messages", "notices/sql/carer_tables.sql", "unidossier_owner"),
    ("0018-figures", "cases/sql/figures_tables.sql", "unidossier_owner"),
    ("0019-erasure", "log/sql/erasure_tables.sql", None),
    ("0020-completeness", "log/sql/completeness_tables.sql", "unidossier_log"),
    ("0021-apps", "gate/sql/app_tables.sql", "unidossier_gate"),
    ("0031-export", "record/sql/export_tables.sql", "unidossier_owner"),
    ("0032-subscription", "notices/sql/subscription_tables.sql", "unidossier_owner"),
    ("0033-patient-versions", "registry/sql/version_tables.sql", "unidossier_owner"),
    ("0034-directory", "registry/sql/directory_tables.sql", "unidossier_owner"),
)
# Functions and texts: applied at every migration, in this order, by their owner.
EVERY_TIME = (
    ("log/sql/partitions.sql", "unidossier_log"),
    ("log/sql/tree_entry.sql", "unidossier_log"),
    ("gate/sql/words.sql", "unidossier_gate"),
    ("gate/sql/rules.sql", "unidossier_gate"),
    ("gate/sql/function_table.sql", "unidossier_gate"),
    ("gate/sql/decide.sql", "unidossier_gate"),
    ("gate/sql/weigh.sql", "unidossier_gate"),
    ("gate/sql/policy.sql", "unidossier_gate"),
    ("gate/sql/epoch.sql", "unidossier_gate"),
    ("gate/sql/app_scope.sql", "unidossier_gate"),
    ("gate/sql/grant.sql", "unidossier_gate"),
    ("gate/sql/pass.sql", "unidossier_gate"),
    ("gate/sql/grant_found.sql", "unidossier_gate"),
    ("gate/sql/session.sql", "unidossier_gate"),
    ("gate/sql/app_access.sql", "unidossier_gate"),
    ("gate/sql/apps.sql", "unidossier_gate"),
    ("gate/sql/app_change.sql", "unidossier_gate"),
    ("gate/sql/behind.sql", "unidossier_gate"),
    ("gate/sql/pulse.sql", "unidossier_gate"),
    ("log/sql/tree.sql", "unidossier_log"),
    ("signin/sql/whoami.sql", "unidossier_gate"),
    ("exchange/fhir/sql/bearer.sql", "unidossier_gate"),
    ("cases/sql/tasks.sql", "unidossier_store"),
    ("notices/sql/tell.sql", "unidossier_store"),
    ("notices/sql/dispatch.sql", "unidossier_store"),
    ("relations/sql/work.sql", "unidossier_store"),
    ("relations/sql/emergency.sql", "unidossier_store"),
    ("relations/sql/consult.sql", "unidossier_store"),
    ("relations/sql/claims.sql", "unidossier_store"),
    ("registry/sql/accounts.sql", "unidossier_store"),
    ("relations/sql/own_decisions.sql", "unidossier_store"),
    ("relations/sql/mandates.sql", "unidossier_store"),
    ("record/sql/marks.sql", "unidossier_store"),
    ("relations/sql/federal.sql", "unidossier_store"),
    ("registry/sql/registration.sql", "unidossier_store"),
    ("registry/sql/representation.sql", "unidossier_store"),
    ("registry/sql/details.sql", "unidossier_store"),
    ("registry/sql/merge.sql", "unidossier_store"),
    ("registry/sql/versions.sql", "unidossier_store"),
    ("registry/sql/directory.sql", "unidossier_store"),
    ("cases/sql/mediation.sql", "unidossier_store"),
    ("cases/sql/gather.sql", "unidossier_store"),
    ("cases/sql/oversight.sql", "unidossier_store"),
    ("cases/sql/signals.sql", "unidossier_store"),
    ("cases/sql/figures.sql", "unidossier_store"),
    ("gate/sql/change_rights.sql", "unidossier_gate"),
    ("gate/sql/keeping.sql", "unidossier_gate"),
    ("log/sql/erasure.sql", "unidossier_log"),
    ("cases/sql/erasure.sql", "unidossier_store"),
    ("cases/sql/retention.sql", "unidossier_store"),
    ("cases/sql/restored.sql", "unidossier_store"),
    ("log/sql/accesses.sql", "unidossier_gate"),
    ("log/sql/proof.sql", "unidossier_log"),
    ("log/sql/handout.sql", "unidossier_log"),
    ("gate/sql/compared.sql", "unidossier_gate"),
    ("log/sql/completeness.sql", "unidossier_log"),
    ("cases/sql/log_alarm.sql", "unidossier_store"),
    ("gate/sql/search_log.sql", "unidossier_gate"),
    ("gate/sql/unexplained.sql", "unidossier_gate"),
    ("gate/sql/explain.sql", "unidossier_gate"),
    ("record/sql/plans.sql", "unidossier_owner"),
    ("record/sql/store.sql", "unidossier_store"),
    ("record/sql/conditions.sql", "unidossier_store"),
    ("record/sql/search_across.sql", "unidossier_store"),
    ("record/sql/history_across.sql", "unidossier_store"),
    ("registry/sql/register.sql", "unidossier_store"),
    ("record/sql/export.sql", "unidossier_store"),
    ("notices/sql/hook_addresses.sql", "unidossier_store"),
    ("notices/sql/subscriptions.sql", "unidossier_store"),
    ("notices/sql/subscription_contents.sql", "unidossier_store"),
    ("database/sql/triggers.sql", None),
    ("database/sql/rights.sql", None),
    ("database/sql/policies.sql", None),
)
# Policies as applied now: the lint finds any that is changed later.
POLICIES = """SELECT md5(coalesce(string_agg(concat_ws('|', schemaname, tablename, policyname, permissive, roles::text, cmd, qual, with_check), E'\\n'
    ORDER BY schemaname, tablename, policyname), '')) FROM pg_policies"""
# ... and functions, triggers and row security, by which patients see their log: the comparisons of LOG-8 find any that is changed later.
SEAL_FUNCTIONS = (
    "INSERT INTO gate.seal VALUES ('functions', %s) ON CONFLICT (what) DO UPDATE SET digest = excluded.digest"
)
SEAL = f"INSERT INTO gate.seal VALUES ('policies', ({POLICIES})) ON CONFLICT (what) DO UPDATE SET digest = excluded.digest"
# Texts of records: lz4 where the server was built with it, else stored plain: the old compression costs a third of an import.
TEXTS = """DO $$ BEGIN
    IF (SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression') THEN
        ALTER TABLE record.version ALTER COLUMN resource SET COMPRESSION lz4;
    ELSE
        ALTER TABLE record.version ALTER COLUMN resource SET STORAGE EXTERNAL;
    END IF;
END $$"""
LOCK = 7_140_300_021  # one migration at a time


@dataclass(frozen=True)
class Migrated:
    """What a run did: the names of the steps it applied (empty when the schema was up to date)."""

    applied: tuple[str, ...]


def create_roles(root_dsn: str, *, passwords: dict[str, str] | None = None) -> None:
    """Make the roles and the two trusted extensions; needs an administrator of the database. Idempotent."""
    with psycopg.connect(root_dsn, autocommit=True) as connection:
        connection.execute((ROOM / "database/sql/roles.sql").read_text())
        for role, password in (passwords or {}).items():
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
            )
        database = connection.info.dbname
        connection.execute("CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public")
        connection.execute(
            sql.SQL("GRANT CREATE, CONNECT ON DATABASE {} TO unidossier_migrate").format(
                sql.Identifier(database)
            )
        )
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO unidossier_app, unidossier_sequencer").format(
                sql.Identifier(database)
            )
        )
        connection.execute("GRANT USAGE, CREATE ON SCHEMA public TO unidossier_owner, unidossier_migrate")
        connection.execute(
            "GRANT USAGE ON SCHEMA public TO unidossier_app, unidossier_gate, unidossier_store"
        )
        connection.execute(
            sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database))
        )


def migrate(migrate_dsn: str, *, session_key: bytes) -> Migrated:
    """Bring the schema up to date in one transaction and prove its catalogue clean. Raises psycopg errors; then nothing has changed."""
    applied = []
    with psycopg.connect(migrate_dsn) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS public.schema_step (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())"
        )
        done = {name for (name,) in connection.execute("SELECT name FROM public.schema_step")}
        for name, path, role in STEPS:
            if name not in done:
                _run(connection, path, role)
                connection.execute("INSERT INTO public.schema_step (name) VALUES (%s)", (name,))
                applied.append(name)
        for path, role in EVERY_TIME:
            _run(connection, path, role)
        connection.execute(TEXTS)
        connection.execute("SET LOCAL ROLE unidossier_log")
        functions = connection.execute("SELECT log.functions()").fetchone()
        connection.execute("SET LOCAL ROLE unidossier_gate")
        connection.execute(SEAL)
        connection.execute(SEAL_FUNCTIONS, functions)
        connection.execute(
            "INSERT INTO gate.key VALUES ('session', %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (session_key,),
        )
    return Migrated(applied=tuple(applied))


def _run(connection: psycopg.Connection, path: str, role: str | None) -> None:
    connection.execute("RESET ROLE")
    if role:
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
    connection.execute((ROOM / path).read_text())
    connection.execute("RESET ROLE")
