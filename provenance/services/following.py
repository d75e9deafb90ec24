"""Following a statement: accepted, recorded, confirmed by how many.

Rules:

* ``recorded``: a checkpoint that the log signed covers it; ``confirmed``: a published one does, on which a quorum of
  witnesses has spoken. Where the trust file asks for nobody, nothing is ever confirmed;
* a witness that confirmed any checkpoint beyond a statement has confirmed the statement: each tree begins with the
  one before it;
* waiting is bounded, and ends with what is so by then: never with more.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from provenance.codes import Code
from provenance.errors import NotFoundError, Refusal, RefusedError
from provenance.ids import StatementHash
from provenance.ports.stores import Reading, Store
from provenance.services.capturing import Receipt, Status
from provenance.services.publishing import published
from provenance.trust import Trust

LONGEST_WAIT_SECONDS = 20.0
_LOOK_SECONDS = 0.05
_ORDER = tuple(Status)


class Following:
    """How far statements have come."""

    def __init__(self, store: Store, trust: Trust) -> None:
        self._store, self._trust = store, trust

    def find(self, hash_: StatementHash) -> Receipt:
        """The receipt of a statement, as things are now."""
        with self._store.reading() as store:
            place = store.find([hash_]).get(hash_)
            if place is None:
                raise NotFoundError(Code.NOT_FOUND, f"no statement with the hash {hash_} is in the log")
            return self._moment(store).of(Receipt(hash_, place, Status.ACCEPTED, is_repeat=True))

    def now(self, outcomes: Sequence[Receipt | Refusal]) -> tuple[Receipt | Refusal, ...]:
        """The same receipts, as things are now; refusals stay what they are."""
        with self._store.reading() as store:
            moment = self._moment(store)
        return tuple(one if isinstance(one, Refusal) else moment.of(one) for one in outcomes)

    def require_awaitable(self, status: Status) -> None:
        """Refuse to wait for what can never be."""
        if status is Status.CONFIRMED and self._trust.policy.quorum is None:
            raise RefusedError(Code.NO_WITNESSES, "the trust file of this log asks for no witnesses")

    def wait(
        self, outcomes: Sequence[Receipt | Refusal], status: Status, *, seconds: float = LONGEST_WAIT_SECONDS
    ) -> tuple[Receipt | Refusal, ...]:
        """The receipts once all have come this far, or as they are when the time is over."""
        self.require_awaitable(status)
        deadline = time.monotonic() + min(seconds, LONGEST_WAIT_SECONDS)
        while True:
            found = self.now(outcomes)
            receipts = [one for one in found if not isinstance(one, Refusal)]
            if all(_ORDER.index(one.status) >= _ORDER.index(status) for one in receipts) or time.monotonic() > deadline:
                return found
            time.sleep(_LOOK_SECONDS)

    def _moment(self, store: Reading) -> _Moment:
        signed, shown = store.checkpoint(), published(store, self._trust)
        asks = self._trust.policy.quorum is not None
        furthest = store.furthest_confirmed()
        return _Moment(
            signed.size if signed else 0,
            shown.size if asks and shown is not None else 0,
            {witness.name: furthest.get(str(witness.key), 0) for witness in self._trust.policy.witnesses},
        )


@dataclass(frozen=True, slots=True)
class _Moment:
    """How far the log was signed and confirmed, and by whom, at one moment."""

    signed: int
    confirmed: int
    by: Mapping[str, int]

    def of(self, receipt: Receipt) -> Receipt:
        """The receipt at this moment."""
        if receipt.index < self.confirmed:
            status = Status.CONFIRMED
        else:
            status = Status.RECORDED if receipt.index < self.signed else Status.ACCEPTED
        names = tuple(name for name, size in self.by.items() if receipt.index < size)
        return replace(receipt, status=status, confirmed_by=names)
