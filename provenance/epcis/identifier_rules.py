"""What the schema does not say about the identifiers in an event.

Rules (EPCIS 2.0 §7.3.2, §7.4; CBV 2.0 §8):

* a list of EPCs names single things, a quantity names a class or lot; a parent is a single thing;
* each thing stands once in a list: a Digital Link on any domain and an EPC URN may be the same name;
* a parent is not among its children, and what comes out of a transformation did not go in;
* only an association may fix things to a place;
* what claims to be a GS1 identifier is one, check digit included.

Worth a remark: identifiers of other systems, and a GTIN that is not padded to 14 digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from provenance.codes import Code
from provenance.epcis.events import Event
from provenance.epcis.members import shown
from provenance.epcis.parts import Quantity
from provenance.epcis.remarks import Remark
from provenance.epcis.vocabulary import EventType
from provenance.errors import MalformedError, ProvenanceError
from provenance.gs1.identifiers import Identifier, Kind, read_epc

_CLASSES = frozenset({Kind.TRADE_CLASS, Kind.LOT})
_PLACES = frozenset({Kind.LOCATION, Kind.PARTY})
_CLAIMS_GS1 = re.compile(r"urn:epc:|https?://id\.gs1\.org(?:[:/]|$)", re.IGNORECASE)
_OTHER_SCHEMES = ("urn:epc:id:gid:", "urn:epc:id:usdod:", "urn:epc:id:adi:", "urn:epc:id:bic:", "urn:epc:id:imovn:")
_SHORT_GTIN = re.compile(r"(https?://[^?#]*/01/)([0-9]{8}|[0-9]{12,13})((?:/.*)?)")

Names = Sequence[str]
"""The canonical names in a list."""

Remarks = dict[tuple[Code, str], Remark]
"""The first remark of each kind on each list."""


def check_identifiers(event: Event) -> tuple[Remark, ...]:
    """What is worth a remark about the identifiers; refuses those that break a rule."""
    remarks: Remarks = {}
    items = _names_in("epcList", event.epc_list, remarks)
    children = _names_in("childEPCs", event.child_epcs, remarks)
    inputs = _names_in("inputEPCList", event.input_epcs, remarks)
    outputs = _names_in("outputEPCList", event.output_epcs, remarks)
    for name, quantities in _quantities(event).items():
        _check_classes(name, quantities, remarks)
    parent = None if event.parent_id is None else _parent_name(event.parent_id, event.type, remarks)
    check_names(items=items, parent=parent, children=children, inputs=inputs, outputs=outputs)
    return tuple(remarks.values())


def check_names(*, items: Names, parent: str | None, children: Names, inputs: Names, outputs: Names) -> None:
    """Refuses things that contradict each other, by the canonical names of those in each list."""
    for member, names in (
        ("epcList", items),
        ("childEPCs", children),
        ("inputEPCList", inputs),
        ("outputEPCList", outputs),
    ):
        if len(names) > 1 and len(set(names)) != len(names):
            raise _stands_twice(member, names)
    if parent is not None and parent in children:
        raise MalformedError(Code.PARENT_IS_CHILD, f"{shown(parent)} is inside itself", pointer="/parentID")
    if inputs and outputs and not (gone := set(inputs)).isdisjoint(outputs):
        index = next(index for index, name in enumerate(outputs) if name in gone)
        raise MalformedError(
            Code.INPUT_IS_OUTPUT, f"{shown(outputs[index])} went in and came out", pointer=f"/outputEPCList/{index}"
        )


def _stands_twice(member: str, names: Names) -> MalformedError:
    index = next(index for index, name in enumerate(names) if name in names[:index])
    message = f"{shown(names[index])} is already number {names.index(names[index])}, however it is spelled"
    return MalformedError(Code.DUPLICATE_EPC, message, pointer=f"/{member}/{index}")


def _quantities(event: Event) -> Mapping[str, tuple[Quantity, ...]]:
    return {
        "quantityList": event.quantity_list,
        "childQuantityList": event.child_quantities,
        "inputQuantityList": event.input_quantities,
        "outputQuantityList": event.output_quantities,
    }


def _names_in(member: str, texts: tuple[str, ...], remarks: Remarks) -> tuple[str, ...]:
    names = []
    for index, text in enumerate(texts):
        pointer = f"/{member}/{index}"
        identifier = _identifier(text, pointer, remarks)
        _check_is_single(text, identifier, pointer)
        names.append(text if identifier is None else identifier.uri)
    return tuple(names)


def _check_classes(name: str, quantities: tuple[Quantity, ...], remarks: Remarks) -> None:
    for index, quantity in enumerate(quantities):
        pointer = f"/{name}/{index}/epcClass"
        identifier = _identifier(quantity.epc_class, pointer, remarks)
        if identifier is not None and identifier.kind not in _CLASSES and identifier.kind is not Kind.OTHER:
            message = f"{shown(quantity.epc_class)} is a single {identifier.kind}, not a class"
            raise MalformedError(Code.INSTANCE_FOR_CLASS, message, pointer=pointer)


def _parent_name(text: str, kind: EventType, remarks: Remarks) -> str:
    identifier = _identifier(text, "/parentID", remarks)
    _check_is_single(text, identifier, "/parentID")
    if identifier is not None and identifier.kind in _PLACES and kind is EventType.AGGREGATION:
        # §7.4.6: an AggregationEvent has no place for a parent, an AssociationEvent may.
        raise MalformedError(Code.PLACE_FOR_THING, f"{shown(text)} is a {identifier.kind}", pointer="/parentID")
    return text if identifier is None else identifier.uri


def _check_is_single(text: str, identifier: Identifier | None, pointer: str) -> None:
    if identifier is not None and identifier.kind in _CLASSES:
        raise MalformedError(
            Code.CLASS_FOR_INSTANCE, f"{shown(text)} is a {identifier.kind}, not a single thing", pointer=pointer
        )


def _identifier(text: str, pointer: str, remarks: Remarks) -> Identifier | None:
    """The GS1 identifier, or ``None`` and a remark for one of another system."""
    try:
        return read_epc(text)
    except ProvenanceError as err:
        if short := _SHORT_GTIN.fullmatch(text):
            # GS1 Digital Link 1.1 allowed shorter GTINs; 1.2 and later do not.
            before, gtin, after = short.groups()
            _remark(Code.GTIN_NOT_PADDED, f"the GTIN {gtin} is not padded to 14 digits", pointer, remarks)
            return _identifier(f"{before}{gtin.zfill(14)}{after}", pointer, remarks)
        if err.code is not Code.UNKNOWN_IDENTIFIER or (_CLAIMS_GS1.match(text) and not text.startswith(_OTHER_SCHEMES)):
            raise err.under(pointer) from err
    _remark(Code.FOREIGN_IDENTIFIER, f"{shown(text)} is no GS1 identifier", pointer, remarks)
    return None


def _remark(code: Code, message: str, pointer: str, remarks: Remarks) -> None:
    # The first of its kind in a list speaks for ten thousand.
    remarks.setdefault((code, pointer.split("/")[1]), Remark(code, message, pointer))
