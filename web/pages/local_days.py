"""Days in the one zone that an order's terms fix, so that a right ends on the same day for whoever reads of it.

Rules: an end is the first instant after its last day, and that last day is shown; the zone is always named with it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from provenance.commerce.calendar import day_of, format_day
from web.pages.names import date_of
from web.pages.text import Text


def on(at: int, zone: int, text: Text) -> str:
    """The local day of an instant, in words."""
    return _day(day_of(at, zone), text)


def at(instant: int, zone: int, text: Text) -> str:
    """An instant on the local clock, in words."""
    moment = datetime.fromtimestamp(instant, UTC).astimezone(timezone(timedelta(minutes=zone)))
    clock = f"{moment:%H:%M} {zone_name(zone, text)}"
    return text("when.time", date=date_of(moment, text), clock=clock)


def last_day_before(end: int, zone: int, text: Text) -> str:
    """The last day of a period that ends at an instant, in words."""
    return on(end - 1, zone, text)


def until(end: int, zone: int, text: Text) -> str:
    """Until when a period runs that ends at an instant: ``until the end of 14 September 2026 (UTC+08:00)``."""
    return text("order.until", date=last_day_before(end, zone, text), zone=zone_name(zone, text))


def zone_name(zone: int, text: Text) -> str:
    """What a zone is called: ``UTC+08:00``."""
    hours, minutes = divmod(abs(zone), 60)
    return text("when.offset", offset=f"{'-' if zone < 0 else '+'}{hours:02}:{minutes:02}")


def _day(day: int, text: Text) -> str:
    return date_of(date.fromisoformat(format_day(day)), text)
