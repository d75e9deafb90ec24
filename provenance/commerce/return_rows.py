"""The tables of a return: what the buyer asks, what becomes of the thing, and how it ends, each a machine of its own.

Rules:

* whether the law or the seller grants a return, and whether the thing has come back, are two different things;
* what was sealed, weighed and photographed when it left is sealed, weighed and photographed when it comes back;
* a thing that is not the one that was sold stops the money until an inspector, who is not the seller, has awarded;
* a return ends with the money or with the thing going back to whoever sent it.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.commerce import forms
from provenance.commerce.dossier_names import Family
from provenance.commerce.order_rows import EVIDENCE
from provenance.commerce.tables import Form, Kind, Machine, Move, Row, Signatory, Stage, by, move
from provenance.commerce.vocabulary import Ask, Condition, Ground

_CLAIMANT, _SELLER, _INSPECTOR = Signatory.CLAIMANT, Signatory.SELLER, Signatory.INSPECTOR
_NO_MEMBERS: Mapping[str, Form] = {}


def _while(machine: Machine, stage: Stage) -> Move:
    return move(machine, stage, to=stage)


RETURN_ROWS = (
    Row(
        Kind.RETURN_REQUESTED,
        "what the buyer asks for, about which item",
        {"order": forms.dossier(Family.ORDER), "item": forms.item, "ask": forms.word(Ask)},
        by(_CLAIMANT),
        (move(Machine.REQUEST, Stage.NONE, to=Stage.REQUESTED),),
    ),
    Row(
        Kind.RETURN_ACCEPTED,
        "the seller agrees",
        _NO_MEMBERS,
        by(_SELLER),
        (move(Machine.REQUEST, Stage.REQUESTED, Stage.CONTESTED, to=Stage.AUTHORISED),),
    ),
    Row(
        Kind.RETURN_CONTESTED,
        "the seller objects, and why",
        {"ground": forms.word(Ground)},
        by(_SELLER),
        (move(Machine.REQUEST, Stage.REQUESTED, to=Stage.CONTESTED),),
    ),
    Row(
        Kind.RETURN_GRANTED,
        "terms and law grant it: in time, or the seller was silent",
        _NO_MEMBERS,
        by(_CLAIMANT, _INSPECTOR),
        (move(Machine.REQUEST, Stage.REQUESTED, Stage.CONTESTED, to=Stage.AUTHORISED),),
    ),
    Row(
        Kind.AWARDED_TO_BUYER,
        "an inspector has heard both and decides for the buyer",
        {"report": forms.hash_},
        by(_INSPECTOR),
        (move(Machine.REQUEST, Stage.CONTESTED, to=Stage.AUTHORISED),),
    ),
    Row(
        Kind.AWARDED_TO_SELLER,
        "an inspector has heard both and decides for the seller",
        {"report": forms.hash_},
        by(_INSPECTOR),
        (move(Machine.REQUEST, Stage.CONTESTED, to=Stage.REJECTED),),
    ),
    Row(
        Kind.RETURN_WITHDRAWN,
        "the buyer keeps the thing after all",
        _NO_MEMBERS,
        by(_CLAIMANT),
        (
            move(Machine.REQUEST, Stage.REQUESTED, Stage.CONTESTED, Stage.AUTHORISED, to=Stage.CANCELLED),
            _while(Machine.RECEPTION, Stage.NONE),
            _while(Machine.OUTCOME, Stage.NONE),
        ),
    ),
    Row(
        Kind.RETURN_SHIPPED,
        "sealed and on its way back",
        EVIDENCE,
        by(_CLAIMANT),
        (_while(Machine.REQUEST, Stage.AUTHORISED), move(Machine.RECEPTION, Stage.NONE, to=Stage.SHIPPED)),
    ),
    Row(
        Kind.RETURN_RECEIVED,
        "arrived at the seller's; what the code on it says",
        {"scanned": forms.item_or_none, **EVIDENCE},
        by(_SELLER),
        (move(Machine.RECEPTION, Stage.SHIPPED, to=Stage.RECEIVED),),
    ),
    Row(
        Kind.RETURN_MATCHED,
        "it is the thing that was sold, and how it looks",
        {"found": forms.words(Condition), "event": forms.hash_},
        by(_SELLER),
        (move(Machine.RECEPTION, Stage.RECEIVED, to=Stage.MATCHED),),
    ),
    Row(
        Kind.RETURN_MISMATCHED,
        "it is not the thing that was sold",
        {"report": forms.hash_},
        by(_SELLER),
        (
            move(Machine.REQUEST, Stage.AUTHORISED, to=Stage.CONTESTED),
            move(Machine.RECEPTION, Stage.RECEIVED, to=Stage.MISMATCHED),
        ),
    ),
    Row(
        Kind.RETURN_REFUNDED,
        "the money is paid back",
        {"minor": forms.minor, "currency": forms.currency, "provider": forms.text, "reference": forms.text},
        by(_SELLER, Signatory.ATTESTOR),
        (_while(Machine.REQUEST, Stage.AUTHORISED), move(Machine.OUTCOME, Stage.NONE, to=Stage.REFUNDED)),
    ),
    Row(
        Kind.RETURN_HANDED_BACK,
        "the thing goes back to whoever sent it",
        _NO_MEMBERS,
        by(_SELLER),
        (
            move(Machine.REQUEST, Stage.REJECTED, Stage.AUTHORISED, to=Stage.REJECTED),
            move(Machine.RECEPTION, Stage.RECEIVED, Stage.MATCHED, Stage.MISMATCHED, to=Stage.HANDED_BACK),
            move(Machine.OUTCOME, Stage.NONE, to=Stage.HANDED_BACK),
        ),
    ),
    Row(
        Kind.TICK,
        "a moment that the log has reached",
        _NO_MEMBERS,
        by(_SELLER, _CLAIMANT, _INSPECTOR),
        (),
    ),
)
