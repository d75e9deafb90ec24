"""The Merkle tree and its right edge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.log.merkle import EMPTY_ROOT, RightEdge, append_all, leaf_hash, node_hash, root
from tests.trees import numbered_leaves, plain_root

LEAVES = numbered_leaves(600)


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root([]) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_root_of_one_leaf_is_the_leaf() -> None:
    assert root([leaf_hash(b"only")]) == leaf_hash(b"only")


def test_a_leaf_and_a_node_of_the_same_bytes_differ() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")

    assert leaf_hash(left + right) != node_hash(left, right)


def test_every_small_tree_has_the_root_that_the_rfc_defines() -> None:
    for size in range(130):
        assert root(LEAVES[:size]) == plain_root(LEAVES[:size]), size


@given(st.lists(st.integers(0, 90), max_size=6))
def test_it_does_not_matter_in_which_batches_leaves_come(batches: list[int]) -> None:
    edge = RightEdge()

    for batch in batches:
        edge = append_all(edge, LEAVES[edge.size : edge.size + batch])

    assert edge == append_all(RightEdge(), LEAVES[: sum(batches)])
    assert edge.root() == plain_root(LEAVES[: sum(batches)])


def test_the_right_edge_has_one_node_for_each_one_bit_of_the_size() -> None:
    edge = append_all(RightEdge(), LEAVES[:6])

    assert edge.nodes == (plain_root(LEAVES[:4]), plain_root(LEAVES[4:6]))


@pytest.mark.parametrize("size", [-1, 0, 2, 4, 5])
def test_refuses_an_edge_whose_nodes_do_not_fit_its_size(size: int) -> None:
    with pytest.raises(MalformedError) as refused:
        RightEdge(size, (LEAVES[0], LEAVES[1], LEAVES[2]))

    assert refused.value.code is Code.MALFORMED_TREE


@pytest.mark.parametrize("wrong", [b"", LEAVES[0][:31], LEAVES[0] + b"\0"])
def test_refuses_a_hash_of_another_length(wrong: bytes) -> None:
    with pytest.raises(MalformedError) as refused:
        root([LEAVES[0], wrong])

    assert refused.value.code is Code.MALFORMED_TREE
