"""Serials become things: the maker signs that what carries them now exists.

Rules:

* activation is the commissioning itself, an EPCIS event signed by whoever may issue the GTIN: from then on everyone
  is told "issued", and anyone can prove it; a flag in a database could do neither;
* only a serial that was given out and printed here is activated; one that is live already is left alone, so the same
  call again finishes what a crash cut off;
* the public keys of hidden codes are part of what is signed (``custody.claim_keys``): a claim rests on the maker's
  word, not on this server's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provenance.crypto.envelope import Envelope, to_json
from provenance.custody.claim_keys import CLAIM_KEYS
from provenance.encoding.canonical import Json
from provenance.encoding.textual import format_time
from provenance.epcis.context import EPCIS_CONTEXT
from provenance.errors import Refusal
from provenance.gs1.serial_states import SerialState, SerialStep, after
from provenance.ids import Subject
from provenance.ports.outside import Clock, Randomness
from provenance.ports.serials import BookedSerial
from provenance.services.capturing import Capturing, Receipt
from provenance.services.issuing import Issuing
from provenance.services.signing import Hand, Signing

AT_ONCE = 1000
"""Serials in one event: with their keys they stay well below the largest body."""


@dataclass(frozen=True, slots=True)
class Activation:
    """What became of some serials that were activated by one event."""

    subjects: tuple[Subject, ...]
    outcome: Receipt | Refusal


class Activating:
    """From printed labels to things on record."""

    def __init__(
        self, issuing: Issuing, signing: Signing, capturing: Capturing, *, clock: Clock, randomness: Randomness
    ) -> None:
        self._issuing, self._signing, self._capturing = issuing, signing, capturing
        self._clock, self._randomness = clock, randomness

    def activate(self, subjects: Sequence[Subject], hand: Hand, *, lot: str | None) -> Iterator[Activation]:
        """What becomes of those that are not live yet, event by event; refuses all if one may not be activated."""
        waiting = [report for report in self._issuing.reports(subjects) if report.state is not SerialState.ACTIVATED]
        for report in waiting:
            after(report.state, SerialStep.ACTIVATE)
        serials = list(self._issuing.booked([report.subject for report in waiting]).items())
        for start in range(0, len(serials), AT_ONCE):
            some = dict(serials[start : start + AT_ONCE])
            (outcome,) = self._capturing.capture([to_json(self._commissioning(some, hand, lot))])
            yield Activation(tuple(some), outcome)

    def _commissioning(self, serials: dict[Subject, BookedSerial], hand: Hand, lot: str | None) -> Envelope:
        keys: dict[str, Json] = {s: str(one.claim_key) for s, one in serials.items() if one.claim_key is not None}
        event: dict[str, Json] = {
            "@context": [EPCIS_CONTEXT],
            "type": "ObjectEvent",
            "action": "ADD",
            "bizStep": "commissioning",
            "disposition": "active",
            "epcList": list(serials),
            "eventID": _event_id(self._randomness(16)),
            "eventTime": format_time(self._clock.now()),
            "eventTimeZoneOffset": "+00:00",
        }
        lots: dict[str, Json] = {} if lot is None else {"ilmd": {"cbvmda:lotNumber": lot}}
        return self._signing.event(event | lots | ({CLAIM_KEYS: keys} if keys else {}), [hand])


def _event_id(random: bytes) -> str:
    """A random UUID (RFC 9562 §5.4: version 4, variant 10) as EPCIS names events."""
    number = int.from_bytes(random, "big")
    number = number & ~(0xF << 76) | 4 << 76
    number = number & ~(0x3 << 62) | 2 << 62
    digits = f"{number:032x}"
    return f"urn:uuid:{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
