"""The Merkle tree over the log's entries: one hash that stands for all of them, in order.

Rules (RFC 6962 §2.1 with SHA-256):

* leaf hash = SHA-256(0x00 ‖ entry); node hash = SHA-256(0x01 ‖ left ‖ right); the root of no
  leaves is SHA-256 of nothing;
* a tree of n leaves splits at the largest power of two below n, so a complete left subtree never
  changes again;
* therefore the *right edge*, the roots of the complete subtrees that a tree of this size is made
  of, is all one must keep to grow it and to know its root.

https://www.rfc-editor.org/rfc/rfc6962#section-2.1
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from provenance.codes import Code
from provenance.errors import MalformedError

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256().digest()

# A node prefix hashed once and copied is a third faster than hashing 65 joined bytes each time.
_start_node = hashlib.sha256(b"\x01").copy


@dataclass(frozen=True, slots=True)
class RightEdge:
    """What a tree of this size must remember: the roots of its complete subtrees, widest first.

    There are as many as the size has one-bits: a tree of 6 leaves is one of 4 and one of 2.
    ``RightEdge()`` is that of the empty tree.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        require_hashes(self.nodes)
        if self.size < 0 or len(self.nodes) != self.size.bit_count():
            message = f"{len(self.nodes)} nodes are no right edge of {self.size} leaves"
            raise MalformedError(Code.MALFORMED_TREE, message)

    def root(self) -> bytes:
        """The root of the whole tree."""
        if not self.nodes:
            return EMPTY_ROOT
        *wider, node = self.nodes
        for left in reversed(wider):
            node = node_hash(left, node)
        return node


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf.

    >>> leaf_hash(b"").hex()[:8]
    '6e340b9c'
    """
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above these two."""
    node = _start_node()
    node.update(left + right)
    return node.digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root of the tree with these leaves.

    >>> root([]) == EMPTY_ROOT
    True
    >>> root([leaf_hash(b"a"), leaf_hash(b"b")]) == node_hash(leaf_hash(b"a"), leaf_hash(b"b"))
    True
    """
    return append_all(RightEdge(), leaf_hashes).root()


def append_all(edge: RightEdge, leaf_hashes: Sequence[bytes]) -> RightEdge:
    """The right edge after these leaves; about half a microsecond for each.

    Refuses hashes that are not 32 bytes long.
    """
    require_hashes(leaf_hashes)
    waiting = list(edge.nodes)
    kept: list[bytes] = []  # narrowest first
    level, size = list(leaf_hashes), edge.size
    while level or size:
        if size & 1:
            level.insert(0, waiting.pop())
        if len(level) & 1:
            kept.append(level.pop())
        level = _parents(level)
        size >>= 1
    return RightEdge(edge.size + len(leaf_hashes), tuple(reversed(kept)))


def require_hashes(hashes: Sequence[bytes]) -> None:
    """Refuse a sequence in which anything is not exactly 32 bytes long."""
    # A shorter "hash" would let two different trees spell the same node.
    if wrong := set(map(len, hashes)) - {HASH_SIZE}:
        raise MalformedError(Code.MALFORMED_TREE, f"a hash has {HASH_SIZE} bytes, not {min(wrong)}")


def _parents(level: list[bytes]) -> list[bytes]:
    """The nodes above an even number of nodes."""
    above = []
    for left, right in zip(level[::2], level[1::2], strict=True):
        node = _start_node()
        node.update(left + right)
        above.append(node.digest())
    return above
