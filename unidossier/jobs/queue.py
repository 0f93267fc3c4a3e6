"""The job queue: procrastinate in the same database (schema `jobs`), so that a job and its cause commit together."""

import procrastinate
from procrastinate import PsycopgConnector

from unidossier.database.connections import app_dsn

SCHEMA = "jobs"


def dsn() -> str:
    """The application's connection, looking into the schema of the jobs."""
    from psycopg.conninfo import make_conninfo

    return make_conninfo(app_dsn(), options=f"-c search_path={SCHEMA}")


TASKS = (
    "housekeeping",
    "mail",
    "federal",
    "invitations",
    "contact_code",
    "retention",
    "completeness",
    "bulk",
    "subscriptions",
)
queue = procrastinate.App(
    connector=PsycopgConnector(), import_paths=[f"unidossier.jobs.{name}" for name in TASKS]
)
