"""Write the verifier as one file for another computer: `python verify.pyz BUNDLE` needs Python and `cryptography` alone."""

import argparse
import sys
from pathlib import Path

from unidossier.command.told import out
from unidossier.database.home import Home
from unidossier.log.proof.carry import verifier

NAME = "verifier"
HELP = "write the verifier as one file to carry away"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file."""
    parser.add_argument(
        "file", metavar="FILE", nargs="?", type=Path, help="file to write (default: standard output)"
    )


def run(asked: argparse.Namespace, _home: Home) -> None:
    """Write it."""
    if asked.file is None:
        sys.stdout.buffer.write(verifier())
        return
    asked.file.write_bytes(verifier())
    out.print(f"Written: {asked.file}. Use: python {asked.file} BUNDLE", markup=False, soft_wrap=True)
