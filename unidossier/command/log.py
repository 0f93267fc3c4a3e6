"""The log and its proofs: `unidossier log verify`, `export`, `audit` ... Each sub-command is a file of its own."""

import argparse
from types import ModuleType

from unidossier.command import log_audit, log_audit_events, log_export, log_verifier, log_verify, rotate_key
from unidossier.database.home import Home

NAME = "log"
HELP = "prove, check and export the log of accesses"
SUBCOMMANDS: tuple[ModuleType, ...] = (
    log_verify,
    log_verifier,
    log_audit,
    log_audit_events,
    log_export,
    rotate_key,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands; each takes --home too."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--home", metavar="FOLDER", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(metavar="SUB-COMMAND", required=True)
    for one in SUBCOMMANDS:
        added = commands.add_parser(one.NAME, help=one.HELP, description=one.__doc__, parents=[common])
        one.add_arguments(added)
        added.set_defaults(run_log=one.run)


def run(asked: argparse.Namespace, home: Home) -> int | None:
    """Run the sub-command."""
    answer: int | None = asked.run_log(asked, home)
    return answer
