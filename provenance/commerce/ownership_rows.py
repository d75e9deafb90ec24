"""The tables of who owns an item: claimed with its hidden code, passed on, missing, stolen, and a lost key replaced.

Rules:

* a claim is signed with the item's hidden code and by the new owner; the code is used up with it, so what came back and
  is sold again is claimed with the seller's signature in the place of the code's;
* one owner offers, the other accepts by linking to the offer: of two who accept, the first has it;
* what is missing or stolen is passed on by nobody; only an inspector says stolen, and only an inspector takes it back;
* who lost their key asks for a new one together with the seller who knows them; the old key can object until the
  waiting period is over.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.commerce import forms
from provenance.commerce.dossier_names import Family
from provenance.commerce.tables import Form, Kind, Machine, Row, Signatory, Stage, by, move

_OWNER, _NEW_OWNER, _INSPECTOR = Signatory.OWNER, Signatory.NEW_OWNER, Signatory.INSPECTOR
_NOT_RECOVERING = move(Machine.RECOVERY, Stage.NONE, to=Stage.NONE)
_NO_MEMBERS: Mapping[str, Form] = {}

OWNERSHIP_ROWS = (
    Row(
        Kind.OWNERSHIP_CLAIMED,
        "the buyer has the item, its hidden code and its receipt",
        {
            "owner": forms.party,
            "order": forms.dossier(Family.ORDER),
            "token": forms.text,
            "nonce": forms.hash_,
            "expires": forms.instant,
        },
        (frozenset({Signatory.CLAIM_KEY, _NEW_OWNER}),),
        (move(Machine.OWNERSHIP, Stage.NONE, to=Stage.OWNED),),
    ),
    Row(
        Kind.OWNERSHIP_GRANTED,
        "sold again after it came back: the code is used up, so the seller vouches for the new owner",
        {"owner": forms.party, "order": forms.dossier(Family.ORDER), "token": forms.text},
        (frozenset({Signatory.SELLER, _NEW_OWNER}),),
        (move(Machine.OWNERSHIP, Stage.ENDED, to=Stage.OWNED),),
    ),
    Row(
        Kind.OWNERSHIP_OFFERED,
        "the owner would pass it on, to one person or to whoever comes first",
        {"to": forms.party_or_none, "expires": forms.instant},
        by(_OWNER),
        (move(Machine.OWNERSHIP, Stage.OWNED, to=Stage.OFFERED), _NOT_RECOVERING),
    ),
    Row(
        Kind.OWNERSHIP_WITHDRAWN,
        "the offer is taken back",
        _NO_MEMBERS,
        by(_OWNER),
        (move(Machine.OWNERSHIP, Stage.OFFERED, to=Stage.OWNED),),
    ),
    Row(
        Kind.OWNERSHIP_TRANSFERRED,
        "somebody else has accepted it",
        _NO_MEMBERS,
        by(_NEW_OWNER),
        (move(Machine.OWNERSHIP, Stage.OFFERED, to=Stage.OWNED), _NOT_RECOVERING),
    ),
    Row(
        Kind.OWNERSHIP_RESOLD,
        "whoever bought it from its owner has it, and it is the item",
        {"to": forms.party},
        by(_OWNER, _NEW_OWNER),
        (move(Machine.OWNERSHIP, Stage.OWNED, to=Stage.OWNED), _NOT_RECOVERING),
    ),
    Row(
        Kind.ITEM_MISSED,
        "the owner does not have it",
        _NO_MEMBERS,
        by(_OWNER),
        (move(Machine.OWNERSHIP, Stage.OWNED, Stage.OFFERED, to=Stage.MISSING),),
    ),
    Row(
        Kind.ITEM_FOUND,
        "the owner has it again",
        _NO_MEMBERS,
        by(_OWNER),
        (move(Machine.OWNERSHIP, Stage.MISSING, to=Stage.OWNED),),
    ),
    Row(
        Kind.THEFT_CONFIRMED,
        "an inspector has seen the report of a theft",
        {"report": forms.hash_},
        by(_INSPECTOR),
        (move(Machine.OWNERSHIP, Stage.OWNED, Stage.OFFERED, Stage.MISSING, to=Stage.STOLEN),),
    ),
    Row(
        Kind.THEFT_CLEARED,
        "the inspector who confirmed the theft takes it back",
        {"report": forms.hash_},
        by(_INSPECTOR),
        (move(Machine.OWNERSHIP, Stage.STOLEN, to=Stage.OWNED),),
    ),
    Row(
        Kind.OWNERSHIP_ENDED,
        "the seller has paid the price back",
        _NO_MEMBERS,
        by(Signatory.SELLER),
        (move(Machine.OWNERSHIP, Stage.OWNED, Stage.OFFERED, Stage.MISSING, to=Stage.ENDED),),
    ),
    Row(
        Kind.RECOVERY_ASKED,
        "the owner has lost their key, says the seller who knows them",
        {"token": forms.text},
        (frozenset({Signatory.SELLER, _NEW_OWNER}),),
        (
            move(Machine.OWNERSHIP, Stage.OWNED, to=Stage.OWNED),
            move(Machine.RECOVERY, Stage.NONE, to=Stage.ASKED),
        ),
    ),
    Row(
        Kind.RECOVERY_OBJECTED,
        "the old key is not lost",
        _NO_MEMBERS,
        by(_OWNER),
        (move(Machine.RECOVERY, Stage.ASKED, to=Stage.NONE),),
    ),
    Row(
        Kind.RECOVERY_COMPLETED,
        "nobody objected in time",
        _NO_MEMBERS,
        by(_NEW_OWNER),
        (
            move(Machine.OWNERSHIP, Stage.OWNED, Stage.OFFERED, Stage.MISSING, to=Stage.OWNED),
            move(Machine.RECOVERY, Stage.ASKED, to=Stage.NONE),
        ),
    ),
)
