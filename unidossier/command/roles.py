"""Make the roles in a PostgreSQL of your own, once, before DATABASE_URL names it. Needs an administrator of it.

The passwords of the three roles that sign in come from UNIDOSSIER_APP_PASSWORD, UNIDOSSIER_MIGRATE_PASSWORD and
UNIDOSSIER_SEQUENCER_PASSWORD. Then name the database for each: DATABASE_URL, DATABASE_MIGRATE_URL, DATABASE_SEQUENCER_URL.
"""

import argparse
import os

from unidossier.command.told import out
from unidossier.database.connections import APP, MIGRATE, SEQUENCER
from unidossier.database.home import Home
from unidossier.database.migrate import create_roles

NAME = "roles"
HELP = "make the roles in a PostgreSQL of your own"
PASSWORDS = {
    APP: "UNIDOSSIER_APP_PASSWORD",
    MIGRATE: "UNIDOSSIER_MIGRATE_PASSWORD",
    SEQUENCER: "UNIDOSSIER_SEQUENCER_PASSWORD",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the address."""
    parser.add_argument(
        "address",
        metavar="ADMIN_URL",
        help="the database, as its administrator: postgresql://admin@host/unidossier",
    )


def run(asked: argparse.Namespace, _home: Home) -> None:
    """Make the roles; safe to repeat."""
    passwords = {role: os.environ[name] for role, name in PASSWORDS.items() if os.environ.get(name)}
    create_roles(asked.address, passwords=passwords)
    out.print(f"The roles are there. Passwords set for: {', '.join(passwords) or 'none'}.")
