"""What a webhook tells of one statement: what kind it is and where it stands, and nothing about anybody.

Rules:

* one statement is one message, whose id follows from its place and hash: who gets it twice can tell;
* it tells ids, kinds and positions; whoever may see more asks the log, by the hash;
* a message is made from the log when it is sent, and is the same bytes each time;
* of a statement whose bytes are not those that the log signed, only the place is told.

    {"data":{"dossier":"order:9520789000004/2026-0001","index":12,"kind":"order-paid","log":"shop.example/log/2026",
     "statement":"5f0c…","status":"recorded"},"timestamp":"2026-05-04T10:00:00.000Z","type":"order.order-paid"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provenance.commerce.dossier_names import Family
from provenance.custody.commerce_records import CommerceRecord
from provenance.custody.standing import Flag
from provenance.custody.statements import read
from provenance.custody.steps import flags_set, flags_unset
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.encoding.textual import format_time
from provenance.epcis.events import Event
from provenance.errors import ProvenanceError
from provenance.ports.stores import Stored

EVERYTHING = "statement"
TOPICS = (*(family.value for family in Family), EVERYTHING)
"""What an endpoint may ask for: the records of one family of dossiers, or every statement."""

_MOST_THINGS = 100


@dataclass(frozen=True, slots=True)
class Happening:
    """One message: its id, what it is about, and its bytes."""

    id: str
    topic: str
    body: bytes


def happening_of(stored: Stored, *, log: str, status: str) -> Happening:
    """What is told of a statement that has come this far."""
    topic, type_, told = _about(stored)
    data: dict[str, JsonLike] = {
        "log": log, "index": stored.index, "statement": stored.hash, "status": status, **told,
    }  # fmt: skip
    body = canonical.dump({"type": type_, "timestamp": format_time(stored.recorded_at), "data": data})
    return Happening(f"evt_{stored.index}_{stored.hash[:16]}", topic, body)


def is_wanted(happening: Happening, topics: tuple[str, ...]) -> bool:
    """Whether an endpoint that asked for these topics gets it."""
    return EVERYTHING in topics or happening.topic in topics


def _about(stored: Stored) -> tuple[str, str, Mapping[str, JsonLike]]:
    place: Mapping[str, JsonLike] = {"kind": stored.envelope.payload_type}
    try:
        content = read(stored.envelope).content if stored.envelope.hash == stored.hash else None
    except ProvenanceError:
        content = None
    if isinstance(content, CommerceRecord):
        family, kind = content.subject.partition(":")[0], content.members.get("kind")
        return family, f"{family}.{kind}", {"kind": str(kind), "dossier": content.subject}
    if isinstance(content, Event):
        for flags, word in ((flags_set(content), "marked"), (flags_unset(content), "lifted")):
            if Flag.RECALLED in flags:
                return Family.RECALL.value, f"recall.{word}", _things(content)
    return EVERYTHING, "statement.recorded", place


def _things(event: Event) -> Mapping[str, JsonLike]:
    """What is recalled, or no more; of very many the first hundred, and how many there are."""
    named = sorted({*event.epc_list, *(quantity.epc_class for quantity in event.quantity_list)})
    return {"kind": "recalled", "things": named[:_MOST_THINGS], "count": len(named)}
