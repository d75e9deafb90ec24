"""Telling the stories to a real installation: every step signed, captured, and put under checkpoints.

Rules:

* steps go in by the order of their times, in batches in which no chain is touched twice: what is signed together
  cannot link to each other;
* after every record of a return or claim, what terms and law say of it then is kept as a decision bundle;
* the world's clock stands at the steps' own times, so its log looks as if it had grown on those days;
* whatever comes out otherwise than the step says stops the telling: there are no stories that nearly work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update

from provenance.adapters.outside import write_durably
from provenance.adapters.sql_schema import STATEMENTS
from provenance.bootstrap import Services
from provenance.commerce.dossier_names import Family
from provenance.commerce.payment_notices import Provider
from provenance.crypto.envelope import Envelope, to_json
from provenance.custody.registry_entries import (
    DelegationGranted,
    Entry,
    LicenceGranted,
    PartyEnrolled,
    Permission,
    RootEstablished,
)
from provenance.custody.subjects import touched
from provenance.epcis.events import parse_event
from provenance.errors import ProvenanceError, Refusal
from provenance.ids import LeafIndex, Subject
from provenance.services.enrolling import root_hand
from provenance.services.signing import Hand
from sample_data.cast import CAST, FISH_FARM, SENSORS, Party
from sample_data.catalogue import EDITS, STEPS
from sample_data.deeds import FIRST_DAY, Deed
from sample_data.home import ROOT, decisions_of
from sample_data.provider import Notice
from sample_data.selling import Said, Step
from sample_data.stories.salmon import BOXES_OF_THE_FARM
from sample_data.story import Edit
from sample_data.writing import Desk, Keys

DECIDED = (Family.RETURN, Family.CLAIM)
"""The families of dossiers of which terms and law have something to say."""

_LARGEST_BATCH = 64


class UntoldError(Exception):
    """A step or entry had another outcome than the story says."""


@dataclass(slots=True)
class StoryClock:
    """A clock that stands where it is put. See ``ports.outside.Clock``."""

    time: datetime = FIRST_DAY - timedelta(days=3)

    def now(self) -> datetime:
        """The time of the story."""
        return self.time


def tell(services: Services, keys: Keys, clock: StoryClock, *, progress: Callable[[int], None]) -> None:
    """Fill an empty installation with the whole world; ``progress(steps)`` is called along the way."""
    desk = Desk(services, keys)
    _register(desk)
    week = None
    for batch in batches(STEPS):
        if week not in (None, batch[0].when.isocalendar().week):
            services.checkpointing.checkpoint()
        week = batch[-1].when.isocalendar().week
        clock.time = _time_of(batch[-1])
        match batch:
            case [Notice() as notice]:
                _deliver(services, notice)
            case _:
                _hand_in(desk, [step for step in batch if not isinstance(step, Notice)])
        _look_at_payments(services)
        progress(len(batch))
    services.checkpointing.checkpoint()
    for edit in EDITS:
        _change(services, edit)


def _hand_in(desk: Desk, steps: Sequence[Deed | Said]) -> None:
    envelopes = [desk.signed(step) for step in steps]
    _capture(desk.services, envelopes, [step.refused for step in steps])
    for step, envelope in zip(steps, envelopes, strict=True):
        desk.keep(step, envelope)
        if isinstance(step, Said) and step.refused is None and step.about.startswith(DECIDED):
            _file_decision(desk.services, step)


def _deliver(services: Services, notice: Notice) -> None:
    """Knock at the door for notices, as the provider does or somebody in its name."""
    assert services.receiving is not None, "the store takes payments"
    code = None
    try:
        services.receiving.receive(Provider.ALIPAY, None, {}, notice.body())
    except ProvenanceError as err:
        code = err.code
    if code is not notice.refused:
        raise UntoldError(f"expected {notice.refused or 'thanks'}, got {code}, for the notice of {notice.number}")


def _look_at_payments(services: Services) -> None:
    """What a running server does every second."""
    assert services.attesting is not None, "the store takes payments"
    services.attesting.turn()


def batches(steps: Iterable[Step]) -> Iterator[Sequence[Step]]:
    """The steps in the order of their times, cut so that no batch touches the same chain twice.

    A record goes alone: it may rest on what was said a minute before, and its time is the log's own.
    """
    batch: list[Step] = []
    chains: set[Subject] = set()
    for step in sorted(steps, key=lambda step: step.when):
        named, is_alone = _named_by(step)
        if batch and (is_alone or chains.intersection(named) or len(batch) == _LARGEST_BATCH):
            yield batch
            batch, chains = [], set()
        batch.append(step)
        chains.update(named)
        if is_alone:
            yield batch
            batch, chains = [], set()
    if batch:
        yield batch


def place_of(services: Services, edit: Edit) -> LeafIndex:
    """Where the log has the statement that an edit changes."""
    step = edit.step
    if isinstance(step, Said):
        newest = services.ordering.dossier(step.about).newest(step.kind)
        assert newest is not None, "what is changed was said"
        return newest.index
    event_id = str(step.members["eventID"])
    with services.store.reading() as store:
        (index,) = store.event_ids([event_id])[event_id]
    return index


def _named_by(step: Step) -> tuple[Sequence[Subject], bool]:
    """The chains a step touches, and whether it has to go alone."""
    if isinstance(step, Said):
        return (step.about,), True
    if isinstance(step, Notice):
        return (), True
    about = touched(parse_event(dict(step.members)))
    # What comes out of a unit is not named.
    return about.subjects, about.parent is not None and not about.children


def _time_of(step: Step) -> datetime:
    return step.when + timedelta(minutes=1) if isinstance(step, Deed) else step.when


def _register(desk: Desk) -> None:
    """Root, parties, licences, delegation: each needs the one before it in the log."""
    services, root = desk.services, desk.keys[ROOT]
    by_root = root_hand(root)

    def record(*entries: tuple[Entry, list[Hand]]) -> None:
        _capture(services, [services.signing.entry(entry, hands) for entry, hands in entries], [None] * len(entries))

    record((RootEstablished(services.trust.origin, (root.public,), 1), [by_root]))
    record(*((_enrolled(party, desk.keys), [by_root, desk.hand(party, party.roles[0])]) for party in CAST))
    record(*((LicenceGranted(party.id, party.prefix), [by_root]) for party in CAST))
    may_watch_boxes = DelegationGranted(FISH_FARM.id, SENSORS.id, Permission.OBSERVE, (BOXES_OF_THE_FARM,))
    record((may_watch_boxes, [desk.hand(FISH_FARM, FISH_FARM.roles[0])]))
    services.checkpointing.checkpoint()


def _enrolled(party: Party, keys: Keys) -> PartyEnrolled:
    return PartyEnrolled(party.id, party.name, party.roles, (keys[party.key].public,))


def _capture(services: Services, envelopes: Sequence[Envelope], refused: Sequence[object]) -> None:
    outcomes = services.capturing.capture([to_json(envelope) for envelope in envelopes])
    for envelope, outcome, expected in zip(envelopes, outcomes, refused, strict=True):
        code = outcome.code if isinstance(outcome, Refusal) else None
        if code is not expected:
            raise UntoldError(f"expected {expected or 'a receipt'}, got {outcome}, for {envelope.body.decode()}")


def _file_decision(services: Services, said: Said) -> None:
    """Keep what terms and law say of a return or claim after this record, with the evidence for it."""
    services.checkpointing.checkpoint()
    number = said.about.rpartition("/")[2]
    write_durably(
        decisions_of(services.settings.home) / f"{number}-{said.kind}.bundle", services.deciding.bundle(said.about)
    )


def _change(services: Services, edit: Edit) -> None:
    """Change a record behind everybody's back, as someone with the database's password could."""
    index = place_of(services, edit)
    with services.store.reading() as store:
        (stored,) = store.statements([index])
    body = stored.envelope.body.replace(edit.old, edit.new)
    with services.store.raw_writing() as connection:
        connection.execute(update(STATEMENTS).where(STATEMENTS.c.leaf_index == index).values(body=body))
