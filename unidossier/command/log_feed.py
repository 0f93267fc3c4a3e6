"""Bring new checkpoints of the log to its witnesses. `demo` and `serve` start one; it has neither key nor database."""

import argparse
import os
import signal
import threading
from types import FrameType

from unidossier.database.home import Home, keep_closed

NAME = "log-feed"
HELP = "bring checkpoints to the witnesses"
EVERY_S = "UNIDOSSIER_LOG_FEED_S"
REFRESH_S = 60.0  # a quiet log is cosigned anew this often: a witness that went away is noticed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing beyond the common arguments."""


def run(_asked: argparse.Namespace, home: Home) -> None:
    """Work until told to stop."""
    keep_closed()
    from unidossier.log.witness.feed import Feed

    stop = threading.Event()

    def leave(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, leave)
    every_s = float(os.environ.get(EVERY_S, "10"))
    Feed(home.log_folder, every_s=every_s, refresh_s=max(REFRESH_S, every_s)).run(stop)
