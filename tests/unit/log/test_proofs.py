"""Inclusion and consistency proofs, made from tiles and checked against roots."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import ForgedError, NotFoundError
from provenance.log.merkle import EMPTY_ROOT, root
from provenance.log.proofs import (
    ConsistencyProof,
    InclusionProof,
    prove_consistency,
    prove_inclusion,
    verify_consistency,
    verify_inclusion,
)
from tests.trees import GrownTree, numbered_leaves, plain_consistency, plain_inclusion

LEAVES = numbered_leaves(70_000)
TREE = GrownTree(LEAVES)
SMALL = 67

sizes = st.one_of(st.integers(1, 70), st.integers(1, 700), st.integers(1, 70_000))


def test_every_small_inclusion_proof_is_the_one_that_the_rfc_defines_and_verifies() -> None:
    for size in range(1, SMALL):
        top = root(LEAVES[:size])
        for index in range(size):
            proof = prove_inclusion(index=index, size=size, tiles=TREE)

            assert proof == InclusionProof(index, size, tuple(plain_inclusion(index, LEAVES[:size])))
            verify_inclusion(leaf=LEAVES[index], index=index, size=size, root=top, proof=proof.hashes)


def test_every_small_consistency_proof_is_the_one_that_the_rfc_defines_and_verifies() -> None:
    roots = [root(LEAVES[:size]) for size in range(SMALL)]
    for new in range(1, SMALL):
        for old in range(1, new + 1):
            proof = prove_consistency(old_size=old, new_size=new, tiles=TREE)

            assert proof == ConsistencyProof(old, new, tuple(plain_consistency(old, LEAVES[:new])))
            verify_consistency(old_size=old, old_root=roots[old], new_size=new, new_root=roots[new], proof=proof.hashes)


@given(st.data(), sizes)
def test_an_inclusion_proof_verifies_and_any_flipped_bit_fails(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    top = root(LEAVES[:size])
    proof = prove_inclusion(index=index, size=size, tiles=TREE).hashes

    verify_inclusion(leaf=LEAVES[index], index=index, size=size, root=top, proof=proof)

    parts = [LEAVES[index], top, *proof]
    which = data.draw(st.integers(0, len(parts) - 1))
    parts[which] = flipped(parts[which], data.draw(st.integers(0, 255)))
    with pytest.raises(ForgedError) as refused:
        verify_inclusion(leaf=parts[0], index=index, size=size, root=parts[1], proof=parts[2:])
    assert refused.value.code is Code.BAD_PROOF


@given(st.data(), sizes)
def test_an_inclusion_proof_holds_for_no_other_index_and_no_other_length(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index)) if size > 1 else size
    top, proof = root(LEAVES[:size]), prove_inclusion(index=index, size=size, tiles=TREE).hashes
    forgeries = [(other, proof), (index, (*proof, top)), (index, (top, *proof)), (-1, proof), (size, proof)]
    if proof:
        forgeries += [(index, proof[1:]), (index, proof[:-1])]

    for claimed, hashes in forgeries:
        with pytest.raises(ForgedError):
            verify_inclusion(leaf=LEAVES[index], index=claimed, size=size, root=top, proof=hashes)


@given(st.data(), sizes, sizes)
def test_a_consistency_proof_verifies_and_any_flipped_bit_fails(data: st.DataObject, one: int, other: int) -> None:
    old, new = sorted((one, other))
    parts = [root(LEAVES[:old]), root(LEAVES[:new]), *prove_consistency(old_size=old, new_size=new, tiles=TREE).hashes]

    verify_consistency(old_size=old, old_root=parts[0], new_size=new, new_root=parts[1], proof=parts[2:])

    which = data.draw(st.integers(0, len(parts) - 1))
    parts[which] = flipped(parts[which], data.draw(st.integers(0, 255)))
    with pytest.raises(ForgedError) as refused:
        verify_consistency(old_size=old, old_root=parts[0], new_size=new, new_root=parts[1], proof=parts[2:])
    assert refused.value.code is Code.BAD_PROOF
    assert refused.value.refusal.evidence == {"old-root": parts[0].hex(), "new-root": parts[1].hex()}


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(0, 1999))
def test_a_rewritten_leaf_is_never_consistent(one: int, other: int, rewritten: int) -> None:
    old, new = sorted((one, other))
    rewritten %= old
    forked = GrownTree([*LEAVES[:rewritten], flipped(LEAVES[rewritten], 0), *LEAVES[rewritten + 1 : new]])
    proof = prove_consistency(old_size=old, new_size=new, tiles=forked).hashes

    with pytest.raises(ForgedError):
        verify_consistency(
            old_size=old, old_root=root(LEAVES[:old]), new_size=new, new_root=forked.edge.root(), proof=proof
        )


@pytest.mark.parametrize(("old", "new"), [(1, 1), (1, 2), (3, 7), (4, 7), (6, 7), (7, 8), (255, 256), (256, 70_000)])
def test_a_consistency_proof_may_be_neither_longer_nor_shorter(old: int, new: int) -> None:
    old_root, new_root = root(LEAVES[:old]), root(LEAVES[:new])
    proof = prove_consistency(old_size=old, new_size=new, tiles=TREE).hashes

    for wrong in [(*proof, new_root), (old_root, *proof), *([proof[1:], proof[:-1]] if proof else [])]:
        with pytest.raises(ForgedError):
            verify_consistency(old_size=old, old_root=old_root, new_size=new, new_root=new_root, proof=wrong)


def test_from_size_0_nothing_is_proven() -> None:
    assert prove_consistency(old_size=0, new_size=7, tiles=TREE).hashes == ()

    for old_root, new_size, new_root, proof in [
        (EMPTY_ROOT, 7, root(LEAVES[:7]), ()),
        (EMPTY_ROOT, 1, LEAVES[0], (LEAVES[0],)),
        (LEAVES[0], 1, LEAVES[0], (LEAVES[0],)),
    ]:
        with pytest.raises(ForgedError):
            verify_consistency(old_size=0, old_root=old_root, new_size=new_size, new_root=new_root, proof=proof)


def test_the_empty_tree_is_consistent_with_itself_only_under_its_one_root() -> None:
    verify_consistency(old_size=0, old_root=EMPTY_ROOT, new_size=0, new_root=EMPTY_ROOT, proof=())

    with pytest.raises(ForgedError):
        verify_consistency(old_size=0, old_root=LEAVES[0], new_size=0, new_root=LEAVES[0], proof=())


@pytest.mark.parametrize(("old", "new"), [(8, 7), (-1, -1), (-1, 7), (1, -1)])
def test_refuses_sizes_that_are_no_growth(old: int, new: int) -> None:
    for top in (LEAVES[0], EMPTY_ROOT):
        with pytest.raises(ForgedError):
            verify_consistency(old_size=old, old_root=top, new_size=new, new_root=top, proof=())
    with pytest.raises(NotFoundError):
        prove_consistency(old_size=old, new_size=new, tiles=TREE)


@pytest.mark.parametrize(("index", "size"), [(-1, 7), (7, 7), (0, 0), (0, -1)])
def test_there_is_no_proof_for_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(NotFoundError) as refused:
        prove_inclusion(index=index, size=size, tiles=TREE)

    assert refused.value.code is Code.OUTSIDE_TREE


@pytest.mark.parametrize("wrong", [b"", LEAVES[0][:31], LEAVES[0] + b"\0"])
def test_refuses_a_hash_of_another_length_wherever_it_stands(wrong: bytes) -> None:
    good = LEAVES[0]

    for leaf, top, proof in [(wrong, wrong, ()), (good, wrong, ()), (wrong, good, ()), (good, good, (wrong,))]:
        with pytest.raises(ForgedError):
            verify_inclusion(leaf=leaf, index=0, size=1, root=top, proof=proof)
        with pytest.raises(ForgedError):
            verify_consistency(old_size=1, old_root=leaf, new_size=1, new_root=top, proof=proof)


def test_a_proof_in_a_tree_of_70000_reads_at_most_two_tiles_a_level() -> None:
    tree = GrownTree(LEAVES)

    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        tree.reads = 0
        prove_inclusion(index=index, size=70_000, tiles=tree)
        assert tree.reads <= 6

    for old in (1, 255, 65_537, 69_999):
        tree.reads = 0
        prove_consistency(old_size=old, new_size=70_000, tiles=tree)
        assert tree.reads <= 6


def flipped(hash_: bytes, bit: int) -> bytes:
    return (int.from_bytes(hash_, "big") ^ 1 << bit).to_bytes(32, "big")
