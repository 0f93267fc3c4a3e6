"""Files of a Bulk Data export on disk: sealed pieces of NDJSON in one folder per export, thrown away when it is over.

A piece holds: mark, nonce, ciphertext of the packed lines (AES-256-GCM, NIST SP 800-38D), bound to export, type and
number. The key is derived from that of the attachments. They are no part of a backup: an export is asked for again.
"""

import errno
import hmac
import os
import shutil
import zlib
from collections.abc import Collection, Sequence
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from unidossier.database.home import Home, own_folder
from unidossier.database.keys import ATTACHMENTS, key
from unidossier.record.blobs import NONCE_BYTES, StorageFull, write_whole

MARK = b"UDX1"  # version of this layout


class ExportMissing(Exception):
    """The piece of the export is not there, or is not what was written."""


def put_piece(export: UUID, *, resource_type: str, nth: int, lines: Sequence[bytes]) -> int:
    """Write one piece, on disk before it returns; the same number again replaces it. Return its size in bytes.

    Raises StorageFull.
    """
    data = zlib.compress(b"".join(line + b"\n" for line in lines), 1)
    nonce = os.urandom(NONCE_BYTES)
    sealed = MARK + nonce + AESGCM(_key()).encrypt(nonce, data, _bound_to(export, resource_type, nth))
    try:
        folder = _folder(export)
        own_folder(folder.parent)
        write_whole(folder / f"{resource_type}.{nth}", sealed)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFull("The disk for exports is full: free space, then ask again.") from error
        raise
    return len(sealed)


def get_piece(export: UUID, *, resource_type: str, nth: int) -> bytes:
    """Return the NDJSON of one piece, verified. Raises ExportMissing."""
    try:
        sealed = (_folder(export) / f"{resource_type}.{nth}").read_bytes()
        nonce, data = sealed[len(MARK) : len(MARK) + NONCE_BYTES], sealed[len(MARK) + NONCE_BYTES :]
        plain = AESGCM(_key()).decrypt(nonce, data, _bound_to(export, resource_type, nth))
    except (FileNotFoundError, InvalidTag, ValueError):
        raise ExportMissing(f"piece {nth} of an export") from None
    return zlib.decompress(plain)


def drop_export(export: UUID) -> None:
    """Throw the pieces of one export away."""
    shutil.rmtree(_folder(export), ignore_errors=True)


def drop_others(kept: Collection[UUID]) -> int:
    """Throw away the folders of all exports but these; return how many."""
    names = {str(one) for one in kept}
    gone = [one for one in _exports().glob("*") if one.name not in names]
    for one in gone:
        shutil.rmtree(one, ignore_errors=True)
    return len(gone)


def _exports() -> Path:
    return Home.find().path / "exports"


def _folder(export: UUID) -> Path:
    return _exports() / str(export)


def _key() -> bytes:
    return hmac.digest(key(Home.find(), ATTACHMENTS), b"pieces of exports", "sha256")


def _bound_to(export: UUID, resource_type: str, nth: int) -> bytes:
    return MARK + export.bytes + f"{resource_type}.{nth}".encode()
