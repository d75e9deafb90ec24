"""EPCIS events for tests: plain ones to change one member of, and any valid one Hypothesis can think of."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from provenance.encoding.canonical import Json
from provenance.epcis.vocabulary import (
    MEASUREMENT_TYPES,
    BizStep,
    BizTransactionType,
    Disposition,
    ErrorReason,
    SourceDestType,
)

ITEM = "https://id.gs1.org/01/09520123456788/21/A1"
OTHER_ITEM = "https://id.gs1.org/01/09520123456788/21/A2"
LOT = "https://id.gs1.org/01/09520123456788/10/L1"
UNIT = "https://id.gs1.org/00/095201234567891235"
PLACE = "https://id.gs1.org/414/9520123456788"
PARTY = "https://id.gs1.org/417/9520123456788"
CONTEXT: list[Json] = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"ex": "https://ns.example.com/epcis/"},
]

Members = dict[str, Any]
"""An event for tests; ``...`` stands for a member to take away."""


def _event(kind: str, members: Members, changes: Members) -> Members:
    common: Members = {
        "@context": CONTEXT,
        "type": kind,
        "eventTime": "2026-01-01T00:00:00Z",
        "eventTimeZoneOffset": "+00:00",
    }
    merged = copy.deepcopy({**common, **members, **changes})
    return {name: value for name, value in merged.items() if value is not ...}


def object_event(**changes: Any) -> Members:
    """An item was seen; ``...`` as a value takes the member away."""
    return _event("ObjectEvent", {"action": "OBSERVE", "epcList": [ITEM]}, changes)


def aggregation_event(**changes: Any) -> Members:
    """An item was put into a unit."""
    return _event("AggregationEvent", {"action": "ADD", "parentID": UNIT, "childEPCs": [ITEM]}, changes)


def association_event(**changes: Any) -> Members:
    """An item was fixed to a place."""
    return _event("AssociationEvent", {"action": "ADD", "parentID": PLACE, "childEPCs": [ITEM]}, changes)


def transaction_event(**changes: Any) -> Members:
    """An item was put on an order."""
    order: Json = {"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:9520123456788:PO1"}
    return _event("TransactionEvent", {"action": "ADD", "bizTransactionList": [order], "epcList": [ITEM]}, changes)


def transformation_event(**changes: Any) -> Members:
    """Some of a lot became an item."""
    given: Json = {"epcClass": LOT, "quantity": Decimal("2.5"), "uom": "KGM"}
    return _event("TransformationEvent", {"inputQuantityList": [given], "outputEPCList": [OTHER_ITEM]}, changes)


ALL_FIVE: tuple[Callable[..., Members], ...] = (
    object_event,
    aggregation_event,
    association_event,
    transaction_event,
    transformation_event,
)

_serials = st.integers(0, 10**6).map(str)
_items = _serials.map(lambda serial: f"https://id.gs1.org/01/09520123456788/21/{serial}")
_lots = _serials.map(lambda number: f"https://id.gs1.org/01/09520123456788/10/{number}")
_numbers = st.integers(0, 10**6) | st.decimals("0.001", 10**4, places=3).map(lambda d: Decimal(repr(float(d))))
_times = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda time: time.isoformat(timespec="milliseconds") + "Z"
)
_leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8)
_nested = st.recursive(_leaves, lambda inner: st.lists(inner, max_size=3), max_leaves=5)
_extensions = st.dictionaries(st.sampled_from(("ex:a", "ex:b", "https://ns.example.com/c")), _nested, max_size=2)


def json_values() -> st.SearchStrategy[Json]:
    """Any JSON value, with names that occur in events among the others."""
    names = st.sampled_from(("type", "eventTime", "epcList", "action", "sensorElementList", "ex:a", "@context"))
    leaves = _leaves | _numbers | st.sampled_from(("ObjectEvent", "ADD", "shipping", "2026-01-01T00:00:00Z", ITEM))

    def inside(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
        return st.lists(inner, max_size=4) | st.dictionaries(names | st.text(max_size=5), inner, max_size=5)

    return st.recursive(leaves, inside, max_leaves=12)


@st.composite
def valid_events(draw: st.DrawFn) -> Members:
    """A valid event of any of the five types, with any choice of its optional members."""
    event = draw(st.sampled_from(ALL_FIVE))(eventTime=draw(_times))
    for name, values in _OPTIONAL.items():
        if draw(st.booleans()):
            event[name] = draw(values)
    match event["type"]:
        case "ObjectEvent" | "TransactionEvent":
            event["epcList"] = draw(st.lists(_items, unique=True, max_size=3))
            event["quantityList"] = draw(st.lists(_quantities, max_size=2))
            if event["type"] == "ObjectEvent" and draw(st.booleans()):
                event.update({"action": "ADD", "ilmd": draw(_extensions)})
        case "AggregationEvent" | "AssociationEvent":
            event["childEPCs"] = draw(st.lists(_items, unique=True, min_size=1, max_size=3))
            event["childQuantityList"] = draw(st.lists(_quantities, max_size=2))
        case _:
            event["inputEPCList"] = draw(st.lists(_items, unique=True, max_size=3))
            event["transformationID"] = "urn:uuid:11111111-1111-4111-8111-111111111111"
    return {**event, **draw(_extensions)}


_quantities = st.fixed_dictionaries(
    {"epcClass": _lots, "quantity": _numbers}, optional={"uom": st.sampled_from(("KGM", "LTR", "H87"))}
)
_reports = st.fixed_dictionaries(
    {"type": st.sampled_from(MEASUREMENT_TYPES), "value": _numbers},
    optional={"uom": st.sampled_from(("CEL", "KGM")), "booleanValue": st.booleans(), "ex:quality": _leaves},
)
_OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "bizStep": st.sampled_from(BizStep).map(str) | st.just("ex:curing"),
    "disposition": st.sampled_from(Disposition).map(str),
    "readPoint": st.just({"id": PLACE}),
    "bizLocation": st.just({"id": PLACE, "ex:door": "4"}),
    "sourceList": st.lists(
        st.fixed_dictionaries({"type": st.sampled_from(SourceDestType).map(str), "source": st.just(PARTY)}), max_size=2
    ),
    "destinationList": st.lists(
        st.fixed_dictionaries({"type": st.sampled_from(SourceDestType).map(str), "destination": st.just(PARTY)}),
        max_size=2,
    ),
    "bizTransactionList": st.lists(
        st.fixed_dictionaries(
            {"bizTransaction": st.just("urn:epcglobal:cbv:bt:9520123456788:1")},
            optional={"type": st.sampled_from(BizTransactionType).map(str)},
        ),
        min_size=1,
        max_size=2,
    ),
    "sensorElementList": st.lists(
        st.fixed_dictionaries({"sensorReport": st.lists(_reports, min_size=1, max_size=2)}), max_size=2
    ),
    "eventID": st.just("urn:uuid:22222222-2222-4222-8222-222222222222"),
    "recordTime": _times,
    "certificationInfo": st.just("https://example.com/certificate/1"),
    "errorDeclaration": st.fixed_dictionaries(
        {"declarationTime": _times}, optional={"reason": st.sampled_from(ErrorReason).map(str)}
    ),
}
