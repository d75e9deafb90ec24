"""The tables of an exchange: one thing comes back, another goes out, and a difference is paid.

Rules:

* the buyer asks, the seller offers a price, the buyer agrees: nobody is bound by what they did not sign;
* the replacement is told in the order (``order_rows``): it is allocated, packed and sent like everything else there;
* where the seller sends it in advance, a deposit may stand for what has not come back yet;
* a thing that is not the one that was sold stops everything until an inspector, who is not the seller, has awarded.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.commerce import forms
from provenance.commerce.dossier_names import Family
from provenance.commerce.order_rows import EVIDENCE
from provenance.commerce.tables import Form, Kind, Machine, Row, Signatory, Stage, by, move
from provenance.commerce.vocabulary import Condition, Swap

_CLAIMANT, _SELLER, _INSPECTOR, _ATTESTOR = (
    Signatory.CLAIMANT,
    Signatory.SELLER,
    Signatory.INSPECTOR,
    Signatory.ATTESTOR,
)
_NO_MEMBERS: Mapping[str, Form] = {}
_WHILE_AGREED = move(Machine.EXCHANGE, Stage.AGREED, to=Stage.AGREED)

EXCHANGE_ROWS = (
    Row(
        Kind.EXCHANGE_ASKED,
        "what the buyer would have instead of which item",
        {"order": forms.dossier(Family.ORDER), "item": forms.item, "product": forms.product},
        by(_CLAIMANT),
        (move(Machine.EXCHANGE, Stage.NONE, to=Stage.REQUESTED),),
    ),
    Row(
        Kind.EXCHANGE_OFFERED,
        "for which price, which of the two goes first, and which deposit",
        {
            "price": forms.minor,
            "deposit": forms.minor,
            "currency": forms.currency,
            "swap": forms.word(Swap),
            "expires": forms.instant,
        },
        by(_SELLER),
        (move(Machine.EXCHANGE, Stage.REQUESTED, Stage.OFFERED, to=Stage.OFFERED),),
    ),
    Row(
        Kind.EXCHANGE_AGREED,
        "the buyer accepts",
        _NO_MEMBERS,
        by(_CLAIMANT),
        (move(Machine.EXCHANGE, Stage.OFFERED, to=Stage.AGREED),),
    ),
    Row(
        Kind.EXCHANGE_DECLINED,
        "the seller does not exchange it",
        {"reason": forms.text},
        by(_SELLER),
        (move(Machine.EXCHANGE, Stage.REQUESTED, Stage.OFFERED, to=Stage.REJECTED),),
    ),
    Row(
        Kind.EXCHANGE_WITHDRAWN,
        "the buyer keeps the thing after all",
        _NO_MEMBERS,
        by(_CLAIMANT),
        (
            move(Machine.EXCHANGE, Stage.REQUESTED, Stage.OFFERED, Stage.AGREED, to=Stage.CANCELLED),
            move(Machine.RECEPTION, Stage.NONE, to=Stage.NONE),
        ),
    ),
    Row(
        Kind.EXCHANGE_PAID,
        "difference and deposit have arrived",
        {"minor": forms.minor, "currency": forms.currency, "provider": forms.text, "reference": forms.text},
        by(_ATTESTOR),
        (_WHILE_AGREED, move(Machine.PAYMENT, Stage.NONE, to=Stage.HELD)),
    ),
    Row(
        Kind.EXCHANGE_SENT_BACK,
        "sealed and on its way back",
        EVIDENCE,
        by(_CLAIMANT),
        (_WHILE_AGREED, move(Machine.RECEPTION, Stage.NONE, to=Stage.SHIPPED)),
    ),
    Row(
        Kind.EXCHANGE_RECEIVED,
        "arrived at the seller's; what the code on it says",
        {"scanned": forms.item_or_none, **EVIDENCE},
        by(_SELLER),
        (_WHILE_AGREED, move(Machine.RECEPTION, Stage.SHIPPED, to=Stage.RECEIVED)),
    ),
    Row(
        Kind.EXCHANGE_MATCHED,
        "it is the thing that was sold, and how it looks",
        {"found": forms.words(Condition), "event": forms.hash_},
        by(_SELLER),
        (_WHILE_AGREED, move(Machine.RECEPTION, Stage.RECEIVED, to=Stage.MATCHED)),
    ),
    Row(
        Kind.EXCHANGE_MISMATCHED,
        "it is not the thing that was sold",
        {"report": forms.hash_},
        by(_SELLER),
        (
            move(Machine.EXCHANGE, Stage.AGREED, to=Stage.CONTESTED),
            move(Machine.RECEPTION, Stage.RECEIVED, to=Stage.MISMATCHED),
        ),
    ),
    Row(
        Kind.EXCHANGE_UPHELD,
        "an inspector has heard both: it counts as the thing that was sold",
        {"report": forms.hash_},
        by(_INSPECTOR),
        (
            move(Machine.EXCHANGE, Stage.CONTESTED, to=Stage.AGREED),
            move(Machine.RECEPTION, Stage.MISMATCHED, to=Stage.MATCHED),
        ),
    ),
    Row(
        Kind.EXCHANGE_DISMISSED,
        "an inspector has heard both: the buyer sent another thing",
        {"report": forms.hash_},
        by(_INSPECTOR),
        (move(Machine.EXCHANGE, Stage.CONTESTED, to=Stage.REJECTED),),
    ),
    Row(
        Kind.EXCHANGE_SETTLED,
        "one came back and the other arrived",
        _NO_MEMBERS,
        by(_SELLER, _CLAIMANT),
        (
            move(Machine.EXCHANGE, Stage.AGREED, to=Stage.SETTLED),
            move(Machine.RECEPTION, Stage.MATCHED, to=Stage.MATCHED),
        ),
    ),
    Row(
        Kind.EXCHANGE_DEFAULTED,
        "the other arrived long ago, and nothing came back",
        _NO_MEMBERS,
        by(_SELLER),
        (
            move(Machine.EXCHANGE, Stage.AGREED, to=Stage.DEFAULTED),
            move(Machine.RECEPTION, Stage.NONE, to=Stage.NONE),
        ),
    ),
    Row(
        Kind.EXCHANGE_REPAID,
        "difference and deposit go back to the buyer",
        {"minor": forms.minor, "currency": forms.currency, "provider": forms.text, "reference": forms.text},
        by(_SELLER, _ATTESTOR),
        (move(Machine.PAYMENT, Stage.NONE, Stage.HELD, to=Stage.REFUNDED),),
    ),
    Row(
        Kind.TICK,
        "a moment that the log has reached",
        _NO_MEMBERS,
        by(_SELLER, _CLAIMANT, _INSPECTOR),
        (),
    ),
)
