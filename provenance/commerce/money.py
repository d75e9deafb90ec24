"""Amounts of money that are exactly what they say: whole minor units of one currency.

Rules:

* an amount is an integer of the currency's smallest unit, never a float, never 2^53 or more;
* two currencies never meet: adding or comparing them is refused;
* a share is rounded to a side that its name says; an allocation loses and invents nothing;
* points are a currency of their own: ``PTS:`` and the GLN of who owes them.

    CNY 199.00     Money(19900, "CNY")
    JPY -1500      Money(-1500, "JPY")
    PTS:9520123000004 250

ISO 4217 (three letters, and how many digits the smallest unit is after the point).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from provenance.codes import Code
from provenance.encoding.textual import LARGEST_INTEGER
from provenance.errors import MalformedError, RefusedError

WHOLE = 10_000  # basis points in one

_CURRENCY = re.compile(r"[A-Z]{3}|PTS:[0-9]{13}")
_TEXT = re.compile(r"(\S+) (-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")
# ISO 4217, list one: all others have two digits.
_WITHOUT_DIGITS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_WITH_THREE = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


@dataclass(frozen=True, slots=True)
class Money:
    """So many minor units of a currency; refuses what is no currency and what no JSON number holds exactly.

    >>> Money(19900, "CNY") - Money(597, "CNY")
    Money(minor=19303, currency='CNY')
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        check_currency(self.currency)
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise MalformedError(Code.WRONG_TYPE, f"an amount is a whole number of minor units, not {self.minor!r}")
        if abs(self.minor) > LARGEST_INTEGER:
            raise MalformedError(Code.NUMBER_OUT_OF_RANGE, f"the amount {self.minor} is 2^53 or more")

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __str__(self) -> str:
        digits = minor_digits(self.currency)
        whole, part = divmod(abs(self.minor), 10**digits)
        fraction = f".{part:0{digits}}" if digits else ""
        return f"{self.currency} {'-' if self.minor < 0 else ''}{whole}{fraction}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise RefusedError(Code.WRONG_CURRENCY, f"{other} cannot be reckoned with {self}")
        return other.minor


def check_currency(text: str) -> str:
    """The text, if it names a currency: three capital letters, or ``PTS:`` and a GLN."""
    if not _CURRENCY.fullmatch(text):
        raise MalformedError(Code.MALFORMED_TEXT, f"a currency is three capital letters or PTS: and a GLN: {text!r}")
    return text


def minor_digits(currency: str) -> int:
    """How many digits after the point the smallest unit of a currency has."""
    if currency in _WITHOUT_DIGITS or currency.startswith("PTS"):
        return 0
    return 3 if currency in _WITH_THREE else 2


def parse_money(text: str) -> Money:
    """The amount that ``str`` prints so; any other spelling is refused.

    >>> parse_money("CNY 199.00")
    Money(minor=19900, currency='CNY')
    """
    match = _TEXT.fullmatch(text)
    if not match or len(text) > 40:
        raise MalformedError(Code.MALFORMED_TEXT, f"an amount is written like CNY 199.00, not {text[:40]!r}")
    currency, sign, whole, fraction = match.groups()
    digits = minor_digits(check_currency(currency))
    minor = int(whole + (fraction or "").ljust(digits, "0"))
    money = Money(-minor if sign else minor, currency)
    if str(money) != text:
        raise MalformedError(Code.MALFORMED_TEXT, f"the amount is written {money}, not {text!r}")
    return money


def share_rounded_down(of: int, basis_points: int) -> int:
    """So many ten-thousandths of an amount, a broken unit dropped: for what is kept from a buyer.

    >>> share_rounded_down(199, 5000)
    99
    """
    return of * basis_points // WHOLE


def allocate(total: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """The total in parts after these weights, exactly: the largest remainders get the odd units, earlier first.

    Refuses negative weights and weights that are all zero: nothing would say where the money goes.

    >>> [part.minor for part in allocate(Money(100, "CNY"), (1, 1, 1))]
    [34, 33, 33]
    """
    if not weights or min(weights) < 0 or not (whole := sum(weights)):
        raise RefusedError(Code.WRONG_VALUE, f"weights are zero or more, and not all zero: {tuple(weights)}")
    sign, amount = (-1, -total.minor) if total.minor < 0 else (1, total.minor)
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: -(amount * weights[index] % whole))
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return tuple(Money(sign * part, total.currency) for part in parts)
