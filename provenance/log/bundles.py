"""Entry bundles: the log's entries themselves, up to 256 in one file.

Rules (https://c2sp.org/tlog-tiles#log-entries):

* a bundle is its entries in order, each after its length as two big-endian bytes;
* an entry has at most 65,535 bytes;
* a partial bundle is always the beginning of the full one.

Two entries, ``ab`` and the empty one, are ``00 02 61 62 00 00``.
"""

from __future__ import annotations

from collections.abc import Iterable

from provenance.codes import Code
from provenance.errors import MalformedError

LONGEST_ENTRY = 2**16 - 1


def format_bundle(entries: Iterable[bytes]) -> bytes:
    """The bundle with these entries; refuses one longer than 65,535 bytes.

    >>> format_bundle([b"ab", b""])
    b'\\x00\\x02ab\\x00\\x00'
    """
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise MalformedError(Code.TOO_LARGE, f"an entry has at most {LONGEST_ENTRY} bytes, not {len(entry)}")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def parse_bundle(data: bytes, *, width: int) -> tuple[bytes, ...]:
    """The entries of a bundle this wide; refuses fewer, more, or bytes left over.

    That they are the log's entries is not checked here: compare their leaf hashes with the tile.
    """
    entries: list[bytes] = []
    start = 0
    for _ in range(width):
        end = start + 2 + int.from_bytes(data[start : start + 2], "big")
        if end > len(data):
            raise MalformedError(Code.MALFORMED_TILE, f"the bundle ends inside entry {len(entries)} of {width}")
        entries.append(data[start + 2 : end])
        start = end
    if start != len(data):
        raise MalformedError(Code.MALFORMED_TILE, f"{len(data) - start} bytes follow the last of {width} entries")
    return tuple(entries)
