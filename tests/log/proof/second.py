"""A second verifier, written from docs/log-format.md alone, on other libraries (pymerkle, PyNaCl). It imports nothing of the product."""

import base64
import hashlib
import json
from typing import Any

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from pymerkle import InvalidProof, verify_inclusion
from pymerkle.hasher import MerkleHasher
from pymerkle.proof import InclusionProof

HASHER = MerkleHasher("sha256")


class Refused(Exception):
    """The bundle proves nothing; the message says why."""


def verify(
    content: bytes, *, keys: list[str] | None = None, witnesses: list[str] | None = None, need: int = 0
) -> dict[str, dict[str, str]]:
    """Verify a bundle (section 5); return what it shows: the entry's id to its opened fields. Raises Refused."""
    bundle = json.loads(content)
    if bundle["format"] != "unidossier-log-proof/1":
        raise Refused("another format")
    shown: dict[str, dict[str, str]] = {}
    newest: dict[str, tuple[int, bytes]] = {}
    for section in bundle["logs"]:
        text, signatures = _note(section["checkpoint"])
        origin, told_size, told_root = text.split("\n")[:3]
        size, root = int(told_size), base64.b64decode(told_root)
        _signed(text, signatures, origin=origin, keys=section["keys"] if keys is None else keys)
        if _cosigned(text, signatures, section["witnesses"] if witnesses is None else witnesses) < need:
            raise Refused("not enough witnesses")
        if origin in newest:
            path = [base64.b64decode(one) for one in section["extends"]]
            _grown(path, *newest[origin], size, root)
        newest[origin] = (size, root)
        for entry in section["entries"]:
            _included(_leaf(entry), entry, size=size, root=root)
            if "entry" in entry:
                shown |= _fields(entry)
    return shown


def _note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    text, _, tail = note.rpartition("\n\n")
    signatures = []
    for line in tail.splitlines():
        dash, name, told = line.split(" ")
        content = base64.b64decode(told)
        assert dash == "\u2014"
        signatures.append((name, content[:4], content[4:]))
    return text + "\n", signatures


def _key(told: str) -> tuple[str, bytes, int, bytes]:
    name, key_id, rest = told.split("+", 2)
    content = base64.b64decode(rest)
    made = hashlib.sha256(name.encode() + b"\n" + content).digest()[:4]
    if made.hex() != key_id:
        raise Refused("a key that does not fit its id")
    return name, made, content[0], content[1:]


def _signed(text: str, signatures: list[tuple[str, bytes, bytes]], *, origin: str, keys: list[str]) -> None:
    for name, key_id, kind, public in map(_key, keys):
        if kind != 1 or not (origin == name or origin.startswith(name + "/")):
            continue
        for by, by_id, signature in signatures:
            if (by, by_id) == (name, key_id) and _fits(public, text.encode(), signature):
                return
    raise Refused("not signed by the log")


def _cosigned(text: str, signatures: list[tuple[str, bytes, bytes]], witnesses: list[str]) -> int:
    seen = set()
    for name, key_id, kind, public in map(_key, witnesses):
        for by, by_id, signature in signatures:
            if kind == 4 and (by, by_id) == (name, key_id) and len(signature) == 72:
                at = int.from_bytes(signature[:8], "big")
                if _fits(public, f"cosignature/v1\ntime {at}\n{text}".encode(), signature[8:]):
                    seen.add(public)
    return len(seen)


def _fits(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        VerifyKey(public).verify(message, signature)
    except (BadSignatureError, ValueError):
        return False
    return True


def _leaf(entry: dict[str, Any]) -> bytes:
    if "gone" in entry:
        return bytes.fromhex(entry["leaf"])
    digest = hashlib.sha256(bytes.fromhex(entry["salt"]) + entry["entry"].encode()).digest()
    return hashlib.sha256(b"\x00" + digest).digest()


def _included(leaf: bytes, entry: dict[str, Any], *, size: int, root: bytes) -> None:
    # RFC 6962, 2.1.1: from the leaf up, whether the sibling stands on the right (0) or on the left (1)
    begin, end, sides = 0, size, []
    if not 0 <= entry["position"] < size:
        raise Refused("a position beyond the tree")
    while end - begin > 1:
        half = 1 << (end - begin - 1).bit_length() - 1
        sides.append(1 if entry["position"] >= begin + half else 0)
        begin, end = (begin + half, end) if sides[-1] else (begin, begin + half)
    path = [leaf, *(base64.b64decode(one) for one in entry["proof"])]
    # the library's rule: the side of each step, the leaf's own first, so that the last one is not used
    rule = [*sides[::-1], 0]
    proof = InclusionProof("sha256", True, size, entry["position"] + 1, rule, path)
    try:
        verify_inclusion(leaf, root, proof, index=entry["position"] + 1, size=size, algorithm="sha256")
    except InvalidProof as fault:
        raise Refused(f"position {entry['position']}: {fault}") from fault


def _grown(path: list[bytes], old: int, old_root: bytes, new: int, new_root: bytes) -> None:
    # RFC 6962, 2.1.2, walked from the root down: each hash stands for a subtree; both roots are made of them again
    if old in (0, new):
        if path or (old == new and old_root != new_root):
            raise Refused("growth of nothing")
        return

    def walk(begin: int, end: int, upto: int, *, whole: bool) -> tuple[bytes, bytes]:
        if upto == end:
            one = old_root if whole else path.pop()
            return one, one
        half = 1 << (end - begin - 1).bit_length() - 1
        if not path:
            raise Refused("growth too short")
        other = path.pop()
        if upto <= begin + half:
            older, newer = walk(begin, begin + half, upto, whole=whole)
            return older, HASHER.hash_pair(newer, other)
        older, newer = walk(begin + half, end, upto, whole=False)
        return HASHER.hash_pair(other, older), HASHER.hash_pair(other, newer)

    path = list(path)
    try:
        roots = walk(0, new, old, whole=True)
    except IndexError:
        raise Refused("growth too short") from None
    if roots != (old_root, new_root) or path:
        raise Refused("the newer tree does not extend the older one")


def _fields(entry: dict[str, Any]) -> dict[str, dict[str, str]]:
    told = json.loads(entry["entry"])
    assert told["v"] == 1
    shown = {}
    for name, value in entry["fields"].items():
        sealed = told["sealed"].get(name)
        for one in value if isinstance(value, list) else [value]:
            made = hashlib.sha256(bytes.fromhex(one["key"]) + one["value"].encode()).hexdigest()
            if made != sealed and not (isinstance(sealed, list) and made in sealed):
                raise Refused(f"the field {name}")
        shown[name] = ", ".join(one["value"] for one in value) if isinstance(value, list) else value["value"]
    return {told["id"]: shown}
