"""What a shop's own system tells of one order, and nothing about who bought: the seed of an offer.

Rules:

* only what an offer needs is read: order, articles, pieces, amounts; names, addresses, mail and telephone never get in;
* an amount is a decimal text and becomes whole minor units exactly, or is refused; two currencies never meet;
* the pieces and the freight come to the total that the shop says, to the last unit;
* what the shop says of payment is a merchant's word (grade C): it is shown, and pays nothing;
* one value has one spelling: ``parse_shop_order`` accepts exactly what ``format_shop_order`` prints.

    {"currency":"EUR","freight":490,"lines":[{"minor":2500,"quantity":2,"sku":"JAR-250"}],
     "number":"shopify-450789469","said":"paid","told":1795400000}
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.commerce.calendar import LATEST_INSTANT
from provenance.commerce.facts import MOST_MINOR
from provenance.commerce.forms import MOST_LINES
from provenance.commerce.members import Members, members_of
from provenance.commerce.money import Money, minor_digits
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.errors import MalformedError, RefusedError

_NUMBER = re.compile(r"[0-9A-Za-z._-]{1,40}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,6}))?")
_LONGEST_SKU = 64
_MEMBERS = frozenset({"currency", "freight", "lines", "number", "said", "told"})


@unique
class Said(StrEnum):
    """What the shop says became of the order; the value is stored, never renamed."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ShopLine:
    """So many pieces of one article, and what they cost together."""

    sku: str
    quantity: int
    minor: int

    def __post_init__(self) -> None:
        if not 0 <= self.minor <= MOST_MINOR:
            message = f"{self.quantity} pieces for {self.minor} are outside what any order may come to"
            raise MalformedError(Code.NUMBER_OUT_OF_RANGE, message)


@dataclass(frozen=True, slots=True)
class ShopOrder:
    """One order as a shop told it; ``told`` is when it said so, 0 where it did not say."""

    number: str
    currency: str
    lines: tuple[ShopLine, ...]
    freight: int
    said: Said
    told: int

    def __post_init__(self) -> None:
        if not 0 <= self.freight <= MOST_MINOR:
            raise MalformedError(Code.NUMBER_OUT_OF_RANGE, f"a freight of {self.freight} is more than any may be")
        if not 0 <= self.told <= LATEST_INSTANT:
            raise MalformedError(Code.NUMBER_OUT_OF_RANGE, f"the moment {self.told} is before 1970, or not before 2100")

    @property
    def total(self) -> Money:
        """What the buyer owes."""
        return Money(sum(line.minor for line in self.lines) + self.freight, self.currency)


def exact_minor(text: str, currency: str) -> int:
    """A decimal text in minor units, exactly; refuses a sign, an exponent, and what is finer than the currency.

    >>> exact_minor("12.5", "EUR"), exact_minor("1500.00", "JPY")
    (1250, 1500)
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise MalformedError(Code.MALFORMED_TEXT, f"an amount is written like 12.50, not {text[:40]!r}")
    digits, fraction = minor_digits(currency), (match[2] or "").rstrip("0")
    if len(fraction) > digits:
        raise MalformedError(Code.FRACTION_NOT_ALLOWED, f"{text} {currency} is no whole number of its smallest unit")
    minor = int(match[1] + fraction.ljust(digits, "0"))
    if minor > MOST_MINOR:
        raise MalformedError(Code.NUMBER_OUT_OF_RANGE, f"{text} {currency} is more than any order may come to")
    return minor


def check_number(text: str) -> str:
    """The text, if an order can be numbered so."""
    if not _NUMBER.fullmatch(text):
        message = f"an order's number has 1 to 40 letters, digits, dots, hyphens or underscores, not {text[:50]!r}"
        raise MalformedError(Code.WRONG_VALUE, message)
    return text


def check_currency_letters(text: str) -> str:
    """The text, if it is the three letters of a currency: points buy nothing in a shop of somebody else."""
    if not _CURRENCY.fullmatch(text):
        raise MalformedError(Code.MALFORMED_TEXT, f"a currency is three capital letters, not {text[:20]!r}")
    return text


def check_sku(text: str) -> str:
    """The text, if it names an article: printable, at most 64 letters, no space at either end."""
    if not 0 < len(text) <= _LONGEST_SKU or not text.isprintable() or text.strip() != text:
        message = f"an article is named by 1 to {_LONGEST_SKU} printable letters"
        raise MalformedError(Code.WRONG_VALUE, message)
    return text


def check_pieces(lines: Iterable[ShopLine]) -> None:
    """Refuses an order without a piece, and one with more than a single offer holds."""
    if not 0 < (pieces := sum(line.quantity for line in lines)) <= MOST_LINES:
        message = f"an offer has 1 to {MOST_LINES} pieces, not {pieces}"
        raise RefusedError(Code.WRONG_VALUE, message)


def check_total(order: ShopOrder, told: int) -> None:
    """Refuses an order whose pieces and freight do not come to the total that the shop names."""
    if order.total.minor != told:
        message = f"the pieces and the freight come to {order.total}, the shop says {Money(told, order.currency)}"
        raise RefusedError(Code.OTHER_TOTAL, message)


def format_shop_order(order: ShopOrder) -> bytes:
    """The order in its one spelling."""
    lines: list[JsonLike] = [{"minor": e.minor, "quantity": e.quantity, "sku": e.sku} for e in order.lines]
    members: dict[str, JsonLike] = {
        "currency": order.currency, "freight": order.freight, "lines": lines, "number": order.number,
        "said": order.said.value, "told": order.told,
    }  # fmt: skip
    return canonical.dump(members)


def parse_shop_order(data: bytes) -> ShopOrder:
    """The order that is spelled so; refuses any other spelling."""
    members = members_of(canonical.parse_whole(data), _MEMBERS)
    entries = members.entries("lines")
    lines = tuple(_line(entries.object(index, frozenset({"minor", "quantity", "sku"}))) for index in entries.values)
    check_pieces(lines)
    return ShopOrder(
        members.read("number", check_number),
        members.read("currency", check_currency_letters),
        lines,
        members.whole("freight", 0, MOST_MINOR),
        members.word("said", Said),
        members.instant("told"),
    )


def _line(members: Members) -> ShopLine:
    return ShopLine(
        members.read("sku", check_sku), members.whole("quantity", 1, MOST_LINES), members.whole("minor", 0, MOST_MINOR)
    )
