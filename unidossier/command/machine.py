"""Make the machine account of an institution: its systems deliver by it, or it brings the exclusions of the federal platform.

For an administrator of the database. Repeated it changes nothing. An institution that is not there yet is made when --name is given.
With --federal its account brings what the federal platform says: name its key in UNIDOSSIER_FEDERAL_MACHINE (default: ehealth).
"""

import argparse

from unidossier.command.told import out
from unidossier.database.home import Home
from unidossier.database.server import running

NAME = "machine"
HELP = "make the machine account of an institution"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the institution."""
    parser.add_argument("key", metavar="INSTITUTION", help="key of the institution, for example ehealth")
    parser.add_argument("--name", help="name of the institution, when it is not there yet")
    parser.add_argument(
        "--language", choices=("fr", "nl", "de", "en"), default="en", help="its language (default: en)"
    )
    parser.add_argument(
        "--federal", action="store_true", help="this account brings the federal exclusions and consents"
    )


def run(asked: argparse.Namespace, home: Home) -> None:
    """Make the account, and say what there is now."""
    from unidossier.database.machine import make_machine

    with running(home):
        made = make_machine(asked.key, name=asked.name, language=asked.language, federal=asked.federal)
    what = "The machine account is made" if made else "There was nothing to do: the account is there"
    out.print(f"{what}, for the institution {asked.key}.", markup=False)
    if asked.federal:
        out.print(f"Name it for the worker: UNIDOSSIER_FEDERAL_MACHINE={asked.key}", markup=False)
