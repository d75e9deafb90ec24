"""What the content of a GS1 value must be like, one small check for each kind: digits, dates, codes, check digits.

Rules:

* a check takes one component of a value and answers what is wrong with it, or ``None``;
* the answer is data: a code, and a fact that ends the sentence "(17)261399 …";
* whether a component has the right length is checked before (``application_identifiers``), but no check relies on it.

GS1 General Specifications, section 3 (the application identifiers) and 7.11 (character sets).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from provenance.codes import Code
from provenance.gs1 import check_digits
from provenance.gs1.check_digits import CSET_82
from provenance.gs1.code_lists import COUNTRIES, COUNTRY_LETTERS, CURRENCIES, MEDIA_TYPES, PACKAGE_TYPES

SHORTEST_PREFIX = 4
LONGEST_PREFIX = 12
"""Digits of a GS1 company prefix."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a value, for the end of a sentence that begins with it."""

    code: Code
    fact: str


Linter = Callable[[str], Flaw | None]

_DIGITS = re.compile(r"[0-9]*")
_CSET_39 = re.compile(r"[#\-/0-9A-Z]*")
_CSET_64 = re.compile(r"([A-Za-z0-9_-]*)(=*)")
_IBAN = re.compile(r"[0-9A-Z]*")
_INDEX = re.compile(r"[-0-9A-Z_a-z]")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_POSITION = re.compile(r"([0-9]+)/([0-9]+)")


# --- characters ---


def numeric(text: str) -> Flaw | None:
    """Digits only."""
    return None if _DIGITS.fullmatch(text) else _character("a character that is no digit")


def cset_82(text: str) -> Flaw | None:
    """Letters, digits and the punctuation of CSET 82; no space."""
    return None if set(text) <= set(CSET_82) else _character("a character outside CSET 82")


def cset_39(text: str) -> Flaw | None:
    """Capitals, digits, ``#``, ``-`` and ``/``."""
    return None if _CSET_39.fullmatch(text) else _character("a character outside CSET 39")


def cset_64(text: str) -> Flaw | None:
    """URL-safe base64, its padding complete or left away."""
    match = _CSET_64.fullmatch(text)
    if not match:
        return _character("a character outside CSET 64")
    if match[2] and (len(match[2]) > 2 or len(text) % 3):
        return _character("a padding that fits no base64")
    return None


def has_non_digit(text: str) -> Flaw | None:
    """At least one character that is no digit."""
    return _content("has digits only, and needs another character") if _DIGITS.fullmatch(text) else None


def percent_encoded(text: str) -> Flaw | None:
    """A percent sign stands before two hex digits."""
    return _character("a percent sign without two hex digits") if _PERCENT.search(text) else None


def hyphen(text: str) -> Flaw | None:
    """The minus sign of a temperature."""
    return None if text.strip("-") == "" else _content("has something other than a hyphen at its end")


# --- check digits and prefixes ---


def check_digit(text: str) -> Flaw | None:
    """The last digit completes the others."""
    if (flaw := numeric(text)) is not None:
        return flaw
    if len(text) < 2:
        return Flaw(Code.WRONG_LENGTH, "is too short for a check digit")
    if not check_digits.has_check_digit(text):
        wanted = check_digits.check_digit(text[:-1])
        return Flaw(Code.BAD_CHECK_DIGIT, f"ends in {text[-1]} where the check digit is {wanted}")
    return None


def check_pair(text: str) -> Flaw | None:
    """The last two characters complete the others."""
    if len(text) < 3:
        return Flaw(Code.WRONG_LENGTH, "is too short for a check pair")
    if len(text) > check_digits.LONGEST_PAIRED:
        return Flaw(Code.WRONG_LENGTH, "is too long for a check pair")
    if (flaw := cset_82(text[:-2])) is not None:
        return flaw
    if not check_digits.has_check_pair(text):
        wanted = check_digits.check_pair(text[:-2])
        return Flaw(Code.BAD_CHECK_DIGIT, f"ends in {text[-2:]} where the check pair is {wanted}")
    return None


def prefix(text: str) -> Flaw | None:
    """A company prefix can stand at the beginning: four digits at least."""
    beginning = text[:SHORTEST_PREFIX]
    if len(beginning) == SHORTEST_PREFIX and _DIGITS.fullmatch(beginning):
        return None
    return _content("has no company prefix at its beginning")


def prefix_second(text: str) -> Flaw | None:
    """A company prefix can stand behind the first digit (of a GTIN, an SSCC)."""
    return prefix(text[1:])


# --- numbers ---


def zero(text: str) -> Flaw | None:
    """Zeros only."""
    return None if text.strip("0") == "" else _content("has no zero where one is required")


def not_zero(text: str) -> Flaw | None:
    """A number above zero."""
    return numeric(text) or (None if text.strip("0") else _content("is zero where a number is required"))


def no_leading_zero(text: str) -> Flaw | None:
    """A number in its shortest form."""
    return numeric(text) or (_content("begins with a zero") if len(text) > 1 and text[0] == "0" else None)


def piece_of_total(text: str) -> Flaw | None:
    """A piece number and a total of the same number of digits, the piece within the total."""
    if not text or len(text) % 2:
        return Flaw(Code.WRONG_LENGTH, "has a piece and a total of different lengths")
    if (flaw := numeric(text)) is not None:
        return flaw
    piece, total = text[: len(text) // 2], text[len(text) // 2 :]
    if not piece.strip("0"):
        return _content("has the piece number zero")
    if not total.strip("0"):
        return _content("has a total of zero pieces")
    return _content(f"has piece {piece} beyond its total {total}") if piece > total else None


def position_in_sequence(text: str) -> Flaw | None:
    """``2/3``: the second of three."""
    match = _POSITION.fullmatch(text)
    if not match:
        return _content("is no position in a sequence such as 2/3")
    position, end = match.groups()
    if position[0] == "0" or end[0] == "0":
        return _content("has a position or an end that begins with a zero")
    is_beyond = (len(position), position) > (len(end), end)
    return _content(f"has position {position} beyond its end {end}") if is_beyond else None


def latitude(text: str) -> Flaw | None:
    """Ten-millionths of a degree from the South Pole."""
    return _degrees(text, "latitude", "1800000000")


def longitude(text: str) -> Flaw | None:
    """Ten-millionths of a degree east of Greenwich."""
    return _degrees(text, "longitude", "3600000000")


# --- dates and times ---


def date(text: str) -> Flaw | None:
    """``YYMMDD``, a day that exists."""
    return _date(text, years=2)


def date_or_month(text: str) -> Flaw | None:
    """``YYMMDD``, where day 00 leaves the day open."""
    return _date(text, years=2) if text[4:] != "00" else _date(text[:4] + "01", years=2)


def full_date(text: str) -> Flaw | None:
    """``YYYYMMDD``, a day that exists."""
    return _date(text, years=4)


def hour(text: str) -> Flaw | None:
    """``00`` to ``23``."""
    return _two_digits(text, "hour", 24)


def minute(text: str) -> Flaw | None:
    """``00`` to ``59``."""
    return _two_digits(text, "minute", 60)


def second(text: str) -> Flaw | None:
    """``00`` to ``59``."""
    return _two_digits(text, "second", 60)


def hour_minute(text: str) -> Flaw | None:
    """``HHMM``, a time of day."""
    if len(text) != 4:
        return Flaw(Code.WRONG_LENGTH, "is no hour with its minute: it has not 4 digits")
    return hour(text[:2]) or minute(text[2:])


# --- code lists ---


def country(text: str) -> Flaw | None:
    """An ISO 3166 number."""
    return None if text in COUNTRIES else _content(f"has {_shown(text)}, which is no country number of ISO 3166")


def country_or_999(text: str) -> Flaw | None:
    """An ISO 3166 number, or 999 for several countries."""
    return None if text == "999" else country(text)


def country_letters(text: str) -> Flaw | None:
    """An ISO 3166 alpha-2 code."""
    if text in COUNTRY_LETTERS:
        return None
    return _content(f"has {_shown(text)}, which is no country code of two letters of ISO 3166")


def currency(text: str) -> Flaw | None:
    """An ISO 4217 number."""
    return None if text in CURRENCIES else _content(f"has {_shown(text)}, which is no currency number of ISO 4217")


def package_type(text: str) -> Flaw | None:
    """A package type of UN/ECE Recommendation 21 or of GS1."""
    return None if text in PACKAGE_TYPES else _content(f"has {_shown(text)}, which is no package type")


def media_type(text: str) -> Flaw | None:
    """An AIDC media type."""
    return None if text in MEDIA_TYPES else _content(f"has {_shown(text)}, which is no media type")


def sex(text: str) -> Flaw | None:
    """ISO 5218: 0 unknown, 1 male, 2 female, 9 not applicable."""
    return None if text in {"0", "1", "2", "9"} else _content("is no biological sex of ISO 5218")


def winding(text: str) -> Flaw | None:
    """The winding direction of a roll: 0, 1, or 9 for undefined."""
    return None if text in {"0", "1", "9"} else _content("has no winding direction: 0, 1 or 9")


def yes_or_no(text: str) -> Flaw | None:
    """1 or 0."""
    return None if text in {"0", "1"} else _content("is neither 0 nor 1")


def importer_index(text: str) -> Flaw | None:
    """One letter, digit, hyphen or underscore (EU 2018/574)."""
    if len(text) != 1:
        return Flaw(Code.WRONG_LENGTH, "has an importer index that is not one character")
    return None if _INDEX.fullmatch(text) else _character("a character that is no importer index")


def iban(text: str) -> Flaw | None:
    """An account number with its country and check digits (ISO 13616)."""
    if not 10 < len(text) <= 34:
        return Flaw(Code.WRONG_LENGTH, f"is too {'long' if len(text) > 34 else 'short'} for an IBAN")
    if text[:2] not in COUNTRY_LETTERS:
        return _content(f"begins with {_shown(text[:2])}, which is no country of an IBAN")
    if not _IBAN.fullmatch(text):
        return _character("a character that no IBAN has")
    number = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return None if int(number) % 97 == 1 else Flaw(Code.BAD_CHECK_DIGIT, "has a wrong IBAN checksum")


def _degrees(text: str, name: str, most: str) -> Flaw | None:
    if len(text) != len(most):
        return Flaw(Code.WRONG_LENGTH, f"has a {name} that is not {len(most)} digits long")
    return numeric(text) or (_content(f"has a {name} above {most}") if text > most else None)


def _date(text: str, *, years: int) -> Flaw | None:
    if len(text) != years + 4:
        return Flaw(Code.WRONG_LENGTH, f"is too {'long' if len(text) > years + 4 else 'short'} for a date")
    if (flaw := numeric(text)) is not None:
        return flaw
    year, month, day = int(text[:years]), int(text[years : years + 2]), int(text[years + 2 :])
    if not 1 <= month <= 12:
        return _content(f"has {month:02}, which is no month")
    # A year of two digits stands for one of 100 around today; 00 is 2000, a leap year.
    last = _LAST_DAYS[month - 1] + (month == 2 and _is_leap(year + 2000 if years == 2 else year))
    return None if 1 <= day <= last else _content(f"has {day:02}, which is no day of that month")


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _two_digits(text: str, name: str, end: int) -> Flaw | None:
    if len(text) != 2:
        return Flaw(Code.WRONG_LENGTH, f"has a {name} that is too {'long' if len(text) > 2 else 'short'}")
    return numeric(text) or (None if int(text) < end else _content(f"has {text}, which is no {name}"))


def _content(fact: str) -> Flaw:
    return Flaw(Code.WRONG_CONTENT, fact)


def _character(what: str) -> Flaw:
    return Flaw(Code.WRONG_CHARACTER, f"has {what}")


def _shown(text: str) -> str:
    return repr(text[:20])
