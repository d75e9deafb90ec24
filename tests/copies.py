"""Copies of a log as a mirror keeps them, with the bodies of its statements beside the tiles."""

from __future__ import annotations

from pathlib import Path

from provenance.adapters.outside import DurableFiles, FolderBodies
from provenance.bootstrap import Services
from provenance.ids import LeafIndex
from provenance.services.copy_reading import CopyReading
from provenance.services.mirroring import Mirroring


class ServedByItself:
    """The read path of an installation, without HTTP. See ``ports.outside.PublishedLog``."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def read(self, path: str) -> bytes:
        """What a server would answer under this path."""
        if path == "checkpoint":
            return self._services.checkpointing.latest().encode()
        return self._services.reading.tile(path)


def copied(services: Services, folder: Path) -> CopyReading:
    """A copy of all that is published, in this folder, with every body."""
    held = Mirroring(ServedByItself(services), DurableFiles(folder), services.trust).catch_up()
    with services.store.reading() as store:
        for stored in store.statements_from(LeafIndex(0), limit=held.size):
            file = body_file(folder, stored.hash)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(stored.envelope.body)
    return reopened(folder, services)


def reopened(folder: Path, services: Services) -> CopyReading:
    """The copy in this folder, as it is now."""
    return CopyReading(DurableFiles(folder), FolderBodies(folder), services.trust)


def body_file(folder: Path, statement: str) -> Path:
    """Where a copy keeps the body of a statement."""
    return folder / "bodies" / statement[:2] / statement
