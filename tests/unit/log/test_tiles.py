"""Tiles: where they are, what a growing tree changes in them, what can be computed from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError, NotFoundError
from provenance.log.merkle import EMPTY_ROOT, root
from provenance.log.tiles import (
    Bundle,
    Tile,
    TileTree,
    edge_from_tiles,
    edge_tiles,
    extend,
    parse_path,
    root_from_tiles,
    tiles_between,
    width_at,
)
from tests.trees import GrownTree, numbered_leaves, plain_root

LEAVES = numbered_leaves(70_000)
TREE = GrownTree(LEAVES)

places = st.one_of(
    st.builds(Tile, st.integers(0, 63), st.integers(0, 2**55 - 1), st.integers(1, 256)),
    st.builds(Bundle, st.integers(0, 2**55 - 1), st.integers(1, 256)),
)
path_texts = st.from_regex(r"tile/(entries|[0-9]{1,3})/(x?[0-9]{3}/){0,3}x?[0-9]{2,4}(\.p/[0-9]{1,3})?", fullmatch=True)


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 255), "tile/0/255"),
        (Tile(63, 1000), "tile/63/x001/000"),
        (Tile(1, 1234067, 1), "tile/1/x001/x234/067.p/1"),
        (Bundle(999, 255), "tile/entries/999.p/255"),
        (Bundle(2**55 - 1), "tile/entries/x036/x028/x797/x018/x963/967"),
    ],
)
def test_a_place_and_its_path_are_one(place: Tile | Bundle, path: str) -> None:
    assert place.path == path
    assert parse_path(path) == place


@given(places)
def test_parse_undoes_path(place: Tile | Bundle) -> None:
    assert parse_path(place.path) == place


@given(path_texts)
def test_path_undoes_parse_whenever_parse_accepts(text: str) -> None:
    try:
        place = parse_path(text)
    except MalformedError:
        return

    assert place.path == text


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/00/000",
        "tile/64/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/07",
        "tile/0/000.p/",
        "tile/-1/000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/data/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/entries/x036/x028/x797/x018/x963/968",
        "tile/0/../0/000",
    ],
)
def test_refuses_every_other_spelling_of_a_path(path: str) -> None:
    with pytest.raises(MalformedError):
        parse_path(path)


@pytest.mark.parametrize(("index", "width"), [(-1, 1), (2**55, 1), (0, 0), (0, 257)])
def test_refuses_a_place_that_no_log_has(index: int, width: int) -> None:
    with pytest.raises(MalformedError) as refused:
        Bundle(index, width)

    assert refused.value.code is Code.MALFORMED_TILE


def test_a_tree_of_70000_has_the_tiles_that_the_standard_counts() -> None:
    tiles = list(tiles_between(0, 70_000))

    assert sum(tile.level == 0 and tile.width == 256 for tile in tiles) == 273
    assert sum(tile.level == 1 and tile.width == 256 for tile in tiles) == 1
    assert edge_tiles(70_000) == (Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1))
    assert len(tiles) == 273 + 1 + 3


def test_a_tree_of_256_has_a_full_tile_below_and_one_hash_above() -> None:
    assert edge_tiles(256) == (Tile(1, 0, 1),)
    assert list(tiles_between(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_the_tiles_between_two_sizes_are_those_that_grew(one: int, other: int) -> None:
    old, new = sorted((one, other))

    grown = {(tile.level, tile.index): tile.width for tile in tiles_between(old, new)}

    for level in range(4):
        for index in {0, 1, old >> 8 * level + 8, new >> 8 * level + 8}:
            before, after = width_at(old, level, index), width_at(new, level, index)
            assert grown.get((level, index), before) == after


@given(st.lists(st.integers(0, 700), max_size=6))
def test_growing_in_batches_writes_the_tiles_that_growing_at_once_would(batches: list[int]) -> None:
    tree = GrownTree()

    for batch in batches:
        tree.append(LEAVES[tree.size : tree.size + batch])

    at_once = extend(size=0, edge={}, leaf_hashes=LEAVES[: tree.size])
    assert tree.tiles == at_once.tiles
    assert tree.edge == at_once.edge
    assert tree.edge.root() == plain_root(LEAVES[: tree.size])


@given(st.integers(0, 1500), st.integers(0, 600))
def test_growing_changes_exactly_the_tiles_between(size: int, batch: int) -> None:
    grown = extend(size=size, edge=edge_bytes(size), leaf_hashes=LEAVES[size : size + batch])

    expected = {(tile.level, tile.index): tile.width * 32 for tile in tiles_between(size, size + batch)}
    assert {place: len(data) for place, data in grown.tiles.items()} == expected


def test_the_root_comes_from_the_right_edge_alone() -> None:
    tree = GrownTree(LEAVES)

    found = root_from_tiles(70_000, tree)

    assert found == root(LEAVES)
    assert tree.reads == 3


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 69_999])
def test_tiles_of_a_larger_tree_give_the_edge_of_a_smaller_one(size: int) -> None:
    assert edge_from_tiles(size, TREE).root() == root(LEAVES[:size])


def test_the_root_of_the_empty_tree_needs_no_tile() -> None:
    assert root_from_tiles(0, GrownTree()) == EMPTY_ROOT


@given(st.integers(0, 12), st.integers(0, 70_000), st.integers(1, 70_000))
def test_a_complete_subtree_comes_from_one_tile(height: int, index: int, size: int) -> None:
    tree = TileTree(size=size, tiles=TREE)
    start, end = index << height, (index + 1) << height

    if end > size:
        with pytest.raises(NotFoundError):
            tree.complete_subtree(height, index)
        return

    assert tree.complete_subtree(height, index) == root(LEAVES[start:end])


@pytest.mark.parametrize(("start", "end"), [(0, 0), (0, 1), (0, 69_999), (65_536, 70_000), (256, 511), (6, 8)])
def test_a_subtree_has_the_root_of_its_leaves(start: int, end: int) -> None:
    assert TileTree(size=70_000, tiles=TREE).subtree(start, end) == root(LEAVES[start:end])


@pytest.mark.parametrize(("height", "index"), [(-1, 0), (0, -1), (64, 0), (10**9, 0)])
def test_there_is_no_subtree_outside_the_tree(height: int, index: int) -> None:
    with pytest.raises(NotFoundError) as refused:
        TileTree(size=70_000, tiles=TREE).complete_subtree(height, index)

    assert refused.value.code is Code.OUTSIDE_TREE


def test_the_largest_tree_has_tiles_on_eight_levels() -> None:
    assert edge_tiles(2**63 - 1)[-1] == Tile(7, 0, 127)


@pytest.mark.parametrize("size", [-1, 2**63])
def test_refuses_a_size_that_no_tree_has(size: int) -> None:
    with pytest.raises(MalformedError) as refused:
        edge_tiles(size)

    assert refused.value.code is Code.MALFORMED_TREE


@pytest.mark.parametrize("wrong", [b"", b"\0" * 31, b"\0" * 33, b"\0" * 64 * 32])
def test_refuses_an_edge_tile_of_another_length(wrong: bytes) -> None:
    with pytest.raises(MalformedError) as refused:
        extend(size=1, edge={(0, 0): wrong}, leaf_hashes=[LEAVES[1]])

    assert refused.value.code is Code.MALFORMED_TILE


def test_refuses_leaf_hashes_that_are_only_together_of_the_right_length() -> None:
    with pytest.raises(MalformedError):
        extend(size=0, edge={}, leaf_hashes=[LEAVES[0][:31], LEAVES[1] + b"\0"])


def test_refuses_a_tile_that_the_reader_cut_short() -> None:
    class Short:
        def read_tile(self, *, level: int, index: int, width: int) -> bytes:
            return TREE.read_tile(level=level, index=index, width=width)[:-1]

    with pytest.raises(MalformedError):
        TileTree(size=70_000, tiles=Short()).complete_subtree(0, 0)


def edge_bytes(size: int) -> dict[tuple[int, int], bytes]:
    """The right edge that a store of this size would hand in."""
    return {
        (tile.level, tile.index): TREE.read_tile(level=tile.level, index=tile.index, width=tile.width)
        for tile in edge_tiles(size)
    }
