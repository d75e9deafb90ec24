"""Taking over events that another EPCIS system wrote: each signed by the party that brings them, linked, captured.

Rules:

* every event stands alone afterwards: it gets the ``@context`` that held for it in its document;
* ``recordTime`` is dropped: a capture ignores it, each repository writes its own (EPCIS 2.0 §7.4.1);
* events are captured in the order they stand in; several may touch the same chain, so each is linked to the chains
  as the ones before it left them;
* one answer per event; one that is refused spoils nothing but what depends on it.

What the importing party signs is "this is what my records say". Whether it may say so, ``custody.admission`` judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from provenance.crypto.envelope import Envelope, to_json
from provenance.crypto.keys import SigningKey
from provenance.custody.roles import Role
from provenance.custody.steps import RULES, Step, step_of
from provenance.custody.subjects import touched
from provenance.encoding.canonical import Json
from provenance.epcis.document import AnyEvent, Document, single_event
from provenance.epcis.events import Event
from provenance.errors import ProvenanceError, Refusal
from provenance.ids import PartyId, Subject
from provenance.services.capturing import Capturing, Receipt
from provenance.services.sequencing import LARGEST_BATCH
from provenance.services.signing import Hand, Signing


@dataclass(frozen=True, slots=True)
class Importer:
    """Who signs what is imported: a party, its key, and the roles it may act in, the preferred first."""

    party: PartyId
    key: SigningKey
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """One event of a document, by its place there (from 0), and what became of it."""

    place: int
    event_id: str | None
    outcome: Receipt | Refusal


class Importing:
    """From a document of ordinary EPCIS events to statements in the log."""

    def __init__(self, signing: Signing, capturing: Capturing) -> None:
        self._signing, self._capturing = signing, capturing

    def import_events(self, document: Document, importer: Importer) -> Iterator[Imported]:
        """What becomes of each event, in order; an event is imported once its answer is given."""
        place = 0
        for group in _unlinked_groups(document.events):
            outcomes = self._capture([self._try_to_sign(event, document, importer) for event in group])
            for event, outcome in zip(group, outcomes, strict=True):
                yield Imported(place, event.event_id, outcome)
                place += 1

    def sign(self, event: AnyEvent, document: Document, importer: Importer) -> Envelope:
        """One event of a document as a statement of the importer's, linked to the chains as they are now."""
        hand = Hand(importer.party, _role_for(event, importer.roles), importer.key)
        return self._signing.event(standing_alone(event, document), [hand])

    def _try_to_sign(self, event: AnyEvent, document: Document, importer: Importer) -> Envelope | Refusal:
        try:
            return self.sign(event, document, importer)
        except ProvenanceError as err:
            return err.refusal

    def _capture(self, signed: Sequence[Envelope | Refusal]) -> list[Receipt | Refusal]:
        envelopes = [to_json(one) for one in signed if isinstance(one, Envelope)]
        outcomes = iter(self._capturing.capture(envelopes) if envelopes else ())
        return [one if isinstance(one, Refusal) else next(outcomes) for one in signed]


def standing_alone(event: AnyEvent, document: Document) -> dict[str, Json]:
    """An event of a document as it is signed: its own ``@context``, without ``recordTime``."""
    members = single_event(event, document)
    members.pop("recordTime", None)
    return members


def _role_for(event: AnyEvent, roles: Sequence[Role]) -> Role:
    """The first of the roles that the event's step allows; else the first, and the refusal names those allowed."""
    allowed = RULES[step_of(event)].roles if isinstance(event, Event) else frozenset()
    return next((role for role in roles if role in allowed), roles[0])


def _unlinked_groups(events: Iterable[AnyEvent]) -> Iterator[list[AnyEvent]]:
    """The events in order, in runs that share no chain: all of a run can be linked before any of it is captured."""
    group: list[AnyEvent] = []
    taken: set[Subject] = set()
    for event in events:
        chains, alone = _chains(event), _empties_a_unit(event)
        if group and (alone or len(group) == LARGEST_BATCH or not taken.isdisjoint(chains)):
            yield group
            group, taken = [], set()
        group.append(event)
        taken |= chains
        if alone:
            yield group
            group, taken = [], set()
    if group:
        yield group


def _chains(event: AnyEvent) -> frozenset[Subject]:
    try:
        return frozenset(touched(event).subjects) if isinstance(event, Event) else frozenset()
    except ProvenanceError:
        return frozenset()  # signing or capturing it says why


def _empties_a_unit(event: AnyEvent) -> bool:
    """Whether it touches what it does not name: everything inside a unit."""
    return (
        isinstance(event, Event) and step_of(event) is Step.UNPACK and not (event.child_epcs or event.child_quantities)
    )
