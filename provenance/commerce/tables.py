"""What the tables of the trade are made of: kinds of record, stages, who signs, what moves.

Rules:

* a row says of one kind of record what it holds, who must sign it, which machines it moves from where to where, and
  which custody event it rests on;
* a machine knows no other edges than those in its rows; docs, refusals and the stateful tests are made from the rows;
* a slot is something that one dossier at a time may have of an item or a payment: an open sale, a payment's reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.commerce.members import Members


@unique
class Kind(StrEnum):
    """What a record says; the value is signed and never renamed."""

    TERMS_PUBLISHED = "terms-published"
    TICK = "tick"
    ORDER_OFFERED = "order-offered"
    ORDER_PLACED = "order-placed"
    ORDER_PAID = "order-paid"
    ORDER_ALLOCATED = "order-allocated"
    ORDER_COMPLETED = "order-completed"
    ORDER_CANCELLED = "order-cancelled"
    ORDER_EXPIRED = "order-expired"
    PARCEL_PACKED = "parcel-packed"
    PARCEL_SHIPPED = "parcel-shipped"
    PARCEL_DELIVERED = "parcel-delivered"
    PARCEL_LOST = "parcel-lost"
    PARCEL_REFUSED = "parcel-refused"
    OWNERSHIP_CLAIMED = "ownership-claimed"
    OWNERSHIP_OFFERED = "ownership-offered"
    OWNERSHIP_WITHDRAWN = "ownership-withdrawn"
    OWNERSHIP_TRANSFERRED = "ownership-transferred"
    ITEM_MISSED = "item-missed"
    ITEM_FOUND = "item-found"
    THEFT_CONFIRMED = "theft-confirmed"
    THEFT_CLEARED = "theft-cleared"
    RECOVERY_ASKED = "recovery-asked"
    RECOVERY_OBJECTED = "recovery-objected"
    RECOVERY_COMPLETED = "recovery-completed"
    REVIEW_WRITTEN = "review-written"
    REVIEW_AMENDED = "review-amended"
    REVIEW_CONTINUED = "review-continued"
    REVIEW_ANSWERED = "review-answered"
    REVIEW_REMOVED = "review-removed"
    REVIEW_RESTORED = "review-restored"
    REVIEW_TEXT_ERASED = "review-text-erased"
    OWNERSHIP_ENDED = "ownership-ended"
    RETURN_REQUESTED = "return-requested"
    RETURN_ACCEPTED = "return-accepted"
    RETURN_CONTESTED = "return-contested"
    RETURN_GRANTED = "return-granted"
    AWARDED_TO_BUYER = "awarded-to-buyer"
    AWARDED_TO_SELLER = "awarded-to-seller"
    RETURN_WITHDRAWN = "return-withdrawn"
    RETURN_SHIPPED = "return-shipped"
    RETURN_RECEIVED = "return-received"
    RETURN_MATCHED = "return-matched"
    RETURN_MISMATCHED = "return-mismatched"
    RETURN_REFUNDED = "return-refunded"
    RETURN_HANDED_BACK = "return-handed-back"
    ITEM_REPLACED = "item-replaced"
    REPLACEMENT_PACKED = "replacement-packed"
    REPLACEMENT_SHIPPED = "replacement-shipped"
    EXCHANGE_ASKED = "exchange-asked"
    EXCHANGE_OFFERED = "exchange-offered"
    EXCHANGE_AGREED = "exchange-agreed"
    EXCHANGE_DECLINED = "exchange-declined"
    EXCHANGE_WITHDRAWN = "exchange-withdrawn"
    EXCHANGE_PAID = "exchange-paid"
    EXCHANGE_SENT_BACK = "exchange-sent-back"
    EXCHANGE_RECEIVED = "exchange-received"
    EXCHANGE_MATCHED = "exchange-matched"
    EXCHANGE_MISMATCHED = "exchange-mismatched"
    EXCHANGE_UPHELD = "exchange-upheld"
    EXCHANGE_DISMISSED = "exchange-dismissed"
    EXCHANGE_SETTLED = "exchange-settled"
    EXCHANGE_DEFAULTED = "exchange-defaulted"
    EXCHANGE_REPAID = "exchange-repaid"
    CLAIM_FILED = "claim-filed"
    CLAIM_PROVEN = "claim-proven"
    CLAIM_ADMITTED = "claim-admitted"
    CLAIM_CONTESTED = "claim-contested"
    CLAIM_GRANTED = "claim-granted"
    CLAIM_UPHELD = "claim-upheld"
    CLAIM_DISMISSED = "claim-dismissed"
    CLAIM_WITHDRAWN = "claim-withdrawn"
    CLAIM_REFUNDED = "claim-refunded"
    CLAIM_COMPENSATED = "claim-compensated"
    REFUND_GRANTED = "refund-granted"
    REFUND_ASKED = "refund-asked"
    REFUND_PAID = "refund-paid"
    REFUND_FAILED = "refund-failed"
    CHARGEBACK_OPENED = "chargeback-opened"
    CHARGEBACK_WON = "chargeback-won"
    CHARGEBACK_LOST = "chargeback-lost"
    REPAIR_ASKED = "repair-asked"
    REPAIR_ACCEPTED = "repair-accepted"
    REPAIR_REFUSED = "repair-refused"
    REPAIR_GRANTED = "repair-granted"
    REPAIR_UPHELD = "repair-upheld"
    REPAIR_WITHDRAWN = "repair-withdrawn"
    REPAIR_RECEIVED = "repair-received"
    REPAIR_DONE = "repair-done"
    REPAIR_FAILED = "repair-failed"
    REPAIR_CLOSED = "repair-closed"
    OWNERSHIP_GRANTED = "ownership-granted"
    OWNERSHIP_RESOLD = "ownership-resold"
    RESALE_OFFERED = "resale-offered"
    RESALE_WITHDRAWN = "resale-withdrawn"
    RESALE_ACCEPTED = "resale-accepted"
    RESALE_PAID = "resale-paid"
    RESALE_SHIPPED = "resale-shipped"
    RESALE_ABANDONED = "resale-abandoned"
    RESALE_MATCHED = "resale-matched"
    RESALE_MISMATCHED = "resale-mismatched"
    RESALE_UPHELD = "resale-upheld"
    RESALE_DISMISSED = "resale-dismissed"
    RESALE_RELEASED = "resale-released"
    RESALE_REFUNDED = "resale-refunded"
    RECALL_ISSUED = "recall-issued"
    RECALL_EXTENDED = "recall-extended"
    RECALL_NOTIFIED = "recall-notified"
    RECALL_REMEDIED = "recall-remedied"
    RECALL_WITHDRAWN = "recall-withdrawn"
    PROGRAMME_PUBLISHED = "programme-published"
    POINTS_JOINED = "points-joined"
    POINTS_PENDING = "points-pending"
    POINTS_EARNED = "points-earned"
    POINTS_REVOKED = "points-revoked"
    POINTS_RESERVED = "points-reserved"
    POINTS_REDEEMED = "points-redeemed"
    POINTS_RELEASED = "points-released"
    POINTS_RETURNED = "points-returned"
    POINTS_OFFERED = "points-offered"
    POINTS_KEPT = "points-kept"
    POINTS_RECEIVED = "points-received"
    POINTS_GRANTED = "points-granted"
    POINTS_WITHDRAWN = "points-withdrawn"
    KEY_CHANGED = "key-changed"
    KEY_LOST = "key-lost"
    KEY_DEFENDED = "key-defended"
    KEY_REPLACED = "key-replaced"


@unique
class Machine(StrEnum):
    """What has a stage of its own; an order has several at once, and one of them for each item."""

    TERMS = "terms"
    ORDER = "order"
    PAYMENT = "payment"
    FULFILMENT = "fulfilment"
    OWNERSHIP = "ownership"
    RECOVERY = "recovery"
    REVIEW = "review"
    ANSWER = "answer"
    REQUEST = "request"
    RECEPTION = "reception"
    OUTCOME = "outcome"
    EXCHANGE = "exchange"
    CLAIM = "claim"
    PENALTY = "penalty"
    WARRANTY = "warranty"
    RESALE = "resale"
    RECALL = "recall"
    REMEDY = "remedy"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    PROGRAMME = "programme"
    MEMBERSHIP = "membership"
    EARNING = "earning"
    REDEMPTION = "redemption"
    GIFT = "gift"


EACH_SERIAL = frozenset({Machine.FULFILMENT, Machine.REVIEW, Machine.ANSWER, Machine.REMEDY})
"""The machines of which every item has one: a record moves those of the items it names (``serials``, ``item``)."""

EACH_NAMED = EACH_SERIAL | {Machine.EARNING, Machine.REDEMPTION, Machine.GIFT}
"""The machines of which there is one for each name: those of items, and in an account of points of orders and gifts."""


@unique
class Stage(StrEnum):
    """How far a machine has come; a word may serve several machines."""

    NONE = "none"  # where every machine begins
    PUBLISHED = "published"
    DRAFT = "draft"
    PLACED = "placed"
    PAID = "paid"
    HELD = "held"
    ALLOCATED = "allocated"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    LOST = "lost"
    REFUSED = "refused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    OWNED = "owned"
    OFFERED = "offered"
    MISSING = "missing"
    STOLEN = "stolen"
    ASKED = "asked"
    ANSWERED = "answered"
    REMOVED = "removed"
    ENDED = "ended"
    REQUESTED = "requested"
    AUTHORISED = "authorised"
    CONTESTED = "contested"
    REJECTED = "rejected"
    RECEIVED = "received"
    MATCHED = "matched"
    MISMATCHED = "mismatched"
    REFUNDED = "refunded"
    HANDED_BACK = "handed-back"
    AGREED = "agreed"
    SETTLED = "settled"
    DEFAULTED = "defaulted"
    FILED = "filed"
    UPHELD = "upheld"
    REPAIRED = "repaired"
    CLOSED = "closed"
    ACCEPTED = "accepted"
    ISSUED = "issued"
    NOTIFIED = "notified"
    REMEDIED = "remedied"
    WITHDRAWN = "withdrawn"
    GRANTED = "granted"
    FAILED = "failed"
    OPEN = "open"
    WON = "won"
    ACTIVE = "active"
    PENDING = "pending"
    EARNED = "earned"
    RESERVED = "reserved"
    REDEEMED = "redeemed"
    RELEASED = "released"


@unique
class Signatory(StrEnum):
    """As whom someone signs, seen from one dossier."""

    SELLER = "seller"
    BUYER = "buyer"
    ATTESTOR = "attestor"  # vouches for payments; the offer names it
    CARRIER = "carrier"  # brings the parcel; its shipment names it
    INSPECTOR = "inspector"
    CLAIM_KEY = "claim-key"  # the hidden code of the item
    OWNER = "owner"
    NEW_OWNER = "new-owner"
    REVIEWER = "reviewer"
    CLAIMANT = "claimant"  # who asks for a return
    ISSUER = "issuer"  # who calls things back, by the name of the recall
    MEMBER = "member"  # whose points they are
    NEW_MEMBER = "new-member"
    APPROVER = "approver"  # signs beside the seller what is done by hand; the programme names them


@unique
class Slot(StrEnum):
    """What one dossier at a time may have; the value is stored and never renamed."""

    SALE = "sale"
    PAYMENT = "payment"
    OWNER = "owner"
    CLAIM_CODE = "claim-code"
    RETURN = "return"  # whatever is open about an item after its sale: return, exchange, claim, repair, resale
    REFUND = "refund"  # never given back: a price is paid back once
    RECALL = "recall"  # of an item, a lot or a product: one recall at a time speaks for it
    MEMBER = "member"  # a key has one account in a programme
    EARNING = "earning"  # never given back: an order is earned on once
    TENDER = "tender"  # the points that pay a part of an order
    GIFT = "gift"  # never given back: a gift is received or kept, once


@dataclass(frozen=True, slots=True)
class Move:
    """One machine from any of these stages to another; it stays where it is if there is no other."""

    machine: Machine
    sources: frozenset[Stage]
    target: Stage | None


Form = Callable[[Members, str], object]
"""Reads one member, or refuses it with its place."""


@dataclass(frozen=True, slots=True)
class Row:
    """Everything the tables say of one kind of record.

    Any one of the sets in ``signed_by`` must be exactly who signs. ``event`` is the ``bizStep`` of the custody event
    that the member ``event`` names.
    """

    kind: Kind
    says: str
    members: Mapping[str, Form]
    signed_by: tuple[frozenset[Signatory], ...]
    moves: tuple[Move, ...]
    event: str | None = None


def move(machine: Machine, *sources: Stage, to: Stage) -> Move:
    """An edge for each source."""
    return Move(machine, frozenset(sources), to)


def during(machine: Machine, *stages: Stage) -> Move:
    """Only at one of these stages, and the machine stays there."""
    return Move(machine, frozenset(stages), None)


def by(*signatories: Signatory) -> tuple[frozenset[Signatory], ...]:
    """Any one of these, alone."""
    return tuple(frozenset({one}) for one in signatories)
