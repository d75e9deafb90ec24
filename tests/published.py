"""A log as it is published, in memory: it grows, and can be made to lie."""

from __future__ import annotations

from collections.abc import Sequence

from provenance.codes import Code
from provenance.errors import NotFoundError
from provenance.log.bundles import format_bundle
from provenance.log.checkpoint import Checkpoint, sign_checkpoint
from provenance.log.merkle import leaf_hash
from provenance.log.note import Note, format_note
from provenance.log.tiles import Bundle, parse_path
from tests.cosigners import LOG_KEY, ORIGIN, cosigned
from tests.trees import GrownTree


def entries(count: int, *, story: str = "entry") -> list[bytes]:
    """The first entries of one history; another story is another history."""
    return [f"{story} {number}".encode() for number in range(count)]


class PublishedInMemory:
    """The read path of a log with these entries; ``served`` lists what was asked for."""

    def __init__(self, listed: Sequence[bytes], **seconds: int) -> None:
        self.served: list[str] = []
        self.altered: dict[str, bytes] = {}
        self._entries = listed
        self._tree = GrownTree([leaf_hash(entry) for entry in listed])
        self.note: Note = cosigned(
            sign_checkpoint(Checkpoint(ORIGIN, self._tree.size, self._tree.edge.root()), LOG_KEY), **seconds
        )

    def checkpoint_of(self) -> tuple[int, bytes]:
        """Size and root of the tree."""
        return self._tree.size, self._tree.edge.root()

    def read(self, path: str) -> bytes:
        """What is under a path, or what it was altered to."""
        self.served.append(path)
        if path in self.altered:
            return self.altered[path]
        if path == "checkpoint":
            return format_note(self.note)
        place = parse_path(path)
        if isinstance(place, Bundle):
            start = place.index * 256
            found = self._entries[start : start + place.width]
            if len(found) != place.width:
                raise NotFoundError(Code.NOT_FOUND, path)
            return format_bundle(found)
        return self._tree.read_tile(level=place.level, index=place.index, width=place.width)
