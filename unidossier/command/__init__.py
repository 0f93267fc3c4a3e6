"""The command line: `unidossier demo`, `serve`, `migrate` ... Each subcommand's file calls one function elsewhere."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from unidossier.command import (
    back_up,
    breach_scope,
    check,
    demo,
    import_resources,
    log,
    log_feed,
    machine,
    migrate,
    restore,
    roles,
    sequencer,
    serve,
    token,
    witness,
    worker,
)
from unidossier.command.told import tell_failure
from unidossier.database.home import Home

SUBCOMMANDS = (
    demo,
    serve,
    migrate,
    import_resources,
    check,
    token,
    back_up,
    breach_scope,
    restore,
    worker,
    roles,
    machine,
    log,
    sequencer,
    log_feed,
    witness,
)
INTERRUPTED = 130  # 128 + SIGINT, as shells count
TERMINATED = 143  # 128 + SIGTERM


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit code: 0 done, 1 failed (one sentence on stderr), 2 wrong usage."""
    asked = _parser().parse_args(arguments)
    home = Home.find(asked.home)
    # everything below, in this process and its children, finds the same home
    os.environ["UNIDOSSIER_HOME"] = str(home.path)
    signal.signal(signal.SIGTERM, _leave)
    try:
        return int(asked.run(asked, home) or 0)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  (the outermost place: nobody shall meet a traceback)
        tell_failure(error, home=home)
        return 1


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(TERMINATED)  # so that every `with` on the way out stops what it started


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="unidossier",
        description="Unidossier: one shared patient record for many institutions.",
        epilog="Data live under UNIDOSSIER_HOME (default: ~/.local/share/unidossier). "
        "DATABASE_URL names a PostgreSQL to use instead of the embedded one.",
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--home", metavar="FOLDER", help="where the data live, instead of UNIDOSSIER_HOME")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for subcommand in SUBCOMMANDS:
        added = commands.add_parser(
            subcommand.NAME, help=subcommand.HELP, description=subcommand.__doc__, parents=[common]
        )
        subcommand.add_arguments(added)
        added.set_defaults(run=subcommand.run)
    return parser
