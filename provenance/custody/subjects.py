"""Which things a custody event is about, under their one canonical name.

Rules:

* every EPC, however its signer spelled it (GS1 Digital Link on any domain, EPC URN), is named by its
  ``https://id.gs1.org/…`` URI; anything that is no GS1 key is refused with its place;
* a location (GLN) named as the parent of an association is a place, not a thing, and has no chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import quote

from provenance.epcis.events import Event, Quantity
from provenance.errors import ProvenanceError
from provenance.gs1.identifiers import Kind, canonical_epc, read_epc
from provenance.ids import Subject

_LOT = "cbvmda:lotNumber"
_PLACES = frozenset({Kind.LOCATION, Kind.PARTY})


@dataclass(frozen=True, slots=True)
class Amount:
    """Some of a lot or class; ``None`` means how much is not said."""

    of: Subject
    amount: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class Touched:
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
    subjects: tuple[Subject, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "subjects", self._all())

    def _all(self) -> tuple[Subject, ...]:
        if self.items and not (self.parent or self.amounts):
            return tuple(dict.fromkeys(self.items))
        single = tuple(s for s in (self.parent, self.transformation) if s is not None)
        things = (*single, *self.items, *self.children, *self.inputs, *self.outputs)
        amounts = (*self.amounts, *self.child_amounts, *self.input_amounts, *self.output_amounts)
        return tuple(dict.fromkeys((*things, *(amount.of for amount in amounts))))


def touched(event: Event) -> Touched:
    """The subjects of an event; refuses what is no GS1 identifier, with its place."""
    return Touched(
        items=_epcs(event.epc_list, "epcList"),
        amounts=_amounts(event.quantity_list, "quantityList"),
        parent=_parent(event),
        children=_epcs(event.child_epcs, "childEPCs"),
        child_amounts=_amounts(event.child_quantities, "childQuantityList"),
        inputs=_epcs(event.input_epcs, "inputEPCList"),
        input_amounts=_amounts(event.input_quantities, "inputQuantityList"),
        outputs=_epcs(event.output_epcs, "outputEPCList"),
        output_amounts=_amounts(event.output_quantities, "outputQuantityList"),
        transformation=Subject(event.transformation_id) if event.transformation_id else None,
    )


def lot_of(item: Subject, event: Event) -> Subject | None:
    """The lot an item was made in, as the event's ``cbvmda:lotNumber`` names it."""
    number = event.ilmd.get(_LOT) if event.ilmd else None
    identifier = read_epc(item)
    if not isinstance(number, str) or identifier.key_ai != "01":
        return None
    return canonical_epc(f"{identifier.class_uri()}/10/{quote(number, safe='')}")


def _epcs(texts: Iterable[str] | None, name: str) -> tuple[Subject, ...]:
    texts = tuple(texts or ())
    try:
        return tuple([canonical_epc(text) for text in texts])
    except ProvenanceError:
        return tuple(_epc(text, f"/{name}/{index}") for index, text in enumerate(texts))


def _epc(text: str, pointer: str) -> Subject:
    try:
        return canonical_epc(text)
    except ProvenanceError as err:
        raise err.under(pointer) from err


def _parent(event: Event) -> Subject | None:
    if event.parent_id is None:
        return None
    parent = _epc(event.parent_id, "/parentID")
    return None if read_epc(parent).kind in _PLACES else parent


def _amounts(quantities: Iterable[Quantity] | None, name: str) -> tuple[Amount, ...]:
    return tuple(
        Amount(_epc(quantity.epc_class, f"/{name}/{index}/epcClass"), quantity.amount, quantity.uom or "")
        for index, quantity in enumerate(quantities or ())
    )
