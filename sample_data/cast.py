"""Who plays in the sample world: twenty-one organisations with their numbers, places and roles, and who buys from them.

A consumer is in no registry, and known by a key alone: here it has a name, so that one can tell who did what.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.custody.roles import Role
from provenance.ids import PartyId
from sample_data import numbers


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation: the name of its key file, its own name, its company prefix, and when its clocks strike noon."""

    key: str
    name: str
    prefix: str
    roles: tuple[Role, ...]
    zone: str = "+01:00"

    @property
    def id(self) -> PartyId:
        """Its number."""
        return numbers.party_number(self.prefix)

    @property
    def place(self) -> str:
        """Where it works."""
        return numbers.place_number(self.prefix)


@dataclass(frozen=True, slots=True)
class Consumer:
    """Someone who buys things, by the name of their key file."""

    key: str


TANNERY = Party("tannery", "Riverside Tannery", "9520101", (Role.PRODUCER,))
WORKSHOP = Party("workshop", "Bell & Daughters, Bag Makers", "9520102", (Role.PRODUCER, Role.SELLER))
ASSAYER = Party("assayer", "Hallmark Inspection Office", "9520103", (Role.INSPECTOR,))
COURIER = Party("courier", "Swift Parcel Couriers", "9520104", (Role.SHIPPER,))
BOUTIQUE = Party("boutique", "The Arcade Boutique", "9520105", (Role.SELLER,), "+00:00")

HIGH_GARDEN = Party("high-garden", "High Slope Tea Garden", "9520201", (Role.PRODUCER,), "+05:30")
LOW_GARDEN = Party("low-garden", "Lakeside Tea Garden", "9520202", (Role.PRODUCER,), "+05:30")
BLENDER = Party("blender", "Harbour Tea Blenders", "9520203", (Role.PRODUCER, Role.SELLER), "+05:30")
SEA_LINE = Party("sea-line", "Two Oceans Shipping Line", "9520204", (Role.SHIPPER,), "+00:00")
HAULIER = Party("haulier", "Millstone Road Haulage", "9520205", (Role.SHIPPER,), "+00:00")
TEA_SHOP = Party("tea-shop", "Corner House Teas", "9520206", (Role.SELLER,), "+00:00")

FISH_FARM = Party("fish-farm", "Coldwater Fjord Salmon", "9520301", (Role.PRODUCER, Role.SELLER))
SENSORS = Party("sensors", "Frostwatch Data Loggers", "9520302", (Role.REPORTER,))
COLD_TRUCKS = Party("cold-trucks", "North Route Chilled Transport", "9520303", (Role.SHIPPER,))
FISHMONGER = Party("fishmonger", "Market Hall Fishmonger", "9520304", (Role.SELLER,))

STUDIO = Party("studio", "Ines Vale Print Studio", "9520401", (Role.PRODUCER, Role.SELLER))
GALLERY = Party("gallery", "Gallery at the Old Mill", "9520402", (Role.SELLER,))

TAILOR = Party("tailor", "Silk Lane Tailors", "9520501", (Role.PRODUCER,), "+08:00")
STORE = Party("store", "Lantern Street Store", "9520502", (Role.SELLER,), "+08:00")
PAY_DESK = Party("payments", "Willow Pay Desk", "9520503", (Role.REPORTER,), "+08:00")

IMPORTER = Party("importer", "Second Street Imports", "9520901", (Role.PRODUCER, Role.SHIPPER, Role.SELLER))

CAST = (
    *(TANNERY, WORKSHOP, ASSAYER, COURIER, BOUTIQUE),
    *(HIGH_GARDEN, LOW_GARDEN, BLENDER, SEA_LINE, HAULIER, TEA_SHOP),
    *(FISH_FARM, SENSORS, COLD_TRUCKS, FISHMONGER),
    *(STUDIO, GALLERY),
    *(TAILOR, STORE, PAY_DESK),
    IMPORTER,
)

ANNA, ANNAS_NEW_PHONE, BEN, STRANGER = (
    Consumer(f"consumer-{name}") for name in ("anna", "anna-new-phone", "ben", "stranger")
)
CONSUMERS = (ANNA, ANNAS_NEW_PHONE, BEN, STRANGER)
