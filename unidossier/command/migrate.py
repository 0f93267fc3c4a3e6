"""Bring the database up to date: schema, functions, policies. Safe to repeat; all of it or nothing."""

import argparse

from unidossier.command.prepare import prepare
from unidossier.command.told import out
from unidossier.database.home import Home
from unidossier.database.server import running

NAME = "migrate"
HELP = "bring the database up to date"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing beyond the common arguments."""


def run(_asked: argparse.Namespace, home: Home) -> None:
    """Migrate, and say what was done."""
    with running(home, make=True) as server:
        migrated = prepare(home, server=server)
    for step in migrated.applied:
        out.print(f"applied {step}")
    out.print("The database is up to date.")
