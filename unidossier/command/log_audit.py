"""Audit the whole log: every entry makes its leaf, the leaves make the tree, the tree is the one that was signed and witnessed.

Compares database, files and every checkpoint that is at hand. Exit status 0 all fits, 1 something was changed, 2 not readable.
"""

import argparse
import base64
from collections.abc import Iterator
from pathlib import Path

from unidossier.command.told import out
from unidossier.database.connections import migrate_dsn
from unidossier.database.home import Home
from unidossier.database.server import running
from unidossier.log.proof.audit import Audited, Known, check_signatures
from unidossier.log.proof.database import LAWFUL, LogDatabase
from unidossier.log.proof.files import LogFilesUnreadable
from unidossier.log.proof.strict import BundleUnreadable, why_not
from unidossier.log.proof.verify import BAD, GOOD, UNREADABLE
from unidossier.log.proof.whole import (
    Asked,
    audit_export,
    audit_files,
    audit_installation,
    read_known,
    trusted,
)
from unidossier.log.tree.note import COSIGNATURE, Verifier

NAME = "audit"
HELP = "audit the whole log"
Year = tuple[Audited, list[Known], tuple[Verifier, ...]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is audited and what it is compared with."""
    parser.add_argument("--year", type=int, help="one year alone (default: all)")
    parser.add_argument(
        "--checkpoint", metavar="FILE", type=Path, action="append", default=[],
        help="a checkpoint or a proof bundle that was kept; may be given several times",
    )  # fmt: skip
    parser.add_argument("--keys", metavar="FILE", type=Path, help="trusted keys of the log and its witnesses")
    parser.add_argument(
        "--folder", metavar="FOLDER", type=Path, help="the log's files, instead of those of the home"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--files-alone", action="store_true", help="without the database")
    where.add_argument("--export", metavar="FILE", type=Path, help="an export, without database and files")
    parser.add_argument(
        "--late", metavar="SECONDS", type=float,
        help="also tell entries whose time lies so long before that of an earlier one",
    )  # fmt: skip


def run(asked: argparse.Namespace, home: Home) -> int:
    """Audit, print each year, and return the exit status."""
    folder = asked.folder or home.log_folder
    try:
        named = asked.keys.read_text(encoding="utf-8").splitlines() if asked.keys else []
        known = tuple(one for path in asked.checkpoint for one in read_known(path))
        wanted = Asked(folder=folder, year=asked.year, known=known, late=asked.late)
        faults = years = 0
        for told, compared, keys in _years(asked, home, wanted, named):
            lines = check_signatures(
                told, compared, keys=keys, witnesses=[one for one in keys if one.kind == COSIGNATURE]
            )
            _tell(told, lines)
            faults, years = faults + len(told.faults), years + 1
    except (BundleUnreadable, LogFilesUnreadable, OSError, UnicodeDecodeError) as fault:
        told = f"{fault.filename} cannot be read: {why_not(fault)}" if isinstance(fault, OSError) else fault
        out.print(f"UNREADABLE: {told}", markup=False, soft_wrap=True)
        return UNREADABLE
    if not years:
        of_year = f" of {asked.year}" if asked.year else ""
        out.print(f"UNREADABLE: there is no log{of_year} in {folder}", markup=False, soft_wrap=True)
        return UNREADABLE
    out.print(f"BAD: {faults} faults." if faults else "GOOD: everything fits.")
    return BAD if faults else GOOD


def _years(asked: argparse.Namespace, home: Home, wanted: Asked, named: list[str]) -> Iterator[Year]:
    if asked.export:
        for told, known, keys in audit_export(asked.export, wanted):
            yield told, known, trusted(wanted.folder, named) if named else keys
        return
    keys = trusted(wanted.folder, named)
    if asked.files_alone:
        for told, known in audit_files(wanted):
            yield told, known, keys
        return
    with running(home):
        database = LogDatabase.open(migrate_dsn())
        try:
            for told, known in audit_installation(database, wanted):
                yield told, known, keys
        finally:
            database.close()


def _tell(told: Audited, lines: list[str]) -> None:
    def say(line: str) -> None:
        out.print(line, markup=False, soft_wrap=True)

    say(f"{told.origin}: {told.size} leaves, root {base64.b64encode(told.root).decode()}")
    for state, count in told.gone.items():
        say(f"  {count} {LAWFUL[state]}")
    for line in lines:
        say(f"  {line}")
    for fault in sorted(told.faults, key=lambda one: (one.position is None, one.position or 0)):
        say(f"  BAD  {fault}")
    if told.advice:
        say(f"  {told.advice}")
