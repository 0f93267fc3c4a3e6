"""Import FHIR R4 resources: bundles, single resources, NDJSON; files or folders. Prints what was not stored, and why."""

import argparse

from unidossier.command.arguments import existing
from unidossier.command.told import out
from unidossier.database.home import Home
from unidossier.database.server import running

NAME = "import"
HELP = "import FHIR R4 files"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the paths."""
    parser.add_argument("paths", metavar="PATH", nargs="+", type=existing, help="file or folder to import")


def run(asked: argparse.Namespace, home: Home) -> int:
    """Import, print the report, and return 1 if something was refused."""
    with running(home):
        from unidossier.actions.import_resources import import_resources

        report = import_resources(asked.paths)
    out.print(str(report), markup=False, soft_wrap=True)
    return 1 if report.refused else 0
