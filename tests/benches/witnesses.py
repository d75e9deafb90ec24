"""Witnesses: what waiting for a quorum adds to a log that makes a checkpoint every second."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path

from provenance.bootstrap import Services, build
from provenance.crypto.envelope import to_json
from tests.cast import MAKER, item
from tests.cosigners import WITNESSES
from tests.homes import CONTEXT, settings_of
from tests.witness_homes import ask_witnesses
from tests.witness_servers import witness_servers
from tests.world import World
from web.serving import PAUSE_SECONDS, keep_checkpointing

LIMIT_SECONDS = 2.0


def quorum_ratio(checkpoints: int) -> dict[str, float]:
    """From signed to confirmed by two of three local witnesses, in processes of their own, against what it may take."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "log"
        world = World(home)
        log = world.services.trust.log
        world.close()
        with witness_servers(Path(folder), WITNESSES, log) as urls:
            ask_witnesses(home, urls)
            services = build(settings_of(home))
            added = waited(services, checkpoints)
            services.store.close()
    return {
        "interval_seconds": PAUSE_SECONDS,
        "added_seconds": statistics.median(added),
        "added_at_most_seconds": max(added),
        "limit_seconds": LIMIT_SECONDS,
        "ratio": max(added) / LIMIT_SECONDS,
    }


def waited(services: Services, checkpoints: int) -> list[float]:
    """How long each of so many checkpoints was signed and not yet published, seen every few milliseconds."""
    stopped, signed, published = threading.Event(), dict[int, float](), dict[int, float]()
    signer = threading.Thread(target=keep_checkpointing, args=(services, stopped), kwargs={"is_orphan": bool})
    signer.start()
    number = 0
    while len(published) < checkpoints:
        if number <= len(signed):
            capture(services, f"Q{number}")
            number += 1
        with services.store.reading() as store:
            newest, shown = store.checkpoint(), store.published()
        now = time.monotonic()
        if newest is not None:
            signed.setdefault(newest.size, now)
        if shown is not None:
            published.setdefault(shown, now)
        time.sleep(0.005)
    stopped.set()
    signer.join()
    return [published[size] - signed[size] for size in published]


def capture(services: Services, serial: str) -> None:
    event = {
        "@context": CONTEXT, "type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning",
        "epcList": [item(serial)], "eventTime": "2026-05-04T10:00:00.000Z", "eventTimeZoneOffset": "+00:00",
    }  # fmt: skip
    services.capturing.capture([to_json(services.signing.event(event, [MAKER.hand()]))])
