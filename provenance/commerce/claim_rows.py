"""The tables of a claim: something was wrong from the start, the price comes back, and what the law multiplies is paid.

Rules:

* what the record proves needs nobody's word; else the seller admits, is silent, or another hears both and awards;
* price and what the law multiplies are two things: the second is due only on admission or award;
* a claim that was dismissed or taken back is at an end.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.commerce import forms
from provenance.commerce.dossier_names import Family
from provenance.commerce.tables import Form, Kind, Machine, Row, Signatory, Stage, by, during, move
from provenance.commerce.vocabulary import Ask, Claim, Ground, Proof

_CLAIMANT, _SELLER, _INSPECTOR = Signatory.CLAIMANT, Signatory.SELLER, Signatory.INSPECTOR
_PAYMENT: Mapping[str, Form] = {
    "minor": forms.minor,
    "currency": forms.currency,
    "provider": forms.text,
    "reference": forms.text,
}
_FINDING: Mapping[str, Form] = {"found": forms.words(Claim), "loss": forms.minor}
_NO_MEMBERS: Mapping[str, Form] = {}
_OPEN = (Stage.FILED, Stage.CONTESTED)
_WHILE_UPHELD = during(Machine.CLAIM, Stage.UPHELD)

CLAIM_ROWS = (
    Row(
        Kind.CLAIM_FILED,
        "what is wrong with which item, the report that says so, and the loss",
        {
            "order": forms.dossier(Family.ORDER),
            "item": forms.item,
            "ask": forms.word(Ask),
            "report": forms.hash_,
            "loss": forms.minor,
        },
        by(_CLAIMANT),
        (move(Machine.CLAIM, Stage.NONE, to=Stage.FILED),),
    ),
    Row(
        Kind.CLAIM_PROVEN,
        "the record proves it, whoever is asked",
        {"proven": forms.words(Proof)},
        by(_CLAIMANT, _INSPECTOR),
        (move(Machine.CLAIM, *_OPEN, to=Stage.UPHELD),),
    ),
    Row(
        Kind.CLAIM_ADMITTED,
        "the seller admits it, and what it admits in law",
        _FINDING,
        by(_SELLER),
        (move(Machine.CLAIM, *_OPEN, to=Stage.UPHELD),),
    ),
    Row(
        Kind.CLAIM_CONTESTED,
        "the seller objects, and why",
        {"ground": forms.word(Ground), "report": forms.hash_},
        by(_SELLER),
        (move(Machine.CLAIM, Stage.FILED, to=Stage.CONTESTED),),
    ),
    Row(
        Kind.CLAIM_GRANTED,
        "the seller was silent",
        _NO_MEMBERS,
        by(_CLAIMANT, _INSPECTOR),
        (move(Machine.CLAIM, Stage.FILED, to=Stage.UPHELD),),
    ),
    Row(
        Kind.CLAIM_UPHELD,
        "an inspector has heard both: for the buyer, and what the law calls it",
        {"report": forms.hash_, **_FINDING},
        by(_INSPECTOR),
        (move(Machine.CLAIM, Stage.CONTESTED, Stage.UPHELD, to=Stage.UPHELD),),
    ),
    Row(
        Kind.CLAIM_DISMISSED,
        "an inspector has heard both: for the seller",
        {"report": forms.hash_},
        by(_INSPECTOR),
        (move(Machine.CLAIM, Stage.CONTESTED, to=Stage.REJECTED),),
    ),
    Row(
        Kind.CLAIM_WITHDRAWN,
        "the buyer says no more of it",
        _NO_MEMBERS,
        by(_CLAIMANT),
        (move(Machine.CLAIM, *_OPEN, to=Stage.CANCELLED),),
    ),
    Row(
        Kind.CLAIM_REFUNDED,
        "price and freight are paid back",
        _PAYMENT,
        by(_SELLER, Signatory.ATTESTOR),
        (_WHILE_UPHELD, move(Machine.OUTCOME, Stage.NONE, to=Stage.REFUNDED)),
    ),
    Row(
        Kind.CLAIM_COMPENSATED,
        "what the law multiplies is paid",
        _PAYMENT,
        by(_SELLER, Signatory.ATTESTOR),
        (_WHILE_UPHELD, move(Machine.PENALTY, Stage.NONE, to=Stage.PAID)),
    ),
    Row(
        Kind.TICK,
        "a moment that the log has reached",
        _NO_MEMBERS,
        by(_SELLER, _CLAIMANT, _INSPECTOR),
        (),
    ),
)
