"""A log as files, written with the product's own tiles and notes; and a rewriting operator, who holds its key."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from unidossier.log.tree.merkle import Frontier, consistency_proof, leaf_hash
from unidossier.log.tree.note import ED25519, Checkpoint, Note, Signer
from unidossier.log.tree.tiles import Tiles, write_durably
from unidossier.log.witness.request import AddCheckpoint

NAME = "dossier.example"


def new_signer(name: str = f"{NAME}/log", *, kind: int = ED25519) -> Signer:
    return Signer(name, kind, Ed25519PrivateKey.generate())


@dataclass
class WrittenLog:
    """One year of a log in `folder`; `mark` goes into every leaf, so that two logs differ."""

    folder: Path
    signer: Signer
    year: int = 2026
    mark: str = "entry"

    def __post_init__(self) -> None:
        self.frontier = Frontier()

    @property
    def origin(self) -> str:
        return f"{NAME}/log/{self.year}"

    @property
    def path(self) -> Path:
        return self.folder / str(self.year)

    def grow(self, by: int, *, mark: str | None = None) -> None:
        """Append leaves, write tiles, sign, replace the checkpoint."""
        size = self.frontier.size
        made = self.frontier.append(leaf_hash(f"{mark or self.mark} {size + i}".encode()) for i in range(by))
        Tiles(self.path).write(made, size=self.frontier.size)
        write_durably(self.path / "checkpoint", self.signed().encode())

    def signed(self, *signers: Signer) -> str:
        return Checkpoint(self.origin, self.frontier.size, self.frontier.root()).signed(
            *(signers or (self.signer,))
        )

    def request(self, old: int, *signers: Signer) -> AddCheckpoint:
        """The honest request from `old` to the newest checkpoint."""
        size = self.frontier.size
        node = Tiles(self.path).nodes(size)
        proof = consistency_proof(node, old=old, new=size) if old <= size else []
        note = Note.parse(self.signed(*signers))
        return AddCheckpoint(old=old, proof=tuple(proof), note=note, checkpoint=Checkpoint.parse(note.text))
