"""Telling the stories to a real installation: every deed signed by its party, captured, and put under checkpoints.

Rules:

* deeds go in by the order of their times, in batches in which no chain is touched twice: what is signed together
  cannot link to each other;
* the world's clock stands at the deeds' own times, so its log looks as if it had grown on those days;
* whatever comes out otherwise than the deed says stops the telling: there are no stories that nearly work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import update

from provenance.adapters.sql_schema import STATEMENTS
from provenance.bootstrap import Services
from provenance.crypto.envelope import Envelope, Signature, pae, to_json
from provenance.crypto.keys import SigningKey
from provenance.custody.registry_entries import (
    DelegationGranted,
    Entry,
    LicenceGranted,
    PartyEnrolled,
    Permission,
    RootEstablished,
)
from provenance.custody.roles import Role
from provenance.custody.steps import RULES, step_of
from provenance.custody.subjects import touched
from provenance.epcis.events import parse_event
from provenance.errors import Refusal
from provenance.ids import Subject
from provenance.services.enrolling import root_hand
from provenance.services.signing import Hand
from sample_data.cast import CAST, FISH_FARM, SENSORS, Party
from sample_data.catalogue import DEEDS, EDITS
from sample_data.deeds import FIRST_DAY, Deed
from sample_data.home import ROOT
from sample_data.stories.salmon import BOXES_OF_THE_FARM
from sample_data.story import Edit

Keys = Mapping[str, SigningKey]
_LARGEST_BATCH = 64


class UntoldError(Exception):
    """A deed or entry had another outcome than the story says."""


@dataclass(slots=True)
class StoryClock:
    """A clock that stands where it is put. See ``ports.outside.Clock``."""

    time: datetime = FIRST_DAY - timedelta(days=3)

    def now(self) -> datetime:
        """The time of the story."""
        return self.time


def tell(services: Services, keys: Keys, clock: StoryClock, *, progress: Callable[[int], None]) -> None:
    """Fill an empty installation with the whole world; ``progress(deeds)`` is called along the way."""
    _register(services, keys)
    week = None
    for batch in batches(DEEDS):
        if week not in (None, batch[0].when.isocalendar().week):
            services.checkpointing.checkpoint()
        week = batch[-1].when.isocalendar().week
        clock.time = batch[-1].when + timedelta(minutes=1)
        _capture(services, [_signed(services, keys, deed) for deed in batch], [deed.refused for deed in batch])
        progress(len(batch))
    services.checkpointing.checkpoint()
    for edit in EDITS:
        _change(services, edit)


def batches(deeds: Iterable[Deed]) -> Iterator[Sequence[Deed]]:
    """The deeds in the order of their times, cut so that no batch touches the same chain twice."""
    batch: list[Deed] = []
    chains: set[Subject] = set()
    for deed in sorted(deeds, key=lambda deed: deed.when):
        about = touched(parse_event(dict(deed.members)))
        # What comes out of a unit is not named: such a deed goes alone.
        empties = about.parent is not None and not about.children
        if batch and (empties or chains.intersection(about.subjects) or len(batch) == _LARGEST_BATCH):
            yield batch
            batch, chains = [], set()
        batch.append(deed)
        chains.update(about.subjects)
        if empties:
            yield batch
            batch, chains = [], set()
    if batch:
        yield batch


def _register(services: Services, keys: Keys) -> None:
    """Root, parties, licences, delegation: each needs the one before it in the log."""
    root = keys[ROOT]
    by_root = root_hand(root)

    def record(*entries: tuple[Entry, list[Hand]]) -> None:
        _capture(services, [services.signing.entry(entry, hands) for entry, hands in entries], [None] * len(entries))

    record((RootEstablished(services.trust.origin, (root.public,), 1), [by_root]))
    record(*((_enrolled(party, keys), [by_root, _hand(party, party.roles[0], keys)]) for party in CAST))
    record(*((LicenceGranted(party.id, party.prefix), [by_root]) for party in CAST))
    may_watch_boxes = DelegationGranted(FISH_FARM.id, SENSORS.id, Permission.OBSERVE, (BOXES_OF_THE_FARM,))
    record((may_watch_boxes, [_hand(FISH_FARM, FISH_FARM.roles[0], keys)]))
    services.checkpointing.checkpoint()


def _enrolled(party: Party, keys: Keys) -> PartyEnrolled:
    return PartyEnrolled(party.id, party.name, party.roles, (keys[party.key].public,))


def _hand(party: Party, role: Role, keys: Keys) -> Hand:
    return Hand(party.id, role, keys[party.key])


def _signed(services: Services, keys: Keys, deed: Deed) -> Envelope:
    """The deed as its party signs it, in the first of its roles that may do this."""
    step = step_of(parse_event(dict(deed.members)))
    role = next(role for role in deed.by.roles if role in RULES[step].roles)
    envelope = services.signing.event(deed.members, [_hand(deed.by, role, keys)])
    return envelope if deed.forger is None else _forged(envelope, keys[deed.forger.key])


def _forged(envelope: Envelope, key: SigningKey) -> Envelope:
    """The statement with a signature that names the right key and was made with another."""
    signature = key.sign(pae(envelope.payload_type, envelope.body))
    return replace(envelope, signatures=tuple(Signature(honest.key, signature) for honest in envelope.signatures))


def _capture(services: Services, envelopes: Sequence[Envelope], refused: Sequence[object]) -> None:
    outcomes = services.capturing.capture([to_json(envelope) for envelope in envelopes])
    for envelope, outcome, expected in zip(envelopes, outcomes, refused, strict=True):
        code = outcome.code if isinstance(outcome, Refusal) else None
        if code is not expected:
            raise UntoldError(f"expected {expected or 'a receipt'}, got {outcome}, for {envelope.body.decode()}")


def _change(services: Services, edit: Edit) -> None:
    """Change a record behind everybody's back, as someone with the database's password could."""
    event_id = str(edit.deed.members["eventID"])
    with services.store.reading() as store:
        (index,) = store.event_ids([event_id])[event_id]
        (stored,) = store.statements([index])
    body = stored.envelope.body.replace(edit.old, edit.new)
    with services.store.raw_writing() as connection:
        connection.execute(update(STATEMENTS).where(STATEMENTS.c.leaf_index == index).values(body=body))
