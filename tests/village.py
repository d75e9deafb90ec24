"""A log with three witnesses that live in this process, each of which may be told to answer otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from provenance.bootstrap import Services, build
from provenance.config import read_settings
from provenance.crypto.envelope import to_json
from provenance.log.policy import parse_policy
from provenance.ports.witnesses import WitnessAnswer
from provenance.services.capturing import Receipt
from provenance.services.confirming import Confirming
from provenance.trust import format_trust, parse_trust
from tests.cast import MAKER, item
from tests.cosigners import TWO_OF_THREE, WITNESSES
from tests.founding import StandingClock, opened
from tests.terminal import PASSPHRASE
from tests.witness_homes import witness_in

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
        settings = read_settings({"PROVENANCE_HOME": str(self.home), "PROVENANCE_PASSPHRASE": PASSPHRASE})
        return build(settings, clock=self.clock, witnesses=self)


def founded(folder: Path) -> Village:
    """A village in this folder, whose log asks for two of three witnesses."""
    home = folder / "log"
    founding = opened(home, None, StandingClock())
    founding.store.close()
    policy = TWO_OF_THREE.decode()
    for name in WITNESSES:
        policy = policy.replace(f"+{_key_end(policy, name)}\n", f"+{_key_end(policy, name)} https://{name}\n")
    trust = replace(founding.trust, witnesses=parse_policy(policy.encode()))
    (home / "trust.json").write_bytes(format_trust(trust))
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


def _key_end(policy: str, name: str) -> str:
    line = next(line for line in policy.splitlines() if line.startswith(f"witness {name} "))
    return line.split(" ")[2].split("+", 1)[1]
