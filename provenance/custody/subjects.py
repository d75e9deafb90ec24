"""Which things a custody event is about, under their one canonical name.

Rules:

* every EPC, however its signer spelled it (GS1 Digital Link on any domain, EPC URN), is named by its
  ``https://id.gs1.org/…`` URI; anything that is no GS1 key is refused with its place;
* a list of EPCs names single things, each once, a quantity is of a class or lot: no subject is ever both;
* nothing is inside itself, and nothing comes out of a transformation that went in (``epcis.identifier_rules``);
* a location (GLN) named as the parent of an association is a place, not a thing, and has no chain; a place or
  party anywhere else is refused: the chain of a party is the registry's;
* a transformation that goes on over several events has a chain too, under ``transformation:`` and its id;
* a lot number that no lot can have is refused here, before anything rests on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote

from provenance.codes import Code
from provenance.epcis.events import Event, Quantity
from provenance.epcis.identifier_rules import check_names
from provenance.epcis.vocabulary import EventType
from provenance.errors import MalformedError, ProvenanceError
from provenance.gs1.identifiers import Kind, canonical_epc, read_epc
from provenance.ids import Subject

_LOT = "cbvmda:lotNumber"
_PLACES = frozenset({Kind.LOCATION, Kind.PARTY})
_CLASSES = frozenset({Kind.TRADE_CLASS, Kind.LOT})


@dataclass(frozen=True, slots=True)
class Amount:
    """Some of a lot or class; ``None`` means how much is not said."""

    of: Subject
    amount: Decimal | None
    unit: str


class Touched(NamedTuple):
    """The things an event is about, by the part they play in it; ``subjects`` is each of them once."""

    items: tuple[Subject, ...] = ()
    amounts: tuple[Amount, ...] = ()
    parent: Subject | None = None
    children: tuple[Subject, ...] = ()
    child_amounts: tuple[Amount, ...] = ()
    inputs: tuple[Subject, ...] = ()
    input_amounts: tuple[Amount, ...] = ()
    outputs: tuple[Subject, ...] = ()
    output_amounts: tuple[Amount, ...] = ()
    transformation: Subject | None = None
    subjects: tuple[Subject, ...] = ()

    def place_of(self, subject: Subject) -> str:
        """The RFC 6901 pointer to where the event names a subject; empty if it does not name it itself.

        >>> Touched(items=(Subject("a"), Subject("b"))).place_of(Subject("b"))
        '/epcList/1'
        """
        if subject == self.parent:
            return "/parentID"
        named = {
            "epcList": self.items,
            "childEPCs": self.children,
            "inputEPCList": self.inputs,
            "outputEPCList": self.outputs,
            "quantityList": [amount.of for amount in self.amounts],
            "childQuantityList": [amount.of for amount in self.child_amounts],
            "inputQuantityList": [amount.of for amount in self.input_amounts],
            "outputQuantityList": [amount.of for amount in self.output_amounts],
        }
        for name, things in named.items():
            if subject in things:
                return f"/{name}/{[*things].index(subject)}"
        return ""


def touched(event: Event) -> Touched:
    """The subjects of an event; refuses what is no GS1 identifier, or of the wrong kind, with its place.

    That its amounts make sense, and that a parent is named where one has to be, ``epcis.rules`` sees to.
    """
    items, outputs = _epcs(event.epc_list, "epcList"), _epcs(event.output_epcs, "outputEPCList")
    children, inputs = _epcs(event.child_epcs, "childEPCs"), _epcs(event.input_epcs, "inputEPCList")
    parent = _parent(event)
    transformation = Subject(f"transformation:{event.transformation_id}") if event.transformation_id else None
    check_names(items=items, parent=parent, children=children, inputs=inputs, outputs=outputs)
    if event.ilmd is not None:
        for item in (*items[:1], *outputs[:1]):
            lot_of(item, event)  # refuses a number that is none; it is the same for all
    amounts = [
        _amounts(event.quantity_list, "quantityList"),
        _amounts(event.child_quantities, "childQuantityList"),
        _amounts(event.input_quantities, "inputQuantityList"),
        _amounts(event.output_quantities, "outputQuantityList"),
    ]
    single = [s for s in (parent, transformation) if s is not None]
    return Touched(
        items=items,
        amounts=amounts[0],
        parent=parent,
        children=children,
        child_amounts=amounts[1],
        inputs=inputs,
        input_amounts=amounts[2],
        outputs=outputs,
        output_amounts=amounts[3],
        transformation=transformation,
        subjects=tuple(dict.fromkeys((*single, *items, *children, *inputs, *outputs, *_lots(amounts)))),
    )


def is_place(text: str) -> bool:
    """Whether a text names a location or party: somewhere, not something."""
    try:
        return read_epc(text).kind in _PLACES
    except ProvenanceError:
        return False


def class_key(subject: Subject) -> str:
    """What all serials and lots of a trade item have in common: one answer serves 10,000 of them.

    >>> class_key(Subject("https://id.gs1.org/01/09520123456788/21/A1"))
    'https://id.gs1.org/01/09520123456788'
    """
    return "/".join(subject.split("/", 5)[:5])


def lot_of(item: Subject, event: Event) -> Subject | None:
    """The lot an item was made in, as the event's ``cbvmda:lotNumber`` names it; refuses what is no lot number."""
    number = event.ilmd.get(_LOT) if event.ilmd else None
    if not isinstance(number, str):
        return None
    identifier = read_epc(item)
    if identifier.key_ai != "01":
        return None
    return _epc(f"{identifier.class_uri()}/10/{quote(number, safe='')}", f"/ilmd/{_LOT}")


def _lots(amounts: Sequence[tuple[Amount, ...]]) -> list[Subject]:
    return [amount.of for some in amounts for amount in some]


def _epcs(texts: Sequence[str], name: str) -> tuple[Subject, ...]:
    if not texts:
        return ()
    try:
        named = tuple([canonical_epc(text) for text in texts])
    except ProvenanceError:
        named = tuple(_epc(text, f"/{name}/{index}") for index, text in enumerate(texts))
    for index, subject in enumerate(named):
        # Most are items and units, which show it: no need to take 10,000 of them apart.
        if "/21/" not in subject and not subject.startswith("https://id.gs1.org/00/"):
            _check_is_thing(subject, f"/{name}/{index}")
    return named


def _epc(text: str, pointer: str) -> Subject:
    try:
        return canonical_epc(text)
    except ProvenanceError as err:
        raise err.under(pointer) from err


def _check_is_thing(subject: Subject, pointer: str) -> None:
    kind = read_epc(subject).kind
    if kind in _PLACES:
        raise MalformedError(Code.PLACE_FOR_THING, f"{subject} is a {kind}", pointer=pointer)
    if kind in _CLASSES:
        raise MalformedError(Code.CLASS_FOR_INSTANCE, f"{subject} is a {kind}, not a single thing", pointer=pointer)


def _parent(event: Event) -> Subject | None:
    if event.parent_id is None:
        return None
    parent = _epc(event.parent_id, "/parentID")
    if event.type is EventType.ASSOCIATION and is_place(parent):
        return None
    _check_is_thing(parent, "/parentID")
    return parent


def _amounts(quantities: Sequence[Quantity], name: str) -> tuple[Amount, ...]:
    if not quantities:
        return ()
    return tuple(_amount(quantity, f"/{name}/{index}") for index, quantity in enumerate(quantities))


def _amount(quantity: Quantity, pointer: str) -> Amount:
    of = _epc(quantity.epc_class, f"{pointer}/epcClass")
    if (kind := read_epc(of).kind) not in _CLASSES and kind is not Kind.OTHER:
        message = f"{of} is a single {kind}, not a class or lot"
        raise MalformedError(Code.INSTANCE_FOR_CLASS, message, pointer=f"{pointer}/epcClass")
    return Amount(of, quantity.amount, quantity.uom or "")
