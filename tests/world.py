"""A whole trade to test with: parties with keys, a log on SQLite or PostgreSQL, and a verb for everything they do.

Rules:

* the same calls make the same bytes: keys follow from names, times and eventIDs are counted, the clock stands still;
* a verb is done when it returns and raises ``RefusedError`` when the log said no;
* ``with world.refuses(code)`` expects exactly that refusal, and that nothing but the diary changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provenance.bootstrap import Services
from provenance.bundle import format_bundle
from provenance.codes import Code
from provenance.crypto.envelope import Envelope, sign, to_json
from provenance.custody.registry_entries import Entry
from provenance.custody.standing import Standing
from provenance.custody.statements import Header, PayloadType, Signer, header_members, read
from provenance.custody.steps import RULES, step_of
from provenance.custody.web_links import WebLinks
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.encoding.textual import format_time
from provenance.epcis.context import EPCIS_CONTEXT
from provenance.epcis.events import parse_event
from provenance.errors import Refusal
from provenance.evidence import Report, verify_file
from provenance.gs1.linkset import WebLink
from provenance.ids import LeafIndex, PartyId, StatementHash, Subject
from provenance.ports.providers import Providers
from provenance.ports.stores import Reading, Stored
from provenance.services.capturing import Receipt
from provenance.services.signing import Hand
from tests.cast import MAKER, SENSOR, SHOP, Member, Thing, handed_to, listed
from tests.founding import NOW, StandingClock, opened


class RefusedError(AssertionError):
    """The log said no to a verb; ``refusal`` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@dataclass(slots=True)
class Told:
    """What ``World.refuses`` was told."""

    refusal: Refusal = field(init=False)


class World:
    """One log, the parties in its registry, and what they do.

    ``url`` is an empty database of one's own; without it, a SQLite file in ``home`` that is founded by copying.
    """

    def __init__(self, home: Path, url: str | None = None, providers: Providers | None = None) -> None:
        self.clock = StandingClock()
        self.services = opened(home, url, self.clock, providers)
        self._events = 0

    def close(self) -> None:
        """Give the connections back."""
        self.services.store.close()

    # what is so

    def standing(self, subject: Subject) -> Standing | None:
        """How a thing stands in the store."""
        with self.services.store.reading() as store:
            return next(iter(store.standings([subject])), None)

    def holder(self, subject: Subject) -> PartyId | None:
        """Who has a thing, as its history tells it."""
        return self.trace(subject).history.holder

    def trace(self, subject: Subject) -> Report:
        """What can be said about a thing."""
        return self.services.tracing.trace(subject)

    def proven(self, subject: Subject) -> Report:
        """What a stranger finds in the evidence about a thing, once it is all recorded."""
        return verify_file(self.bundle(subject), self.services.trust)

    def bundle(self, subject: Subject) -> bytes:
        """The evidence about a thing, once it is all recorded."""
        self.services.checkpointing.checkpoint()
        return format_bundle(self.services.tracing.bundle(subject))

    def size(self) -> int:
        """How many statements there are."""
        with self.services.store.reading() as store:
            return store.size()

    def stored(self, receipt: Receipt) -> Stored:
        """A statement as it is kept."""
        with self.services.store.reading() as store:
            return store.statements([receipt.index])[0]

    def said_in(self, receipt: Receipt) -> dict[str, Json]:
        """The event of a statement, without what only the statement says."""
        body = canonical.parse(self.stored(receipt).envelope.body)
        assert isinstance(body, dict)
        return {name: value for name, value in body.items() if name not in _HEADER}

    def previous_of(self, receipt: Receipt) -> tuple[StatementHash, ...]:
        """What a statement links to."""
        return read(self.stored(receipt).envelope).header.previous

    def heads(self, *subjects: Subject) -> list[StatementHash]:
        """The ends of the chains of these things: what a statement about them must link to."""
        return list(self.services.drafting.links_of(subjects))

    @contextmanager
    def refuses(self, code: Code) -> Iterator[Told]:
        """What is done inside is refused with this code, and nothing changed but the diary."""
        told, before = Told(), everything(self.services)
        try:
            yield told
        except RefusedError as err:
            told.refusal = err.refusal
        else:
            raise AssertionError(f"{code} was expected, and it was accepted")
        assert told.refusal.code is code, str(told.refusal)
        assert everything(self.services) == before

    # what is done

    def made(self, *things: Thing, by: Member = MAKER, in_lot: str = "", **members: Json) -> Receipt:
        """Things brought into the world."""
        ilmd: dict[str, Json] = {"ilmd": {"cbvmda:lotNumber": in_lot}} if in_lot else {}
        return self.object_event("ADD", "commissioning", *things, by=by, members={**ilmd, **members})

    def packed(self, *things: Thing, into: Subject, by: Member = MAKER, **members: Json) -> Receipt:
        """Things put into a unit."""
        return self.unit_event("ADD", "packing", *things, of=into, by=by, members=members)

    def unpacked(self, *things: Thing, out_of: Subject, by: Member = MAKER, **members: Json) -> Receipt:
        """Things taken out of a unit; all of them, if none is named."""
        return self.unit_event("DELETE", "unpacking", *things, of=out_of, by=by, members=members)

    def shipped(
        self, *things: Thing, to: Member, by: Member = MAKER, owner: Member | None = None, **members: Json
    ) -> Receipt:
        """Things handed over to a party by name; with ``owner``, they become another's on arrival."""
        destinations = handed_to(to, owner)
        return self.object_event(
            "OBSERVE", "shipping", *things, by=by, members={"destinationList": destinations, **members}
        )

    def unshipped(self, *things: Thing, by: Member = MAKER, **members: Json) -> Receipt:
        """An open shipment taken back by either side."""
        return self.object_event("OBSERVE", "void_shipping", *things, by=by, members=members)

    def received(self, *things: Thing, by: Member, **members: Json) -> Receipt:
        """Things taken over."""
        return self.object_event("OBSERVE", "receiving", *things, by=by, members=members)

    def handed_over(self, *things: Thing, by: Member = MAKER, to: Member, owner: Member | None = None) -> Receipt:
        """Shipped and received."""
        self.shipped(*things, to=to, by=by, owner=owner)
        return self.received(*things, by=to)

    def sold(self, *things: Thing, by: Member = SHOP, **members: Json) -> Receipt:
        """Things sold to a consumer."""
        return self.object_event(
            "OBSERVE", "retail_selling", *things, by=by, members={"disposition": "retail_sold", **members}
        )

    def returned(self, *things: Thing, by: Member = SHOP, **members: Json) -> Receipt:
        """Things a consumer brought back."""
        return self.object_event("OBSERVE", "receiving", *things, by=by, members={"disposition": "returned", **members})

    def blended(
        self,
        given: Sequence[Thing],
        made: Sequence[Thing],
        *,
        by: Member = MAKER,
        at_most: Sequence[tuple[str, str, str]] = (),
        **members: Json,
    ) -> Receipt:
        """Things made out of others; ``at_most`` says (unit in, unit out, the most out of one in)."""
        yields: Json = [{"input": unit, "output": out, "most": most} for unit, out, most in at_most]
        event: dict[str, Json] = {
            "type": "TransformationEvent",
            **listed(given, "inputEPCList", "inputQuantityList"),
            **listed(made, "outputEPCList", "outputQuantityList"),
            **({"prov:yield": yields} if at_most else {}),
            **members,
        }
        return self.said(event, by)

    def observed(self, *things: Thing, by: Member, **members: Json) -> Receipt:
        """Things looked at."""
        return self.object_event("OBSERVE", "inspecting", *things, by=by, members=members)

    def sensed(self, *things: Thing, by: Member = SENSOR, is_alarm: bool = False, **members: Json) -> Receipt:
        """A temperature read where the things are."""
        report: dict[str, Json] = {"type": "Temperature", "value": 8, "uom": "CEL"}
        alarm: dict[str, Json] = {"exception": "ALARM_CONDITION"} if is_alarm else {}
        sensors: Json = [{"sensorReport": [{**report, **alarm}]}]
        return self.object_event(
            "OBSERVE", "sensor_reporting", *things, by=by, members={"sensorElementList": sensors, **members}
        )

    def marked(self, *things: Thing, by: Member, on: Sequence[str] = (), off: Sequence[str] = ()) -> Receipt:
        """Lasting dispositions put on or taken off."""
        words: dict[str, Json] = {"set": list(on)} if on else {}
        words |= {"unset": list(off)} if off else {}
        return self.object_event("OBSERVE", "holding", *things, by=by, members={"persistentDisposition": words})

    def recalled(self, *things: Thing, by: Member = MAKER) -> Receipt:
        """Things called back."""
        return self.marked(*things, by=by, on=["recalled"])

    def destroyed(self, *things: Thing, by: Member = MAKER) -> Receipt:
        """Things that are no more."""
        return self.object_event("OBSERVE", "destroying", *things, by=by, members={})

    def corrected(self, wrong: Receipt, by: Member = MAKER, **members: Json) -> Receipt:
        """An event declared never to have happened."""
        declared: Json = {"declarationTime": format_time(NOW), "reason": "did_not_occur"}
        return self.said({**self.said_in(wrong), "errorDeclaration": declared, **members}, by)

    def object_event(self, action: str, step: str, *things: Thing, by: Member, members: Mapping[str, Json]) -> Receipt:
        """An ObjectEvent about these things."""
        about = listed(things, "epcList", "quantityList")
        return self.said({"type": "ObjectEvent", "action": action, "bizStep": step, **about, **members}, by)

    def unit_event(
        self, action: str, step: str, *things: Thing, of: Subject, by: Member, members: Mapping[str, Json]
    ) -> Receipt:
        """An AggregationEvent about this unit."""
        about = {"childEPCs": [], **listed(things, "childEPCs", "childQuantityList")}
        event = {"type": "AggregationEvent", "action": action, "bizStep": step, "parentID": of, **about}
        return self.said({**event, **members}, by)

    def said(self, event: Mapping[str, Json], by: Member, *also: Hand) -> Receipt:
        """An event signed by a member, in the first of its roles that may, and captured."""
        return self.captured(self.signed(event, by, *also))

    def forced(self, event: Mapping[str, Json], by: Member, *also: Hand, previous: Sequence[str] = ()) -> Receipt:
        """The same from one who signs whatever there is, so that the log must say what is wrong with it."""
        return self.captured(self.signed_blindly(event, by, *also, previous=previous))

    def signed(
        self, event: Mapping[str, Json], by: Member, *also: Hand, previous: Sequence[StatementHash] | None = None
    ) -> Envelope:
        """An event signed against the present state, with everything it needs that was not said."""
        whole = self.whole(event)
        return self.services.signing.event(whole, [_hand(by, whole), *also], previous=previous)

    def signed_blindly(
        self, event: Mapping[str, Json], by: Member, *also: Hand, previous: Sequence[str] = ()
    ) -> Envelope:
        """An event with these links, signed without a look at what it says."""
        whole = self.whole(event)
        hands = [_hand(by, whole), *also]
        signers = tuple(Signer(hand.party, hand.key.public.id, hand.role) for hand in hands)
        header = Header(tuple(map(StatementHash, previous)), signers, self.services.drafting.seen())
        body = canonical.dump(header_members(header) | whole)
        return sign(PayloadType.CUSTODY_EVENT, body, [hand.key for hand in hands])

    def whole(self, event: Mapping[str, Json]) -> dict[str, Json]:
        """An event with all that every event has; the next one gets the next ``eventID``."""
        self._events += 1
        return {
            "@context": [EPCIS_CONTEXT],
            "eventID": f"urn:uuid:00000000-0000-4000-8000-{self._events:012d}",
            "eventTime": format_time(self.clock.now()),
            "eventTimeZoneOffset": "+00:00",
            **event,
        }

    def linked(self, about: Subject, *links: WebLink, by: Member = MAKER, default: str = "") -> Receipt:
        """What a member says about where the readers of a key's code may go, from now on."""
        return self.captured(self.services.signing.web_links(WebLinks(about, links, default), by.hand()))

    def entered(self, entry: Entry, *hands: Hand) -> Receipt:
        """A registry entry, signed by these and captured."""
        return self.captured(self.services.signing.entry(entry, hands))

    def captured(self, envelope: Envelope) -> Receipt:
        """The receipt for a statement; ``RefusedError`` if there is none."""
        outcome = self.tried(envelope)
        if isinstance(outcome, Refusal):
            raise RefusedError(outcome)
        return outcome

    def tried(self, envelope: Envelope) -> Receipt | Refusal:
        """What becomes of a statement."""
        (outcome,) = self.captured_together(envelope)
        return outcome

    def captured_together(self, *envelopes: Envelope) -> tuple[Receipt | Refusal, ...]:
        """What becomes of statements that are handed in at once."""
        return self.services.capturing.capture([to_json(envelope) for envelope in envelopes])


def everything(services: Services) -> tuple[Any, ...]:
    """All that a store keeps but its diary."""
    with services.store.reading() as store:
        size, standings = store.size(), all_standings(store)
        statements = tuple(store.statements_from(LeafIndex(0), limit=size))
        links = tuple(store.chain_subjects(LeafIndex(0), limit=size))
        origins = sorted({key for row in standings for key in row.origins})
        return statements, links, standings, store.sources(origins), store.tiles([(0, 0), (1, 0)]), store.checkpoints()


def all_standings(store: Reading) -> tuple[Standing, ...]:
    """How everything stands, by name."""
    found: list[Standing] = []
    while rows := store.standings_after(found[-1].subject if found else "", limit=1000):
        found += rows
    return tuple(found)


def _hand(by: Member, event: dict[str, Json]) -> Hand:
    """The member in the first of its roles that may take the event's step; in its first, if none may."""
    allowed = RULES[step_of(parse_event(event))].roles
    return by.hand(next((role for role in by.roles if role in allowed), by.roles[0]))


_HEADER = frozenset({"prov:previous", "prov:signers", "prov:seen"})
