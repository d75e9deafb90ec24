"""The tables of a sale between consumers: offered for a price, paid, sent, looked at, and only then paid out.

Rules:

* the owner offers, and of two who accept by linking to the offer, the first has it;
* somebody whom the offer names holds the money and vouches for it: neither of the two;
* the buyer scans what came; the money goes to the seller when it is the item, and back when it is another;
* whoever is not content is heard by an inspector.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.commerce import forms
from provenance.commerce.order_rows import EVIDENCE
from provenance.commerce.tables import Form, Kind, Machine, Move, Row, Signatory, Stage, by, move

_OWNER, _BUYER, _ATTESTOR, _INSPECTOR = Signatory.OWNER, Signatory.BUYER, Signatory.ATTESTOR, Signatory.INSPECTOR
_PAYMENT: Mapping[str, Form] = {
    "minor": forms.minor,
    "currency": forms.currency,
    "provider": forms.text,
    "reference": forms.text,
}
_NO_MEMBERS: Mapping[str, Form] = {}


def _step(*sources: Stage, to: Stage) -> tuple[Move, ...]:
    return (move(Machine.RESALE, *sources, to=to),)


RESALE_ROWS = (
    Row(
        Kind.RESALE_OFFERED,
        "the owner would sell it, for how much, and who holds the money",
        {
            "minor": forms.minor,
            "currency": forms.currency,
            "attestor": forms.party,
            "photo": forms.hash_,
            "to": forms.party_or_none,
            "expires": forms.instant,
        },
        by(_OWNER),
        _step(Stage.NONE, Stage.CANCELLED, Stage.COMPLETED, Stage.REFUNDED, to=Stage.OFFERED),
    ),
    Row(
        Kind.RESALE_WITHDRAWN,
        "the owner keeps it: nobody accepted, or nobody paid in time",
        _NO_MEMBERS,
        by(_OWNER),
        _step(Stage.OFFERED, Stage.ACCEPTED, to=Stage.CANCELLED),
    ),
    Row(
        Kind.RESALE_ACCEPTED,
        "somebody buys it",
        _NO_MEMBERS,
        by(_BUYER),
        _step(Stage.OFFERED, to=Stage.ACCEPTED),
    ),
    Row(
        Kind.RESALE_PAID,
        "the price has arrived, whole",
        _PAYMENT,
        by(_ATTESTOR),
        _step(Stage.ACCEPTED, to=Stage.PAID),
    ),
    Row(
        Kind.RESALE_SHIPPED,
        "sealed and on its way",
        EVIDENCE,
        by(_OWNER),
        _step(Stage.PAID, to=Stage.SHIPPED),
    ),
    Row(
        Kind.RESALE_ABANDONED,
        "it was paid long ago and not sent",
        _NO_MEMBERS,
        by(_BUYER),
        _step(Stage.PAID, to=Stage.UPHELD),
    ),
    Row(
        Kind.RESALE_MATCHED,
        "the buyer has it: it is the item",
        {"scanned": forms.item_or_none},
        by(_BUYER),
        _step(Stage.SHIPPED, to=Stage.MATCHED),
    ),
    Row(
        Kind.RESALE_MISMATCHED,
        "the buyer has something else, or not what was promised",
        {"scanned": forms.item_or_none, "report": forms.hash_},
        by(_BUYER),
        _step(Stage.SHIPPED, to=Stage.CONTESTED),
    ),
    Row(
        Kind.RESALE_UPHELD,
        "an inspector has heard both: the money goes back",
        {"report": forms.hash_},
        by(_INSPECTOR),
        _step(Stage.PAID, Stage.SHIPPED, Stage.CONTESTED, to=Stage.UPHELD),
    ),
    Row(
        Kind.RESALE_DISMISSED,
        "an inspector has heard both: the buyer has the item",
        {"report": forms.hash_},
        by(_INSPECTOR),
        _step(Stage.SHIPPED, Stage.CONTESTED, to=Stage.MATCHED),
    ),
    Row(
        Kind.RESALE_RELEASED,
        "the price goes to whoever sold it",
        _PAYMENT,
        by(_ATTESTOR),
        _step(Stage.MATCHED, to=Stage.COMPLETED),
    ),
    Row(
        Kind.RESALE_REFUNDED,
        "the price goes back to whoever paid it",
        _PAYMENT,
        by(_ATTESTOR),
        _step(Stage.UPHELD, to=Stage.REFUNDED),
    ),
)
