"""Holding a log to its word: what a copy of it has to say to a head that the log signed.

Rules:

* the head's tree must be the beginning of the copy's; if it is not, that alone refutes the head;
* then every statement from the head's place to the end of its tree is read. The first that names the thing against
  what the head says refutes it, and the file that says so checks without the copy (``refutation``);
* statements that the copy can't show are named: a head is only said to hold if all were read.

The copy is believed no further than it proves itself (``copy_reading``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provenance.codes import Code
from provenance.errors import MalformedError, RefusedError
from provenance.ids import LeafIndex
from provenance.log.head import Head, open_head, without_other_lines
from provenance.log.note import Note
from provenance.log.proofs import prove_consistency, prove_inclusion
from provenance.log.tiles import root_from_tiles
from provenance.refutation import Refutation, StatementShown, TreeShown, refutes
from provenance.services.copy_reading import CopyReading
from provenance.trust import Trust

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Search:
    """What a copy says to a head: a refutation if there is one, and the leaves that could not be read."""

    head: Head
    refutation: Refutation | None
    unread: tuple[LeafIndex, ...]

    @property
    def holds(self) -> bool:
        """Whether all was read, and nothing speaks against the head."""
        return self.refutation is None and not self.unread


class Refuting:
    """A copy of one log, asked about heads that the log signed."""

    def __init__(self, copy: CopyReading, trust: Trust) -> None:
        self._copy, self._log = copy, trust.log

    def search(self, note: Note, progress: Progress = lambda done, total: None) -> Search:
        """What speaks against the head in this note; refuses one that the log did not sign, or past the copy's end."""
        head, clean = open_head(note, self._log), without_other_lines(note, self._log)
        size = head.tree.size
        if size > self._copy.size:
            raise RefusedError(
                Code.COPY_BEHIND, f"the head speaks of {size} statements, the copy has {self._copy.size}"
            )
        root = root_from_tiles(size, self._copy.tiles)
        if root != head.tree.root:
            return Search(head, Refutation(self._log, clean, self._other_tree(size, root)), ())
        unread: list[LeafIndex] = []
        found = self._first_against(head, unread, progress)
        return Search(head, None if found is None else Refutation(self._log, clean, found), tuple(unread))

    def _first_against(self, head: Head, unread: list[LeafIndex], progress: Progress) -> StatementShown | None:
        start, end = head.index or 0, head.tree.size
        for index, entry in self._copy.entries(start, end):
            progress(index + 1 - start, end - start)
            try:
                envelope = self._copy.statement(index, entry)
                is_against = envelope is not None and refutes(head, index, envelope) is not None
            except MalformedError:
                envelope, is_against = None, False
            if envelope is None:
                unread.append(index)
            elif is_against:
                proof = prove_inclusion(index=index, size=end, tiles=self._copy.tiles).hashes
                return StatementShown(index, envelope, proof)
        return None

    def _other_tree(self, size: int, root: bytes) -> TreeShown:
        proof = prove_consistency(old_size=size, new_size=self._copy.size, tiles=self._copy.tiles).hashes
        return TreeShown(without_other_lines(self._copy.state.evidence, self._log), root, proof)
