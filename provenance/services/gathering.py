"""Fetching the bodies beside a copy of somebody's log, where the log lets us read them.

Rules:

* the entries are proven already (``mirroring``): a body is taken only if it is that of its entry, by the hash that the
  entry names; anything else is an alarm, and is not kept;
* ``bodies/…`` in the copy's folder has the paths of ``log.body_bundles``, and is for its owner alone: it is not public;
* a bundle is written once it is whole: safe to kill at any line, and what is there is not fetched again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provenance.codes import Code
from provenance.crypto.envelope import Leaf, parse_leaf
from provenance.errors import ForgedError, MalformedError, RefusedError
from provenance.ids import LeafIndex, TreeSize
from provenance.log.body_bundles import body_path, parse_bodies
from provenance.log.tiles import WIDTH, Bundle, width_at
from provenance.ports.outside import OwnBodies, PublishedBodies
from provenance.services.copy_reading import CopyReading

Progress = Callable[[int, int], None]


class Gathering:
    """The bodies of one log, as they are published and as they are kept."""

    def __init__(self, published: PublishedBodies, kept: OwnBodies) -> None:
        self._published, self._kept = published, kept

    def catch_up(self, copy: CopyReading, start: TreeSize, progress: Progress = lambda done, total: None) -> None:
        """Fetch what is missing from a place on; ``progress(done, total)`` counts statements."""
        for number in range(start // WIDTH, -(-copy.size // WIDTH)) if copy.size > start else ():
            place = Bundle(number, width_at(copy.size, 0, number))
            first = number * WIDTH
            leaves = [_leaf(index, entry) for index, entry in copy.entries(first, first + place.width)]
            if self._kept_at(place, leaves) < place.width:
                self._fetch(place, leaves, Bundle(number, start - first) if start > first else None)
            progress(first + place.width - start, copy.size - start)

    def _fetch(self, place: Bundle, leaves: Sequence[Leaf], narrower: Bundle | None) -> None:
        """The bodies at a place, beginning with those of the narrower bundle that was kept before."""
        got = 0 if narrower is None else self._kept_at(narrower, leaves)
        parts = [] if narrower is None or not got else [self._kept.read(body_path(narrower)) or b""]
        while got < place.width:
            data = self._published.ask(place, start=got)
            got += _require_own(data, leaves, first=got, at=place.index * WIDTH + got)
            parts.append(data)
        self._kept.replace(body_path(place), b"".join(parts))

    def _kept_at(self, place: Bundle, leaves: Sequence[Leaf]) -> int:
        """How many bodies are kept at a place; none, where they are not all those of the entries."""
        data = self._kept.read(body_path(place))
        try:
            bodies = () if data is None else parse_bodies(data, most=place.width)
        except MalformedError:
            return 0
        is_own = all(leaf.with_body(body) is not None for leaf, body in zip(leaves, bodies, strict=False))
        return len(bodies) if is_own else 0


def _leaf(index: LeafIndex, entry: bytes) -> Leaf:
    try:
        return parse_leaf(entry)
    except MalformedError as err:
        evidence = {"leaf": str(index), "code": err.code.value}
        raise RefusedError(Code.RULE_BROKEN, f"leaf {index}: {err.refusal}", evidence=evidence) from err


def _require_own(data: bytes, leaves: Sequence[Leaf], *, first: int, at: int) -> int:
    """How many bodies are in an answer; refuses one that is not of its entry."""
    bodies = parse_bodies(data, most=len(leaves) - first)
    for offset, body in enumerate(bodies):
        if leaves[first + offset].with_body(body) is None:
            message = f"leaf {at + offset}: the body that the log gives out is not of {leaves[first + offset].hash}"
            raise ForgedError(Code.BODY_ALTERED, message)
    return len(bodies)
