"""Import FHIR R4 resources: bundles, single resources, NDJSON; files or folders. Prints what was not stored, and why."""

import argparse
from pathlib import Path

import psycopg

from unidossier.command.arguments import existing
from unidossier.command.prepare import load_django
from unidossier.command.told import out
from unidossier.database.connections import app_dsn
from unidossier.database.home import Home
from unidossier.database.server import running

NAME = "import"
HELP = "import FHIR R4 files"

# institutions with a machine account; every import is done, and logged, in the name of one
SENDERS = """SELECT DISTINCT i.key FROM registry.institution i JOIN registry.employment e ON e.institution_id = i.id
    WHERE e.function = 'machine' AND e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at) ORDER BY 1"""


class InstitutionNotNamed(Exception):
    """Several institutions could send this, and none was named."""


class NoSender(Exception):
    """No institution has a machine account."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add paths, sender and report."""
    parser.add_argument("paths", metavar="PATH", nargs="+", type=existing, help="file or folder to import")
    parser.add_argument(
        "--institution",
        metavar="KEY",
        help="whose data they are (default: the only institution with a machine account; in the demo the first)",
    )
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help="write what became of every resource (.json or .ndjson)"
    )


def run(asked: argparse.Namespace, home: Home) -> int:
    """Import, print the report, and return 1 if something was refused."""
    with running(home):
        load_django()
        from unidossier.actions.import_resources import import_resources
        from unidossier.signin.tokens import open_machine_session

        institution = asked.institution or _only_sender()
        out.print(f"In the name of {institution}:", markup=False)
        report = import_resources(
            asked.paths,
            secret=open_machine_session(institution),
            institution=institution,
            report_file=asked.report,
            show_progress=out.is_terminal,
        )
    out.print(str(report), markup=False, soft_wrap=True)
    return 1 if report.refused else 0


def _only_sender() -> str:
    with psycopg.connect(app_dsn(), autocommit=True) as connection:
        senders = [str(key) for (key,) in connection.execute(SENDERS)]
        demo = connection.execute("SELECT to_regclass('public.demo_mark') IS NOT NULL").fetchone() == (True,)
    if not senders:
        raise NoSender("No institution has a machine account yet, so nobody can send. Run: unidossier demo")
    if len(senders) > 1 and not demo:
        raise InstitutionNotNamed(f"Whose data are these? Name one: --institution {' or '.join(senders)}")
    return senders[0]
