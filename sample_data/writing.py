"""Putting words on paper in the sample world: every deed and every record, linked and signed by whom it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from provenance.bootstrap import Services
from provenance.crypto.claim_code import claim_key
from provenance.crypto.envelope import Envelope, Signature, pae
from provenance.crypto.keys import SigningKey
from provenance.custody.roles import Role
from provenance.custody.steps import RULES, step_of
from provenance.encoding.canonical import Json
from provenance.epcis.events import parse_event
from provenance.ids import StatementHash
from provenance.services.signing import Hand, consumer
from sample_data.cast import Consumer, Party
from sample_data.deeds import Deed, hidden_code
from sample_data.selling import EventOf, HiddenCode, Said, Speaker, Value

Keys = Mapping[str, SigningKey]


@dataclass(slots=True)
class Desk:
    """Where statements are signed; ``recorded`` knows which statement became of each deed, by its event's number."""

    services: Services
    keys: Keys
    recorded: dict[str, StatementHash] = field(default_factory=dict)

    def signed(self, step: Deed | Said) -> Envelope:
        """The step as a statement, linked to the chains as they are now."""
        return self._deed(step) if isinstance(step, Deed) else self._record(step)

    def keep(self, step: Deed | Said, envelope: Envelope) -> None:
        """A deed is in the log: later records may rest on it."""
        if isinstance(step, Deed):
            self.recorded[str(step.members["eventID"])] = envelope.hash

    def hand(self, party: Party, role: Role) -> Hand:
        """A party about to sign in a role."""
        return Hand(party.id, role, self.keys[party.key])

    def _deed(self, deed: Deed) -> Envelope:
        """The deed as its party signs it, in the first of its roles that may do this."""
        step = step_of(parse_event(dict(deed.members)))
        role = next(role for role in deed.by.roles if role in RULES[step].roles)
        envelope = self.services.signing.event(deed.members, [self.hand(deed.by, role)])
        return envelope if deed.forger is None else _forged(envelope, self.keys[deed.forger.key])

    def _record(self, said: Said) -> Envelope:
        members: dict[str, Json] = {name: self._resolved(value) for name, value in said.members.items()}
        head: dict[str, Json] = {"subject": said.about, "kind": said.kind.value, "at": int(said.when.timestamp())}
        return self.services.signing.commerce_record({**head, **members}, [self._speaker(one) for one in said.by])

    def _resolved(self, value: Value) -> Json:
        match value:
            case EventOf(deed):
                return self.recorded[str(deed.members["eventID"])]
            case Consumer(key):
                return str(self.keys[key].public)
            case _:
                return value

    def _speaker(self, speaker: Speaker) -> Hand:
        match speaker:
            case Party():
                return self.hand(speaker, speaker.roles[0])
            case Consumer(key):
                return consumer(self.keys[key])
            case HiddenCode(item, guessed):
                return consumer(claim_key(hidden_code(guessed), item))


def _forged(envelope: Envelope, key: SigningKey) -> Envelope:
    """The statement with a signature that names the right key and was made with another."""
    signature = key.sign(pae(envelope.payload_type, envelope.body))
    return replace(envelope, signatures=tuple(Signature(honest.key, signature) for honest in envelope.signatures))
