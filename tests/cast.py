"""Who is in the trade of the tests, and the things they trade in.

Rules: keys follow from names; every company prefix begins with 952, which GS1 keeps for examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from provenance.crypto.keys import SigningKey
from provenance.custody.roles import Role
from provenance.encoding.canonical import Json
from provenance.gs1.check_digits import check_digit
from provenance.ids import PartyId, Subject
from provenance.services.signing import Hand
from tests.homes import key_of


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the trade: a party, its roles, its first key, its company prefix."""

    name: str
    party: PartyId
    roles: tuple[Role, ...]
    key: SigningKey = field(repr=False)
    prefix: str

    def hand(self, role: Role | None = None, key: SigningKey | None = None) -> Hand:
        """The party about to sign, as its first role and with its first key if nothing else is said."""
        return Hand(self.party, role or self.roles[0], key or self.key)


def member(name: str, prefix: str, *roles: Role) -> Member:
    """The member that goes by this name; its key follows from it."""
    return Member(name, PartyId(f"https://id.gs1.org/417/{_checked(prefix + '00000')}"), roles, key_of(name), prefix)


def _checked(digits: str) -> str:
    return digits + check_digit(digits)


MAKER = member("maker", "9520123", Role.PRODUCER, Role.SELLER)
GARDEN = member("garden", "9520654", Role.PRODUCER)
CARRIER = member("carrier", "9520456", Role.SHIPPER)
SHOP = member("shop", "9520789", Role.SELLER)
RIVAL = member("rival", "9520321", Role.PRODUCER, Role.SHIPPER, Role.SELLER)
INSPECTOR = member("inspector", "9520999", Role.INSPECTOR)
SENSOR = member("sensor", "9520888", Role.REPORTER)
CAST = (MAKER, GARDEN, CARRIER, SHOP, RIVAL, INSPECTOR, SENSOR)
STRANGER = member("stranger", "9520777", Role.PRODUCER, Role.SELLER)
"""One who is never enrolled."""

ROOT = key_of("root")
ROOT_HAND = Hand(PartyId(str(ROOT.public)), Role.ROOT, ROOT)


def gtin(of: Member = MAKER, product: int = 1) -> Subject:
    """A trade item class."""
    return Subject(f"https://id.gs1.org/01/{_checked(f'0{of.prefix}{product:05}')}")


def item(serial: str, of: Member = MAKER) -> Subject:
    """One piece with its own serial."""
    return Subject(f"{gtin(of)}/21/{serial}")


def lot(number: str, of: Member = MAKER) -> Subject:
    """A lot; of another product than the items, unless an item says it is made in it (``lot_with_items``)."""
    return Subject(f"{gtin(of, 2)}/10/{number}")


def lot_with_items(number: str, of: Member = MAKER) -> Subject:
    """The lot that ``made(…, in_lot=number)`` puts items into."""
    return Subject(f"{gtin(of)}/10/{number}")


def unit(number: int, of: Member = MAKER) -> Subject:
    """A box, case or pallet."""
    return Subject(f"https://id.gs1.org/00/{_checked(f'0{of.prefix}{number:09}')}")


@dataclass(frozen=True, slots=True)
class Some:
    """Some of a lot: ``Some("5 KGM", LOT)``; ``"5"`` counts pieces, ``""`` does not say how much."""

    measure: str
    lot: Subject

    def as_quantity(self) -> dict[str, Json]:
        """The element of a quantity list that says so."""
        amount, _, unit_of_measure = self.measure.partition(" ")
        said: dict[str, Json] = {"quantity": Decimal(amount)} if amount else {}
        return {"epcClass": self.lot, **said, **({"uom": unit_of_measure} if unit_of_measure else {})}


Thing = Subject | Some


def listed(things: Sequence[Thing], epcs: str, quantities: str) -> dict[str, Json]:
    """The members that list things: items under one name, amounts under the other."""
    items: list[Json] = [thing for thing in things if not isinstance(thing, Some)]
    amounts: list[Json] = [thing.as_quantity() for thing in things if isinstance(thing, Some)]
    return {name: found for name, found in ((epcs, items), (quantities, amounts)) if found}


def handed_to(to: Member, owner: Member | None = None) -> list[Json]:
    """The ``destinationList`` of a hand-over."""
    owning: list[Json] = [{"type": "owning_party", "destination": owner.party}] if owner else []
    return [{"type": "possessing_party", "destination": to.party}, *owning]
