"""Check that records may be served from here: the catalogue lint of the database, folders, keys, disk."""

import argparse

from unidossier.command.told import out
from unidossier.database.connections import migrate_dsn
from unidossier.database.home import Home
from unidossier.database.lint import check
from unidossier.database.server import running
from unidossier.database.startup import home_faults

NAME = "check"
HELP = "check the database's catalogue and the installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing beyond the common arguments."""


def run(_asked: argparse.Namespace, home: Home) -> int:
    """Print every fault, and return 1 if there is one."""
    with running(home):
        faults = [*home_faults(home), *check(migrate_dsn())]
    for fault in faults:
        out.print(f"FAULT  {fault}", markup=False, soft_wrap=True)
    out.print(f"{len(faults)} faults." if faults else "No fault found.")
    return 1 if faults else 0
