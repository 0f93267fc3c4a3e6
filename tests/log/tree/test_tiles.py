"""Tiles on the disk give the same tree as the leaves, at every size, whatever the batches were."""

import random
from pathlib import Path

import pytest

from unidossier.log.tree.merkle import Frontier, leaf_hash, nodes_of, root_of
from unidossier.log.tree.tiles import Tiles, TileUnreadable, tile_name

LEAVES = [leaf_hash(nth.to_bytes(4, "big")) for nth in range(70_000)]


def grow(folder: Path, sizes: list[int]) -> Tiles:
    tiles, grown = Tiles(folder), Frontier()
    for size in sizes:
        tiles.write(grown.append(LEAVES[grown.size : size]), size=size)
    return tiles


@pytest.mark.parametrize(
    ("tile", "name"),
    [
        ((0, 0), "tile/0/000"),
        ((1, 999), "tile/1/999"),
        ((0, 1234067), "tile/0/x001/x234/067"),
        ((2, 5, 17), "tile/2/005.p/17"),
        ((0, 1000, 1), "tile/0/x001/000.p/1"),
    ],
)
def test_the_names_of_tiles(tile: tuple[int, ...], name: str) -> None:
    assert tile_name(*tile) == name


def test_any_batches_give_the_same_tree(tmp_path: Path) -> None:
    chance = random.Random(3)
    for run in range(4):
        sizes = sorted(chance.sample(range(1, 3000), chance.randint(1, 40)))
        tiles = grow(tmp_path / str(run), sizes)
        held = sizes[-1]
        expected = nodes_of(LEAVES[:held])
        assert root_of(tiles.nodes(held), held) == root_of(expected, held)
        assert list(tiles.leaves(0, held)) == LEAVES[:held]
        for size in chance.sample(
            range(1, held + 1), min(held, 30)
        ):  # every earlier tree is read from the later tiles
            assert root_of(Tiles(tmp_path / str(run)).nodes(size), size) == root_of(expected, size)
        assert Frontier(tiles.nodes(held), held).root() == root_of(expected, held)


def test_three_levels(tmp_path: Path) -> None:
    tiles = grow(tmp_path, [65_535, 65_536, 65_537, 70_000])
    assert (tmp_path / "tile/2/000.p/1").exists()
    assert root_of(tiles.nodes(70_000), 70_000) == root_of(nodes_of(LEAVES), 70_000)
    assert not list(tmp_path.rglob(".new-*"))


def test_a_missing_or_cut_tile_is_told(tmp_path: Path) -> None:
    tiles = grow(tmp_path, [300])
    path = tmp_path / "tile/0/000"
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(TileUnreadable, match="tile/0/000"):
        Tiles(tmp_path).nodes(300)(0, 255)
    path.unlink()
    with pytest.raises(TileUnreadable):
        Tiles(tmp_path).nodes(300)(0, 0)
    path.write_bytes(content)
    assert Tiles(tmp_path).nodes(300)(0, 255) == LEAVES[255] == tiles.nodes(300)(0, 255)
