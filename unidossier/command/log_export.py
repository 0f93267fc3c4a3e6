"""Export a year of the log as lines of JSON that anybody can audit (docs/log-format.md, section 7): hashes alone, or with every field.

With fields the file names patients and carers: the reading is an entry of the log, and needs a ground.
"""

import argparse
import getpass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from unidossier.command.arguments import fresh
from unidossier.command.told import out
from unidossier.database.connections import migrate_dsn
from unidossier.database.home import Home
from unidossier.database.server import running
from unidossier.log.proof.database import LogDatabase
from unidossier.log.proof.export import opened_file, write_export
from unidossier.log.proof.files import State, keys_of, state_of, states, witnesses_of
from unidossier.log.scope import write_entry

NAME = "export"
HELP = "export a year of the log"
VERB = "export-log"


class NothingSigned(Exception):
    """There is no signed log of that year here."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file and what goes into it."""
    parser.add_argument(
        "file", metavar="FILE", type=fresh, help="file to write (.gz: compressed); must not exist yet"
    )
    parser.add_argument("--year", type=int, default=datetime.now(UTC).year, help="default: this year")
    parser.add_argument("--fields", action="store_true", help="open every field: names patients and carers")
    parser.add_argument(
        "--ground", default="", help="with --fields: why (10 characters at least); it stands in the log"
    )


def run(asked: argparse.Namespace, home: Home) -> None:
    """Write the export; with fields, first the entry that says so."""
    with running(home), psycopg.connect(migrate_dsn(), autocommit=True) as connection:
        state = _state(LogDatabase(connection), asked.year, folder=home.log_folder)
        if asked.fields:
            entry = write_entry(
                connection,
                VERB,
                operator=getpass.getuser(),
                ground=asked.ground,
                asked={"year": str(asked.year)},
            )
            out.print(f"This reading is entry {entry} of the log.")
        with opened_file(asked.file, "x") as file:
            head = {
                "checkpoint": state.note,
                "keys": keys_of(home.log_folder),
                "witnesses": witnesses_of(home.log_folder),
            }
            count = write_export(
                connection, file, head=head, year=asked.year, size=state.checkpoint.size, fields=asked.fields
            )
    out.print(f"Written: {count} lines, {asked.file}", markup=False, soft_wrap=True)


def _state(database: LogDatabase, year: int, *, folder: Path) -> State:
    """Return the newest checkpoint of which the database has every leaf; of two of one size the witnessed one."""
    tree = next((one for one in database.trees() if one.year == year and one.checkpoint), None)
    if tree is None or tree.checkpoint is None:
        raise NothingSigned(f"There is no signed log of {year} here.")
    known = [state_of(tree.checkpoint), *states(folder / str(year))]
    held = [one for one in known if one.checkpoint.size <= tree.size]
    return max(held, key=lambda one: (one.checkpoint.size, len(one.note)))
