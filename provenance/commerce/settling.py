"""Brings what a payment provider says into the book of one order: each payment and refund once, whatever is sent again.

Rules:

* nothing is booked that was not asked for: a payment or refund is pended when the provider is asked, and fulfilled or
  voided by what the provider says of it, for exactly that amount and at that provider;
* what is said again changes nothing; what contradicts is refused, and left to the reconciliation;
* a notice that others can check (grade A) is taken at its word; of any other the provider is asked again, and its own
  list decides;
* who tells the sum so far instead of one refund is understood, in whatever order the refunds arrive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from provenance.codes import Code
from provenance.commerce.ledger import (
    Account,
    AccountKind,
    Entry,
    Fulfil,
    Ledger,
    Pend,
    Posting,
    PostingId,
    Reason,
    Transfer,
    TransferId,
    Void,
)
from provenance.commerce.money import Money
from provenance.commerce.payment_notices import SUMS_REFUNDS, Grade, PaymentNotice, PaymentState
from provenance.errors import ConflictError, RefusedError

_EMPTY = Ledger()
_MOST_SUMS = 4096  # of an order's refunds in any order of arrival; beyond a dozen different ones a person looks

DONE = frozenset({PaymentState.PAID, PaymentState.REFUNDED})


@dataclass(frozen=True, slots=True)
class Till:
    """Where money comes in and goes out: a merchant at a provider."""

    provider: str
    merchant: str

    @property
    def account(self) -> Account:
        """Its account in the book."""
        return Account(AccountKind.PROVIDER, f"{self.provider} {self.merchant}")


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the provider's own list: what became of a payment or, where ``refund`` is named, of a refund."""

    till: Till
    order: str
    refund: str | None
    amount: Money
    state: PaymentState

    @property
    def transfer(self) -> TransferId:
        """The transfer that it speaks of."""
        return _payment_id(self.order) if self.refund is None else _refund_id(self.refund)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a provider was asked for, and how it ended: ``None`` while it waits."""

    transfer: Transfer
    ended: type[Fulfil] | type[Void] | None


def ask_payment(ledger: Ledger, order: str, amount: Money, *, at: Till) -> Ledger:
    """The book in which the buyer is asked to pay; asked again, it is the same book."""
    escrow = Account(AccountKind.ESCROW, order)
    asked = Transfer(_payment_id(order), at.account, escrow, amount, Reason.CAPTURE, order)
    return ledger.post(Posting(PostingId(f"ask {asked.id}"), (Pend(asked),)))


def ask_refund(
    ledger: Ledger, order: str, amount: Money, *, refund: str, at: Till, source: Account | None = None
) -> Ledger:
    """The book in which the provider is to give back; refuses more than is held for the order and not spoken for.

    ``source`` has the money where it was released already.
    """
    held = source or Account(AccountKind.ESCROW, order)
    asked = Transfer(_refund_id(refund), held, at.account, amount, Reason.REFUND, order)
    return ledger.post(Posting(PostingId(f"ask {asked.id}"), (Pend(asked),)))


def believed(notice: PaymentNotice, asked_again: Iterable[Said] = (), *, book: Ledger = _EMPTY) -> Said:
    """What a notice comes to; below grade A only if the provider's own list, asked again, says the same.

    ``book`` is that of the order: of a sum so far it tells which part was this refund.
    """
    said = Said(Till(notice.provider, notice.merchant), notice.order, notice.refund, notice.amount, notice.state)
    if notice.refund is not None and notice.provider in SUMS_REFUNDS:
        said = replace(said, amount=_own_part(said, book))
    if notice.grade is not Grade.A and said not in asked_again:
        message = f"of {said.transfer} the provider's own list does not say that it is {said.state}"
        raise RefusedError(Code.UNCONFIRMED_NOTICE, message)
    return said


def settle(ledger: Ledger, said: Said) -> Ledger:
    """The book in which what was asked for is fulfilled or voided; refused without a change if it does not fit.

    1. it was asked for, at this provider, in this amount;
    2. it waits; or it ended so before, and nothing changes.
    """
    asked = next((one for one in asked_for(ledger) if one.transfer.id == said.transfer), None)
    if asked is None or asked.transfer.order != said.order:
        raise RefusedError(Code.UNKNOWN_TRANSFER, f"nobody asked for {said.transfer} of {said.order}")
    if said.till.account not in (asked.transfer.source, asked.transfer.target):
        raise RefusedError(Code.OTHER_MERCHANT, f"{said.transfer} was asked of another provider or merchant")
    if said.amount != asked.transfer.amount:
        message = f"{asked.transfer.amount} was asked for {said.transfer}, not {said.amount}"
        raise RefusedError(Code.OTHER_AMOUNT, message)
    end = Fulfil if said.state in DONE else Void
    if asked.ended not in (None, end):
        message = f"{said.transfer} had ended, and not as {said.state}"
        raise ConflictError(Code.ALREADY_RESOLVED, message, evidence={"transfer": said.transfer})
    return ledger.post(Posting(PostingId(f"end {said.transfer}"), (end(said.transfer),)))


def asked_for(ledger: Ledger) -> Iterator[Asked]:
    """What the providers were asked for, in order."""
    entries: list[Entry] = [entry for posting in ledger.postings for entry in posting.entries]
    ended = {entry.pending: type(entry) for entry in entries if isinstance(entry, Fulfil | Void)}
    yield from (Asked(entry.transfer, ended.get(entry.transfer.id)) for entry in entries if isinstance(entry, Pend))


def _own_part(said: Said, book: Ledger) -> Money:
    """What was asked for under this name, if the sum so far is that and some of the order's other refunds."""
    asked = {one.transfer.id: one for one in asked_for(book) if one.transfer.order == said.order}
    mine = asked.pop(said.transfer, None)
    if mine is None or mine.transfer.amount.currency != said.amount.currency:
        return said.amount
    rest = said.amount.minor - mine.transfer.amount.minor
    sums = {0}
    for other in asked.values():
        if other.transfer.reason is Reason.REFUND and other.ended is not Void:
            sums |= {so_far + other.transfer.amount.minor for so_far in sums}
        if len(sums) > _MOST_SUMS:
            return said.amount
    return mine.transfer.amount if rest in sums else said.amount


def _payment_id(order: str) -> TransferId:
    return TransferId(f"payment {order}")


def _refund_id(refund: str) -> TransferId:
    return TransferId(f"refund {refund}")
