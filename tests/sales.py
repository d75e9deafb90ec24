"""A shop and its customers on top of a world: a verb for every record of an order, one after the other or all at once.

Rules: the same calls make the same bytes; the clock stands still until ``later`` moves it; a verb is done when it
returns, and raises ``RefusedError`` when the log said no.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from provenance.commerce.dossier import Dossier
from provenance.commerce.orders import Order, order_of
from provenance.commerce.ownership import dossier_of_owner, owner_of
from provenance.commerce.reviews import Opinion, opinion_of
from provenance.commerce.tables import Kind
from provenance.commerce.terms import Terms, terms_members
from provenance.crypto.claim_code import RANDOM_BYTES, ClaimCode, claim_code_from, claim_key
from provenance.crypto.keys import SigningKey
from provenance.encoding.canonical import Json
from provenance.ids import Subject
from provenance.services.capturing import Receipt
from provenance.services.signing import Hand, consumer
from tests.after_sales import CHINESE
from tests.cast import CARRIER, INSPECTOR, MAKER, SHOP, Member, gtin, item
from tests.homes import key_of
from tests.world import World

ANNA, BOB = key_of("anna"), key_of("bob")
TERMS = replace(CHINESE, seller=SHOP.party)
TOKEN = "receipt 2026-0001"
GLN = SHOP.party.rpartition("/")[2]
TERMS_OF = Subject(f"terms:{GLN}/standard")
ORDER, OTHER_ORDER = Subject(f"order:{GLN}/2026-0001"), Subject(f"order:{GLN}/2026-0002")
REVIEWS = Subject(f"reviews:{gtin()}")
EXCHANGE = Subject(f"exchange:{GLN}/2026-0001-x")
CLAIM = Subject(f"claim:{GLN}/2026-0001-c")
RECALL = Subject(f"recall:{MAKER.party.rpartition('/')[2]}/2026-1")
RETURN, OTHER_RETURN = Subject(f"return:{GLN}/2026-0001-1"), Subject(f"return:{GLN}/2026-0001-2")
REFUND = Subject(f"refund:{GLN}/2026-0001-1")
A, B = item("A1"), item("B1")
PRICE, FREIGHT = 19900, 1200
DAY = timedelta(days=1)


def code_of(one: Subject) -> ClaimCode:
    """The hidden code in an item's box."""
    return claim_code_from(hashlib.sha256(one.encode()).digest()[:RANDOM_BYTES])


def ownership(of: Subject) -> Subject:
    """The dossier that tells who owns an item."""
    return dossier_of_owner(of).subject


def text_hash(text: str) -> str:
    """A hash in the place of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class Sales:
    """What a shop sells in a world; ``world`` already has its goods in the shop (``stocked``)."""

    world: World

    @property
    def now(self) -> int:
        """The log's time in whole seconds."""
        return int(self.world.clock.instant.timestamp())

    def later(self, by: timedelta) -> None:
        """The clock goes on."""
        self.world.clock.instant += by

    def dossier(self, of: Subject = ORDER) -> Dossier:
        """The dossier as anyone can look it up."""
        return self.world.services.ordering.dossier(of)

    def order(self, of: Subject = ORDER) -> Order:
        """The order as anyone can look it up."""
        return order_of(self.dossier(of))

    def said(self, kind: Kind, *hands: Hand, of: Subject = ORDER, **members: Json) -> Receipt:
        """A record, signed by these and captured."""
        whole: dict[str, Json] = {"subject": of, "kind": kind.value, "at": self.now, **members}
        return self.world.captured(self.world.services.signing.commerce_record(whole, hands))

    def stocked(self, *items: Subject) -> None:
        """Things made with hidden codes, handed to the shop, and the shop's own."""
        keys: Json = {one: str(claim_key(code_of(one), one).public) for one in items}
        self.world.made(*items, **{"prov:claimKeys": keys})
        self.world.handed_over(*items, by=MAKER, to=SHOP, owner=SHOP)

    def published(self, terms: Terms = TERMS, by: Member = SHOP) -> Receipt:
        """The shop's terms."""
        return self.said(Kind.TERMS_PUBLISHED, by.hand(), of=TERMS_OF, terms=terms_members(terms))

    def offered(self, of: Subject = ORDER, by: Member = SHOP, pieces: int = 1, **members: Json) -> Receipt:
        """An offer of so many pieces of the maker's product."""
        line: Json = {"class": gtin(), "price": PRICE, "category": "apparel", "traits": []}
        offer: dict[str, Json] = {
            "lines": [line] * pieces,
            "currency": TERMS.currency,
            "freight": FREIGHT,
            "terms": TERMS.hash,
            "termsOf": TERMS_OF,
            "token": hashlib.sha256(TOKEN.encode()).hexdigest(),
            "payBy": self.now + 3600,
            "attestor": SHOP.party,
        }
        return self.said(Kind.ORDER_OFFERED, by.hand(), of=of, **(offer | members))

    def placed(self, of: Subject = ORDER, by: SigningKey = ANNA, confirmed: Sequence[str] = ()) -> Receipt:
        """The buyer accepts."""
        return self.said(Kind.ORDER_PLACED, consumer(by), of=of, confirmed=list(confirmed))

    def paid(self, of: Subject = ORDER, by: Member = SHOP, **members: Json) -> Receipt:
        """The payment for one piece arrives, or another if members say so."""
        payment: dict[str, Json] = {
            "provider": "fakepay",
            "merchant": "shop",
            "reference": f"pay-{of}",
            "grade": "C",
            "told": None,
            "minor": PRICE + FREIGHT,
            "currency": TERMS.currency,
        }
        return self.said(Kind.ORDER_PAID, by.hand(), of=of, **(payment | members))

    def picked(self, *items: Subject, of: Subject = ORDER, by: Member = SHOP, step: str = "picking") -> Receipt:
        """The custody event that binds items to an order."""
        paper: Json = {"type": "po", "bizTransaction": f"urn:epcglobal:cbv:bt:{GLN}:{of.rpartition('/')[2]}"}
        event: dict[str, Json] = {
            "type": "TransactionEvent",
            "action": "ADD",
            "bizStep": step,
            "bizTransactionList": [paper],
            "epcList": list(items),
        }
        return self.world.said(event, by)

    def allocated(self, *items: Subject, of: Subject = ORDER, event: str = "") -> Receipt:
        """An item for each line."""
        named = event or self.picked(*items, of=of).hash
        return self.said(Kind.ORDER_ALLOCATED, SHOP.hand(), of=of, serials=sorted(items), event=named)

    def packed(self, *items: Subject, of: Subject = ORDER) -> Receipt:
        """A parcel is sealed."""
        seal: dict[str, Json] = {"seal": "S-1", "photo": "f0" * 32, "grams": 800}
        return self.said(Kind.PARCEL_PACKED, SHOP.hand(), of=of, serials=sorted(items), **seal)

    def shipped(self, *items: Subject, of: Subject = ORDER, carrier: Member = CARRIER, event: str = "") -> Receipt:
        """A parcel is sold and on its way."""
        named = event or self.world.sold(*items).hash
        members: dict[str, Json] = {"serials": sorted(items), "carrier": carrier.party, "event": named}
        return self.said(Kind.PARCEL_SHIPPED, SHOP.hand(), of=of, **members)

    def delivered(self, *items: Subject, of: Subject = ORDER, by: Hand | None = None) -> Receipt:
        """A parcel arrives."""
        return self.said(Kind.PARCEL_DELIVERED, by or CARRIER.hand(), of=of, serials=sorted(items))

    def cancelled(self, of: Subject = ORDER, by: Hand | None = None) -> Receipt:
        """Called off."""
        return self.said(Kind.ORDER_CANCELLED, by or consumer(ANNA), of=of, reason="changed my mind")

    def completed(self, of: Subject = ORDER, by: Hand | None = None) -> Receipt:
        """Nothing more to come."""
        return self.said(Kind.ORDER_COMPLETED, by or consumer(ANNA), of=of)

    def ticked(self, of: Subject = ORDER, by: Hand | None = None) -> Receipt:
        """Somebody has the log note the time."""
        return self.said(Kind.TICK, by or INSPECTOR.hand(), of=of)

    def claimed(self, one: Subject, by: SigningKey = ANNA, code: ClaimCode | None = None, **members: Json) -> Receipt:
        """The buyer opens the box and claims what is in it."""
        claim: dict[str, Json] = {
            "owner": str(by.public),
            "order": ORDER,
            "token": TOKEN,
            "nonce": "0c" * 32,
            "expires": self.now + 600,
        }
        hands = (consumer(claim_key(code or code_of(one), one)), consumer(by))
        return self.said(Kind.OWNERSHIP_CLAIMED, *hands, of=ownership(one), **(claim | members))

    def passed_on(self, one: Subject, by: SigningKey = ANNA, to: SigningKey | None = BOB, days: int = 1) -> Receipt:
        """The owner offers the item to one person, or to whoever comes first."""
        named, end = None if to is None else str(to.public), self.now + days * 86_400
        return self.said(Kind.OWNERSHIP_OFFERED, consumer(by), of=ownership(one), to=named, expires=end)

    def accepted(self, one: Subject, by: SigningKey = BOB) -> Receipt:
        """Somebody takes the item over."""
        return self.said(Kind.OWNERSHIP_TRANSFERRED, consumer(by), of=ownership(one))

    def reviewed(self, one: Subject, by: SigningKey = ANNA, stars: int = 5, **members: Json) -> Receipt:
        """The buyer says what they think of it."""
        review: dict[str, Json] = {"item": one, "order": ORDER, "stars": stars, "text": text_hash("lovely")}
        return self.said(Kind.REVIEW_WRITTEN, consumer(by), of=REVIEWS, **(review | members))

    def opinion(self) -> Opinion:
        """What buyers think of the product, as anyone can look it up."""
        return opinion_of(self.dossier(REVIEWS))

    def requested(self, one: Subject = A, by: SigningKey = ANNA, ask: str = "withdraw", **members: Json) -> Receipt:
        """A buyer asks to give an item back."""
        request: dict[str, Json] = {"order": ORDER, "item": one, "ask": ask}
        of = Subject(str(members.pop("of", RETURN)))
        return self.said(Kind.RETURN_REQUESTED, consumer(by), of=of, **(request | members))

    def returning(self, kind: Kind, by: Hand | None = None, of: Subject = RETURN, **members: Json) -> Receipt:
        """Any other step of a return, by the shop if nobody else is named."""
        return self.said(kind, by or SHOP.hand(), of=of, **members)

    def sent_back(self, one: Subject = A, scanned: Subject | None = A, grams: int = 800) -> None:
        """A return is sealed, sent, and scanned at the shop."""
        seal: dict[str, Json] = {"seal": "R-1", "photo": "b0" * 32, "grams": grams}
        self.returning(Kind.RETURN_SHIPPED, consumer(ANNA), **seal)
        self.returning(Kind.RETURN_RECEIVED, scanned=scanned, **seal)

    def matched(self, one: Subject = A, found: Sequence[str] = ()) -> Receipt:
        """The shop has taken the thing back, and says how it looks."""
        event = self.world.returned(one).hash
        return self.returning(Kind.RETURN_MATCHED, found=sorted(found), event=event)

    def refunded(self, of: Subject = RETURN, minor: int = PRICE, **members: Json) -> Receipt:
        """The money goes back."""
        payment: dict[str, Json] = {"provider": "fakepay", "reference": f"back-{of}", "currency": TERMS.currency}
        return self.returning(Kind.RETURN_REFUNDED, of=of, minor=minor, **(payment | members))

    def owner(self, one: Subject) -> str | None:
        """Whose the item is, as anyone can look it up."""
        return owner_of(self.dossier(ownership(one)))

    def bought(self, *items: Subject, of: Subject = ORDER, by: SigningKey = ANNA) -> None:
        """From the offer to the buyer's hands."""
        self.offered(of, pieces=len(items))
        self.placed(of, by)
        self.paid(of, minor=self.order(of).total)
        self.allocated(*items, of=of)
        self.packed(*items, of=of)
        self.shipped(*items, of=of)
        self.delivered(*items, of=of)
