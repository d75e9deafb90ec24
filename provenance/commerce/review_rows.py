"""The tables of what buyers say of a product: written once for each item bought, amended, answered, removed by law.

Rules:

* the dossier is the product's, so every review extends one chain: none is left out without a gap in it;
* nothing is taken away by seller or platform; an inspector removes for a reason in law, and the mark of it stays;
* the record holds the stars and a hash of the text, never the text: a text can be erased, and the chain still stands.
"""

from __future__ import annotations

from provenance.commerce import forms
from provenance.commerce.dossier_names import Family
from provenance.commerce.tables import Kind, Machine, Row, Signatory, Stage, by, move
from provenance.commerce.vocabulary import RemovalReason

_STAYS = move(Machine.REVIEW, Stage.PUBLISHED, to=Stage.PUBLISHED)

REVIEW_ROWS = (
    Row(
        Kind.REVIEW_WRITTEN,
        "what the buyer of an item thinks of it",
        {"item": forms.item, "order": forms.dossier(Family.ORDER), "stars": forms.stars, "text": forms.hash_},
        by(Signatory.REVIEWER),
        (move(Machine.REVIEW, Stage.NONE, to=Stage.PUBLISHED),),
    ),
    Row(
        Kind.REVIEW_AMENDED,
        "the buyer thinks otherwise; what was said before stays in the chain",
        {"item": forms.item, "stars": forms.stars, "text": forms.hash_},
        by(Signatory.REVIEWER),
        (_STAYS,),
    ),
    Row(
        Kind.REVIEW_CONTINUED,
        "the buyer adds something; the stars stay",
        {"item": forms.item, "text": forms.hash_},
        by(Signatory.REVIEWER),
        (_STAYS,),
    ),
    Row(
        Kind.REVIEW_ANSWERED,
        "the seller answers, once",
        {"item": forms.item, "text": forms.hash_},
        by(Signatory.SELLER),
        (_STAYS, move(Machine.ANSWER, Stage.NONE, to=Stage.ANSWERED)),
    ),
    Row(
        Kind.REVIEW_TEXT_ERASED,
        "whose words they are takes them back; their hash and the stars stay",
        {"item": forms.item, "text": forms.hash_},
        by(Signatory.REVIEWER, Signatory.SELLER),
        (_STAYS,),
    ),
    Row(
        Kind.REVIEW_REMOVED,
        "an inspector removes it, for a reason in law",
        {"item": forms.item, "reason": forms.word(RemovalReason), "basis": forms.text, "decision": forms.hash_},
        by(Signatory.INSPECTOR),
        (move(Machine.REVIEW, Stage.PUBLISHED, to=Stage.REMOVED),),
    ),
    Row(
        Kind.REVIEW_RESTORED,
        "an appeal was right",
        {"item": forms.item, "decision": forms.hash_},
        by(Signatory.INSPECTOR),
        (move(Machine.REVIEW, Stage.REMOVED, to=Stage.PUBLISHED),),
    ),
)
