"""Signed notes and checkpoints as C2SP writes them: signed-note, tlog-checkpoint, tlog-cosignature (https://c2sp.org).

A note is text, an empty line, and lines `— name base64(key id || signature)`. A checkpoint is a note whose text is
origin, size, root. A cosignature is a witness's signature that also says when.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = 0x01, 0x04  # types of signature
MOST = 1 << 20  # bytes of a note, and ...
MOST_SIGNATURES = 64


class NoteUnreadable(Exception):
    """The bytes are no signed note, no checkpoint, or no key; the message says what is wrong."""


class NotSigned(Exception):
    """No signature of the key that was asked for, or one that does not fit the text."""


@dataclass(frozen=True)
class Verifier:
    """A key that signatures are checked with: its name, its type of signature, the public key of 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name, newline, type, public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        told = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{told}"

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Read `name+keyid+base64`. Raises NoteUnreadable."""
        name, _, rest = text.strip().partition("+")
        told_id, _, told = rest.partition("+")
        content = _decode(told)
        if not _is_name(name) or len(content) != 33 or content[0] not in (ED25519, COSIGNATURE):
            raise NoteUnreadable(f"{text.strip()[:80]!r} is no verifier key: name+id+key is needed")
        verifier = cls(name, content[0], content[1:])
        if verifier.key_id.hex() != told_id:
            raise NoteUnreadable(f"the key of {name} does not fit its id {told_id}")
        return verifier


@dataclass(frozen=True)
class Signer:
    """A private key with its name; `verifier` is its other half."""

    name: str
    kind: int
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.kind, self.private.public_key().public_bytes_raw())

    def sign(self, text: str, *, at: int = 0) -> str:
        """Return the signature line over the note's text (with its newline at the end); a cosignature says `at`, POSIX seconds."""
        if self.kind == COSIGNATURE:
            signed = at.to_bytes(8, "big") + self.private.sign(_cosigned(text, at))
        else:
            signed = self.private.sign(text.encode())
        return f"— {self.name} {base64.b64encode(self.verifier.key_id + signed).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text (newline at its end) and the signature lines as (name, key id, signature), unchecked."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, content: bytes | str) -> "Note":
        """Read a signed note. Raises NoteUnreadable."""
        try:
            whole = content if isinstance(content, str) else content.decode("utf-8")
        except UnicodeDecodeError as fault:
            raise NoteUnreadable("a note is UTF-8") from fault
        text, gap, tail = whole.rpartition("\n\n")
        lines = tail.split("\n")
        if len(whole) > MOST or not gap or lines[-1] != "" or not 0 < len(lines) - 1 <= MOST_SIGNATURES:
            raise NoteUnreadable("a note is text, an empty line and signatures, each line ended")
        if any(ord(one) < 0x20 and one != "\n" for one in whole):
            raise NoteUnreadable("a note has no control characters")
        return cls(text + "\n", tuple(_signature(line) for line in lines[:-1]))

    def __str__(self) -> str:
        lines = (
            f"— {name} {base64.b64encode(key + signed).decode()}\n" for name, key, signed in self.signatures
        )
        return f"{self.text}\n{''.join(lines)}"

    def signed_at(self, verifier: Verifier) -> int:
        """Check the signature of this key and return when it was made (POSIX seconds; 0 for a plain one). Raises NotSigned."""
        for name, key, signed in self.signatures:
            if name == verifier.name and key == verifier.key_id:
                return _check(verifier, self.text, signed)
        raise NotSigned(f"{verifier.name} has not signed")


@dataclass(frozen=True)
class Checkpoint:
    """The state of a log: its origin, the number of its leaves, the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the text of a checkpoint; further lines are allowed and not kept. Raises NoteUnreadable."""
        lines = text.split("\n")
        if len(lines) < 4 or not _is_name(lines[0], spaces=True) or not _is_number(lines[1]):
            raise NoteUnreadable("a checkpoint is origin, size and root, a line each")
        root = _decode(lines[2])
        if len(root) != 32:
            raise NoteUnreadable("the root of a checkpoint is 32 bytes")
        return cls(lines[0], int(lines[1]), root)

    def signed(self, *signers: Signer) -> str:
        """Return the note, signed by each."""
        return f"{self.text}\n{''.join(one.sign(self.text) for one in signers)}"


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _check(verifier: Verifier, text: str, signed: bytes) -> int:
    key = Ed25519PublicKey.from_public_bytes(verifier.public)
    at, message = 0, text.encode()
    if verifier.kind == COSIGNATURE:
        at, signed = int.from_bytes(signed[:8], "big"), signed[8:]
        message = _cosigned(text, at)
    try:
        key.verify(signed, message)
    except InvalidSignature as fault:
        raise NotSigned(f"the signature of {verifier.name} does not fit the text") from fault
    return at


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, told = rest.partition(" ")
    content = _decode(told)
    if dash != "—" or not _is_name(name) or len(content) < 5:
        raise NoteUnreadable(f"{line[:80]!r} is no signature line")
    return name, content[:4], content[4:]


def _decode(told: str) -> bytes:
    try:
        return base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NoteUnreadable(f"{told[:80]!r} is no base64") from fault


def _is_name(name: str, *, spaces: bool = False) -> bool:
    return bool(name) and "+" not in name and (spaces or not any(one.isspace() for one in name))


def _is_number(told: str) -> bool:
    return told.isascii() and told.isdigit() and (told == "0" or told[0] != "0") and len(told) <= 19
