"""The tables of an item's warranty: a fault is told, the thing comes in, is repaired or not, and goes back.

Rules:

* all repairs of an item stand in one dossier, whoever owned it meanwhile: the warranty goes with the item;
* whether the seller owes a repair, and whether the repair was done, are said apart; a refusal can be appealed;
* the owner says that the thing is back; until then the repair is not over.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.commerce import forms
from provenance.commerce.dossier_names import Family
from provenance.commerce.order_rows import EVIDENCE
from provenance.commerce.tables import Form, Kind, Machine, Move, Row, Signatory, Stage, by, move

_CLAIMANT, _SELLER, _INSPECTOR = Signatory.CLAIMANT, Signatory.SELLER, Signatory.INSPECTOR
_NO_MEMBERS: Mapping[str, Form] = {}


def _step(*sources: Stage, to: Stage) -> tuple[Move, ...]:
    return (move(Machine.WARRANTY, *sources, to=to),)


WARRANTY_ROWS = (
    Row(
        Kind.REPAIR_ASKED,
        "the owner tells of a fault",
        {"order": forms.dossier(Family.ORDER), "fault": forms.hash_},
        by(_CLAIMANT),
        _step(Stage.NONE, Stage.CLOSED, Stage.CANCELLED, to=Stage.REQUESTED),
    ),
    Row(
        Kind.REPAIR_ACCEPTED,
        "the seller will repair it",
        _NO_MEMBERS,
        by(_SELLER),
        _step(Stage.REQUESTED, Stage.REJECTED, to=Stage.AUTHORISED),
    ),
    Row(
        Kind.REPAIR_REFUSED,
        "the seller will not, and what shows why",
        {"reason": forms.text, "report": forms.hash_},
        by(_SELLER),
        _step(Stage.REQUESTED, Stage.RECEIVED, to=Stage.REJECTED),
    ),
    Row(
        Kind.REPAIR_GRANTED,
        "the seller was silent, and terms and law owe a repair",
        _NO_MEMBERS,
        by(_CLAIMANT, _INSPECTOR),
        _step(Stage.REQUESTED, to=Stage.AUTHORISED),
    ),
    Row(
        Kind.REPAIR_UPHELD,
        "an inspector has heard both: the seller repairs it",
        {"report": forms.hash_},
        by(_INSPECTOR),
        _step(Stage.REJECTED, to=Stage.AUTHORISED),
    ),
    Row(
        Kind.REPAIR_WITHDRAWN,
        "the owner lives with it",
        _NO_MEMBERS,
        by(_CLAIMANT),
        _step(Stage.REQUESTED, Stage.AUTHORISED, to=Stage.CANCELLED),
    ),
    Row(
        Kind.REPAIR_RECEIVED,
        "the thing has come in; what the code on it says",
        {"scanned": forms.item_or_none, **EVIDENCE},
        by(_SELLER),
        _step(Stage.AUTHORISED, to=Stage.RECEIVED),
    ),
    Row(
        Kind.REPAIR_DONE,
        "repaired, and what was done",
        {"report": forms.hash_, "event": forms.hash_},
        by(_SELLER),
        _step(Stage.RECEIVED, to=Stage.REPAIRED),
    ),
    Row(
        Kind.REPAIR_FAILED,
        "it can't be repaired",
        {"report": forms.hash_},
        by(_SELLER),
        _step(Stage.RECEIVED, to=Stage.FAILED),
    ),
    Row(
        Kind.REPAIR_CLOSED,
        "the owner has it back",
        _NO_MEMBERS,
        by(_CLAIMANT),
        _step(Stage.REPAIRED, Stage.FAILED, Stage.REJECTED, to=Stage.CLOSED),
    ),
    Row(
        Kind.TICK,
        "a moment that the log has reached",
        _NO_MEMBERS,
        by(_SELLER, _CLAIMANT, _INSPECTOR),
        (),
    ),
)
