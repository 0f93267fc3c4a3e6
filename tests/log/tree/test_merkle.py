"""The tree is that of RFC 6962: its published roots and paths, every size to 300 against another library, forged proofs refused."""

import random
from collections.abc import Sequence

import pytest
from pymerkle import InmemoryTree, InvalidProof, verify_consistency, verify_inclusion
from pymerkle.proof import MerkleProof

from unidossier.log.tree.merkle import (
    EMPTY,
    Frontier,
    ProofRefused,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    nodes_of,
    root_of,
)

SIZES = 300
# of the reference implementation of Certificate Transparency (merkle_tree_test.cc)
INPUTS = [
    bytes.fromhex(one)
    for one in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
    )
]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
A, B, C = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
D, E, F = (
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
)
G = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
PATHS = ((0, 1, ()), (0, 8, (A, B, C)), (5, 8, (D, E, F)), (2, 3, (ROOTS[1],)), (1, 5, (ROOTS[0], B, D)))
CONSISTENCY = ((1, 1, ()), (1, 8, (A, B, C)), (6, 8, (G, E, F)), (2, 5, (B, D)))


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(INPUTS[nth]) for nth in range(size)]


def test_the_published_roots() -> None:
    assert root_of(nodes_of([]), 0) == EMPTY
    for size, root in enumerate(ROOTS, 1):
        assert root_of(nodes_of(leaves_of(8)), size).hex() == root
        grown = Frontier()
        grown.append(leaves_of(size))
        assert grown.root().hex() == root


@pytest.mark.parametrize(("position", "size", "path"), PATHS)
def test_the_published_audit_paths(position: int, size: int, path: Sequence[str]) -> None:
    found = inclusion_proof(nodes_of(leaves_of(8)), position=position, size=size)
    assert [one.hex() for one in found] == list(path)


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_the_published_consistency_proofs(old: int, new: int, path: Sequence[str]) -> None:
    assert [one.hex() for one in consistency_proof(nodes_of(leaves_of(8)), old=old, new=new)] == list(path)


@pytest.fixture(scope="module")
def contents() -> list[bytes]:
    return [random.Random(nth).randbytes(32) for nth in range(SIZES)]


@pytest.fixture(scope="module")
def leaves(contents: list[bytes]) -> list[bytes]:
    return [leaf_hash(one) for one in contents]


@pytest.fixture(scope="module")
def other(contents: list[bytes]) -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for one in contents:
        tree.append_entry(one)
    return tree


def test_the_root_of_every_size_is_that_of_another_library(leaves: list[bytes], other: InmemoryTree) -> None:
    node, grown = nodes_of(leaves), Frontier()
    for size in range(1, SIZES + 1):
        grown.append(leaves[size - 1 : size])
        assert root_of(node, size) == grown.root() == other.get_root(size)


def test_every_position_of_every_size_is_proven(leaves: list[bytes]) -> None:
    node = nodes_of(leaves)
    for size in range(1, SIZES + 1):
        root = root_of(node, size)
        for position in range(size):
            path = inclusion_proof(node, position=position, size=size)
            check_inclusion(leaves[position], path, position=position, size=size, root=root)


def test_every_size_is_proven_to_extend_every_smaller_one(leaves: list[bytes]) -> None:
    node = nodes_of(leaves)
    roots = [root_of(node, size) for size in range(SIZES + 1)]
    for new in range(SIZES + 1):
        for old in range(new + 1):
            path = consistency_proof(node, old=old, new=new)
            check_consistency(path, old=old, old_root=roots[old], new=new, new_root=roots[new])


def test_another_library_makes_the_same_proofs(leaves: list[bytes], other: InmemoryTree) -> None:
    node = nodes_of(leaves)
    chance = random.Random(5)
    for _ in range(400):
        size = chance.randint(2, SIZES)
        position, old = chance.randrange(size), chance.randint(1, size - 1)
        theirs = other.prove_inclusion(position + 1, size)
        verify_inclusion(leaves[position], root_of(node, size), theirs)
        ours = inclusion_proof(node, position=position, size=size)
        assert set(ours) <= {bytes.fromhex(one) for one in theirs.serialize()["path"]}
        check_inclusion(leaves[position], ours, position=position, size=size, root=other.get_root(size))
        theirs = other.prove_consistency(old, size)
        verify_consistency(other.get_root(old), root_of(node, size), theirs)
        path = consistency_proof(node, old=old, new=size)
        check_consistency(path, old=old, old_root=other.get_root(old), new=size, new_root=other.get_root(size))  # fmt: skip


def _forgeries(path: list[bytes], chance: random.Random) -> list[list[bytes]]:
    junk = chance.randbytes(32)
    made = [[*path, junk], [junk, *path], path[:-1], path[1:], path[::-1]]
    for nth in range(len(path)):
        changed = bytes([path[nth][0] ^ 1]) + path[nth][1:]
        made += [[*path[:nth], changed, *path[nth + 1 :]], [*path[:nth], *path[nth + 1 :]]]
    return [one for one in made if one != path]


def test_forged_audit_paths_are_refused(leaves: list[bytes]) -> None:
    node, chance = nodes_of(leaves), random.Random(7)
    for _ in range(300):
        size = chance.randint(1, SIZES)
        position = chance.randrange(size)
        root, leaf = root_of(node, size), leaves[position]
        path = inclusion_proof(node, position=position, size=size)
        for forged in _forgeries(path, chance):
            with pytest.raises(ProofRefused):
                check_inclusion(leaf, forged, position=position, size=size, root=root)
        with pytest.raises(ProofRefused):
            check_inclusion(chance.randbytes(32), path, position=position, size=size, root=root)
        with pytest.raises(ProofRefused):
            check_inclusion(leaf, path, position=position, size=size, root=chance.randbytes(32))
        for elsewhere in {chance.randrange(size), size, -1} - {position}:
            with pytest.raises(ProofRefused):
                check_inclusion(leaf, path, position=elsewhere, size=size, root=root)


def test_an_inner_node_is_never_a_leaf(leaves: list[bytes]) -> None:
    """RFC 6962, 2.1: the prefixes keep them apart (second preimage)."""
    inner = node_hash(leaves[0], leaves[1])
    root = root_of(nodes_of(leaves), 2)
    assert leaf_hash(leaves[0] + leaves[1]) != inner == root
    with pytest.raises(ProofRefused):
        check_inclusion(leaf_hash(leaves[0] + leaves[1]), [], position=0, size=1, root=root)


def test_forged_consistency_proofs_are_refused(leaves: list[bytes]) -> None:
    node, chance = nodes_of(leaves), random.Random(11)
    for _ in range(300):
        new = chance.randint(2, SIZES)
        old = chance.randint(1, new)
        old_root, new_root = root_of(node, old), root_of(node, new)
        path = consistency_proof(node, old=old, new=new)
        for forged in _forgeries(path, chance):
            with pytest.raises(ProofRefused):
                check_consistency(forged, old=old, old_root=old_root, new=new, new_root=new_root)
        for one, two in ((chance.randbytes(32), new_root), (old_root, chance.randbytes(32))):
            with pytest.raises(ProofRefused):
                check_consistency(path, old=old, old_root=one, new=new, new_root=two)
        with pytest.raises(ProofRefused):
            check_consistency(path, old=new + 1, old_root=old_root, new=new, new_root=new_root)


def test_a_rewritten_history_has_no_consistency_proof(leaves: list[bytes]) -> None:
    rewritten = [*leaves]
    rewritten[40] = leaf_hash(b"another")
    node, old_root = nodes_of(rewritten), root_of(nodes_of(leaves), 100)
    with pytest.raises(ProofRefused):
        check_consistency(
            consistency_proof(node, old=100, new=200), old=100, old_root=old_root, new=200, new_root=root_of(node, 200)
        )  # fmt: skip


def test_what_the_other_library_refuses_is_refused_here(leaves: list[bytes], other: InmemoryTree) -> None:
    proof = other.prove_inclusion(17, 100).serialize()
    proof["path"][2] = "00" * 32
    with pytest.raises(InvalidProof):
        verify_inclusion(leaves[16], other.get_root(100), MerkleProof.deserialize(proof))
    path = inclusion_proof(nodes_of(leaves), position=16, size=100)
    path[1] = bytes(32)
    with pytest.raises(ProofRefused):
        check_inclusion(leaves[16], path, position=16, size=100, root=other.get_root(100))
