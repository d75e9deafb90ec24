"""North American coupon codes, as the application identifiers 8110 and 8112 carry them.

Rules: a coupon is a row of fields that say their own lengths; optional fields follow, each behind its digit, in
ascending order; nothing may be left over.

Application guidelines "North American Coupon" (8110) and "Positive Offer File" (8112) of GS1 US.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provenance.codes import Code
from provenance.gs1.linters import Flaw, date, numeric

_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of ``length`` digits, or of one digit out of ``codes``.

    Where that digit is a size, it and ``more`` say how many digits follow; none do after ``nothing``.
    """

    name: str
    length: int = 0
    codes: str = ""
    is_size: bool = False
    more: int = 0
    nothing: str = ""
    is_date: bool = False


def _sized(name: str, codes: str, more: int = 0, *, nothing: str = "") -> _Field:
    return _Field(name, codes=codes + nothing, is_size=True, more=more, nothing=nothing)


def _purchase(which: str) -> tuple[_Field, ...]:
    return (
        _sized(f"{which} purchase requirement", "12345"),
        _Field(f"{which} purchase requirement code", codes="012349"),
        _Field(f"{which} purchase family code", 3),
    )


_SAME = "9"  # the company of the first purchase
_COUPON = (_sized("prefix", "0123456", 6), _Field("offer code", 6), _sized("save value", "12345"), *_purchase("1st"))
_OPTIONS: Mapping[str, tuple[_Field, ...]] = {
    "1": (
        _Field("additional purchase rules code", codes="0123"),
        *_purchase("2nd"),
        _sized("2nd purchase prefix", "0123456", 6, nothing=_SAME),
    ),
    "2": (*_purchase("3rd"), _sized("3rd purchase prefix", "0123456", 6, nothing=_SAME)),
    "3": (_Field("expiration date", 6, is_date=True),),
    "4": (_Field("start date", 6, is_date=True),),
    "5": (_sized("serial number", _DIGITS, 6),),
    "6": (_sized("retailer prefix or GLN", "1234567", 6),),
    "9": (
        _Field("save value code", codes="01256"),
        _Field("item the save value applies to", codes="012"),
        _Field("store coupon flag", codes=_DIGITS),
        _Field("don't multiply flag", codes="01"),
    ),
}
_POSITIVE_OFFER = (
    _Field("format code", codes="01"),
    _sized("funder", "0123456", 6),
    _Field("offer code", 6),
    _sized("serial number", _DIGITS, 6),
)


def coupon(text: str) -> Flaw | None:
    """An 8110 coupon, its dates in order."""
    if (flaw := numeric(text)) is not None:
        return flaw
    values: dict[str, str] = {}
    rest = _read(text, _COUPON, values)
    for option, fields in _OPTIONS.items():
        if isinstance(rest, str) and rest.startswith(option):
            rest = _read(rest[1:], fields, values)
    if isinstance(rest, Flaw):
        return rest
    if "start date" in values and values.get("expiration date", "999999") < values["start date"]:
        return Flaw(Code.WRONG_CONTENT, "is a coupon that expires before it starts")
    return _nothing_left(rest)


def positive_offer(text: str) -> Flaw | None:
    """An 8112 coupon."""
    if (flaw := numeric(text)) is not None:
        return flaw
    rest = _read(text, _POSITIVE_OFFER, {})
    return rest if isinstance(rest, Flaw) else _nothing_left(rest)


def _read(text: str, fields: tuple[_Field, ...], values: dict[str, str]) -> str | Flaw:
    """What is left behind these fields, whose values are put down; or what is wrong with one of them."""
    for field in fields:
        length = field.length
        if field.codes:
            if not text:
                return Flaw(Code.WRONG_LENGTH, f"is a coupon whose {field.name} is missing")
            digit, text = text[0], text[1:]
            if digit not in field.codes:
                what = "no possible length" if field.is_size else "no such code"
                return Flaw(Code.WRONG_CONTENT, f"is a coupon whose {field.name} has {digit}: {what}")
            if field.is_size and digit != field.nothing:
                length = int(digit) + field.more
        if len(text) < length:
            return Flaw(Code.WRONG_LENGTH, f"is a coupon whose {field.name} is cut short")
        value, text = text[:length], text[length:]
        if field.is_date and date(value) is not None:
            return Flaw(Code.WRONG_CONTENT, f"is a coupon whose {field.name} {value} is no date")
        values[field.name] = value
    return text


def _nothing_left(rest: str) -> Flaw | None:
    return Flaw(Code.WRONG_LENGTH, "is a coupon with excess data") if rest else None
