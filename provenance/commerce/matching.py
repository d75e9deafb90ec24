"""What follows from a notice for its order: the record that the attestor owes, nothing, or why it fits nothing.

Rules:

* a payment pays an order if it is for exactly its total, in its currency, at an account of its seller;
* a payment that was recorded and is told again asks for nothing; another payment for the same order is refused, for
  somebody must give it back;
* that a payment failed is no record: the order waits on, and may be paid otherwise;
* money for an order that nobody accepted yet waits; for one that is over, it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.ledger import Ledger
from provenance.commerce.money import Money
from provenance.commerce.orders import order_of
from provenance.commerce.payment_notices import PaymentNotice, PaymentState
from provenance.commerce.settling import Said, Till, ask_payment, believed, settle
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.encoding.canonical import Json
from provenance.errors import ConflictError, RefusedError

_OVER = frozenset({Stage.CANCELLED, Stage.EXPIRED})


def payment_due(
    notice: PaymentNotice, ordered: Dossier, told: str, *, listed: Iterable[Said] = ()
) -> Mapping[str, Json] | None:
    """The record ``order-paid`` that a notice asks for, but for its time; ``None`` if there is none to make.

    ``notice`` and ``listed`` name the order by its dossier; ``told`` is the SHA-256 of what the provider told.
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
    order, till = order_of(ordered), Till(notice.provider, notice.merchant)
    asked = ask_payment(Ledger(), subject, Money(order.total, order.currency), at=till)
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


def _check_same(notice: PaymentNotice, paid: Money) -> None:
    if notice.state is not PaymentState.PAID or notice.amount != paid:
        message = f"{notice.order} was paid with {paid} by this payment, which is now {notice.state}, {notice.amount}"
        raise ConflictError(Code.ALREADY_RESOLVED, message, evidence={"reference": notice.reference})
