"""A second client of tlog-witness, written from the text of the standard alone: nothing of the product is used here.

https://c2sp.org/tlog-witness, tlog-cosignature, signed-note, RFC 6962 section 2.1.
"""

import base64
import hashlib
import http.client
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1: the Merkle Tree Hash, by its recursive definition."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def proof(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.2: PROOF(m, D[n])."""
    return subproof(m, leaves, True) if 0 < m < len(leaves) else []


def subproof(m: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    n = len(leaves)
    if m == n:
        return [] if whole else [mth(leaves)]
    k = split(n)
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def key_id(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def checkpoint(origin: str, leaves: Sequence[bytes], name: str, private: Ed25519PrivateKey) -> str:
    body = f"{origin}\n{len(leaves)}\n{base64.b64encode(mth(leaves)).decode()}\n"
    public = private.public_key().public_bytes_raw()
    signature = base64.b64encode(key_id(name, 1, public) + private.sign(body.encode())).decode()
    return f"{body}\n— {name} {signature}\n"


def vkey(name: str, kind: int, public: bytes) -> str:
    told = base64.b64encode(bytes([kind]) + public).decode()
    return f"{name}+{key_id(name, kind, public).hex()}+{told}"


def submission(old: int, hashes: Sequence[bytes], signed: str) -> bytes:
    lines = "".join(base64.b64encode(one).decode() + "\n" for one in hashes)
    return f"old {old}\n{lines}\n{signed}".encode()


def post(port: int, body: bytes) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", "/add-checkpoint", body)
        answer = connection.getresponse()
        return answer.status, answer.headers["content-type"], answer.read().decode()
    finally:
        connection.close()


def cosigned_at(line: str, body: str, witness: str) -> int:
    """Check one cosignature line by the key `witness` (name+id+base64); return its time. Raises when it does not fit."""
    name, told_id, told_key = witness.split("+", 2)
    content = base64.b64decode(told_key)
    dash, told_name, told = line.rstrip("\n").split(" ")
    assert (dash, told_name, content[0]) == ("—", name, 0x04)
    raw = base64.b64decode(told)
    assert raw[:4].hex() == told_id == key_id(name, 4, content[1:]).hex()
    at = int.from_bytes(raw[4:12], "big")
    message = f"cosignature/v1\ntime {at}\n{body}".encode()
    Ed25519PublicKey.from_public_bytes(content[1:]).verify(raw[12:], message)
    return at
