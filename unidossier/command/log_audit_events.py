"""Write the entries of a period as FHIR AuditEvents by IHE BALP, one a line (NDJSON). The reading is itself an entry of the log."""

import argparse
import getpass
import json

import psycopg

from unidossier.command.arguments import fresh
from unidossier.command.breach_scope import instant
from unidossier.command.told import out
from unidossier.database.connections import migrate_dsn
from unidossier.database.home import Home
from unidossier.database.server import running
from unidossier.log.audit import Shown, audit_events
from unidossier.log.scope import Scope, entries, write_entry

NAME = "audit-events"
HELP = "write the entries of a period as FHIR AuditEvents"
VERB = "export-audit-events"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the period, the ground and the file."""
    parser.add_argument("--since", type=instant, required=True, help="from this instant on (ISO 8601)")
    parser.add_argument("--until", type=instant, required=True, help="and before this one")
    parser.add_argument("--ground", required=True, help="why; it stands in the log (10 characters at least)")
    parser.add_argument("file", type=fresh, metavar="FILE", help="a new file, one event a line")


def run(asked: argparse.Namespace, home: Home) -> int:
    """Write the entry, then the events; what was erased lawfully has nothing left to tell and is left out."""
    scope = Scope(since=asked.since, until=asked.until)
    scope.params()
    written = 0
    with running(home), psycopg.connect(migrate_dsn(), autocommit=True) as connection:
        entry = write_entry(
            connection, VERB, operator=getpass.getuser(), ground=asked.ground, asked=scope.told()
        )
        asked.file.touch(mode=0o600, exist_ok=False)  # the operator's alone: it names patients and carers
        with asked.file.open("w", encoding="utf-8") as stream, entries(connection, scope) as found:
            for row in found:
                for event in audit_events(row, shown=Shown.WHOLE):
                    stream.write(json.dumps(event, ensure_ascii=False) + "\n")
                    written += 1
    out.print(f"This reading is entry {entry} of the log.")
    out.print(f"{written} AuditEvents written.")
    return 0
