"""The tables of the job queue, made by the migrating role; the application may use them and not change them."""

import psycopg
from procrastinate.schema import SchemaManager

from unidossier.jobs.queue import SCHEMA


def make_tables(migrate_dsn: str) -> bool:
    """Make the queue's tables when they are missing; tell whether they were made."""
    with psycopg.connect(migrate_dsn) as connection:
        if connection.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.procrastinate_jobs",)).fetchone() != (
            None,
        ):
            return False
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.execute(f"SET LOCAL search_path = {SCHEMA}")
        connection.execute(SchemaManager.get_schema())  # type: ignore[arg-type]
        connection.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO unidossier_app")
        connection.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {SCHEMA} TO unidossier_app"
        )
        connection.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO unidossier_app")
    return True
