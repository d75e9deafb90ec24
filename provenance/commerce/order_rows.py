"""The tables of an order: from a seller's offer to the money that is the seller's, and each item's way to the buyer.

Rules:

* the buyer accepts by linking to the offer: the chain binds the two, and the terms and prices in it;
* an item's way is told for each item; what the order as a whole has come to (``orders.shown``) follows from them;
* nothing is shipped that is not paid and allocated, and nothing completed that has not arrived.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.commerce import forms
from provenance.commerce.dossier_names import Family
from provenance.commerce.payment_notices import Grade
from provenance.commerce.tables import Form, Kind, Machine, Row, Signatory, Stage, by, during, move
from provenance.commerce.vocabulary import Trait

EVIDENCE: Mapping[str, Form] = {"seal": forms.text, "photo": forms.hash_, "grams": forms.grams}
"""What a parcel is known by: its seal, the hash of its photo, its weight."""

PAYMENT: Mapping[str, Form] = {
    "provider": forms.text,
    "merchant": forms.text,
    "reference": forms.text,
    "grade": forms.word(Grade),
    "told": forms.hash_or_none,
}
"""What an attestor vouches for: where the money moved, and the SHA-256 of what the provider told, if it told it us."""

_SELLER, _BUYER, _CARRIER = Signatory.SELLER, Signatory.BUYER, Signatory.CARRIER
_BEFORE_DISPATCH = (Stage.DRAFT, Stage.PLACED, Stage.PAID, Stage.ALLOCATED)
_SINCE_ALLOCATED = during(Machine.ORDER, Stage.ALLOCATED, Stage.COMPLETED)

TERMS_ROWS = (
    Row(
        Kind.TERMS_PUBLISHED,
        "the seller's terms from now on",
        {"terms": forms.raw},
        by(_SELLER),
        (move(Machine.TERMS, Stage.NONE, Stage.PUBLISHED, to=Stage.PUBLISHED),),
    ),
)

ORDER_ROWS = (
    Row(
        Kind.ORDER_OFFERED,
        "what the seller offers, at which price, under which terms",
        {
            "lines": forms.lines,
            "currency": forms.currency,
            "freight": forms.minor,
            "terms": forms.hash_,
            "termsOf": forms.dossier(Family.TERMS),
            "token": forms.hash_,
            "payBy": forms.instant,
            "attestor": forms.party,
        },
        by(_SELLER),
        (move(Machine.ORDER, Stage.NONE, to=Stage.DRAFT),),
    ),
    Row(
        Kind.ORDER_PLACED,
        "the buyer accepts, and confirms what can't be given back",
        {"confirmed": forms.words(Trait)},
        by(_BUYER),
        (move(Machine.ORDER, Stage.DRAFT, to=Stage.PLACED),),
    ),
    Row(
        Kind.ORDER_PAID,
        "the payment has arrived, whole",
        {**PAYMENT, "minor": forms.minor, "currency": forms.currency},
        by(Signatory.ATTESTOR),
        (
            move(Machine.ORDER, Stage.PLACED, to=Stage.PAID),
            move(Machine.PAYMENT, Stage.NONE, to=Stage.HELD),
        ),
    ),
    Row(
        Kind.ORDER_ALLOCATED,
        "an item for every line",
        {"serials": forms.serials, "event": forms.hash_},
        by(_SELLER),
        (
            move(Machine.ORDER, Stage.PAID, to=Stage.ALLOCATED),
            move(Machine.FULFILMENT, Stage.NONE, to=Stage.ALLOCATED),
        ),
        event="picking",
    ),
    Row(
        Kind.ORDER_COMPLETED,
        "the buyer is content, or the time to object is over",
        {},
        by(_BUYER, _SELLER),
        (move(Machine.ORDER, Stage.ALLOCATED, to=Stage.COMPLETED),),
    ),
    Row(
        Kind.ORDER_CANCELLED,
        "called off before anything was shipped",
        {"reason": forms.text},
        by(_BUYER, _SELLER),
        (move(Machine.ORDER, *_BEFORE_DISPATCH, to=Stage.CANCELLED),),
    ),
    Row(
        Kind.ORDER_EXPIRED,
        "not paid in time",
        {},
        by(_SELLER, _BUYER),
        (move(Machine.ORDER, Stage.DRAFT, Stage.PLACED, to=Stage.EXPIRED),),
    ),
    Row(
        Kind.PARCEL_PACKED,
        "packed and sealed",
        {"serials": forms.serials, **EVIDENCE},
        by(_SELLER),
        (
            move(Machine.ORDER, Stage.ALLOCATED, to=Stage.ALLOCATED),
            move(Machine.FULFILMENT, Stage.ALLOCATED, to=Stage.PACKED),
        ),
    ),
    Row(
        Kind.PARCEL_SHIPPED,
        "sold and on its way",
        {"serials": forms.serials, "carrier": forms.party, "event": forms.hash_},
        by(_SELLER),
        (
            move(Machine.ORDER, Stage.ALLOCATED, to=Stage.ALLOCATED),
            move(Machine.FULFILMENT, Stage.PACKED, to=Stage.SHIPPED),
        ),
        event="retail_selling",
    ),
    Row(
        Kind.ITEM_REPLACED,
        "another item instead of one that is exchanged",
        {
            "exchange": forms.dossier(Family.EXCHANGE),
            "replaces": forms.item,
            "serials": forms.serials,
            "price": forms.minor,
            "event": forms.hash_,
        },
        by(_SELLER),
        (_SINCE_ALLOCATED, move(Machine.FULFILMENT, Stage.NONE, to=Stage.ALLOCATED)),
        event="replacing",
    ),
    Row(
        Kind.REPLACEMENT_PACKED,
        "what replaces it is packed and sealed",
        {"serials": forms.serials, **EVIDENCE},
        by(_SELLER),
        (_SINCE_ALLOCATED, move(Machine.FULFILMENT, Stage.ALLOCATED, to=Stage.PACKED)),
    ),
    Row(
        Kind.REPLACEMENT_SHIPPED,
        "what replaces it is on its way",
        {"serials": forms.serials, "carrier": forms.party, "event": forms.hash_},
        by(_SELLER),
        (_SINCE_ALLOCATED, move(Machine.FULFILMENT, Stage.PACKED, to=Stage.SHIPPED)),
        event="retail_selling",
    ),
    Row(
        Kind.PARCEL_DELIVERED,
        "in the buyer's hands",
        {"serials": forms.serials},
        by(_BUYER, _CARRIER),
        (move(Machine.FULFILMENT, Stage.SHIPPED, to=Stage.DELIVERED),),
    ),
    Row(
        Kind.PARCEL_LOST,
        "lost on the way",
        {"serials": forms.serials},
        by(_CARRIER),
        (move(Machine.FULFILMENT, Stage.SHIPPED, to=Stage.LOST),),
    ),
    Row(
        Kind.PARCEL_REFUSED,
        "not taken at the door",
        {"serials": forms.serials},
        by(_BUYER, _CARRIER),
        (move(Machine.FULFILMENT, Stage.SHIPPED, to=Stage.REFUSED),),
    ),
    Row(
        Kind.TICK,
        "a moment that the log has reached",
        {},
        by(_SELLER, _BUYER, Signatory.INSPECTOR),
        (),
    ),
)
