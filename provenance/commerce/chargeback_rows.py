"""The tables of a chargeback: the buyer's bank takes the money back, and the seller wins it again or loses it.

Rules:

* it is a fact told by the attestor, and nobody's to grant;
* while it is open nothing else of the order's money moves: the same price would be paid back twice.
"""

from __future__ import annotations

from provenance.commerce import forms
from provenance.commerce.order_rows import PAYMENT
from provenance.commerce.tables import Kind, Machine, Row, Signatory, Stage, by, during, move

_ATTESTOR = by(Signatory.ATTESTOR)

CHARGEBACK_ROWS = (
    Row(
        Kind.CHARGEBACK_OPENED,
        "the buyer's bank takes money back",
        {**PAYMENT, "minor": forms.minor, "currency": forms.currency},
        _ATTESTOR,
        (during(Machine.PAYMENT, Stage.HELD), move(Machine.CHARGEBACK, Stage.NONE, Stage.WON, to=Stage.OPEN)),
    ),
    Row(
        Kind.CHARGEBACK_WON,
        "the money stays with the seller",
        {},
        _ATTESTOR,
        (move(Machine.CHARGEBACK, Stage.OPEN, to=Stage.WON),),
    ),
    Row(
        Kind.CHARGEBACK_LOST,
        "the money is the buyer's",
        {},
        _ATTESTOR,
        (move(Machine.CHARGEBACK, Stage.OPEN, to=Stage.LOST),),
    ),
)
