"""Grow and sign the tree over the log. `demo` and `serve` start one; run it as a user of its own to keep the keys from the rest."""

import argparse

from unidossier.database.home import Home, keep_closed

NAME = "sequencer"
HELP = "grow and sign the tree over the log"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing beyond the common arguments."""


def run(_asked: argparse.Namespace, home: Home) -> None:
    """Work until told to stop."""
    keep_closed()
    from unidossier.log.sequencer.run import run as grow

    grow(home)
