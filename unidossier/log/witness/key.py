"""The key of a witness: Ed25519, made at the first start, readable by its owner alone; and the name that it signs with."""

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from unidossier.log.tree.note import COSIGNATURE, Signer

FILE = "key"
PRIVATE = "PRIVATE+KEY"
SEED = 32


class KeyUnreadable(Exception):
    """The file holds no key of a witness, or others may read it; the message names it."""


class NameChanged(Exception):
    """The key was made for another name: a name belongs to its key, and others trust both together."""


def make_key(folder: Path, *, name: str) -> Signer:
    """Make the key of a new witness, mode 0600. Raises FileExistsError when there is one."""
    if not name or "+" in name or any(one.isspace() for one in name):
        raise KeyUnreadable(f"{name!r} cannot name a witness: no space and no plus sign in it.")
    signer = Signer(name, COSIGNATURE, Ed25519PrivateKey.generate())
    seed = base64.b64encode(bytes([COSIGNATURE]) + signer.private.private_bytes_raw()).decode()
    text = f"{PRIVATE}+{name}+{signer.verifier.key_id.hex()}+{seed}\n"
    handle = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return signer


def read_key(folder: Path, *, name: str | None = None) -> Signer:
    """Read the key; `name` must be its name when given. Raises KeyUnreadable, NameChanged, FileNotFoundError."""
    path = folder / FILE
    if path.stat().st_mode & 0o077:
        raise KeyUnreadable(
            f"Others may read {path}: it is no secret any more. Make a new witness elsewhere."
        )
    text = path.read_text().strip()
    parts = text.removeprefix(f"{PRIVATE}+").split("+", 2)
    try:
        held_name, key_id, told = parts
        content = base64.b64decode(told, validate=True)
        signer = Signer(held_name, COSIGNATURE, Ed25519PrivateKey.from_private_bytes(content[1:]))
    except ValueError as fault:
        raise KeyUnreadable(f"{path} holds no key of a witness.") from fault
    if content[0] != COSIGNATURE or signer.verifier.key_id.hex() != key_id:
        raise KeyUnreadable(f"{path} holds no key of a witness.")
    if name is not None and name != held_name:
        raise NameChanged(f"{path} is the key of {held_name}, not of {name}. A new name needs a new folder.")
    return signer
