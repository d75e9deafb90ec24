"""Merkle trees for tests: one in memory that grows as a store would, and RFC 6962 word for word.

The second is slow and plain on purpose: it is what the first is compared with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from provenance.codes import Code
from provenance.errors import NotFoundError
from provenance.log.merkle import RightEdge, leaf_hash
from provenance.log.tiles import extend


class GrownTree:
    """A tree kept as tiles in a dictionary, grown batch by batch; it counts what is read."""

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.edge = RightEdge()
        self.reads = 0
        self.append(leaves)

    @property
    def size(self) -> int:
        return self.edge.size

    def append(self, leaves: Sequence[bytes]) -> None:
        grown = extend(size=self.size, edge=self.tiles, leaf_hashes=leaves)
        self.tiles.update(grown.tiles)
        self.edge = grown.edge

    def read_tile(self, *, level: int, index: int, width: int) -> bytes:
        self.reads += 1
        tile = self.tiles.get((level, index), b"")
        if not 0 < 32 * width <= len(tile):
            raise NotFoundError(Code.OUTSIDE_TREE, f"tile {level}/{index} is not {width} wide")
        return tile[: 32 * width]


def numbered_leaves(count: int) -> list[bytes]:
    """The leaf hashes of the entries ``entry 0``, ``entry 1`` …"""
    return [leaf_hash(b"entry %d" % number) for number in range(count)]


def plain_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, from leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = _largest_power_below(len(leaves))
    return hashlib.sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def plain_inclusion(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962 §2.1.1."""
    if len(leaves) == 1:
        return []
    k = _largest_power_below(len(leaves))
    if m < k:
        return [*plain_inclusion(m, leaves[:k]), plain_root(leaves[k:])]
    return [*plain_inclusion(m - k, leaves[k:]), plain_root(leaves[:k])]


def plain_consistency(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PROOF of RFC 6962 §2.1.2, for 0 < m ≤ n."""
    return _subproof(m, leaves, whole=True)


def _subproof(m: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [plain_root(leaves)]
    k = _largest_power_below(len(leaves))
    if m <= k:
        return [*_subproof(m, leaves[:k], whole=whole), plain_root(leaves[k:])]
    return [*_subproof(m - k, leaves[k:], whole=False), plain_root(leaves[:k])]


def _largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k
