"""Run a witness of somebody's log: it cosigns each checkpoint that extends the one before, and never another (docs/witness.md).

For a machine of the institution's own, far from the log's. Needs neither database nor account. The first start makes the key.
"""

import argparse
from collections.abc import Callable

from unidossier.command.arguments import port
from unidossier.command.told import err, out
from unidossier.database.home import Home, keep_closed

NAME = "witness"
HELP = "watch over somebody's log, on a machine of your own"
FOLDER = "witness"  # in the home
ENDING_S = 10.0  # a process that was told to stop may need this long


class NameMissing(Exception):
    """A new witness has no name yet."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add which logs are watched, and where it listens."""
    parser.add_argument(
        "--log",
        metavar="ORIGIN=KEY",
        type=_trust(),
        action="append",
        required=True,
        help="a log to watch: its origin (`NAME/log/*` for every year) and its key, or @FILE with one key a line; repeatable",
    )
    parser.add_argument("--name", help="the name to sign with, for the first start: witness.HOSPITAL.be")
    parser.add_argument("--address", default="127.0.0.1", help="where to listen (default: 127.0.0.1)")
    parser.add_argument("--port", type=port, default=8040, help="port (default: 8040)")


def run(asked: argparse.Namespace, home: Home) -> None:
    """Serve until SIGINT or SIGTERM."""
    keep_closed()
    from unidossier.log.witness.judge import Witness
    from unidossier.log.witness.memory import Memory
    from unidossier.log.witness.service import serve

    folder = home.path / FOLDER
    if asked.name is None and not (folder / "key").exists():
        raise NameMissing("A new witness needs a name to sign with: --name witness.HOSPITAL.be")
    memory = Memory(
        folder, name=asked.name, wait_s=ENDING_S
    )  # what is wrong is told here, before anything listens
    out.print(
        f"Witness {memory.signer.name} on http://{asked.address}:{asked.port}, data in {folder}",
        soft_wrap=True,
    )
    out.print(f"Its key, for whoever keeps the log: {memory.signer.verifier}", soft_wrap=True, markup=False)
    memory.close()
    trusts = tuple(asked.log)
    for one in trusts:
        if not one.believed():
            err.print(
                f"There is no key of a log in {one.file} yet: until then nothing of {one.origin} is cosigned.",
                markup=False,
            )
    serve(lambda: Witness(Memory(folder, wait_s=ENDING_S), trusts), address=asked.address, port=asked.port)


def _trust() -> Callable[[str], object]:
    def read(told: str) -> object:
        from unidossier.log.witness.trust import Trust, TrustUnreadable

        try:
            return Trust.parse(told)
        except TrustUnreadable as fault:
            raise argparse.ArgumentTypeError(str(fault)) from fault

    return read
