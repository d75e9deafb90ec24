"""Saying something about an order in the log, now: signed, captured, and refused out loud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenance.crypto.envelope import to_json
from provenance.encoding.canonical import Json
from provenance.errors import Refusal, RefusedError
from provenance.ports.outside import Clock
from provenance.services.capturing import Capturing, Receipt
from provenance.services.signing import Hand, Signing


class Recording:
    """Records of commerce by those whose keys are at hand."""

    def __init__(self, signing: Signing, capturing: Capturing, clock: Clock) -> None:
        self._signing, self._capturing, self._clock = signing, capturing, clock

    def record(self, members: Mapping[str, Json], hands: Sequence[Hand]) -> Receipt:
        """The receipt of a record that is made at this moment; raises why the log refused it."""
        whole = {**members, "at": int(self._clock.now().timestamp())}
        (outcome,) = self._capturing.capture([to_json(self._signing.commerce_record(whole, hands))])
        if isinstance(outcome, Refusal):
            raise RefusedError(outcome.code, outcome.message, pointer=outcome.pointer, evidence=outcome.evidence)
        return outcome
