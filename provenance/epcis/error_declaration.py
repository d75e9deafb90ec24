"""Whether an error declaration repeats the event it takes back.

Rules:

* a declaration is the original event again, same ``eventID``, with ``errorDeclaration`` added and
  everything else the same (EPCIS 2.0 §7.4.1.2);
* who signed, which chain it extends and what the signer had seen belong to the statement, not to the
  event, and naturally differ; so does ``recordTime``, which each repository writes itself;
* the same means the same JSON: a list in another order, or another spelling of an EPC, is another event.
"""

from __future__ import annotations

from decimal import Decimal

from provenance.encoding.canonical import Json
from provenance.epcis.events import Event

NOT_COMPARED = frozenset({"errorDeclaration", "recordTime", "prov:previous", "prov:signers", "prov:seen"})


def is_same_event(original: Event, declaration: Event) -> bool:
    """True if the two are identical but for the error declaration and what only their statements say.

    Whether either carries an error declaration, and who may make one, is not asked here.
    """
    if original.event_time != declaration.event_time or original.epc_list != declaration.epc_list:
        return False  # what differs most often, first
    left = {name: value for name, value in original.raw.items() if name not in NOT_COMPARED}
    right = {name: value for name, value in declaration.raw.items() if name not in NOT_COMPARED}
    return _is_same(left, right)


def _is_same(left: Json, right: Json) -> bool:
    # Not ==: for Python true equals 1. And a stack, not recursion: the values may be nested deeper than calls can be.
    pairs: list[tuple[Json, Json]] = [(left, right)]
    while pairs:
        a, b = pairs.pop()
        if isinstance(a, dict) and isinstance(b, dict):
            if a.keys() != b.keys():
                return False
            pairs.extend((value, b[name]) for name, value in a.items())
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            pairs.extend(zip(a, b, strict=True))
        elif isinstance(a, dict | list) or isinstance(b, dict | list) or a != b or _kind(a) is not _kind(b):
            return False
    return True


def _kind(value: Json) -> type:
    # 25 and 25.0 are one JSON number; RFC 8785 prints them alike.
    return Decimal if isinstance(value, int) and not isinstance(value, bool) else type(value)
