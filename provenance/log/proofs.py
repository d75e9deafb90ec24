"""Proofs that a leaf is in a tree, and that a tree only grew.

Rules:

* an inclusion proof is the hashes beside the path from leaf to root, leaf's side first
  (RFC 6962 §2.1.1);
* a consistency proof (§2.1.2) shows the old tree to be the beginning of the new one; it is empty
  between equal sizes;
* a proof of how a tree began is a consistency proof from a size to a larger tree with the root of that beginning put
  before it, unless it stands there already. It needs nobody's word for the beginning: who computes another root from
  it than was signed has two signatures that contradict each other;
* every hash, root and proof element has exactly 32 bytes;
* from size 0 nothing is proven: every tree begins with the empty one. Such a proof is refused here,
  and whoever needs "never seen before" has its own rule for it.

Checking follows RFC 9162 §2.1.3.2 and §2.1.4.2: https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.codes import Code
from provenance.errors import ForgedError, NotFoundError
from provenance.log.merkle import EMPTY_ROOT, HASH_SIZE, node_hash
from provenance.log.tiles import TileReader, TileTree, root_from_tiles


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That the leaf at this index belongs to the tree of this size; not checked yet."""

    index: int
    size: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That the tree of the old size is the beginning of that of the new size; not checked yet."""

    old_size: int
    new_size: int
    hashes: tuple[bytes, ...]


def prove_inclusion(*, index: int, size: int, tiles: TileReader) -> InclusionProof:
    """The proof that the leaf at this index is in the tree of this size.

    Refuses an index outside the tree.
    """
    return prove_inclusions(indexes=(index,), size=size, tiles=tiles)[0]


def prove_inclusions(*, indexes: Sequence[int], size: int, tiles: TileReader) -> tuple[InclusionProof, ...]:
    """A proof for each of these leaves of one tree; what their paths share is read and hashed once."""
    tree = TileTree(size=size, tiles=tiles)
    return tuple(_inclusion(index, tree) for index in indexes)


def prove_consistency(*, old_size: int, new_size: int, tiles: TileReader) -> ConsistencyProof:
    """The proof that the tree of the new size begins with that of the old size.

    Refuses an old size above the new one. From size 0 the proof is empty, as witnesses want it.
    """
    if not 0 <= old_size <= new_size:
        raise NotFoundError(Code.OUTSIDE_TREE, f"a tree of {new_size} does not begin with one of {old_size}")
    if old_size in (0, new_size):
        return ConsistencyProof(old_size, new_size, ())
    tree = TileTree(size=new_size, tiles=tiles)
    start, end = 0, new_size
    beside = []  # root's side first
    while end != old_size:
        middle = start + _split(end - start)
        if old_size <= middle:
            beside.append(tree.subtree(middle, end))
            end = middle
        else:
            beside.append(tree.subtree(start, middle))
            start = middle
    # RFC 6962 §2.1.2: when the old tree is one complete subtree, its root is known and left out.
    if start:
        beside.append(tree.subtree(start, end))
    return ConsistencyProof(old_size, new_size, tuple(reversed(beside)))


def prove_beginning(*, size: int, new_size: int, tiles: TileReader) -> tuple[bytes, ...]:
    """The proof of which root the first leaves of a larger tree have, 0 < size < new size."""
    proof = prove_consistency(old_size=size, new_size=new_size, tiles=tiles).hashes
    return (root_from_tiles(size, tiles), *proof) if _is_complete(size) else proof


def verify_beginning(*, size: int, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bytes:
    """The root of the first leaves of the larger tree; ``ForgedError`` where the proof does not lead to that tree."""
    _require_hashes(new_root, *proof)
    roots = _roots(size, new_size, proof) if 0 < size < new_size else None
    if roots is None or roots[1] != new_root:
        message = f"the proof does not lead from the first {size} leaves to the root of {new_size}"
        raise ForgedError(Code.BAD_PROOF, message)
    return roots[0]


def verify_inclusion(*, leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Nothing, if the leaf hash is at this index of the tree of this size and root; else ``ForgedError``."""
    _require_hashes(leaf, root, *proof)
    if not 0 <= index < size:
        raise ForgedError(Code.BAD_PROOF, f"leaf {index} can't be in a tree of {size}")
    # fn and sn of RFC 9162 §2.1.3.2: the node we stand on and the last one, both on our level.
    place, last, node = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            raise ForgedError(Code.BAD_PROOF, f"the proof for leaf {index} of {size} is too long")
        if place & 1 or place == last:
            node = node_hash(hash_, node)
            # The last node of an odd level moves up unchanged until it is a right child.
            rise = _trailing_zeros(place)
            place, last = place >> rise, last >> rise
        else:
            node = node_hash(node, hash_)
        place, last = place >> 1, last >> 1
    if last != 0 or node != root:
        raise ForgedError(Code.BAD_PROOF, f"the proof does not lead from leaf {index} to the root of {size} leaves")


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Nothing, if the new tree begins with the old one; else ``ForgedError`` with both roots as evidence."""
    _require_hashes(old_root, new_root, *proof)
    if old_size == new_size:
        # One tree has one root, and the empty tree only this one.
        is_tree = old_size > 0 or (old_size == 0 and old_root == EMPTY_ROOT)
        holds = not proof and old_root == new_root and is_tree
    else:
        holds = 0 < old_size < new_size and _leads_to_both(old_size, old_root, new_size, new_root, proof)
    if not holds:
        raise ForgedError(
            Code.BAD_PROOF,
            f"the tree of {new_size} is not shown to begin with that of {old_size}",
            evidence={"old-root": old_root.hex(), "new-root": new_root.hex()},
        )


def _inclusion(index: int, tree: TileTree) -> InclusionProof:
    if not 0 <= index < tree.size:
        raise NotFoundError(Code.OUTSIDE_TREE, f"no leaf {index} in a tree of {tree.size}")
    start, end = 0, tree.size
    beside = []  # root's side first
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            beside.append(tree.subtree(middle, end))
            end = middle
        else:
            beside.append(tree.subtree(start, middle))
            start = middle
    return InclusionProof(index, tree.size, tuple(reversed(beside)))


def _leads_to_both(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof leads to both roots (RFC 9162 §2.1.4.2), 0 < old size < new size."""
    path = (old_root, *proof) if _is_complete(old_size) else tuple(proof)
    return _roots(old_size, new_size, path) == (old_root, new_root)


def _roots(old_size: int, new_size: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a path leads to, from the subtree where the old tree ends; ``None`` if it is no such path."""
    if not path:
        return None
    # The trailing one-bits are the complete subtree the proof starts from.
    rise = _trailing_zeros(old_size)
    place, last = (old_size - 1) >> rise, (new_size - 1) >> rise
    old = new = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node_hash(hash_, old), node_hash(hash_, new)
            rise = _trailing_zeros(place)
            place, last = place >> rise, last >> rise
        else:
            new = node_hash(new, hash_)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


def _is_complete(size: int) -> bool:
    """Whether a tree of this size is one complete subtree, whose root a consistency proof leaves out."""
    return size & (size - 1) == 0


def _split(leaves: int) -> int:
    """The largest power of two below this number of leaves, two or more."""
    return 1 << (leaves - 1).bit_length() - 1


def _trailing_zeros(number: int) -> int:
    """How many times the number can be halved; 0 for 0."""
    return (number & -number).bit_length() - 1 if number else 0


def _require_hashes(*hashes: bytes) -> None:
    # An empty root would "match" an empty leaf.
    for hash_ in hashes:
        if len(hash_) != HASH_SIZE:
            raise ForgedError(Code.BAD_PROOF, f"a hash has {HASH_SIZE} bytes, not {len(hash_)}")
