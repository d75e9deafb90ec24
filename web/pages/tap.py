"""What a tap of an NFC tag showed, in words: what it proves, and what it does not.

Rules: the tap is told apart from the record, and before it where it is bad news; a tap that shows nothing accuses
nobody; every answer says what no tap can show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provenance.services.tapping import Tapped, TapReport
from web.pages.findings import Icon, Tone
from web.pages.text import Text

_LOOKS: Mapping[Tapped, tuple[Tone, Icon]] = {
    Tapped.FRESH: (Tone.CALM, Icon.RECORD),
    Tapped.SEEN_BEFORE: (Tone.CAUTION, Icon.WARNING),
    Tapped.FORGED: (Tone.DANGER, Icon.STOP),
    Tapped.OTHER_TAG: (Tone.DANGER, Icon.STOP),
    Tapped.NO_TAG: (Tone.CAUTION, Icon.QUESTION),
    Tapped.UNREADABLE: (Tone.CAUTION, Icon.QUESTION),
}


@dataclass(frozen=True, slots=True)
class TapLine:
    """Everything the template prints about a tap."""

    tone: Tone
    icon: Icon
    word: str
    what: str
    action: str
    limit: str


def tap_line(report: TapReport, text: Text) -> TapLine:
    """A tap in words."""
    tone, icon = _LOOKS[report.tapped]
    return TapLine(
        tone,
        icon,
        text(f"tap.{report.tapped}.word"),
        text(f"tap.{report.tapped}.what", count=report.count),
        text(f"tap.{report.tapped}.do"),
        text("tap.limit"),
    )
