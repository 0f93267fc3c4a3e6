"""How the system is, for the security officer: what a health check asks, with its figures. Nothing of anybody's record."""

import os
from dataclasses import dataclass

from unidossier.database.home import Home
from unidossier.database.migrate import STEPS
from unidossier.gate import door
from unidossier.gate.door import Query

STATE = """SELECT current_setting('server_version') AS server, pg_postmaster_start_time() AS since, pg_database_size(current_database()) AS bytes,
    (SELECT array_agg(name) FROM public.schema_step) AS steps"""


@dataclass(frozen=True, kw_only=True)
class SystemState:
    """`database` is answering (the query came back); `bytes` its size; `missing_steps` of the schema; `attachments` can be written."""

    server: str
    since: object  # aware instant of the database's start
    bytes: int
    missing_steps: tuple[str, ...]
    attachments: bool


def show_system() -> SystemState:
    """Return the state of the parts. Raises RecordUnreadable when the database does not answer."""
    row = door.call(Query(STATE))[0]
    folder = Home.find().attachments
    return SystemState(
        server=row["server"],
        since=row["since"],
        bytes=row["bytes"],
        missing_steps=tuple(name for name, *_ in STEPS if name not in set(row["steps"] or ())),
        attachments=folder.is_dir() and os.access(folder, os.W_OK | os.X_OK),
    )
