"""What follows from a notice for its order: the record that the attestor owes, nothing, or why it fits nothing.

Rules:

* a payment pays an order if it is for exactly what it costs in money, in its currency, at an account of its seller;
* a payment that was recorded and is told again asks for nothing; another payment for the same order is refused, for
  somebody must give it back;
* that a payment failed is no record: the order waits on, and may be paid otherwise;
* money for an order that nobody accepted yet waits; for one that is over, it is refused;
* a refund is told under the name of its newest try, in the amount that was granted; that an older try was paid while a
  newer one runs is refused, for somebody may be paid twice;
* a chargeback is opened once for a payment, and ends as its provider tells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.ledger import Ledger
from provenance.commerce.money import Money
from provenance.commerce.payment_notices import PaymentNotice, PaymentState
from provenance.commerce.refunds import Refund, name_of_try, refund_of, tries
from provenance.commerce.settling import Said, Till, ask_payment, ask_refund, believed, settle
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.encoding.canonical import Json
from provenance.errors import ConflictError, RefusedError

_CHARGEBACKS = {
    PaymentState.CHARGED_BACK: (Kind.CHARGEBACK_OPENED, Stage.OPEN),
    PaymentState.CHARGEBACK_WON: (Kind.CHARGEBACK_WON, Stage.WON),
    PaymentState.CHARGEBACK_LOST: (Kind.CHARGEBACK_LOST, Stage.LOST),
}
_OVER = frozenset({Stage.CANCELLED, Stage.EXPIRED})


def payment_due(
    notice: PaymentNotice, ordered: Dossier, told: str, *, owed: Money, listed: Iterable[Said] = ()
) -> Mapping[str, Json] | None:
    """The record ``order-paid`` that a notice asks for, but for its time; ``None`` if there is none to make.

    ``owed`` is what the order costs in money; ``notice`` and ``listed`` name it by its dossier; ``told`` is the SHA-256
    of what the provider told.
    """
    subject, stage = ordered.name.subject, ordered.stage(Machine.ORDER)
    paid = ordered.newest(Kind.ORDER_PAID)
    if paid is not None:
        known = paid.record.members
        if (known.text("provider"), known.text("reference")) == (notice.provider, notice.reference):
            _check_same(notice, Money(known.whole("minor", 0, 2**53 - 1), known.text("currency")))
            return None
        if notice.state is PaymentState.PAID:
            raise ConflictError(Code.PAID_TWICE, f"another payment has paid {subject}", evidence={"paid": paid.hash})
    if notice.state is not PaymentState.PAID:
        return None
    if stage in _OVER:
        raise RefusedError(Code.TOO_LATE, f"{subject} is {stage}")
    if stage is not Stage.PLACED:
        raise RefusedError(Code.ILLEGAL_STEP, f"nobody has accepted {subject} yet")
    asked = ask_payment(Ledger(), subject, owed, at=Till(notice.provider, notice.merchant))
    settle(asked, believed(notice, listed))
    return {
        "subject": subject,
        "kind": Kind.ORDER_PAID.value,
        "provider": notice.provider.value,
        "merchant": notice.merchant,
        "reference": notice.reference,
        "minor": notice.amount.minor,
        "currency": notice.amount.currency,
        "grade": notice.grade.value,
        "told": told,
    }


def refund_due(
    notice: PaymentNotice, refunding: Dossier, ledger: Ledger, told: str, *, listed: Iterable[Said] = ()
) -> Mapping[str, Json] | None:
    """The next record of a refund that a notice asks for, but for its time; ``None`` if there is none to make.

    ``notice`` and ``listed`` name order and refund by their dossiers; ``ledger`` is the book of the order.
    """
    refund, stage = refund_of(refunding), refunding.stage(Machine.REFUND)
    newest, is_paid = name_of_try(refund.subject, tries(refunding)), notice.state is PaymentState.REFUNDED
    paid = refunding.newest(Kind.REFUND_PAID)
    if paid is not None and is_paid and paid.record.members.text("reference") == refund_reference(notice):
        return None
    if notice.refund != newest:
        if not is_paid:
            return None
        message = f"{notice.refund} was paid, and {newest} was asked for"
        raise ConflictError(Code.ALREADY_RESOLVED, message, evidence={"refund": newest})
    said = believed(notice, listed, book=ledger)
    if stage is Stage.FAILED:
        if not is_paid:
            return None
        ledger = _as_if_it_waited(refund, newest, at=said.till)
    settle(ledger, said)
    if stage is Stage.GRANTED:
        return {"subject": refund.subject, "kind": Kind.REFUND_ASKED.value}
    return {
        "subject": refund.subject,
        "kind": (Kind.REFUND_PAID if is_paid else Kind.REFUND_FAILED).value,
        "provider": notice.provider.value,
        "merchant": notice.merchant,
        "reference": refund_reference(notice),
        "grade": notice.grade.value,
        "told": told,
    }


def chargeback_due(
    notice: PaymentNotice, ordered: Dossier, told: str, *, listed: Iterable[Said] = ()
) -> Mapping[str, Json] | None:
    """The next record of a chargeback that a notice asks for, but for its time; ``None`` if there is none to make.

    Refuses (to wait for it) the end of one that nobody told the beginning of.
    """
    stage, opened = ordered.stage(Machine.CHARGEBACK), ordered.newest(Kind.CHARGEBACK_OPENED)
    kind, target = _CHARGEBACKS[notice.state]
    reference = hashlib.sha256(f"{notice.reference} chargeback".encode()).hexdigest()
    is_known = opened is not None and opened.record.members.text("reference") == reference
    if is_known and (stage is target or notice.state is PaymentState.CHARGED_BACK):
        return None
    believed(notice, listed)
    head: dict[str, Json] = {"subject": ordered.name.subject, "kind": kind.value}
    if notice.state is not PaymentState.CHARGED_BACK:
        return head
    return {
        **head,
        "provider": notice.provider.value,
        "merchant": notice.merchant,
        "reference": reference,
        "minor": notice.amount.minor,
        "currency": notice.amount.currency,
        "grade": notice.grade.value,
        "told": told,
    }


def return_due(refunding: Dossier, returning: Dossier) -> Mapping[str, Json] | None:
    """The record that ends the return after which a refund was paid; ``None`` if there is none to make."""
    paid, refund = refunding.newest(Kind.REFUND_PAID), refund_of(refunding)
    if paid is None or returning.stage(Machine.OUTCOME) is not Stage.NONE:
        return None
    told = paid.record.members
    return {
        "subject": returning.name.subject,
        "kind": Kind.RETURN_REFUNDED.value,
        "minor": refund.amount.minor,
        "currency": refund.amount.currency,
        "provider": told.text("provider"),
        "reference": told.text("reference"),
    }


def _as_if_it_waited(refund: Refund, name: str, *, at: Till) -> Ledger:
    """A book in which a refund that had failed is asked for still; where it was paid is judged by its record."""
    paid = Said(at, refund.order, None, refund.amount, PaymentState.PAID)
    held = settle(ask_payment(Ledger(), refund.order, refund.amount, at=at), paid)
    return ask_refund(held, refund.order, refund.amount, refund=name, at=at)


def refund_reference(notice: PaymentNotice) -> str:
    """What is kept of a refund at its provider: one for each try, and of no use without the payment's own."""
    return hashlib.sha256(f"{notice.reference} {notice.refund}".encode()).hexdigest()


def _check_same(notice: PaymentNotice, paid: Money) -> None:
    if notice.state is not PaymentState.PAID or notice.amount != paid:
        message = f"{notice.order} was paid with {paid} by this payment, which is now {notice.state}, {notice.amount}"
        raise ConflictError(Code.ALREADY_RESOLVED, message, evidence={"reference": notice.reference})
