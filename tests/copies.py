"""Copies of a log as a mirror keeps them, with the bodies of its statements beside the tiles."""

from __future__ import annotations

from pathlib import Path

from provenance.adapters.outside import DurableFiles
from provenance.bootstrap import Services
from provenance.ids import LeafIndex
from provenance.log.body_bundles import body_path, format_bodies, parse_bodies
from provenance.log.tiles import WIDTH, Bundle, width_at
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
        bodies = [stored.envelope.body for stored in store.statements_from(LeafIndex(0), limit=held.size)]
    for number in range(-(-held.size // WIDTH)):
        file = folder / body_path(Bundle(number, width_at(held.size, 0, number)))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(format_bodies(bodies[number * WIDTH : (number + 1) * WIDTH]))
    return reopened(folder, services)


def reopened(folder: Path, services: Services) -> CopyReading:
    """The copy in this folder, as it is now."""
    return CopyReading(DurableFiles(folder), DurableFiles(folder), services.trust)


def change_body(folder: Path, index: int, body: bytes = b"") -> None:
    """Put another body in place of that of a leaf below 256; an empty one is as good as none."""
    (file,) = [path for path in (folder / "bodies").rglob("*") if path.is_file()]
    bodies = [*parse_bodies(file.read_bytes(), most=WIDTH)]
    bodies[index] = body
    file.write_bytes(format_bodies(bodies))
