"""Anchoring checkpoints: a time-stamping authority says that one existed before a moment.

Rules:

* off until somebody runs it; once a day is plenty, as each checkpoint covers all that came before it;
* what is stamped is the checkpoint's text, the part that the log signs: cosignatures may come later;
* an answer is kept only after it was checked against the authority's roots, as a file beside the tiles, for ever;
* it proves existence, no more: a second checkpoint of the same size is ruled out by witnesses, not by this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provenance.codes import Code
from provenance.crypto.timestamps import TimeStamp, open_timestamp, timestamp_request
from provenance.errors import NotFoundError, ProvenanceError, Refusal
from provenance.ids import TreeSize
from provenance.log.note import parse_note
from provenance.ports.outside import TileFiles, TimeStamper
from provenance.ports.stores import Store


@dataclass(frozen=True, slots=True)
class Anchored:
    """A checkpoint's size, and its time-stamp or why the kept one does not hold."""

    size: TreeSize
    stamp: TimeStamp | Refusal


class Anchoring:
    """Time-stamps of this log's checkpoints."""

    def __init__(self, store: Store, files: TileFiles) -> None:
        self._store, self._files = store, files

    def anchor(self, stamper: TimeStamper, *, roots: bytes) -> Anchored:
        """The newest checkpoint, stamped; one that is stamped already is not stamped again."""
        with self._store.reading() as store:
            newest = store.checkpoint()
        if newest is None:
            raise NotFoundError(Code.NOT_FOUND, "there is no checkpoint yet")
        text, place = parse_note(newest.note.encode()).text.encode(), path_of(newest.size)
        answer = self._files.read(place) or stamper.stamp(timestamp_request(text))
        stamp = open_timestamp(answer, text, roots=roots)
        self._files.write(place, answer)
        return Anchored(newest.size, stamp)

    def anchored(self, *, roots: bytes) -> Iterator[Anchored]:
        """Every checkpoint that was stamped, smallest first, each checked again."""
        with self._store.reading() as store:
            checkpoints = store.checkpoints()
        for kept in checkpoints:
            if (answer := self._files.read(path_of(kept.size))) is not None:
                try:
                    text = parse_note(kept.note.encode()).text.encode()
                    yield Anchored(kept.size, open_timestamp(answer, text, roots=roots))
                except ProvenanceError as err:
                    yield Anchored(kept.size, err.refusal)

    def answer(self, size: TreeSize) -> bytes:
        """The authority's answer about the checkpoint of this size, as it came."""
        found = self._files.read(path_of(size))
        if found is None:
            raise NotFoundError(Code.NOT_FOUND, f"the checkpoint of size {size} was not anchored")
        return found


def path_of(size: TreeSize) -> str:
    """Where the answer about a checkpoint is kept.

    >>> path_of(TreeSize(7))
    'anchor/7.tsr'
    """
    return f"anchor/{size}.tsr"
