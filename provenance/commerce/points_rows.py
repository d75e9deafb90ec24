"""The tables of points: a seller's programme, and one account for each member, in which every point is accounted for.

Rules:

* an account is its member's own chain: its newest record and how many there are is all the member has to keep to see
  that nothing was left out or put in between;
* points of a paid order are pending until the order can't be given back any more; only then do they pay;
* whatever is taken or given back names the one line of the one order that it undoes;
* a gift leaves the giver's account when it is offered, and is received or kept, once;
* what is done by hand is signed by two: the seller, and whom the programme names as approver;
* the account stays when its key changes, so points are never lost with a key, nor debts with a new one.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.commerce import forms
from provenance.commerce.dossier_names import Family
from provenance.commerce.tables import Form, Kind, Machine, Row, Signatory, Stage, by, during, move
from provenance.commerce.vocabulary import AdjustmentReason

_SELLER, _MEMBER, _INSPECTOR, _NEW_MEMBER = (
    Signatory.SELLER,
    Signatory.MEMBER,
    Signatory.INSPECTOR,
    Signatory.NEW_MEMBER,
)
_ANY = by(_SELLER, _MEMBER, _INSPECTOR)
_NOT_IN_DOUBT = during(Machine.RECOVERY, Stage.NONE)  # while a key may be lost, whoever has it spends nothing
_IS_MEMBER = during(Machine.MEMBERSHIP, Stage.ACTIVE)
_ORDER: Mapping[str, Form] = {"order": forms.dossier(Family.ORDER)}
_BY_HAND: Mapping[str, Form] = {
    "reference": forms.text,
    "reason": forms.word(AdjustmentReason),
    "paper": forms.hash_,
    "points": forms.points,
}
_NO_MEMBERS: Mapping[str, Form] = {}

PROGRAMME_ROWS = (
    Row(
        Kind.PROGRAMME_PUBLISHED,
        "the rules of a programme of points from now on",
        {"programme": forms.raw},
        by(_SELLER),
        (move(Machine.PROGRAMME, Stage.NONE, Stage.PUBLISHED, to=Stage.PUBLISHED),),
    ),
)

POINTS_ROWS = (
    Row(
        Kind.POINTS_JOINED,
        "somebody joins a programme",
        {"programmeOf": forms.dossier(Family.PROGRAMME), "token": forms.hash_},
        (frozenset({_SELLER, _MEMBER}),),
        (move(Machine.MEMBERSHIP, Stage.NONE, to=Stage.ACTIVE),),
    ),
    Row(
        Kind.POINTS_PENDING,
        "points for an order that was paid; they count when it can't be given back any more",
        {**_ORDER, "programme": forms.hash_, "shares": forms.shares},
        by(_SELLER, _MEMBER),
        (_IS_MEMBER, move(Machine.EARNING, Stage.NONE, to=Stage.PENDING)),
    ),
    Row(
        Kind.POINTS_EARNED,
        "the time to give the order back is over: its points count, and expire",
        {**_ORDER, "expires": forms.instant},
        _ANY,
        (_IS_MEMBER, move(Machine.EARNING, Stage.PENDING, to=Stage.EARNED)),
    ),
    Row(
        Kind.POINTS_REVOKED,
        "the price of a line was paid back, so its points are taken back",
        {**_ORDER, "line": forms.line},
        _ANY,
        (_IS_MEMBER, during(Machine.EARNING, Stage.PENDING, Stage.EARNED)),
    ),
    Row(
        Kind.POINTS_RESERVED,
        "points are laid down for an order, so many for each line; they pay so much of it",
        {**_ORDER, "points": forms.points, "minor": forms.minor, "shares": forms.shares},
        by(_MEMBER),
        (_IS_MEMBER, _NOT_IN_DOUBT, move(Machine.REDEMPTION, Stage.NONE, to=Stage.RESERVED)),
    ),
    Row(
        Kind.POINTS_REDEEMED,
        "the order is paid, and the points with it",
        _ORDER,
        _ANY,
        (_IS_MEMBER, move(Machine.REDEMPTION, Stage.RESERVED, to=Stage.REDEEMED)),
    ),
    Row(
        Kind.POINTS_RELEASED,
        "the order came to nothing before it was paid",
        _ORDER,
        _ANY,
        (_IS_MEMBER, move(Machine.REDEMPTION, Stage.RESERVED, to=Stage.RELEASED)),
    ),
    Row(
        Kind.POINTS_RETURNED,
        "the price of a line was paid back, so the points that paid it return to where they came from",
        {**_ORDER, "line": forms.line, "until": forms.instant},
        _ANY,
        (_IS_MEMBER, during(Machine.REDEMPTION, Stage.REDEEMED)),
    ),
    Row(
        Kind.POINTS_OFFERED,
        "points are given to another member",
        {"gift": forms.text, "recipient": forms.dossier(Family.POINTS), "points": forms.points},
        by(_MEMBER),
        (_IS_MEMBER, _NOT_IN_DOUBT, move(Machine.GIFT, Stage.NONE, to=Stage.OFFERED)),
    ),
    Row(
        Kind.POINTS_KEPT,
        "nobody took the gift, and the giver keeps it",
        {"gift": forms.text},
        by(_MEMBER),
        (_IS_MEMBER, move(Machine.GIFT, Stage.OFFERED, to=Stage.WITHDRAWN)),
    ),
    Row(
        Kind.POINTS_RECEIVED,
        "a gift is accepted; its points expire when they would have",
        {"giver": forms.dossier(Family.POINTS), "gift": forms.text, "lots": forms.lots},
        by(_MEMBER),
        (_IS_MEMBER,),
    ),
    Row(
        Kind.POINTS_GRANTED,
        "points are given by hand",
        {**_BY_HAND, "expires": forms.instant},
        (frozenset({_SELLER, Signatory.APPROVER}),),
        (_IS_MEMBER,),
    ),
    Row(
        Kind.POINTS_WITHDRAWN,
        "points are taken by hand",
        _BY_HAND,
        (frozenset({_SELLER, Signatory.APPROVER}),),
        (_IS_MEMBER,),
    ),
    Row(
        Kind.KEY_CHANGED,
        "the member goes on with another key",
        _NO_MEMBERS,
        (frozenset({_MEMBER, _NEW_MEMBER}),),
        (_IS_MEMBER, _NOT_IN_DOUBT),
    ),
    Row(
        Kind.KEY_LOST,
        "the member has lost their key, says the seller who knows them",
        _NO_MEMBERS,
        (frozenset({_SELLER, _NEW_MEMBER}),),
        (_IS_MEMBER, move(Machine.RECOVERY, Stage.NONE, to=Stage.ASKED)),
    ),
    Row(
        Kind.KEY_DEFENDED,
        "the old key is not lost",
        _NO_MEMBERS,
        by(_MEMBER),
        (_IS_MEMBER, move(Machine.RECOVERY, Stage.ASKED, to=Stage.NONE)),
    ),
    Row(
        Kind.KEY_REPLACED,
        "nobody objected in time",
        _NO_MEMBERS,
        by(_NEW_MEMBER),
        (_IS_MEMBER, move(Machine.RECOVERY, Stage.ASKED, to=Stage.NONE)),
    ),
    Row(
        Kind.TICK,
        "a moment that the log has reached: what has expired by then is posted as expired",
        _NO_MEMBERS,
        _ANY,
        (),
    ),
)
