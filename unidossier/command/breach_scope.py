"""Show who saw what between two instants: the scope of a breach, for the notice of GDPR article 33. The reading is itself an entry of the log."""

import argparse
import getpass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from unidossier.command.arguments import fresh
from unidossier.command.told import err, out
from unidossier.database.connections import migrate_dsn
from unidossier.database.home import Home
from unidossier.database.server import running
from unidossier.kernel.brussels import BRUSSELS
from unidossier.log.scope import Counts, Scope, copy_lines, count, write_entry

NAME = "breach-scope"
HELP = "show who saw what between two instants"


class NotFound(Exception):
    """No account, person or institution is called so; the message says which."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the period, what narrows it, the ground, and where the lines go."""
    parser.add_argument("--since", type=instant, required=True, help="from this instant on (ISO 8601)")
    parser.add_argument("--until", type=instant, required=True, help="and before this one")
    parser.add_argument("--ground", required=True, help="why; it stands in the log (10 characters at least)")
    parser.add_argument("--account", help="user name, or id of the person")
    parser.add_argument("--institution", help="key or id of an institution")
    parser.add_argument("--device", help="name of a browser or machine, as the log has it")
    parser.add_argument("--address", help="network address")
    parser.add_argument("--origin", help="face or interface: ward, consult, my, desk, api")
    parser.add_argument("--session", type=UUID, help="id of one session")
    parser.add_argument(
        "--lines", type=fresh, metavar="FILE", help="write every line: FILE.csv or FILE.ndjson"
    )


def run(asked: argparse.Namespace, home: Home) -> int:
    """Write the entry, then count, and write the lines when a file was named."""
    with running(home), psycopg.connect(migrate_dsn(), autocommit=True) as connection:
        scope = _scope(connection, asked)
        scope.params()  # a period that is turned round is refused before anything is written
        if asked.lines and asked.lines.suffix not in (".csv", ".ndjson"):
            err.print("Name a file that ends in .csv or .ndjson.")
            return 2
        entry = write_entry(
            connection, NAME, operator=getpass.getuser(), ground=asked.ground, asked=scope.told()
        )
        counts = count(connection, scope)
        if asked.lines:
            asked.lines.touch(
                mode=0o600, exist_ok=False
            )  # the operator's alone: it names patients and carers
            with asked.lines.open("wb") as file:
                copy_lines(connection, scope, file, form=asked.lines.suffix[1:])
    tell(counts, entry=entry, scope=scope)
    return 0


def instant(text: str) -> datetime:
    """Read an instant of ISO 8601; without a zone it is Brussels time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no instant: write 2026-11-22T05:00") from None
    return at if at.tzinfo else at.replace(tzinfo=BRUSSELS)


def tell(counts: Counts, *, entry: int, scope: Scope) -> None:
    """Print the counts."""
    out.print(f"This reading is entry {entry} of the log.")
    out.print(f"From {scope.since.isoformat()} until {scope.until.isoformat()}:")
    out.print(f"{counts.entries} entries ({counts.refused} refused), {len(counts.people)} people")
    out.print(f"{counts.patients} patients whose data were opened, {counts.items} items read")
    out.print(f"{len(counts.institutions)} institutions, {counts.emergencies} emergency accesses")
    for title, counter in (
        ("patients by category", counts.categories),
        ("entries by verb", counts.verbs),
        ("entries by rule", counts.rules),
    ):
        out.print(f"{title}:")
        for name, number in counter.most_common():
            out.print(f"  {number:>10}  {name}", markup=False)


def _scope(connection: psycopg.Connection[Any], asked: argparse.Namespace) -> Scope:
    return Scope(
        since=asked.since,
        until=asked.until,
        person=_found(connection, asked.account, PERSON, "account or person"),
        institution=_found(connection, asked.institution, INSTITUTION, "institution"),
        session=asked.session,
        device=asked.device,
        address=asked.address,
        origin=asked.origin,
    )


PERSON = "SELECT person_id FROM public.account WHERE username = lower(%s)"
INSTITUTION = "SELECT id FROM registry.institution WHERE key = %s"


def _found(connection: psycopg.Connection[Any], named: str | None, statement: str, what: str) -> UUID | None:
    if named is None:
        return None
    try:
        return UUID(named)  # also of somebody who has left: the log still knows him
    except ValueError:
        row = connection.execute(statement, (named,)).fetchone()
    if row is None:
        raise NotFound(f"There is no {what} {named}.")
    found: UUID = row[0]
    return found
