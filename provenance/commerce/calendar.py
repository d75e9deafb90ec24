"""Periods in whole local days, so that the day a right ends is the same for everybody who reckons it.

Rules:

* an instant is a whole number of seconds since 1970-01-01T00:00Z, a day a whole number since 1970-01-01;
* a zone is a fixed number of minutes east of UTC: names of zones change their meaning with the years;
* the day something happens is not counted, and the last day lasts until its end
  (CN Civil Code art. 201 and 203; Regulation 1182/71 art. 3(1) and 3(2));
* a buyer's period that would end on a day of rest ends with the next other day
  (CN Civil Code art. 203; Regulation 1182/71 art. 3(4)).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import date

from provenance.codes import Code
from provenance.errors import MalformedError

SECONDS_A_DAY = 86_400
LATEST_INSTANT = 4_102_444_800  # 2100-01-01: every sum of periods on top of it is a date

_EPOCH = date(1970, 1, 1).toordinal()
_THURSDAY = 3  # 1970-01-01, counted from Monday


def day_of(instant: int, zone: int) -> int:
    """The local day an instant falls on.

    >>> day_of(86_400 - 8 * 3600, 480), day_of(86_399 - 8 * 3600, 480)
    (1, 0)
    """
    return (instant + zone * 60) // SECONDS_A_DAY


def end_of(day: int, zone: int) -> int:
    """The first instant after a local day."""
    return (day + 1) * SECONDS_A_DAY - zone * 60


def weekday(day: int) -> int:
    """Monday is 0."""
    return (day + _THURSDAY) % 7


def rolled(day: int, rest_days: Collection[int], holidays: Collection[int]) -> int:
    """The day itself, or the next that is neither a weekly day of rest nor a holiday."""
    while weekday(day) in rest_days or day in holidays:
        day += 1
    return day


def months_after(day: int, months: int) -> int:
    """The day of the same number so many months later, or the last of that month.

    >>> format_day(months_after(parse_day("2026-08-31"), 6))
    '2027-02-28'
    """
    start = date.fromordinal(day + _EPOCH)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).toordinal() - _EPOCH


def parse_day(text: str) -> int:
    """The day written so (``2026-10-01``, from 1970 to 2099).

    >>> parse_day("1970-01-02")
    1
    """
    try:
        day = date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError as err:
        raise MalformedError(Code.MALFORMED_TEXT, f"a day is written like 2026-10-01, not {text[:20]!r}") from err
    if not 0 <= day * SECONDS_A_DAY < LATEST_INSTANT or format_day(day) != text:
        raise MalformedError(Code.MALFORMED_TEXT, f"a day from 1970 to 2099 like 2026-10-01, not {text[:20]!r}")
    return day


def format_day(day: int) -> str:
    """A day as ISO 8601 has it."""
    return date.fromordinal(day + _EPOCH).isoformat()
