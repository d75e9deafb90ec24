"""What is said about sales in the sample world, as verbs: each makes one record of commerce, and says if it is refused.

Rules:

* a record is complete but for what only the telling knows: its time, the statement of an event it rests on, and the
  keys of consumers, which are made anew for each world;
* whoever signs does so in the first role they have; a hidden code signs for the item it lies in;
* all that a sale needs is told in the order in which the tables ask for it (``provenance.commerce.order_rows``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from provenance.codes import Code
from provenance.commerce.ownership import dossier_of_owner
from provenance.commerce.tables import Kind
from provenance.encoding.canonical import Json
from provenance.gs1.identifiers import read_epc
from provenance.ids import Subject
from sample_data.cast import COURIER, PAY_DESK, STORE, Consumer, Party
from sample_data.deeds import Deed, Moment, moment
from sample_data.provider import Notice
from sample_data.stories.terms import STANDARD, STANDARD_TERMS, hash_of

GLN = STORE.id.rpartition("/")[2]
FREIGHT = 1200

_STEP = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class EventOf:
    """The statement with which the log recorded a deed."""

    deed: Deed


@dataclass(frozen=True, slots=True)
class HiddenCode:
    """The code in the box of an item, or what somebody takes for it: that of ``guessed``."""

    item: Subject
    guessed: Subject


Speaker = Party | Consumer | HiddenCode
Value = Json | EventOf | Consumer
"""A member of a record; a consumer stands for the name that their key gives them."""


@dataclass(frozen=True, slots=True)
class Said:
    """One record as these sign it; ``refused`` is the code it must be refused with, ``None`` for none."""

    when: datetime
    by: tuple[Speaker, ...]
    about: Subject
    kind: Kind
    members: Mapping[str, Value]
    refused: Code | None = None

    def is_refused(self, code: Code) -> Said:
        """The same record, which must be refused."""
        return replace(self, refused=code)


Step = Deed | Said | Notice


@dataclass(frozen=True, slots=True)
class Sale:
    """One item in one order: offered on a Friday in this minute, delivered on the Monday after."""

    number: str
    item: Subject
    buyer: Consumer
    minute: int
    price: int = 19900
    category: str = "apparel"
    terms_of: Subject = STANDARD_TERMS
    terms: str = STANDARD.hash
    day: int = 67

    @property
    def order(self) -> Subject:
        """The order's dossier."""
        return Subject(f"order:{GLN}/{self.number}")

    @property
    def returning(self) -> Subject:
        """The dossier of its return."""
        return Subject(f"return:{GLN}/{self.number}-1")

    @property
    def complaint(self) -> Subject:
        """The dossier of what is said to be wrong with it."""
        return Subject(f"claim:{GLN}/{self.number}-1")

    @property
    def owning(self) -> Subject:
        """The dossier of who owns the item."""
        return dossier_of_owner(self.item).subject

    @property
    def token(self) -> str:
        """What is printed on the receipt."""
        return f"receipt {self.number}"

    @property
    def total(self) -> int:
        """What the buyer owes, with the freight."""
        return self.price + FREIGHT

    def offered(self) -> Said:
        """The seller's offer."""
        line: Json = {
            "class": read_epc(self.item).class_uri(),
            "price": self.price,
            "category": self.category,
            "traits": [],
        }
        return self._said(
            0,
            STORE,
            Kind.ORDER_OFFERED,
            lines=[line],
            currency=STANDARD.currency,
            freight=FREIGHT,
            terms=self.terms,
            termsOf=self.terms_of,
            token=hash_of(self.token),
            payBy=int(self._at(12).timestamp()),
            attestor=PAY_DESK.id,
        )

    def accepted(self) -> Said:
        """The buyer's word."""
        return self._said(1, self.buyer, Kind.ORDER_PLACED, confirmed=[])

    def paid(self) -> Said:
        """The whole price arrives."""
        return self._said(2, PAY_DESK, Kind.ORDER_PAID, **self._payment("in", self.price + FREIGHT))

    def paid_notice(self, minutes: int, *, minor: int | None = None) -> Notice:
        """What the provider tells of the payment, so many minutes after the offer."""
        when = self._at(0) + timedelta(minutes=minutes)
        return Notice(when, when, self.number, self.price + FREIGHT if minor is None else minor)

    def allocated(self) -> Sequence[Step]:
        """The item is taken off the shelf for this order."""
        picked = Moment(self._at(3), STORE).picks(self.item, order=self.number)
        return picked, self._said(4, STORE, Kind.ORDER_ALLOCATED, serials=[self.item], event=EventOf(picked))

    def packed(self) -> Said:
        """Sealed, photographed, weighed."""
        return self._said(5, STORE, Kind.PARCEL_PACKED, serials=[self.item], **seal_of(self.number))

    def shipped(self) -> Sequence[Step]:
        """Sold, and handed to the courier."""
        sold = Moment(self._at(6), STORE).sells(self.item, paper=self.number)
        told = self._said(7, STORE, Kind.PARCEL_SHIPPED, serials=[self.item], carrier=COURIER.id, event=EventOf(sold))
        return sold, told

    def delivered(self) -> Said:
        """At the buyer's door, says the courier."""
        when = moment(self.day + 3, "06:00") + timedelta(minutes=self.minute)
        return Said(when, (COURIER,), self.order, Kind.PARCEL_DELIVERED, {"serials": [self.item]})

    def on_its_way(self) -> Sequence[Step]:
        """From the offer to the courier."""
        return (self.offered(), self.accepted(), self.paid(), *self.allocated(), self.packed(), *self.shipped())

    def bought(self) -> Sequence[Step]:
        """From the offer to the buyer's door."""
        return (*self.on_its_way(), self.delivered())

    def bought_on_notice(self) -> Sequence[Step]:
        """The same, for a payment of which the provider tells."""
        return tuple(step for step in self.bought() if step != self.paid())

    def claimed(self, day: int, clock: str, by: Consumer, *, guessed: Subject | None = None) -> Said:
        """Somebody opens the box and claims what is in it; ``guessed``: with the code of another item."""
        claim: dict[str, Value] = {
            "owner": by,
            "order": self.order,
            "token": self.token,
            "nonce": hash_of(f"{self.number} {by.key}"),
            "expires": int(moment(day, clock).timestamp()) + 600,
        }
        hands = (HiddenCode(self.item, guessed or self.item), by)
        return Said(moment(day, clock), hands, self.owning, Kind.OWNERSHIP_CLAIMED, claim)

    def owned(self, day: int, clock: str, by: Speaker, kind: Kind, **members: Value) -> Said:
        """Anything else about who owns the item."""
        return Said(moment(day, clock), (by,), self.owning, kind, members)

    def asked(self, day: int, clock: str, ask: str = "withdraw", *, by: Consumer | None = None) -> Said:
        """The buyer asks to give it back."""
        members: dict[str, Value] = {"order": self.order, "item": self.item, "ask": ask}
        return Said(moment(day, clock), (by or self.buyer,), self.returning, Kind.RETURN_REQUESTED, members)

    def claims(self, day: int, clock: str, by: Speaker, kind: Kind, **members: Value) -> Said:
        """Anything about what is wrong with it."""
        return Said(moment(day, clock), (by,), self.complaint, kind, members)

    def asked_again(self, day: int, clock: str) -> Said:
        """The buyer asks once more, in another return."""
        again = Subject(f"return:{GLN}/{self.number}-2")
        return replace(self.asked(day, clock), about=again)

    def returned(self, day: int, clock: str, by: Speaker, kind: Kind, **members: Value) -> Said:
        """Anything else about the return."""
        return Said(moment(day, clock), (by,), self.returning, kind, members)

    def sent_back(self, day: int, *, scanned: Subject) -> Sequence[Step]:
        """Sealed by the buyer, opened and scanned by the seller two days later."""
        seal = seal_of(f"{self.number} back")
        return (
            self.returned(day, "09:00", self.buyer, Kind.RETURN_SHIPPED, **seal),
            self.returned(day + 2, "03:00", STORE, Kind.RETURN_RECEIVED, scanned=scanned, **seal),
        )

    def matched(self, day: int, found: Sequence[str]) -> Sequence[Step]:
        """The seller takes the thing back, and says how it looks."""
        back = Moment(moment(day, "03:20"), STORE).takes_back(self.item, paper=self.number)
        members: dict[str, Value] = {"found": list(found), "event": EventOf(back)}
        return back, self.returned(day, "03:40", STORE, Kind.RETURN_MATCHED, **members)

    def refunded(self, day: int, clock: str, *, minor: int | None = None) -> Said:
        """The price goes back, or another amount."""
        members = self._paid_back("back", self.price if minor is None else minor)
        return self.returned(day, clock, STORE, Kind.RETURN_REFUNDED, **members)

    def compensated(self, day: int, clock: str, kind: Kind, *, minor: int) -> Said:
        """What is paid on a claim."""
        return self.claims(day, clock, STORE, kind, **self._paid_back(kind.value, minor))

    def charged_back(self, day: int, clock: str) -> Said:
        """The buyer's bank takes all of it back."""
        members = self._payment("bank", self.price + FREIGHT)
        return Said(moment(day, clock), (PAY_DESK,), self.order, Kind.CHARGEBACK_OPENED, members)

    def chargeback_lost(self, day: int, clock: str) -> Said:
        """The bank keeps it for the buyer."""
        return Said(moment(day, clock), (PAY_DESK,), self.order, Kind.CHARGEBACK_LOST, {})

    def _paid_back(self, name: str, minor: int) -> dict[str, Value]:
        reference = f"{name}-{self.number}"
        return {"minor": minor, "currency": STANDARD.currency, "provider": "fakepay", "reference": reference}

    def _payment(self, name: str, minor: int) -> dict[str, Value]:
        return {**self._paid_back(name, minor), "merchant": "arcade", "grade": "C", "told": None}

    def _said(self, step: int, by: Speaker, kind: Kind, **members: Value) -> Said:
        return Said(self._at(step), (by,), self.order, kind, members)

    def _at(self, step: int) -> datetime:
        return moment(self.day, "02:00") + timedelta(minutes=self.minute) + step * _STEP


def seal_of(name: str) -> Mapping[str, Json]:
    """What a parcel is known by."""
    return {"seal": f"S {name}", "photo": hash_of(f"photo of {name}"), "grams": 810}
