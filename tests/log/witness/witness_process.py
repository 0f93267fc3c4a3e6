"""A witness as an institution runs it: the command, in a process of its own; and one that dies between storing and answering."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.supervisor.site_process import free_port, wait_until
from unidossier.log.tree.note import Verifier
from unidossier.log.witness.judge import Witness
from unidossier.log.witness.memory import Memory
from unidossier.log.witness.trust import Trust

COMMAND = Path(sys.executable).with_name("unidossier")


class WitnessProcess:
    """A running witness: its address and its key."""

    def __init__(self, home: Path, *, log: str, name: str, port: int = 0, dying: bool = False) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        arguments = ["--home", str(home), "--port", str(self.port), "--name", name, "--log", log]
        start = [sys.executable, "-m", __name__] if dying else [str(COMMAND), "witness"]
        self.process = subprocess.Popen(
            [*start, *arguments], cwd=Path(__file__).parents[3], start_new_session=True
        )
        wait_until(self._key, what=f"the witness {name}")
        self.verifier = Verifier.parse(self._key())

    def _key(self) -> str:
        assert self.process.poll() is None, "the witness ended"
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            return ""

    def kill(self) -> None:
        """Kill the whole of it at once, as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running_witness(home: Path, **settings) -> Iterator[WitnessProcess]:
    """Run a witness for a block."""
    made = WitnessProcess(home, **settings)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.kill()


class DyingMemory(Memory):
    """Stores, and is killed before anything can be answered."""

    def keep(self, origin: str, note) -> None:
        super().keep(origin, note)
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    import argparse

    from unidossier.log.witness.service import serve

    parser = argparse.ArgumentParser()
    for name in ("home", "port", "name", "log"):
        parser.add_argument(f"--{name}")
    asked = parser.parse_args()
    folder = Path(asked.home) / "witness"
    serve(
        lambda: Witness(DyingMemory(folder, name=asked.name), (Trust.parse(asked.log),)),
        address="127.0.0.1",
        port=int(asked.port),
    )


if __name__ == "__main__":
    main()
