"""Run the background jobs. `demo` and `serve` start one; start more of them on a busy machine."""

import argparse

from unidossier.database.home import Home

NAME = "worker"
HELP = "run the background jobs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing beyond the common arguments."""


def run(_asked: argparse.Namespace, _home: Home) -> None:
    """Work until told to stop."""
    from unidossier.jobs.worker import work

    work()
