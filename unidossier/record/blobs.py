"""Attachments of a record (PDF, images): files named by their content, encrypted, bound to one patient.

A file holds: mark, nonce, the file's own random key wrapped by the installation's key, nonce, ciphertext
(AES-256-GCM, NIST SP 800-38D). Patient and digest are authenticated with it: a file moved to another patient
does not open. Its name is an HMAC of both: a listing tells neither who has a file nor whether two share one.
"""

import contextlib
import errno
import hashlib
import hmac
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from unidossier.database.home import Home, own_folder
from unidossier.database.keys import ATTACHMENTS, key

LIMIT_BYTES = 64 * 1024 * 1024
MARK = b"UDA1"  # version of this layout
NONCE_BYTES = 12
WRAPPED_BYTES = 32 + 16  # a key of 256 bits and the tag of GCM
HEADER_BYTES = len(MARK) + NONCE_BYTES + WRAPPED_BYTES + NONCE_BYTES


class AttachmentMissing(Exception):
    """There is no such attachment for this patient."""


class AttachmentDamaged(Exception):
    """The stored file is not what was stored: altered, cut, or of another patient or key."""


class AttachmentTooLarge(Exception):
    """The attachment is larger than `LIMIT_BYTES`."""


class StorageFull(Exception):
    """The disk has no room; nothing was stored."""


def put(patient_id: UUID, *, data: bytes, home: Home | None = None) -> str:
    """Store `data` for a patient and return its SHA-256, 64 hexadecimal digits. On disk before it returns.

    Storing the same again changes nothing, or repairs a damaged file.
    Raises AttachmentTooLarge or StorageFull.
    """
    if len(data) > LIMIT_BYTES:
        raise AttachmentTooLarge(
            f"The attachment has {len(data)} bytes; at most {LIMIT_BYTES} are accepted. Send it in parts."
        )
    home = home or Home.find()
    sha256 = hashlib.sha256(data).hexdigest()
    with contextlib.suppress(AttachmentMissing, AttachmentDamaged):
        get(patient_id, sha256=sha256, home=home)
        return sha256
    sealed = _seal(data, secret=key(home, ATTACHMENTS), bound_to=_bound_to(patient_id, sha256))
    try:
        write_whole(_path(home, patient_id, sha256), sealed)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFull(
                "The disk for attachments is full: nothing was stored. Free space, then send again."
            ) from error
        raise
    return sha256


def get(patient_id: UUID, *, sha256: str, home: Home | None = None) -> bytes:
    """Return the attachment of this patient with this SHA-256 (hexadecimal), verified.

    Raises AttachmentMissing or AttachmentDamaged: never an empty or a wrong content.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise AttachmentMissing("The name of the attachment is not a SHA-256 in hexadecimal digits.")
    home = home or Home.find()
    try:
        sealed = _path(home, patient_id, sha256).read_bytes()
    except FileNotFoundError:
        raise AttachmentMissing(f"No attachment {sha256} is stored for this patient.") from None
    data = _open(sealed, secret=key(home, ATTACHMENTS), bound_to=_bound_to(patient_id, sha256))
    if data is None or hashlib.sha256(data).hexdigest() != sha256:
        raise AttachmentDamaged(f"The attachment {sha256} is damaged. Restore its file from a backup.")
    return data


def get_of(patients: Iterable[UUID], *, sha256: str, home: Home | None = None) -> bytes:
    """Return the attachment under the first of several ids of one patient: a merge moves no file (REC-8). Raises as `get`."""
    for one in patients:
        with contextlib.suppress(AttachmentMissing):
            return get(one, sha256=sha256, home=home)
    raise AttachmentMissing(f"No attachment {sha256} is stored for this patient.")


def _bound_to(patient_id: UUID, sha256: str) -> bytes:
    return MARK + patient_id.bytes + bytes.fromhex(sha256)


def _path(home: Home, patient_id: UUID, sha256: str) -> Path:
    secret = hmac.digest(key(home, ATTACHMENTS), b"names of attachments", "sha256")
    name = hmac.digest(secret, _bound_to(patient_id, sha256), "sha256").hex()
    return home.attachments / name[:2] / name[2:]


def _seal(data: bytes, *, secret: bytes, bound_to: bytes) -> bytes:
    own, outer_nonce, inner_nonce = AESGCM.generate_key(256), os.urandom(NONCE_BYTES), os.urandom(NONCE_BYTES)
    wrapped = AESGCM(secret).encrypt(outer_nonce, own, bound_to)
    return MARK + outer_nonce + wrapped + inner_nonce + AESGCM(own).encrypt(inner_nonce, data, bound_to)


def _open(sealed: bytes, *, secret: bytes, bound_to: bytes) -> bytes | None:
    if not sealed.startswith(MARK) or len(sealed) < HEADER_BYTES:
        return None
    rest = memoryview(sealed)[len(MARK) :]
    outer_nonce, rest = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
    wrapped, rest = rest[:WRAPPED_BYTES], rest[WRAPPED_BYTES:]
    try:
        own = AESGCM(secret).decrypt(outer_nonce, wrapped, bound_to)
        return AESGCM(own).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], bound_to)
    except InvalidTag:
        return None


def write_whole(path: Path, content: bytes) -> None:
    """Write all of it or nothing, in folders of our own: aside, to the disk, then renamed. Raises OSError."""
    folder = own_folder(path.parent)
    handle, aside = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(aside)
        raise
    for changed in (folder, folder.parent):
        handle = os.open(changed, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
