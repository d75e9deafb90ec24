"""What every page of a mirror says first: whose it is, as of when, and what speaks against the log.

Rules: an alarm has an icon and words, never colour alone; times are UTC; the reader is told where the log itself is.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.encoding.textual import format_time
from provenance.log.mirror_card import MirrorCard
from provenance.services.introducing import Introduction, RaisedAlarm
from web.pages.names import date_of
from web.pages.text import Text


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """An alarm: what happened, and the address of its file, empty where there is none for everybody."""

    what: str
    evidence: str


@dataclass(frozen=True, slots=True)
class MirrorBanner:
    """Everything the template prints."""

    whose: str
    as_of: str
    machine: str
    url: str
    alarms: tuple[AlarmLine, ...]


def mirror_banner(card: MirrorCard, origin: str, now: Introduction | None, text: Text) -> MirrorBanner:
    """The banner of a mirror; ``now`` is ``None`` where its folder can't be read."""
    return MirrorBanner(
        text("mirror.whose", name=card.key.name, origin=origin),
        _as_of(now, text),
        "" if now is None or now.as_of is None else format_time(now.as_of),
        card.url,
        () if now is None else tuple(_line(alarm, text) for alarm in now.alarms),
    )


def _as_of(now: Introduction | None, text: Text) -> str:
    if now is None:
        return text("mirror.unreadable")
    if now.as_of is None:
        return text("mirror.never")
    when = f"{date_of(now.as_of, text)}, {now.as_of:%H:%M} UTC"
    return text("mirror.as-of", when=when, size=now.size)


def _line(alarm: RaisedAlarm, text: Text) -> AlarmLine:
    what = text(f"mirror.alarm.{alarm.code}", leaf=alarm.leaf)
    return AlarmLine(what, "" if alarm.file is None else f"/evidence/{alarm.file}")
