"""What the services need kept of payment providers: every notice that was acknowledged, and what became of it.

What an inbox promises:

* a notice is durable when ``put`` returns, and is in it once, however often it came, at whatever number of servers;
* what the notice says is never changed; only what became of it is, and the body as it came is forgotten in time.

What it is trusted for: availability. It can forget, which the reconciliation with the provider's own list shows; what
it invents pays nothing by itself, as a record must fit its order and is signed by the attestor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Protocol

from provenance.codes import Code
from provenance.commerce.payment_notices import PaymentNotice, Provider


@unique
class Fate(StrEnum):
    """What became of a notice; the value is stored, never renamed."""

    WAITING = "waiting"  # for its order, or for the provider's own word
    SETTLED = "settled"
    REFUSED = "refused"  # it contradicts what is recorded: for a person to look at


@dataclass(frozen=True, slots=True)
class ReceivedNotice:
    """A notice with when it came (whole seconds), the SHA-256 of its body, and the body sealed for its reader."""

    notice: PaymentNotice
    received: int
    digest: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A notice in the inbox; ``place`` counts arrivals.

    ``contradictions`` counts how often its name came again and said something else. ``why`` names what it waits for,
    or why it was refused.
    """

    place: int
    notice: PaymentNotice
    received: int
    digest: str
    fate: Fate
    why: Code | None
    contradictions: int


class Inbox(Protocol):
    """The notices of this installation."""

    def put(self, received: ReceivedNotice) -> bool:
        """Keep a notice; whether it is new. Refuses (``ConflictError``) other content under a known name."""
        ...

    def waiting(self) -> Sequence[KeptNotice]:
        """What waits, in the order of arrival."""
        ...

    def newest(self, limit: int, *, fate: Fate | None = None) -> Sequence[KeptNotice]:
        """Up to so many notices, the newest first; only those with one fate, if it is given."""
        ...

    def decide(self, place: int, fate: Fate, why: Code | None) -> None:
        """What became of a notice; one that is settled or refused stays so unless it is put back to waiting."""
        ...

    def sealed(self, provider: Provider, event: str) -> bytes | None:
        """The body of a notice as it came, sealed; ``None`` where there is no such notice, or it was forgotten."""
        ...

    def forget(self, before: int) -> int:
        """Forget the bodies, not the notices, of what came before a moment and is settled; how many."""
        ...
