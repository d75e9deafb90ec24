"""Copies of a log that took in whatever it was told: every proof in them holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from provenance.adapters.outside import DurableFiles
from provenance.bootstrap import Services
from provenance.crypto.envelope import Envelope, leaf
from provenance.ids import LeafIndex
from provenance.log.body_bundles import body_path, format_bodies
from provenance.log.checkpoint import Checkpoint, sign_checkpoint
from provenance.log.tiles import WIDTH, Bundle, width_at
from provenance.services.copy_reading import CopyReading
from provenance.services.mirroring import Mirroring
from tests.crooked_log import LOG, TRUST
from tests.published import PublishedInMemory


class CrookedServer(PublishedInMemory):
    """The read path and the bodies of a log that holds exactly these statements, or these entries."""

    def __init__(self, envelopes: Sequence[Envelope], entries: Sequence[bytes] = ()) -> None:
        super().__init__(entries or [leaf(envelope) for envelope in envelopes])
        self.bodies = [envelope.body for envelope in envelopes]
        size, root = self.checkpoint_of()
        self.note = sign_checkpoint(Checkpoint(TRUST.origin, size, root), LOG)

    def ask(self, place: Bundle, *, start: int) -> bytes:
        """See ``ports.outside.PublishedBodies``."""
        path = body_path(place) + f"?from={start}"
        self.served.append(path)
        if path in self.altered:
            return self.altered[path]
        first = place.index * WIDTH
        return format_bodies(self.bodies[first + start : first + place.width])


def statements_of(services: Services) -> list[Envelope]:
    """All statements of a log, in its order."""
    with services.store.reading() as store:
        return [stored.envelope for stored in store.statements_from(LeafIndex(0), limit=store.size())]


def copy_with_bodies(server: CrookedServer, folder: Path) -> CopyReading:
    """A copy of all of it, in this folder."""
    files = DurableFiles(folder)
    size = Mirroring(server, files, TRUST).catch_up().size
    for number in range(-(-size // WIDTH)):
        place = Bundle(number, width_at(size, 0, number))
        files.write(body_path(place), server.ask(place, start=0))
    return CopyReading(files, files, TRUST)
