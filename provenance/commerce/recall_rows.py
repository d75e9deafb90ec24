"""The tables of a recall: things are called back, their owners told, and what ended the danger, item by item.

Rules:

* a recall rests on the custody event that marked the things: nobody calls back what is not theirs to call back;
* who sold an item tells its owner; what was done about it is said by the seller or the owner;
* a recall that ends is taken back by a custody event too; what was said in it stays.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.commerce import forms
from provenance.commerce.dossier_names import Family
from provenance.commerce.tables import Form, Kind, Machine, Row, Signatory, Stage, by, move
from provenance.commerce.vocabulary import Remedy

_ISSUER, _SELLER, _CLAIMANT = Signatory.ISSUER, Signatory.SELLER, Signatory.CLAIMANT
_WHILE_ISSUED = move(Machine.RECALL, Stage.ISSUED, to=Stage.ISSUED)
_SCOPE: Mapping[str, Form] = {"things": forms.things, "event": forms.hash_}

RECALL_ROWS = (
    Row(
        Kind.RECALL_ISSUED,
        "what is called back, why, and what was told to whoever has it",
        {**_SCOPE, "reason": forms.text, "notice": forms.hash_},
        by(_ISSUER),
        (move(Machine.RECALL, Stage.NONE, to=Stage.ISSUED),),
    ),
    Row(
        Kind.RECALL_EXTENDED,
        "more is called back",
        _SCOPE,
        by(_ISSUER),
        (_WHILE_ISSUED,),
    ),
    Row(
        Kind.RECALL_NOTIFIED,
        "the seller has told those who bought it",
        {"order": forms.dossier(Family.ORDER), "serials": forms.serials},
        by(_SELLER),
        (_WHILE_ISSUED, move(Machine.REMEDY, Stage.NONE, to=Stage.NOTIFIED)),
    ),
    Row(
        Kind.RECALL_REMEDIED,
        "what ended the danger of one item",
        {"order": forms.dossier(Family.ORDER), "item": forms.item, "remedy": forms.word(Remedy)},
        by(_SELLER, _CLAIMANT),
        (_WHILE_ISSUED, move(Machine.REMEDY, Stage.NONE, Stage.NOTIFIED, to=Stage.REMEDIED)),
    ),
    Row(
        Kind.RECALL_WITHDRAWN,
        "the things are safe after all",
        {"event": forms.hash_},
        by(_ISSUER),
        (move(Machine.RECALL, Stage.ISSUED, to=Stage.WITHDRAWN),),
    ),
)
