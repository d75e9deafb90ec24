"""What people do in the sample world, as verbs: each makes one EPCIS event, and says if it will be refused.

Rules:

* a deed is complete but for its links and signatures: the same bytes each time, its ``eventID`` included;
* times are counted from one Monday in the past, in UTC;
* the words of the events are those of CBV 2.0: a verb here is a business step there.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from provenance.codes import Code
from provenance.crypto.claim_code import RANDOM_BYTES, ClaimCode, claim_code_from, claim_key
from provenance.custody.claim_keys import CLAIM_KEYS
from provenance.encoding.canonical import Json, dump
from provenance.encoding.textual import format_time
from provenance.epcis.context import EPCIS_CONTEXT
from provenance.ids import Subject
from sample_data.cast import Party
from sample_data.numbers import device_number

FIRST_DAY = datetime(2025, 3, 3, tzinfo=UTC)
"""Day 0: a Monday."""

_EVENT_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "https://provenance.example/sample-data")


@dataclass(frozen=True, slots=True)
class Some:
    """Some of a lot: ``Some("24 MTK", LEATHER)``."""

    measure: str
    lot: Subject

    def as_quantity(self) -> dict[str, Json]:
        """The element of a quantity list that says so."""
        amount, _, unit = self.measure.partition(" ")
        return {"epcClass": self.lot, "quantity": Decimal(amount), "uom": unit}


Thing = Subject | Some


@dataclass(frozen=True, slots=True)
class Deed:
    """One event as a party reports it; ``refused`` is the code it must be refused with, ``None`` for none.

    ``forger`` signs in the reporting party's name.
    """

    when: datetime
    by: Party
    members: Mapping[str, Json]
    refused: Code | None = None
    forger: Party | None = None

    def is_refused(self, code: Code) -> Deed:
        """The same deed, which must be refused."""
        return replace(self, refused=code)

    def is_forged_by(self, forger: Party) -> Deed:
        """The same deed, said by another in this party's name."""
        return replace(self, forger=forger, refused=Code.BAD_SIGNATURE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A party at a time, about to do something."""

    when: datetime
    by: Party

    def makes(self, *items: Subject, known_as: str, lot: str = "", until: str = "") -> Deed:
        """New items, each with its own serial; ``until`` is the day they keep to."""
        return self._object("ADD", "commissioning", "active", items, ilmd=_about(known_as, lot, until))

    def makes_with_codes(self, *items: Subject, known_as: str) -> Deed:
        """New items, each with a hidden code in its box."""
        keys: Json = {item: str(claim_key(hidden_code(item), item).public) for item in items}
        more: dict[str, Json] = {"ilmd": _about(known_as), CLAIM_KEYS: keys}
        return self._object("ADD", "commissioning", "active", items, **more)

    def gathers(self, some: Some, *, known_as: str) -> Deed:
        """A new lot."""
        return self._object("ADD", "creating_class_instance", "active", (some,), ilmd=_about(known_as))

    def blends(self, *inputs: Some, into: Some, known_as: str) -> Deed:
        """A lot made from others."""
        made = _listed(inputs, "input") | _listed((into,), "output")
        ilmd = _about(known_as)
        return self._deed("TransformationEvent", {**made, "bizStep": "creating_class_instance", "ilmd": ilmd})

    def turns(self, some: Some, into: tuple[Subject, ...], *, at_most: str, known_as: str, lot: str) -> Deed:
        """Items made out of a lot, ``at_most`` so many from one unit of it."""
        unit = some.measure.partition(" ")[2]
        made = _listed((some,), "input") | _listed(into, "output")
        members = {**made, "bizStep": "commissioning", "disposition": "active", "ilmd": _about(known_as, lot)}
        best: Json = [{"input": unit, "output": "", "most": at_most}]
        return self._deed("TransformationEvent", {**members, "prov:yield": best})

    def packs(self, *children: Subject, into: Subject) -> Deed:
        """Things closed up in a unit."""
        inside: dict[str, Json] = {"action": "ADD", "parentID": into, "childEPCs": list(children)}
        return self._deed("AggregationEvent", {**inside, "bizStep": "packing", "disposition": "container_closed"})

    def unpacks(self, unit: Subject) -> Deed:
        """Everything taken out of a unit."""
        emptied: dict[str, Json] = {"action": "DELETE", "parentID": unit, "childEPCs": []}
        return self._deed("AggregationEvent", {**emptied, "bizStep": "unpacking", "disposition": "container_open"})

    def ships(self, *things: Thing, to: Party, new_owner: Party | None = None, paper: str = "") -> Deed:
        """Things handed over to a party by name, and with ``new_owner`` sold to someone."""
        ends: list[Json] = [{"type": "possessing_party", "destination": to.id}]
        if new_owner is not None:
            ends.append({"type": "owning_party", "destination": new_owner.id})
        more: dict[str, Json] = {"destinationList": ends, **self._papers("desadv", paper)}
        return self._object("OBSERVE", "shipping", "in_transit", things, **more)

    def receives(self, *things: Thing) -> Deed:
        """Things taken over."""
        return self._object("OBSERVE", "receiving", "in_progress", things)

    def inspects(self, *things: Thing, paper: str = "") -> Deed:
        """Things looked at and found as they should be."""
        return self._object("OBSERVE", "inspecting", "conformant", things, **self._papers("cert", paper))

    def measures(self, unit: Subject, device: str, *, hours: int, low: str, mean: str, high: str, alarm: bool) -> Deed:
        """What a thermometer in a unit read over the last hours, and whether it was too warm."""
        began = format_time(self.when - timedelta(hours=hours))
        over: Json = {
            "deviceID": device_number(self.by.prefix, device),
            "startTime": began,
            "endTime": format_time(self.when),
        }
        values: dict[str, Json] = {
            "type": "Temperature",
            "minValue": Decimal(low),
            "meanValue": Decimal(mean),
            "maxValue": Decimal(high),
            "uom": "CEL",
        }
        if alarm:
            values["exception"] = "ALARM_CONDITION"
        element: Json = {"sensorMetadata": over, "sensorReport": [values]}
        return self._object("OBSERVE", "sensor_reporting", "", (unit,), sensorElementList=[element])

    def sells(self, item: Subject, *, paper: str = "") -> Deed:
        """An item sold to a consumer, who is not named."""
        return self._object("OBSERVE", "retail_selling", "retail_sold", (item,), **self._papers("inv", paper))

    def takes_back(self, item: Subject, *, paper: str = "") -> Deed:
        """An item that its consumer returned."""
        return self._object("OBSERVE", "receiving", "returned", (item,), **self._papers("rma", paper))

    def picks(self, item: Subject, *, order: str) -> Deed:
        """An item taken off the shelf for an order."""
        members: dict[str, Json] = {"action": "ADD", "bizStep": "picking", "epcList": [item]}
        return self._deed("TransactionEvent", members | self._papers("po", order))

    def recalls_item(self, item: Subject) -> Deed:
        """A single thing called back."""
        return self._object("OBSERVE", "holding", "recalled", (item,), **_lasting("recalled"))

    def recalls(self, lot: Subject) -> Deed:
        """A lot called back, with everything that was made from it."""
        members: dict[str, Json] = {"action": "OBSERVE", "bizStep": "holding", "disposition": "recalled"}
        lots: Json = [{"epcClass": lot}]
        return self._deed("ObjectEvent", members | {"quantityList": lots} | _lasting("recalled"))

    def misses(self, item: Subject) -> Deed:
        """An item reported stolen."""
        return self._object("OBSERVE", "other", "stolen", (item,), **_lasting("stolen"))

    def destroys(self, item: Subject) -> Deed:
        """An item that is no more."""
        return self._object("DELETE", "destroying", "destroyed", (item,))

    def unsays(self, deed: Deed) -> Deed:
        """An earlier deed declared never to have happened: the same event again, and the declaration."""
        declared: Json = {"declarationTime": format_time(self.when), "reason": "did_not_occur"}
        return Deed(self.when, self.by, {**deed.members, "errorDeclaration": declared})

    def _object(self, action: str, step: str, disposition: str, things: tuple[Thing, ...], **more: Json) -> Deed:
        members: dict[str, Json] = {"action": action, "bizStep": step, **_listed(things), **more}
        return self._deed("ObjectEvent", members | ({"disposition": disposition} if disposition else {}))

    def _deed(self, kind: str, members: Mapping[str, Json]) -> Deed:
        event: dict[str, Json] = {
            "@context": [EPCIS_CONTEXT],
            "type": kind,
            "eventTime": format_time(self.when),
            "eventTimeZoneOffset": self.by.zone,
            "readPoint": {"id": self.by.place},
            **members,
        }
        name = uuid.uuid5(_EVENT_IDS, f"{self.by.id} {dump(event).decode()}")
        return Deed(self.when, self.by, {**event, "eventID": f"urn:uuid:{name}"})

    def _papers(self, kind: str, number: str) -> dict[str, Json]:
        if not number:
            return {}
        gln = self.by.id.rpartition("/")[2]
        return {"bizTransactionList": [{"type": kind, "bizTransaction": f"urn:epcglobal:cbv:bt:{gln}:{number}"}]}


def on(day: int, clock: str, party: Party) -> Moment:
    """A party on a day of the sample world, at a time of that day in UTC: ``on(0, "08:30", TANNERY)``."""
    return Moment(moment(day, clock), party)


def moment(day: int, clock: str) -> datetime:
    """A time of a day of the sample world, in UTC."""
    hours, _, minutes = clock.partition(":")
    return FIRST_DAY + timedelta(days=day, hours=int(hours), minutes=int(minutes))


def hidden_code(item: Subject) -> ClaimCode:
    """The code in an item's box; it follows from the item, so that there is something to play with."""
    return claim_code_from(hashlib.sha256(f"hidden code {item}".encode()).digest()[:RANDOM_BYTES])


def _about(known_as: str, lot: str = "", until: str = "") -> dict[str, Json]:
    """Master data of what begins here (CBV 2.0 §9)."""
    known = {"cbvmda:descriptionShort": known_as, "cbvmda:lotNumber": lot, "cbvmda:itemExpirationDate": until}
    return {name: text for name, text in known.items() if text}


def _listed(things: tuple[Thing, ...], side: str = "") -> dict[str, Json]:
    epcs, quantities = (f"{side}EPCList", f"{side}QuantityList") if side else ("epcList", "quantityList")
    items: list[Json] = [thing for thing in things if not isinstance(thing, Some)]
    amounts: list[Json] = [thing.as_quantity() for thing in things if isinstance(thing, Some)]
    return {name: found for name, found in ((epcs, items), (quantities, amounts)) if found}


def _lasting(disposition: str) -> dict[str, Json]:
    """A disposition that stays until it is taken off."""
    return {"persistentDisposition": {"set": [disposition]}}
