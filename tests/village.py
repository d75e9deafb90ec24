"""A log with three witnesses that live in this process, each of which may be told to answer otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from provenance.bootstrap import Services, build
from provenance.crypto.envelope import to_json
from provenance.ports.witnesses import WitnessAnswer
from provenance.services.capturing import Receipt
from provenance.services.confirming import Confirming
from provenance.trust import parse_trust
from tests.cast import MAKER, item
from tests.cosigners import WITNESSES
from tests.founding import StandingClock, opened
from tests.homes import settings_of
from tests.witness_homes import ask_witnesses, witness_in

Answer = Callable[[bytes], WitnessAnswer]


@dataclass(slots=True)
class Village:
    """A log and its three witnesses, each of which may be told to answer otherwise."""

    home: Path
    clock: StandingClock = field(default_factory=StandingClock)
    honest: dict[str, Confirming] = field(default_factory=dict)
    odd: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def ask(self, url: str, request: bytes) -> WitnessAnswer:
        """See ``ports.witnesses.Witnesses``."""
        name = url.removeprefix("https://")
        self.asked.append(name)
        return self.odd.get(name, self.honest[name].answer)(request)

    def services(self) -> Services:
        """The log's services, as a process that has just begun."""
        return build(settings_of(self.home), clock=self.clock, witnesses=self)


def founded(folder: Path) -> Village:
    """A village in this folder, whose log asks for two of three witnesses."""
    home = folder / "log"
    founding = opened(home, None, StandingClock())
    founding.store.close()
    ask_witnesses(home, {name: f"https://{name}" for name in WITNESSES})
    return village_in(folder)


def village_in(folder: Path) -> Village:
    """The village that was founded in this folder, as far as it has come."""
    village = Village(folder / "log")
    trust = parse_trust((village.home / "trust.json").read_bytes())
    for name in WITNESSES:
        _, village.honest[name] = witness_in(folder / "witnesses", name, trust.log, clock=village.clock)
    return village


def made(services: Services, serial: str) -> Receipt:
    """An item with this serial, made and captured."""
    event = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "ObjectEvent",
        "action": "ADD",
        "bizStep": "commissioning",
        "epcList": [item(serial)],
        "eventTime": "2026-05-04T10:00:00.000Z",
        "eventTimeZoneOffset": "+00:00",
    }
    (outcome,) = services.capturing.capture([to_json(services.signing.event(event, [MAKER.hand()]))])
    assert isinstance(outcome, Receipt)
    return outcome
