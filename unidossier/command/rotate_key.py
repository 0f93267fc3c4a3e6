"""Make a new key for signing the log. The present one signs beside it for a while, so that everybody can learn the new one.

A running sequencer takes it up at once; the change is an entry of the log. Give the line that is printed to the witnesses.
"""

import argparse
from datetime import UTC, datetime, timedelta

from unidossier.command.told import out
from unidossier.database.home import Home
from unidossier.log.sequencer.keys import OVERLAP, rotate

NAME = "rotate-key"
HELP = "make a new key for signing the log"
MOST_DAYS = 3650


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the overlap, and the way out when the keys are gone."""
    parser.add_argument(
        "--overlap-days",
        type=_days,
        default=OVERLAP,
        metavar="DAYS",
        help=f"how long the present key signs beside the new one (default: {OVERLAP.days}; 0 when it is known to others)",
    )
    parser.add_argument(
        "--lost", action="store_true", help="the present keys are gone, and there is no backup"
    )


def run(asked: argparse.Namespace, home: Home) -> None:
    """Make the key, and say what to do with its other half."""
    verifier = rotate(home, overlap=asked.overlap_days, now=datetime.now(UTC), lost=asked.lost)
    out.print(str(verifier), soft_wrap=True)
    days = asked.overlap_days.days
    until = f"The keys before it sign for {days} days more." if days else "No key before it signs any more."
    out.print(f"{until} Give the line above to the witnesses.", soft_wrap=True)


def _days(text: str) -> timedelta:
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_DAYS):
        raise argparse.ArgumentTypeError(f"{text} is not a number of days: give one from 0 to {MOST_DAYS}")
    return timedelta(days=int(text))
