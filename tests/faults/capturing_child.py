"""A process that captures and checkpoints until it is killed, and says what was acknowledged.

``python -m tests.faults.capturing_child HOME URL RUN``: a line ``hash index`` per receipt, after it was given.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from provenance.crypto.envelope import to_json
from provenance.services.capturing import Receipt
from tests.bench import CONTEXT, item
from tests.cast import MAKER
from tests.founding import StandingClock, opened


def main(home: str, url: str, run: str) -> None:
    """Capture batches of every size between 1 and 40, each item commissioned and then looked at."""
    services = opened(Path(home), url, StandingClock())
    for batch in itertools.count():
        serials = [f"K{run}-{batch}-{number}" for number in range(1 + batch * 7 % 40)]
        for action, step in (("ADD", "commissioning"), ("OBSERVE", "inspecting")):
            envelopes = [
                services.signing.event(
                    {
                        "@context": CONTEXT,
                        "type": "ObjectEvent",
                        "action": action,
                        "bizStep": step,
                        "epcList": [item(serial)],
                        "eventTime": "2026-05-04T10:00:00.000Z",
                        "eventTimeZoneOffset": "+00:00",
                    },
                    [MAKER.hand()],
                )
                for serial in serials
            ]
            for outcome in services.capturing.capture([to_json(envelope) for envelope in envelopes]):
                if not isinstance(outcome, Receipt):
                    raise SystemExit(f"refused: {outcome}")
                print(outcome.hash, outcome.index, flush=True)
        services.checkpointing.checkpoint()


if __name__ == "__main__":
    main(*sys.argv[1:])
