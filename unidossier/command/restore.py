"""Make an installation from a backup, in an empty home. What is restored is counted and compared."""

import argparse
from pathlib import Path

from unidossier.command.arguments import existing
from unidossier.command.told import out
from unidossier.database.backup import restore
from unidossier.database.home import Home

NAME = "restore"
HELP = "make an installation from a backup, in an empty home"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file."""
    parser.add_argument("file", metavar="FILE", type=existing, help="file that `unidossier backup` wrote")


def run(asked: argparse.Namespace, home: Home) -> None:
    """Restore, and say what was restored."""
    rows = restore(home, source=Path(asked.file))
    out.print(
        f"Restored {sum(rows.values())} rows of {len(rows)} tables, attachments and keys: {home.path}",
        soft_wrap=True,
    )
