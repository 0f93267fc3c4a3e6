"""Make an installation from a backup, in an empty home. What is restored is counted and compared.

A folder `log` that survived there stays when it is newer than the backup: the log then goes on from it, and entries that the
backup does not hold are known by their hash alone until two people explain the restore at the Desk.
"""

import argparse
from pathlib import Path

from unidossier.command.arguments import existing
from unidossier.command.told import out
from unidossier.database.backup import restore
from unidossier.database.home import Home
from unidossier.database.log_copy import leaves_outside

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
    lost = leaves_outside(home) - rows["log.leaf"]
    if lost > 0:
        out.print(
            f"Entries of the log that this backup does not hold: {lost}. From the next start on they are known by their hash "
            "alone, and the log says so until two officers have explained the restore at the Desk, under Keeping of the log.",
            soft_wrap=True,
        )
