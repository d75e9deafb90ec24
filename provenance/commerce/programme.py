"""What a seller promises who collects points: how many are earned, what they are worth, and how long they last.

Rules:

* whole numbers only; each line of an order is rounded by itself, so giving one thing back undoes one number;
* points are earned on what is paid in money, never on what was paid in points, and never on freight;
* an order is earned on by the rules that stood when it was placed: a later revision does not reach back;
* one value has one spelling: ``parse_programme`` accepts exactly what ``format_programme`` prints.

    {"approver":"did:key:z6Mk…","currency":"CNY","earn":{"minor":100,"points":1,"rounding":"down"},"expiryDays":365,
     "giftsADay":500,"graceDays":30,"mostShare":5000,"name":"club","programme":"provenance.programme/1","revision":1,
     "seller":"https://id.gs1.org/417/9520789000004","spend":{"minor":1,"points":1},
     "text":{"en":"<sha-256>","zh":"<sha-256>"},"zone":480}

``approver`` signs beside the seller whatever is granted or withdrawn by hand; ``mostShare`` is the part of an order's
price, in basis points, that may be paid in points; ``graceDays`` is how long points at least last that come back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from provenance.codes import Code
from provenance.commerce.calendar import day_of, end_of
from provenance.commerce.members import Members, members_of
from provenance.commerce.money import WHOLE, check_currency
from provenance.commerce.vocabulary import Rounding
from provenance.custody.roles import parse_party
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError, RefusedError
from provenance.ids import PartyId

VERSION = "provenance.programme/1"
MOST_POINTS = 10**9

_MOST_RATE = 10**6
_MOST_DAYS = 3650
_NAMES = frozenset(
    "programme name revision seller approver currency zone text earn spend mostShare expiryDays graceDays "
    "giftsADay".split()
)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many points for so many minor units of money."""

    points: int
    minor: int


@dataclass(frozen=True, slots=True)
class Programme:
    """One revision of a programme's rules."""

    name: str
    revision: int
    seller: PartyId
    approver: PartyId
    currency: str
    zone: int
    text_en: str
    text_zh: str
    earn: Rate
    rounding: Rounding
    spend: Rate
    most_share: int
    expiry_days: int
    grace_days: int
    gifts_a_day: int

    @property
    def hash(self) -> str:
        """SHA-256 of the RFC 8785 bytes: what a record pins that reckons by these rules."""
        return hashlib.sha256(format_programme(self)).hexdigest()

    @property
    def unit(self) -> str:
        """The currency of its points."""
        return f"PTS:{self.seller.rpartition('/')[2]}"

    def earned_on(self, minors: Iterable[int]) -> tuple[int, ...]:
        """The points for each of these amounts of money, at most ``MOST_POINTS`` for each."""
        rounded = (_rounded(minor * self.earn.points, self.earn.minor, self.rounding) for minor in minors)
        return tuple(min(points, MOST_POINTS) for points in rounded)

    def value_of(self, points: int) -> int:
        """What so many points pay, in minor units; refuses points that come to no whole unit."""
        minor, broken = divmod(points * self.spend.minor, self.spend.points)
        if broken:
            message = f"{self.spend.points} points are {self.spend.minor} {self.currency}: {points} come out broken"
            raise RefusedError(Code.WRONG_VALUE, message, pointer="/points")
        return minor

    def expiry(self, at: int) -> int:
        """The first instant at which points earned then are points no longer."""
        return end_of(day_of(at, self.zone) + self.expiry_days, self.zone)

    def grace(self, at: int) -> int:
        """How long points last at least that come back then."""
        return end_of(day_of(at, self.zone) + self.grace_days, self.zone)


def parse_programme(data: bytes) -> Programme:
    """The programme in a file; accepts only what ``format_programme`` prints."""
    return read_programme(canonical.parse_whole(data))


def format_programme(programme: Programme) -> bytes:
    """The programme as RFC 8785 bytes."""
    return canonical.dump(programme_members(programme))


def read_programme(value: Json) -> Programme:
    """The programme in a JSON value; every refusal points at its member."""
    members = members_of(value, _NAMES)
    if members.raw("programme") != VERSION:
        raise MalformedError(Code.WRONG_VALUE, f"this is no programme of version {VERSION}", pointer="/programme")
    earn, text = members.object("earn", {"points", "minor", "rounding"}), members.object("text", {"en", "zh"})
    seller, approver = members.read("seller", parse_party), members.read("approver", parse_party)
    if seller == approver:
        raise MalformedError(Code.WRONG_VALUE, "who approves is not who asks", pointer="/approver")
    return Programme(
        name=members.text("name"),
        revision=members.whole("revision", 1, 10**6),
        seller=seller,
        approver=approver,
        currency=members.read("currency", check_currency),
        zone=members.whole("zone", -12 * 60, 14 * 60),
        text_en=text.hash("en"),
        text_zh=text.hash("zh"),
        earn=_rate(earn),
        rounding=earn.word("rounding", Rounding),
        spend=_rate(members.object("spend", {"points", "minor"})),
        most_share=members.whole("mostShare", 0, WHOLE),
        expiry_days=members.whole("expiryDays", 1, _MOST_DAYS),
        grace_days=members.whole("graceDays", 0, _MOST_DAYS),
        gifts_a_day=members.whole("giftsADay", 0, MOST_POINTS),
    )


def programme_members(programme: Programme) -> dict[str, Json]:
    """The programme as JSON members; ``read_programme`` gives it back."""
    earn, spend = programme.earn, programme.spend
    return {
        "programme": VERSION,
        "name": programme.name,
        "revision": programme.revision,
        "seller": programme.seller,
        "approver": programme.approver,
        "currency": programme.currency,
        "zone": programme.zone,
        "text": {"en": programme.text_en, "zh": programme.text_zh},
        "earn": {"points": earn.points, "minor": earn.minor, "rounding": programme.rounding.value},
        "spend": {"points": spend.points, "minor": spend.minor},
        "mostShare": programme.most_share,
        "expiryDays": programme.expiry_days,
        "graceDays": programme.grace_days,
        "giftsADay": programme.gifts_a_day,
    }


def _rate(members: Members) -> Rate:
    return Rate(members.whole("points", 1, _MOST_RATE), members.whole("minor", 1, _MOST_RATE))


def _rounded(above: int, below: int, rounding: Rounding) -> int:
    match rounding:
        case Rounding.DOWN:
            return above // below
        case Rounding.UP:
            return -(-above // below)
        case Rounding.NEAREST:
            return (2 * above + below) // (2 * below)  # a half goes up, to the member
        case _:
            assert_never(rounding)
