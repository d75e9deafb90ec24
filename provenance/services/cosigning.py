"""Standing behind a copy: a line of the mirror's own below each checkpoint that was copied, judged and found in order.

Rules:

* a line is a C2SP cosignature/v1 under the mirror's own name and key. It says what a witness's line says, that this is
  the largest tree seen of the log and each before was its beginning; and here also that every statement in it keeps the
  log's rules, as of the time in the line;
* it is made at the end of a turn without an alarm, in the transaction that finds this very tree judged and no larger
  one signed: two watches over one folder can't stand behind two stories;
* what was signed is kept in the folder. Whoever begins anew in an empty one takes a new key, or could be led to stand
  behind another story.
"""

from __future__ import annotations

from provenance.codes import Code
from provenance.crypto.keys import SigningKey
from provenance.errors import ConflictError
from provenance.ids import TreeSize
from provenance.log.confirmation import ConfirmationState
from provenance.log.mirror_card import CARD_FILE, MirrorCard, format_card
from provenance.log.note import cosign_note
from provenance.ports.outside import Clock, TileFiles
from provenance.ports.stores import Cosignature, Store


class Cosigning:
    """A mirror's hand: its card, the key that belongs to it, and the store of what was judged."""

    def __init__(self, store: Store, files: TileFiles, clock: Clock, *, card: MirrorCard, key: SigningKey) -> None:
        self._store, self._files, self._clock, self._card, self._key = store, files, clock, card, key

    def cosign(self, state: ConfirmationState) -> None:
        """Put our line below this checkpoint; refuses one that was not judged here, or is smaller than one signed."""
        checkpoint, name = state.checkpoint, str(self._card.key)
        if checkpoint.size == 0:
            return  # nothing was judged of an empty log
        seconds = int(self._clock.now().timestamp())
        line = cosign_note(state.evidence, name=self._card.key.name, key=self._key, seconds=seconds)
        size = TreeSize(checkpoint.size)
        with self._store.writing() as store:
            kept = store.checkpoint(size)
            if kept is None or kept.root != checkpoint.root or store.furthest_confirmed().get(name, 0) > size:
                raise ConflictError(Code.BUSY, f"somebody else watches into this folder; nothing of {size} is signed")
            store.put_cosignature(Cosignature(size, name, seconds, str(line)))
        data = format_card(self._card)
        if self._files.read(CARD_FILE) != data:
            self._files.replace(CARD_FILE, data)
