"""What a second process does to the same database in the racing tests; started with ``spawn``, so importable."""

from __future__ import annotations

from multiprocessing.synchronize import Barrier
from pathlib import Path

from provenance.encoding.canonical import Json
from provenance.errors import Refusal
from tests.founding import StandingClock, opened

Told = list[tuple[str, int]]


def capture_at_once(home: str, url: str, envelopes: list[Json], together: int, start: Barrier) -> Told:
    """Capture these, so many in one call, as soon as everyone is ready: what became of each."""
    services = opened(Path(home), url, StandingClock())
    start.wait()
    outcomes = [
        outcome
        for at in range(0, len(envelopes), together)
        for outcome in services.capturing.capture(envelopes[at : at + together])
    ]
    services.store.close()
    return [(o.code.value, -1) if isinstance(o, Refusal) else (o.hash, o.index) for o in outcomes]


def checkpoint_again_and_again(home: str, url: str, start: Barrier) -> Told:
    """Sign checkpoints for a while: what was signed."""
    services = opened(Path(home), url, StandingClock())
    start.wait()
    notes = [services.checkpointing.checkpoint() for _ in range(30)]
    services.store.close()
    return [(note, 0) for note in notes if note is not None]
