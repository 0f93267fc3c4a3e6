"""Two witnesses of the demo's log, as two fictional hospitals would run them: processes, keys and folders of their own (LOG-3)."""

import socket
from dataclasses import dataclass
from pathlib import Path

from unidossier.database.home import Home, own_folder
from unidossier.log.sequencer.keys import published
from unidossier.log.tree.note import Signer, Verifier
from unidossier.log.tree.tiles import write_durably
from unidossier.log.witness.key import FILE, read_key
from unidossier.log.witness.memory import Memory

FOLDER = "witness"  # where the command `witness` keeps its own, in its home
LOG_NAME = "unidossier.example"
WITNESSES = {"witness-1": "witness.scheldedal.example", "witness-2": "witness.sainte-aldegonde.example"}


@dataclass(frozen=True)
class DemoWitness:
    """One of them: the name of its process, what to run (arguments of the command line), its key and its address."""

    name: str
    arguments: tuple[str, ...]
    verifier: Verifier
    url: str


def prepare_witnesses(home: Home) -> tuple[DemoWitness, ...]:
    """Make their keys the first time, find free ports, and write the policy that asks for both. Returns what to run."""
    log = f"{_log_name(home)}/*=@{home.log_folder / 'keys'}"
    made = tuple(_prepare(own_folder(home.path / name), name=name, log=log) for name in WITNESSES)
    lines = "".join(f"witness {one.name} {one.verifier} {one.url}\n" for one in made)
    names = " ".join(one.name for one in made)
    policy = f"# Whose cosignatures make a checkpoint of this log a witnessed one.\n{lines}group both all {names}\nquorum both\n"
    home.log_folder.mkdir(mode=0o700, exist_ok=True)
    write_durably(home.log_folder / "policy", policy.encode())
    return made


def _prepare(folder: Path, *, name: str, log: str) -> DemoWitness:
    signer = _signer(folder / FOLDER, name=WITNESSES[name])
    port = _free_port()
    arguments = ("witness", "--home", str(folder), "--port", str(port), "--log", log)
    return DemoWitness(name, arguments, signer.verifier, f"http://127.0.0.1:{port}")


def _signer(folder: Path, *, name: str) -> Signer:
    if (folder / FILE).exists():
        return read_key(folder)
    memory = Memory(folder, name=name)
    memory.close()
    return memory.signer


def _log_name(home: Home) -> str:
    # a home whose log began under another name keeps it
    keys = published(home)
    return keys[-1].name if keys else f"{LOG_NAME}/log"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
