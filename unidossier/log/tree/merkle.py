"""The Merkle tree of RFC 6962, section 2.1, as functions of hashes (32 bytes, SHA-256). No input or output.

A `Node` is a function (level, index) -> hash of the whole subtree over the leaves [index << level, (index + 1) << level);
tiles.py gives one from files, a list of leaves gives one by `nodes_of`.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

Node = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


class ProofRefused(Exception):
    """The proof does not lead from what it starts at to the root that it claims."""


def leaf_hash(content: bytes) -> bytes:
    """Hash a leaf: SHA-256(0x00 || content)."""
    return hashlib.sha256(b"\x00" + content).digest()


def entry_leaf(digest: bytes) -> bytes:
    """Hash an entry of the log by its digest, which is SHA-256(salt || canonical text): payload and salt can go, the leaf stays."""
    return leaf_hash(digest)


def entry_digest(salt: bytes, canonical: bytes) -> bytes:
    """Digest an entry: SHA-256(salt || canonical text in UTF-8); log.digest of the database does the same."""
    return hashlib.sha256(salt + canonical).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def peaks(begin: int, end: int) -> list[tuple[int, int]]:
    """Split [begin, end) into the largest whole subtrees, from left to right, as (level, index); begin must be aligned to them."""
    found = []
    while begin < end:
        room = (end - begin).bit_length() - 1
        level = min(room, (begin & -begin).bit_length() - 1) if begin else room
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def root_of(node: Node, size: int) -> bytes:
    """Return the root of the first `size` leaves (the hash of nothing when there are none)."""
    return _span(node, 0, size) if size else EMPTY


def _span(node: Node, begin: int, end: int) -> bytes:
    # an aligned span that is no power of two: its peaks, joined from the right
    hashes = [node(level, index) for level, index in peaks(begin, end)]
    joined = hashes.pop()
    while hashes:
        joined = node_hash(hashes.pop(), joined)
    return joined


def inclusion_proof(node: Node, *, position: int, size: int) -> list[bytes]:
    """Return the audit path of the leaf at `position` in the tree of `size` (2.1.1). Raises ValueError out of range."""
    if not 0 <= position < size:
        raise ValueError(f"position {position} is not in a tree of {size}")
    path, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if position < middle:
            path.append(_span(node, middle, end))
            end = middle
        else:
            path.append(_span(node, begin, middle))
            begin = middle
    return path[::-1]


def consistency_proof(node: Node, *, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of `new` leaves extends the tree of `old` (2.1.2); empty when old is 0 or equal."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not extend a tree of {old}")
    if old in (0, new):
        return []
    path, begin, end, whole = [], 0, new, True
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_span(node, middle, end))
            end = middle
        else:
            path.append(_span(node, begin, middle))
            begin, whole = middle, False
    if not whole:
        path.append(_span(node, begin, end))
    return path[::-1]


def check_inclusion(leaf: bytes, path: Sequence[bytes], *, position: int, size: int, root: bytes) -> None:
    """Check an audit path. Raises ProofRefused (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size:
        raise ProofRefused(f"position {position} is not in a tree of {size}")
    left, last, joined = position, size - 1, leaf
    for one in path:
        if last == 0:
            raise ProofRefused("the path is too long")
        if left & 1 or left == last:
            joined = node_hash(one, joined)
            while not left & 1 and left:
                left, last = left >> 1, last >> 1
        else:
            joined = node_hash(joined, one)
        left, last = left >> 1, last >> 1
    if last != 0:
        raise ProofRefused("the path is too short")
    if joined != root:
        raise ProofRefused("the path leads to another root")


def check_consistency(path: Sequence[bytes], *, old: int, old_root: bytes, new: int, new_root: bytes) -> None:
    """Check that the tree of `new` leaves extends the tree of `old`. Raises ProofRefused (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        raise ProofRefused(f"a tree of {new} leaves cannot extend one of {old}")
    if old in (0, new):
        if path or (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY):
            raise ProofRefused(
                "two trees of one size have different roots, or a proof has more than it needs"
            )
        return
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not hashes or _both_roots(hashes, old=old, new=new) != (old_root, new_root):
        raise ProofRefused("the newer tree does not extend the older one")


def _both_roots(hashes: Sequence[bytes], *, old: int, new: int) -> tuple[bytes, bytes] | None:
    # what the proof makes of the older and of the newer root; None when it is too long or too short
    left, last = old - 1, new - 1
    while left & 1:
        left, last = left >> 1, last >> 1
    before = after = hashes[0]
    for one in hashes[1:]:
        if last == 0:
            return None
        if left & 1 or left == last:
            before, after = node_hash(one, before), node_hash(one, after)
            while not left & 1 and left:
                left, last = left >> 1, last >> 1
        else:
            after = node_hash(after, one)
        left, last = left >> 1, last >> 1
    return (before, after) if last == 0 else None


def nodes_of(leaves: Sequence[bytes]) -> Node:
    """Return the nodes over a list of leaf hashes; each level is made once."""
    levels = [list(leaves)]

    def node(level: int, index: int) -> bytes:
        while len(levels) <= level:
            below = levels[-1]
            levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
        return levels[level][index]

    return node


class Frontier:
    """The right edge of a growing tree: what is needed to append and to tell the root, log2(size) hashes."""

    def __init__(self, node: Node | None = None, size: int = 0) -> None:
        self.size = size
        self._peaks: list[tuple[int, bytes]] = (
            [(level, node(level, index)) for level, index in peaks(0, size)] if node else []
        )

    def append(self, leaves: Iterable[bytes]) -> list[tuple[int, int, bytes]]:
        """Add leaf hashes and return every whole node that this completed, leaves included: (level, index, hash)."""
        made = []
        for leaf in leaves:
            level, joined = 0, leaf
            made.append((0, self.size, leaf))
            while self._peaks and self._peaks[-1][0] == level:
                joined = node_hash(self._peaks.pop()[1], joined)
                level += 1
                made.append((level, self.size >> level, joined))
            self._peaks.append((level, joined))
            self.size += 1
        return made

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        if not self._peaks:
            return EMPTY
        joined = self._peaks[-1][1]
        for _, one in reversed(self._peaks[:-1]):
            joined = node_hash(one, joined)
        return joined


def _split(width: int) -> int:
    # the largest power of two below the width
    return 1 << (width - 1).bit_length() - 1
