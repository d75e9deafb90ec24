"""What may come after a sale, as verbs: recalls, exchanges, claims, repairs, and sales between consumers.

Rules: those of ``tests.sales``; a verb signs as whoever would, if nobody else is named.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.commerce.exchanges import Exchange, exchange_of
from provenance.commerce.recalls import Recall, recall_of
from provenance.commerce.resales import Resale, dossier_of_resale, resale_of
from provenance.commerce.tables import Kind
from provenance.commerce.warranties import dossier_of_warranty
from provenance.crypto.keys import SigningKey
from provenance.encoding.canonical import Json
from provenance.ids import Subject
from provenance.services.capturing import Receipt
from provenance.services.recalling import Bucket
from provenance.services.signing import Hand, consumer
from tests.cast import CARRIER, MAKER, SHOP, Some, Thing, gtin
from tests.sales import ANNA, BOB, CLAIM, EXCHANGE, ORDER, PRICE, RECALL, TERMS, A, B, Sales, ownership

NOTICE = "90" * 32


@dataclass(slots=True)
class Aftercare(Sales):
    """A shop, and what happens after its sales."""

    def called_back(self, *things: Subject, of: Subject = RECALL, by: Hand | None = None, **members: Json) -> Receipt:
        """Things are marked in custody, and a recall of them issued."""
        event = str(members.pop("event", "")) or self.world.recalled(*(_marked(one) for one in things)).hash
        issued: dict[str, Json] = {"things": sorted(things), "event": event, "reason": "splinters", "notice": NOTICE}
        return self.said(Kind.RECALL_ISSUED, by or MAKER.hand(), of=of, **(issued | members))

    def warned(self, *items: Subject, by: Hand | None = None, order: Subject = ORDER) -> Receipt:
        """The seller tells the owners."""
        return self.said(Kind.RECALL_NOTIFIED, by or SHOP.hand(), of=RECALL, order=order, serials=sorted(items))

    def remedied(self, one: Subject = A, remedy: str = "refund", by: Hand | None = None) -> Receipt:
        """Somebody says what ended the danger."""
        members: dict[str, Json] = {"order": ORDER, "item": one, "remedy": remedy}
        return self.said(Kind.RECALL_REMEDIED, by or SHOP.hand(), of=RECALL, **members)

    def recall(self) -> Recall:
        """The recall as anyone can look it up."""
        return recall_of(self.dossier(RECALL))

    def buckets(self) -> dict[Subject, Bucket]:
        """Where the things of the recall are."""
        _, found = self.world.services.recalling.reach(RECALL)
        return {one.item: one.bucket for one in found}

    # an exchange

    def exchanging(self, kind: Kind, by: Hand | None = None, of: Subject = EXCHANGE, **members: Json) -> Receipt:
        """Any step of an exchange, by the shop if nobody else is named."""
        return self.said(kind, by or SHOP.hand(), of=of, **members)

    def exchange_asked(self, one: Subject = A, by: SigningKey = ANNA, of: Subject = EXCHANGE, **members: Json) -> None:
        """The buyer would have another piece of the product, or another product."""
        asked: dict[str, Json] = {"order": ORDER, "item": one, "product": gtin()}
        self.exchanging(Kind.EXCHANGE_ASKED, consumer(by), of, **(asked | members))

    def exchange_agreed(self, of: Subject = EXCHANGE, **members: Json) -> None:
        """The seller offers, the buyer agrees."""
        offer: dict[str, Json] = {"price": PRICE, "deposit": 0, "currency": TERMS.currency, "swap": "back-first"}
        self.exchanging(Kind.EXCHANGE_OFFERED, None, of, **(offer | {"expires": self.now + 86_400} | members))
        self.exchanging(Kind.EXCHANGE_AGREED, consumer(ANNA), of)

    def exchange_paid(self, minor: int, kind: Kind = Kind.EXCHANGE_PAID, **members: Json) -> Receipt:
        """Difference and deposit arrive, or go back."""
        payment: dict[str, Json] = {"provider": "fakepay", "reference": f"{kind}-1", "currency": TERMS.currency}
        return self.exchanging(kind, minor=minor, **(payment | members))

    def exchange_sent_back(self, scanned: Subject | None = A) -> None:
        """The old thing is sent, and scanned at the shop."""
        seal: dict[str, Json] = {"seal": "X-1", "photo": "b0" * 32, "grams": 800}
        self.exchanging(Kind.EXCHANGE_SENT_BACK, consumer(ANNA), **seal)
        self.exchanging(Kind.EXCHANGE_RECEIVED, scanned=scanned, **seal)

    def exchange_back(self, one: Subject = A) -> None:
        """The old thing comes back, and is the one that was sold."""
        self.exchange_sent_back(one)
        self.exchanging(Kind.EXCHANGE_MATCHED, found=[], event=self.world.returned(one).hash)

    def replaced(self, new: Subject = B, old: Subject = A, event: str = "", **members: Json) -> Receipt:
        """Another piece takes the place of the old one in the order."""
        named = event or self.picked(new, step="replacing").hash
        said: dict[str, Json] = {
            "exchange": EXCHANGE,
            "replaces": old,
            "serials": [new],
            "price": PRICE,
            "event": named,
        }
        return self.said(Kind.ITEM_REPLACED, SHOP.hand(), **(said | members))

    def replacement_sent(self, new: Subject = B) -> None:
        """It is packed, shipped and delivered."""
        seal: dict[str, Json] = {"seal": "S-2", "photo": "f1" * 32, "grams": 800}
        self.said(Kind.REPLACEMENT_PACKED, SHOP.hand(), serials=[new], **seal)
        sold = self.world.sold(new).hash
        members: dict[str, Json] = {"serials": [new], "carrier": CARRIER.party, "event": sold}
        self.said(Kind.REPLACEMENT_SHIPPED, SHOP.hand(), **members)
        self.delivered(new)

    def exchange(self) -> Exchange:
        """The exchange as anyone can look it up."""
        return exchange_of(self.dossier(EXCHANGE))

    # a claim

    def filed(self, one: Subject = A, by: SigningKey = ANNA, ask: str = "inauthentic", **members: Json) -> Receipt:
        """Somebody says that the thing was never what it was sold as."""
        said: dict[str, Json] = {"order": ORDER, "item": one, "ask": ask, "report": "4e" * 32, "loss": 0}
        of = Subject(str(members.pop("of", CLAIM)))
        return self.said(Kind.CLAIM_FILED, consumer(by), of=of, **(said | members))

    def claiming(self, kind: Kind, by: Hand | None = None, **members: Json) -> Receipt:
        """Any other step of a claim, by the shop if nobody else is named."""
        return self.said(kind, by or SHOP.hand(), of=CLAIM, **members)

    def claim_paid(self, kind: Kind, minor: int, **members: Json) -> Receipt:
        """Money goes to whoever claimed."""
        payment: dict[str, Json] = {"provider": "fakepay", "reference": f"{kind}-1", "currency": TERMS.currency}
        return self.claiming(kind, minor=minor, **(payment | members))

    # a warranty

    def faulty(self, one: Subject = A, by: SigningKey = ANNA, order: Subject = ORDER) -> Receipt:
        """The owner tells of a fault."""
        return self.mending(Kind.REPAIR_ASKED, consumer(by), one, order=order, fault="fa" * 32)

    def mending(self, kind: Kind, by: Hand | None = None, one: Subject = A, **members: Json) -> Receipt:
        """Any other step of a repair, by the shop if nobody else is named."""
        return self.said(kind, by or SHOP.hand(), of=warranty(one), **members)

    def brought_in(self, scanned: Subject | None = A) -> Receipt:
        """The thing arrives at the shop."""
        return self.mending(Kind.REPAIR_RECEIVED, scanned=scanned, seal="W-1", photo="b0" * 32, grams=800)

    def mended(self, one: Subject = A, event: str = "") -> Receipt:
        """It is repaired."""
        named = event or self.world.object_event("OBSERVE", "repairing", one, by=SHOP, members={}).hash
        return self.mending(Kind.REPAIR_DONE, report="4e" * 32, event=named)

    def repaired_once(self) -> None:
        """A whole repair, from the fault to the owner's hands."""
        self.faulty()
        self.mending(Kind.REPAIR_ACCEPTED)
        self.brought_in()
        self.mended()
        self.mending(Kind.REPAIR_CLOSED, consumer(ANNA))

    # a sale between consumers

    def put_up(self, by: SigningKey = ANNA, **members: Json) -> Receipt:
        """The owner offers the item for money."""
        offer: dict[str, Json] = {"minor": 15_000, "currency": "CNY", "attestor": SHOP.party, "photo": "f0" * 32}
        terms: dict[str, Json] = {"to": None, "expires": self.now + 86_400}
        return self.dealing(Kind.RESALE_OFFERED, consumer(by), **(offer | terms | members))

    def dealing(self, kind: Kind, by: Hand | None = None, **members: Json) -> Receipt:
        """Any other step of the sale, by the attestor if nobody else is named."""
        return self.said(kind, by or SHOP.hand(), of=resale(A), **members)

    def deal_paid(self, kind: Kind = Kind.RESALE_PAID, minor: int = 15_000, **members: Json) -> Receipt:
        """The price arrives, or goes on, or goes back."""
        payment: dict[str, Json] = {"provider": "fakepay", "reference": f"{kind}-1", "currency": "CNY"}
        return self.dealing(kind, minor=minor, **(payment | members))

    def deal_sent(self) -> None:
        """From the offer to the buyer's door."""
        self.put_up()
        self.dealing(Kind.RESALE_ACCEPTED, consumer(BOB))
        self.deal_paid()
        self.dealing(Kind.RESALE_SHIPPED, consumer(ANNA), seal="K-1", photo="f0" * 32, grams=800)

    def resold(self, by: SigningKey = BOB, to: SigningKey = BOB) -> Receipt:
        """The item becomes the buyer's."""
        return self.said(Kind.OWNERSHIP_RESOLD, consumer(by), of=ownership(A), to=str(to.public))

    def deal(self) -> Resale:
        """The sale as anyone can look it up."""
        return resale_of(self.dossier(resale(A)))


def resale(of: Subject) -> Subject:
    """The dossier that tells of an item's sales between consumers."""
    return dossier_of_resale(of).subject


def warranty(of: Subject) -> Subject:
    """The dossier that tells of an item's repairs."""
    return dossier_of_warranty(of).subject


def _marked(thing: Subject) -> Thing:
    """A thing as a custody event lists it: items by name, lots and products as amounts."""
    return thing if "/21/" in thing else Some("", thing)
