"""A shop that collects points, on top of its sales: a verb for every record of an account.

Rules: those of ``tests.sales``; the numbers in a record are those that the service makes, unless members say otherwise.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from provenance.commerce.points import PointsAccount
from provenance.commerce.points_postings import account_of
from provenance.commerce.points_supply import Supply
from provenance.commerce.programme import Programme, Rate, programme_members
from provenance.commerce.tables import Kind
from provenance.commerce.vocabulary import Rounding
from provenance.crypto.keys import SigningKey
from provenance.encoding.canonical import Json
from provenance.ids import PartyId, Subject
from provenance.services.capturing import Receipt
from provenance.services.signing import Hand, consumer
from tests.cast import INSPECTOR, SHOP
from tests.homes import key_of
from tests.sales import ANNA, BOB, DAY, GLN, ORDER, TERMS, A, Sales

CLERK = key_of("clerk")
PROGRAMME, OTHER_PROGRAMME = Subject(f"programme:{GLN}/club"), Subject(f"programme:{GLN}/gold")
ANNAS, BOBS = Subject(f"points:{GLN}/0001"), Subject(f"points:{GLN}/0002")
CARD = "card 0001"
WINDOW = 9 * DAY  # the seven days of the law, and what days of rest may add
RULES = Programme(
    name="club",
    revision=1,
    seller=SHOP.party,
    approver=PartyId(str(CLERK.public)),
    currency=TERMS.currency,
    zone=TERMS.zone,
    text_en="e1" * 32,
    text_zh="21" * 32,
    earn=Rate(1, 100),
    rounding=Rounding.DOWN,
    spend=Rate(1, 10),
    most_share=5000,
    expiry_days=365,
    grace_days=30,
    gifts_a_day=100,
)


@dataclass(slots=True)
class Loyalty(Sales):
    """A shop with a programme of points."""

    def programme(self, rules: Programme = RULES, of: Subject = PROGRAMME) -> Receipt:
        """The rules, from now on."""
        return self.said(Kind.PROGRAMME_PUBLISHED, SHOP.hand(), of=of, programme=programme_members(rules))

    def joined(self, of: Subject = ANNAS, by: SigningKey = ANNA, **members: Json) -> Receipt:
        """Somebody becomes a member."""
        card: dict[str, Json] = {"programmeOf": PROGRAMME, "token": hashlib.sha256(CARD.encode()).hexdigest()}
        return self.said(Kind.POINTS_JOINED, SHOP.hand(), consumer(by), of=of, **(card | members))

    def pending(self, order: Subject = ORDER, of: Subject = ANNAS, by: Hand | None = None, **members: Json) -> Receipt:
        """The points of a paid order."""
        return self.recorded(self.world.services.rewarding.pending(of, order) | members, by or SHOP.hand())

    def counted(self, order: Subject = ORDER, of: Subject = ANNAS, by: Hand | None = None, **members: Json) -> Receipt:
        """The order can't be given back any more."""
        return self.recorded(self.world.services.rewarding.earned(of, order) | members, by or SHOP.hand())

    def revoked(self, order: Subject = ORDER, of: Subject = ANNAS, line: int = 0, by: Hand | None = None) -> Receipt:
        """A line was paid back."""
        return self.said(Kind.POINTS_REVOKED, by or SHOP.hand(), of=of, order=order, line=line)

    def reserved(
        self, points: int, order: Subject = ORDER, of: Subject = ANNAS, by: SigningKey = ANNA, **members: Json
    ) -> Receipt:
        """Points are laid down for an order."""
        return self.recorded(self.world.services.rewarding.reserved(of, order, points) | members, consumer(by))

    def redeemed(self, order: Subject = ORDER, of: Subject = ANNAS) -> Receipt:
        """The order is paid."""
        return self.said(Kind.POINTS_REDEEMED, SHOP.hand(), of=of, order=order)

    def released(self, order: Subject = ORDER, of: Subject = ANNAS) -> Receipt:
        """The order came to nothing."""
        return self.said(Kind.POINTS_RELEASED, SHOP.hand(), of=of, order=order)

    def returned(self, order: Subject = ORDER, of: Subject = ANNAS, line: int = 0, **members: Json) -> Receipt:
        """Points come back with the money."""
        return self.recorded(self.world.services.rewarding.returned(of, order, line) | members, SHOP.hand())

    def given(
        self, points: int, gift: str = "g1", of: Subject = ANNAS, to: Subject = BOBS, by: SigningKey = ANNA
    ) -> Receipt:
        """A gift is offered."""
        members: dict[str, Json] = {"gift": gift, "recipient": to, "points": points}
        return self.said(Kind.POINTS_OFFERED, consumer(by), of=of, **members)

    def kept(self, gift: str = "g1", of: Subject = ANNAS, by: SigningKey = ANNA) -> Receipt:
        """A gift is taken back before anybody took it."""
        return self.said(Kind.POINTS_KEPT, consumer(by), of=of, gift=gift)

    def received(
        self, gift: str = "g1", of: Subject = BOBS, giver: Subject = ANNAS, by: SigningKey = BOB, **members: Json
    ) -> Receipt:
        """A gift is accepted."""
        return self.recorded(self.world.services.rewarding.received(of, giver, gift) | members, consumer(by))

    def granted(self, points: int, of: Subject = ANNAS, reference: str = "hand-1", **members: Json) -> Receipt:
        """Points by hand, good for a year."""
        grant = self._by_hand(points, reference) | {"expires": self.now + 365 * 86_400} | members
        return self.said(Kind.POINTS_GRANTED, SHOP.hand(), consumer(CLERK), of=of, **grant)

    def taken(self, points: int, of: Subject = ANNAS, reference: str = "hand-2") -> Receipt:
        """Points are withdrawn by hand."""
        members = self._by_hand(points, reference)
        return self.said(Kind.POINTS_WITHDRAWN, SHOP.hand(), consumer(CLERK), of=of, **members)

    def swept(self, of: Subject = ANNAS) -> Receipt:
        """Somebody has the log note the time."""
        return self.said(Kind.TICK, INSPECTOR.hand(), of=of)

    def earned(self, order: Subject = ORDER, one: Subject = A, of: Subject = ANNAS, by: SigningKey = ANNA) -> None:
        """An order from its offer to points that count."""
        self.bought(one, of=order, by=by)
        self.pending(order, of)
        self.later(WINDOW)
        self.counted(order, of)

    def paid_back(self, one: Subject = A) -> None:
        """The thing turns out faulty, comes back, and its price is paid back."""
        self.requested(one, ask="defect")
        self.returning(Kind.RETURN_ACCEPTED)
        self.sent_back(one, scanned=one)
        self.matched(one)
        self.refunded(minor=self.owed_back(one))

    def owed_back(self, one: Subject = A) -> int:
        """What was paid for an item in money, and its freight."""
        return self.order().total - sum(redemption.minor for redemption in self.account().redemptions.values())

    def account(self, of: Subject = ANNAS) -> PointsAccount:
        """An account as anyone with its records can fold it."""
        return account_of(self.world.services.rewarding.dossier(of))

    def supply(self, of: Subject = PROGRAMME) -> Supply:
        """All points of the programme."""
        found, _ = self.world.services.rewarding.supply(of)
        return found

    def recorded(self, members: dict[str, Json], *hands: Hand) -> Receipt:
        """A record with the members that the service made."""
        whole: dict[str, Json] = {"at": self.now, **members}
        return self.world.captured(self.world.services.signing.commerce_record(whole, hands))

    @staticmethod
    def _by_hand(points: int, reference: str) -> dict[str, Json]:
        return {"reference": reference, "reason": "goodwill", "paper": "9a" * 32, "points": points}
