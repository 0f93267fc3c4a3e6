"""Random keys of one installation, one file each in `keys/`, mode 0600."""

import os
import re
import secrets
import tempfile
from pathlib import Path

from unidossier.database.home import Home, own_folder

KEY_BYTES = 32
# what an installation starts with; other names are made when first asked for
DJANGO_SECRET = "django-secret"  # noqa: S105  (the name of a key)
GATE_HMAC = "gate-hmac"
ATTACHMENTS = "attachments"
FIRST_KEYS = (DJANGO_SECRET, GATE_HMAC, ATTACHMENTS)
REGISTER = "keys-made"  # names of the keys that were ever made, beside the folder


class KeyMissing(Exception):
    """A key that was made once is gone. A new one in its place could not read what the old one wrote."""


class KeyExposed(Exception):
    """Others than the owner may read the file of a key."""


def make_first_keys(home: Home) -> None:
    """Make the keys of `FIRST_KEYS` that were never made. Raises KeyMissing, KeyExposed."""
    for name in FIRST_KEYS:
        key(home, name=name)


def key(home: Home, name: str) -> bytes:
    """Return the key called `name`: 32 random bytes, made the first time it is asked for.

    Raises KeyMissing when it was made before and its file is gone, KeyExposed when its file is not 0600,
    ValueError for a name that is not of small letters, digits and hyphens.
    """
    if not re.fullmatch(r"[a-z0-9-]{1,60}", name):
        raise ValueError(f"{name!r} is no name of a key: small letters, digits and hyphens only")
    path = home.keys / name
    if not path.exists():
        _make(home, name=name, path=path)
    if path.stat().st_mode & 0o077:
        raise KeyExposed(f"Others may read the key {path}. Check who did, then: chmod 600 {path}")
    return path.read_bytes()


def _make(home: Home, *, name: str, path: Path) -> None:
    register = own_folder(home.path) / REGISTER
    # looked at in this order: a faster process makes the key first and registers it after
    if register.exists() and name in register.read_text().split() and not path.exists():
        raise KeyMissing(
            f"The key {path} is gone. Restore it from a backup: what it protects cannot be read."
        )
    folder = own_folder(home.keys)
    handle, fresh = tempfile.mkstemp(dir=folder, prefix=".new-")  # mkstemp: mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # unlike a rename, a link never replaces the key of a faster process
    except FileExistsError:
        return
    finally:
        os.unlink(fresh)
    _sync_folder(folder)
    handle = os.open(register, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        file.write(f"{name}\n".encode())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
