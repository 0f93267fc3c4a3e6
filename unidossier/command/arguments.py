"""Values of command line arguments, read and checked."""

import argparse
import os
from pathlib import Path

HIGHEST_PORT = 65535
MOST_PATIENTS = 100_000


def port(text: str) -> int:
    """Read a TCP port."""
    return _number(text, lowest=1, highest=HIGHEST_PORT, what="a port")


def patients(text: str) -> int:
    """Read a number of fictional patients."""
    return _number(text, lowest=1, highest=MOST_PATIENTS, what="a number of patients")


def existing(text: str) -> Path:
    """Read the path of a file or folder that is there and can be read."""
    path = Path(text)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"{text} does not exist")
    if not os.access(path, os.R_OK):
        raise argparse.ArgumentTypeError(f"{text} cannot be read: check its permissions")
    return path


def fresh(text: str) -> Path:
    """Read the path of a file that is to be made: it is not there yet, and its folder can be written."""
    path = Path(text)
    if path.exists():
        raise argparse.ArgumentTypeError(f"{text} is there already: name a file that does not exist yet")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise argparse.ArgumentTypeError(
            f"{text} cannot be made: check the folder {path.parent} and its rights"
        )
    return path


def add_port(parser: argparse.ArgumentParser) -> None:
    """Add --port."""
    parser.add_argument("--port", type=port, default=8000, help="port on this machine (default: 8000)")


def _number(text: str, *, lowest: int, highest: int, what: str) -> int:
    if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
        raise argparse.ArgumentTypeError(f"{text} is not {what}: give a number from {lowest} to {highest}")
    return int(text)
