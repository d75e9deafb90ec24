"""What things, parties, places, amounts and moments of one history are called on a page.

Rules:

* a party is called what the registry calls it, and by its number where no registry knows it; parties outside the
  history (``heard_of``) have their names from the server alone;
* a thing is called what its maker called it (``ilmd``), and always by its number too: names repeat, numbers don't;
* a moment is shown as its signer's clock showed it, with the offset the event names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal

from provenance.custody.history import History
from provenance.custody.parties import Party
from provenance.custody.statements import Signer
from provenance.custody.steps import Step
from provenance.encoding.canonical import Json
from provenance.encoding.textual import parse_time
from provenance.epcis.events import Event
from provenance.errors import ProvenanceError
from provenance.gs1.identifiers import Identifier, Kind, read_epc
from provenance.ids import PartyId, Subject
from web.pages.text import Text

_LONGEST = 80
_DESCRIPTION = "cbvmda:descriptionShort"
_UNITS = {
    "CEL": "°C",
    "FAH": "°F",
    "P1": "%",
    "MGM": "mg",
    "GRM": "g",
    "KGM": "kg",
    "TNE": "t",
    "MLT": "mL",
    "CLT": "cL",
    "DLT": "dL",
    "LTR": "L",
    "MTQ": "m³",
    "MMT": "mm",
    "CMT": "cm",
    "MTR": "m",
    "CMK": "cm²",
    "MTK": "m²",
}


@dataclass(frozen=True, slots=True)
class When:
    """A moment: for people, and as HTML's ``datetime`` wants it."""

    shown: str
    machine: str


class Names:
    """The names in one history, in one language."""

    def __init__(self, history: History, text: Text, heard_of: Mapping[PartyId, Party] | None = None) -> None:
        self._history, self._text = history, text
        self._parties = {**(heard_of or {}), **history.registry.parties}
        self._known_as: dict[Subject, str] = {}
        for happening in history.happenings:
            name = described(happening.event.ilmd)
            if name and happening.step in (Step.COMMISSION, Step.TRANSFORM):
                about = happening.about
                amounts = (*about.amounts, *about.output_amounts)
                for made in (*about.items, *about.outputs, *(amount.of for amount in amounts)):
                    self._known_as.setdefault(made, name)

    def product(self, subject: Subject) -> str | None:
        """What its maker called a thing, or ``None``."""
        return self._known_as.get(subject)

    def thing(self, subject: str) -> str:
        """A thing in a sentence: its maker's name for it and its number."""
        number, known = self.number(subject), self._known_as.get(Subject(subject))
        return self._text("thing.known", name=known, number=number) if known else number

    def number(self, subject: str) -> str:
        """A thing by its number alone."""
        return numbered(subject, self._text)

    def party(self, party: str) -> str:
        """A party as the registry calls it, or by its number."""
        return called(party, self._parties, self._text)

    def place(self, place: str, *, of: tuple[Signer, ...] = ()) -> str:
        """A place by its number, and by the party whose number that is where it is none of these signers."""
        identifier = identified(place)
        if identifier is None:
            return shortened(place)
        licensee = self._history.registry.licensee(Subject(identifier.uri))
        if licensee is None or licensee in {signer.party for signer in of}:
            return self._text("place.number", number=identifier.key_value)
        return self._text("place.of", party=self.party(licensee), number=identifier.key_value)

    def listed(self, names: list[str]) -> str:
        """Some names one after the other."""
        return self._text("list.separator").join(names)


def numbered(subject: str, text: Text) -> str:
    """A thing by its number alone."""
    identifier = identified(subject)
    if identifier is None:
        return shortened(subject)
    kind = identifier.kind if text.get(f"thing.{identifier.kind}") else Kind.OTHER
    return text(f"thing.{kind}", number=identifier.elements[-1][1])


def called(party: str, parties: Mapping[PartyId, Party], text: Text) -> str:
    """A party as these know it, or by its number."""
    known = parties.get(PartyId(party))
    if known is not None:
        return known.name
    identifier = identified(party)
    return text("party.unknown", number=identifier.key_value if identifier else shortened(party))


def identified(text: str) -> Identifier | None:
    """The GS1 identifier that a text is, or ``None``."""
    try:
        return read_epc(text)
    except ProvenanceError:
        return None


def described(ilmd: object) -> str:
    """What master data calls the thing, or the empty text."""
    return plain(ilmd.get(_DESCRIPTION)) if isinstance(ilmd, dict) else ""


def plain(value: Json) -> str:
    """A value of master data as text: its own, or that of a text with a language; else the empty text."""
    if isinstance(value, dict):
        value = value.get("@value")
    return shortened(value) if isinstance(value, str) else str(value) if isinstance(value, int | Decimal) else ""


def shortened(text: str) -> str:
    """A text as far as a page has room for it."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def amount(value: Decimal, unit: str) -> str:
    """An amount with the sign of its unit.

    >>> amount(Decimal("24.50"), "MTK"), amount(Decimal("12"), "")
    ('24.5 m²', '12')
    """
    shown = f"{value:f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return f"{shown} {_UNITS.get(unit, unit)}".rstrip()


def date_of(day: date, text: Text) -> str:
    """A day, or that of a moment, in words."""
    return text("when.date", day=day.day, month=text(f"month.{day.month}"), year=day.year)


def when_of(event: Event, text: Text) -> When:
    """When an event took place, on the clock of whoever signed it."""
    moment = _on_its_clock(event)
    zone = text("when.offset", offset=moment.isoformat()[-6:])
    shown = text("when.time", date=date_of(moment, text), clock=f"{moment:%H:%M} {zone}")
    return When(shown, moment.isoformat(timespec="seconds"))


def day_of(event: Event, text: Text) -> str:
    """On which day an event took place, on the clock of whoever signed it."""
    return date_of(_on_its_clock(event), text)


def _on_its_clock(event: Event) -> datetime:
    # A correction repeats the event it takes back, its time included; when it was made is in the declaration.
    declared = event.error_declaration
    instant = event.instant if declared is None else parse_time(declared.time)
    try:
        return instant.astimezone(timezone(event.zone_offset))
    except (OverflowError, ValueError):
        return instant  # on the first or last day of all years, there is no other clock
