"""Verify a proof bundle: no database, no network, no account. Needs Python and the package `cryptography`.

Exit status: 0 everything is proven, 1 something is not as the log has it, 2 the file or the question cannot be read.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from unidossier.log.proof.bundle import MOST_BYTES, Bundle, parse_keys, read_bundle
from unidossier.log.proof.check import ProofFalse, Trust, check_entry, checked
from unidossier.log.proof.strict import BundleUnreadable, why_not
from unidossier.log.proof.words import head, line, plain
from unidossier.log.tree.note import COSIGNATURE, Verifier

GOOD, BAD, UNREADABLE = 0, 1, 2
MOST_KEY_BYTES = 1 << 20
Say = Callable[[str], None]
OWN_KEYS = (
    "The keys come from the bundle itself: this proves that nothing was changed since it was made. "
    "To know who made it, give the keys of the log with --keys and those of its witnesses with --witnesses."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the bundle and what is trusted."""
    parser.add_argument("bundle", metavar="BUNDLE", help="the file that was downloaded")
    parser.add_argument(
        "--keys", metavar="FILE", help="trusted keys of the log (and of its witnesses), one a line"
    )
    parser.add_argument("--witnesses", metavar="FILE", help="trusted keys of its witnesses, one a line")
    parser.add_argument(
        "--need", metavar="N", type=int, help="cosignatures asked for (default: 1 with --witnesses, else 0)"
    )
    parser.add_argument("--entry", metavar="ID", help="show this entry alone; exit 1 when it is not there")


def run(asked: argparse.Namespace, say: Say = print) -> int:
    """Verify and say what was found; return the exit status."""
    try:
        trust = _trust(asked)
        bundle = read_bundle(_content(asked.bundle, most=MOST_BYTES))
    except BundleUnreadable as fault:
        say(f"UNREADABLE: {plain(str(fault))}")
        return UNREADABLE
    except MemoryError:
        say("UNREADABLE: the file is too large for the memory of this machine")
        return UNREADABLE
    try:
        return verify(bundle, trust, only=asked.entry, say=say)
    except ProofFalse as fault:
        say(f"BAD: {plain(str(fault))}")
        return BAD


def verify(bundle: Bundle, trust: Trust, *, only: str | None = None, say: Say) -> int:
    """Check the whole bundle, saying each part as it is proven. Raises ProofFalse at the first bad thing."""
    proven = shown = witnessed = 0
    for section, signed in checked(bundle, trust):
        for text in head(section, signed, is_hint=trust.witnesses is None):
            say(text)
        for one in section.entries:
            check_entry(one, section)
            proven += 1
            if only is None or (one.entry is not None and one.entry.number == only):
                say(line(one))
                shown += 1
        witnessed += bool(signed.seen)
    if only is not None and not shown:
        raise ProofFalse(f"entry {only} is not in this bundle")
    for number in bundle.waiting if only is None else ():
        say(f"  not yet in the log when this was made: entry {plain(number)}")
    if trust.keys is None:
        say(OWN_KEYS)
    say(
        f"GOOD: {proven} entries in {len(bundle.sections)} logs or states of a log are where and as the log has them; "
        f"{witnessed} of these states were seen by a witness known here."
    )
    return GOOD


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a program of its own."""
    parser = argparse.ArgumentParser(prog="verify", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args(arguments))


def _trust(asked: argparse.Namespace) -> Trust:
    keys, witnesses = _keys(asked.keys), _keys(asked.witnesses)
    if (
        witnesses is None and keys is not None
    ):  # one file may hold both; then nothing is asked of the witnesses
        witnesses = tuple(one for one in keys if one.kind == COSIGNATURE) or None
    need = int(asked.witnesses is not None) if asked.need is None else asked.need
    if need < 0 or (need and not witnesses):
        raise BundleUnreadable("--need counts the witnesses whose keys --witnesses or --keys names")
    return Trust(keys=keys, witnesses=witnesses, need=need)


def _content(name: str, *, most: int) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError) as fault:
        raise BundleUnreadable(f"{name} cannot be read: {why_not(fault)}") from fault


def _keys(name: str | None) -> tuple[Verifier, ...] | None:
    if name is None:
        return None
    content = _content(name, most=MOST_KEY_BYTES)
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError as fault:
        raise BundleUnreadable(f"{name} is not UTF-8") from fault
    keys = parse_keys(lines)
    if not keys or len(content) > MOST_KEY_BYTES:
        raise BundleUnreadable(f"{name} holds no key, or is too long")
    return keys


if __name__ == "__main__":
    sys.exit(main())
