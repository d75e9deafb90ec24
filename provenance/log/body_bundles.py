"""Body bundles: what the entries of an entry bundle are about, for those who may read it.

Rules:

* a body bundle lies beside the entry bundle of the same place, outside the public tree::

    tile/entries/273.p/112       the entries: hashes, signatures, types
    bodies/273.p/112             the bodies of the same 112 statements

* it is its bodies in order, each after its length as four big-endian bytes;
* a partial bundle is always the beginning of the full one; an answer that would become too long holds the first bodies
  only, at least one, and the rest is asked for again;
* it proves nothing by itself: a body belongs to an entry when type and body have the hash that the entry names.

Two bodies, ``{}`` and the empty one, are ``00 00 00 02 7b 7d 00 00 00 00``.
"""

from __future__ import annotations

from collections.abc import Iterable

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.log.tiles import Bundle, parse_path

LONGEST_BODY = 64 << 20
ENOUGH = 16 << 20
"""An answer of so many bytes gets no further body."""

_LENGTH = 4
_FOLDER, _BESIDE = "bodies/", "tile/entries/"


def body_path(place: Bundle) -> str:
    """Where the bodies of an entry bundle are.

    >>> body_path(Bundle(273, 112))
    'bodies/273.p/112'
    """
    return _FOLDER + place.path.removeprefix(_BESIDE)


def parse_body_path(path: str) -> Bundle:
    """The place that a path names; accepts only what ``body_path`` prints."""
    place = parse_path(_BESIDE + path.removeprefix(_FOLDER)) if path.startswith(_FOLDER) else None
    if not isinstance(place, Bundle):
        raise MalformedError(Code.MALFORMED_TILE, f"no path of bodies: {path[:60]!r}")
    return place


def format_bodies(bodies: Iterable[bytes]) -> bytes:
    """The bundle with these bodies, or with the first of them where it becomes too long.

    >>> format_bodies([b"{}", b""])
    b'\\x00\\x00\\x00\\x02{}\\x00\\x00\\x00\\x00'
    """
    parts: list[bytes] = []
    length = 0
    for body in bodies:
        if parts and length + _LENGTH + len(body) > ENOUGH:
            break
        parts += (len(body).to_bytes(_LENGTH, "big"), body)
        length += _LENGTH + len(body)
    return b"".join(parts)


def parse_bodies(data: bytes, *, most: int) -> tuple[bytes, ...]:
    """The bodies in a bundle, at most so many; refuses none, more, or bytes left over.

    That they are the bodies of the entries is not checked here: compare the statements' hashes.
    """
    bodies: list[bytes] = []
    start = 0
    while start < len(data):
        end = start + _LENGTH + int.from_bytes(data[start : start + _LENGTH], "big")
        if start + _LENGTH > len(data) or end > len(data) or len(bodies) == most:
            raise MalformedError(Code.MALFORMED_TILE, f"the bodies end inside body {len(bodies)}, or are over {most}")
        bodies.append(data[start + _LENGTH : end])
        start = end
    if not bodies:
        raise MalformedError(Code.MALFORMED_TILE, "there is no body in the answer")
    return tuple(bodies)
