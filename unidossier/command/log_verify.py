"""Verify a proof bundle: no database, no network, no account. Exit status 0 proven, 1 something was changed, 2 unreadable."""

import argparse

from unidossier.command.told import out
from unidossier.database.home import Home
from unidossier.log.proof import verify

NAME = "verify"
HELP = "verify a proof bundle"
add_arguments = verify.add_arguments


def run(asked: argparse.Namespace, _home: Home) -> int:
    """Print what is proven, or the first thing that is not."""
    return verify.run(asked, lambda line: out.print(line, markup=False, soft_wrap=True))
