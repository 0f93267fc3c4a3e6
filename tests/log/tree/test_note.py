"""Signed notes, checkpoints and cosignatures as C2SP writes them; the signatures are checked by another library too."""

import base64
import hashlib
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from unidossier.log.tree.note import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    Note,
    NoteUnreadable,
    NotSigned,
    Signer,
    Verifier,
)

# of golang.org/x/mod/sumdb/note: the example of its documentation
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAID = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def signer(name: str = "log.example/2026", kind: int = ED25519, seed: int = 1) -> Signer:
    return Signer(name, kind, Ed25519PrivateKey.from_private_bytes(random.Random(seed).randbytes(32)))


def checkpoint(size: int = 7) -> Checkpoint:
    return Checkpoint("log.example/2026", size, hashlib.sha256(b"x").digest())


def test_a_published_note_and_key_are_read() -> None:
    verifier = Verifier.parse(PETER)
    assert str(verifier) == PETER
    note = Note.parse(SAID)
    assert str(note) == SAID
    assert note.signed_at(verifier) == 0
    with pytest.raises(NotSigned):
        Note.parse(SAID.replace("cryptography", "Cryptography")).signed_at(verifier)


def test_a_checkpoint_is_signed_and_read_again() -> None:
    mine, other = signer(), signer(seed=2)
    note = Note.parse(checkpoint().signed(mine, other))
    assert Checkpoint.parse(note.text) == checkpoint()
    assert note.signed_at(mine.verifier) == note.signed_at(other.verifier) == 0
    with pytest.raises(NotSigned, match="has not signed"):
        note.signed_at(signer(seed=3).verifier)
    with pytest.raises(NotSigned, match="has not signed"):
        note.signed_at(signer(name="another").verifier)


def test_another_library_accepts_the_signature_and_refuses_another_text() -> None:
    mine = signer()
    note = Note.parse(checkpoint().signed(mine))
    key = VerifyKey(mine.verifier.public)
    key.verify(note.text.encode(), note.signatures[0][2])
    with pytest.raises(BadSignatureError):
        key.verify(note.text.encode() + b"x", note.signatures[0][2])


def test_a_cosignature_says_when_and_binds_the_time() -> None:
    witness = signer("witness.example", COSIGNATURE)
    line = witness.sign(checkpoint().text, at=1_700_000_000)
    note = Note.parse(f"{checkpoint().text}\n{line}")
    assert note.signed_at(witness.verifier) == 1_700_000_000
    (_, key_id, signed) = note.signatures[0]
    assert key_id == witness.verifier.key_id
    text = f"cosignature/v1\ntime 1700000000\n{checkpoint().text}".encode()
    VerifyKey(witness.verifier.public).verify(text, signed[8:])
    later = (1_700_000_001).to_bytes(8, "big") + signed[8:]
    forged = base64.b64encode(key_id + later).decode()
    with pytest.raises(NotSigned, match="does not fit"):
        Note.parse(f"{checkpoint().text}\n— witness.example {forged}\n").signed_at(witness.verifier)


@pytest.mark.parametrize(
    "changed",
    [
        lambda one: one.replace("\n7\n", "\n8\n"),
        lambda one: one.replace("log.example", "log.example2", 1),
        lambda one: one.replace("\n7\n", "\n7\n\n", 1),
        lambda one: "x" + one,
    ],
)
def test_a_changed_checkpoint_is_not_signed(changed) -> None:
    mine = signer()
    text = changed(checkpoint().signed(mine))
    with pytest.raises((NotSigned, NoteUnreadable)):
        Note.parse(text).signed_at(mine.verifier)


BAD_NOTES = (
    "", "text\n", "text\n\n", "text\n— a AAAAAA==\n", "text\n\n— a AAAAAA==", "text\n\n- a AAAAAAA=\n",
    "text\n\n— a !!!!\n", "text\n\n— a AAAA\n", "text\n\n—  AAAAAAA=\n", "text\x00\n\n— a AAAAAAA=\n", "text\n\n— a+b AAAAAAA=\n",
)  # fmt: skip


@pytest.mark.parametrize("bad", BAD_NOTES)
def test_what_is_no_note_is_refused(bad: str) -> None:
    with pytest.raises(NoteUnreadable):
        Note.parse(bad)
    assert Note.parse("text\n\n— a AAAAAAA=\n").text == "text\n"


BAD_CHECKPOINTS = (
    "", "o\n7\n", "o\n07\nAAAA\n", "o\n-1\nAAAA\n", "o\n٧\nAAAA\n", "\n7\nAAAA\n", "o\n7\nAAAA\n", "o\n7\n!\n", "o+p\n7\n" + "A" * 43 + "=\n",
    "o\n7\n" + "A" * 43 + "=", "o\n99999999999999999999\n" + "A" * 43 + "=\n",
)  # fmt: skip


@pytest.mark.parametrize("bad", BAD_CHECKPOINTS)
def test_what_is_no_checkpoint_is_refused(bad: str) -> None:
    with pytest.raises(NoteUnreadable):
        Checkpoint.parse(bad)
    assert Checkpoint.parse("o\n7\n" + "A" * 43 + "=\nfurther lines\n").size == 7


@pytest.mark.parametrize(
    "bad", ["", "a", "a+b", "a+00000000+AAAA", PETER.replace("c74f20a3", "c74f20a4"), PETER[:-4]]
)
def test_what_is_no_key_is_refused(bad: str) -> None:
    with pytest.raises(NoteUnreadable):
        Verifier.parse(bad)
