"""What a seller promises for after the sale, in words that a program can follow and a buyer can check.

Rules:

* a closed vocabulary: every member is required, none is extra, and there is no free text a program would have to
  guess at; what the buyer read is bound in by the hashes of its two texts;
* whole numbers only: days, months, minutes, basis points;
* one value has one spelling: ``parse_terms`` accepts exactly what ``format_terms`` prints;
* terms may promise more than the law and never less: ``commerce.floor`` raises them, and only then are they applied.

    {"currency":"CNY","defect":{"returnDays":7,"warrantyMonths":24},"holidays":["2026-10-01"],"jurisdiction":"CN",
     "name":"arcade-standard","refundDays":7,"releaseDays":8,"revision":1,
     "seller":"https://id.gs1.org/417/9520123000028","silenceDays":7,"terms":"provenance.terms/1",
     "text":{"en":"<sha-256>","zh":"<sha-256>"},
     "withdrawal":{"days":7,"deductions":{"soiled":2000},"exclusions":["made-to-order","perishable"],
                   "outboundFreight":"kept","returnFreight":"buyer"},
     "zone":480}

``zone`` is minutes east of UTC; ``deductions`` are basis points of the price; ``holidays`` lengthen a buyer's periods.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.calendar import format_day, parse_day
from provenance.commerce.members import Members, check_sorted, members_of
from provenance.commerce.money import WHOLE, check_currency
from provenance.commerce.vocabulary import Condition, Jurisdiction, Outbound, Payer, Trait
from provenance.custody.roles import parse_party
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError
from provenance.ids import PartyId

VERSION = "provenance.terms/1"
MOST_DAYS = 3650
MOST_MONTHS = 600

_MOST_HOLIDAYS = 366
_NAMES = frozenset(
    "terms name revision seller jurisdiction currency zone text withdrawal defect refundDays silenceDays releaseDays "
    "holidays".split()
)
_WITHDRAWAL = frozenset({"days", "exclusions", "returnFreight", "outboundFreight", "deductions"})


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A return without a reason: how long, of what not, who pays the ways, what is kept for which damage."""

    days: int
    exclusions: tuple[Trait, ...]
    return_freight: Payer
    outbound: Outbound
    deductions: Mapping[Condition, int]


@dataclass(frozen=True, slots=True)
class Terms:
    """One revision of a seller's terms."""

    name: str
    revision: int
    seller: PartyId
    jurisdiction: Jurisdiction
    currency: str
    zone: int
    text_en: str
    text_zh: str
    withdrawal: Withdrawal
    defect_return_days: int
    warranty_months: int
    refund_days: int
    silence_days: int
    release_days: int
    holidays: tuple[int, ...]

    @property
    def hash(self) -> str:
        """SHA-256 of the RFC 8785 bytes: what an order pins, so that later terms can't reach back."""
        return hashlib.sha256(format_terms(self)).hexdigest()


def parse_terms(data: bytes) -> Terms:
    """The terms in a file; accepts only what ``format_terms`` prints."""
    return read_terms(canonical.parse_whole(data))


def format_terms(terms: Terms) -> bytes:
    """The terms as RFC 8785 bytes."""
    return canonical.dump(terms_members(terms))


def read_terms(value: Json) -> Terms:
    """The terms in a JSON value; every refusal points at its member."""
    members = members_of(value, _NAMES)
    if members.raw("terms") != VERSION:
        raise MalformedError(Code.WRONG_VALUE, f"these are no terms of version {VERSION}", pointer="/terms")
    defect = members.object("defect", {"returnDays", "warrantyMonths"})
    text = members.object("text", {"en", "zh"})
    return Terms(
        name=members.text("name"),
        revision=members.whole("revision", 1, 10**6),
        seller=members.read("seller", parse_party),
        jurisdiction=members.word("jurisdiction", Jurisdiction),
        currency=members.read("currency", check_currency),
        zone=members.whole("zone", -12 * 60, 14 * 60),
        text_en=text.hash("en"),
        text_zh=text.hash("zh"),
        withdrawal=_withdrawal(members.object("withdrawal", _WITHDRAWAL)),
        defect_return_days=defect.whole("returnDays", 0, MOST_DAYS),
        warranty_months=defect.whole("warrantyMonths", 0, MOST_MONTHS),
        refund_days=members.whole("refundDays", 0, MOST_DAYS),
        silence_days=members.whole("silenceDays", 0, MOST_DAYS),
        release_days=members.whole("releaseDays", 0, MOST_DAYS),
        holidays=_holidays(members),
    )


def terms_members(terms: Terms) -> dict[str, Json]:
    """The terms as JSON members; ``read_terms`` gives the terms back."""
    withdrawal = terms.withdrawal
    return {
        "terms": VERSION,
        "name": terms.name,
        "revision": terms.revision,
        "seller": terms.seller,
        "jurisdiction": terms.jurisdiction.value,
        "currency": terms.currency,
        "zone": terms.zone,
        "text": {"en": terms.text_en, "zh": terms.text_zh},
        "withdrawal": {
            "days": withdrawal.days,
            "exclusions": [trait.value for trait in withdrawal.exclusions],
            "returnFreight": withdrawal.return_freight.value,
            "outboundFreight": withdrawal.outbound.value,
            "deductions": {condition.value: points for condition, points in withdrawal.deductions.items()},
        },
        "defect": {"returnDays": terms.defect_return_days, "warrantyMonths": terms.warranty_months},
        "refundDays": terms.refund_days,
        "silenceDays": terms.silence_days,
        "releaseDays": terms.release_days,
        "holidays": [format_day(day) for day in terms.holidays],
    }


def _withdrawal(members: Members) -> Withdrawal:
    deductions = members.raw("deductions")
    if not isinstance(deductions, dict):
        raise MalformedError(Code.WRONG_TYPE, "an object of conditions", pointer=members.place("deductions"))
    points = members.object("deductions", deductions.keys() & set(Condition))
    return Withdrawal(
        days=members.whole("days", 0, MOST_DAYS),
        exclusions=members.words("exclusions", Trait),
        return_freight=members.word("returnFreight", Payer),
        outbound=members.word("outboundFreight", Outbound),
        deductions={Condition(name): points.whole(name, 1, WHOLE) for name in sorted(points.values)},
    )


def _holidays(members: Members) -> tuple[int, ...]:
    texts = members.list("holidays")
    if len(texts) > _MOST_HOLIDAYS:
        message = f"at most {_MOST_HOLIDAYS} holidays"
        raise MalformedError(Code.WRONG_VALUE, message, pointer=members.place("holidays"))
    entries = members.entries("holidays")
    days = tuple(entries.read(index, parse_day) for index in entries.values)
    check_sorted(tuple(format_day(day) for day in days), members.place("holidays"))
    return days
