"""Print a short-lived token of the API for a fictional account. In the demo only."""

import argparse
import os

from unidossier.command.prepare import load_django
from unidossier.command.told import out
from unidossier.database.home import Home
from unidossier.database.server import running

NAME = "token"
HELP = "print an API token for a demo account"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the account."""
    parser.add_argument("account", metavar="ACCOUNT", help="name of a demo account, for example an.verlinden")


def run(asked: argparse.Namespace, home: Home) -> None:
    """Print the token alone, so that a shell can take it: TOKEN=$(unidossier token an.verlinden)."""
    # says what this command is for; the mark in the database decides whether it is one
    os.environ["UNIDOSSIER_DEMO"] = "1"
    with running(home):
        load_django()
        from unidossier.signin.tokens import issue

        out.print(issue(asked.account), markup=False, soft_wrap=True)
