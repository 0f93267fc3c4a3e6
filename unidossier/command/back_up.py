"""Save the whole installation into one file: database, attachments, keys, the log's tree. It may go on running meanwhile."""

import argparse
from pathlib import Path

from unidossier.command.told import out
from unidossier.database.backup import back_up
from unidossier.database.home import Home
from unidossier.database.server import running

NAME = "backup"
HELP = "save the whole installation into one file"


class BackupNotOurs(Exception):
    """The database is not the embedded one: its administrator backs it up."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="file to write; it holds the keys: keep it safe"
    )


def run(asked: argparse.Namespace, home: Home) -> None:
    """Write the backup, and say what is in it."""
    with running(home) as server:
        if server is None:
            raise BackupNotOurs(
                "DATABASE_URL names a PostgreSQL that is not ours: back it up with its own tools, and copy "
                f"{home.attachments}, {home.keys}, {home.signing} and {home.log_folder} after it."
            )
        rows = back_up(home, server=server, target=asked.file)
    out.print(
        f"Saved {sum(rows.values())} rows of {len(rows)} tables, attachments and keys: {asked.file}",
        soft_wrap=True,
    )
    out.print("The file holds the keys: keep it where only you can read it.")
