"""What an event's sender should know before signing it: it is accepted, but others may read it differently.

Worth a remark:

* a step that is unusual for the kind of event, a persistent disposition where many systems refuse it, an event that
  names nothing;
* a word of one's own, which makes an event CBV-Compatible instead of CBV-Compliant, and a CBV word spelled as a URI;
* a prefix that nothing in sight declares (``context``);
* identifiers of other systems (``identifier_rules``);
* sensor reports that say little, or what others take for a contradiction (``sensor_rules``).

What breaks a rule is refused elsewhere (``rules``).

CBV 2.0 (ISO/IEC 19988) §5, §7; gs1/EPCIS issues 395, 440, 447.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.codes import Code
from provenance.encoding.canonical import Json
from provenance.epcis.context import Context, prefix_remarks, read_context
from provenance.epcis.events import Event, ExtendedEvent
from provenance.epcis.identifier_rules import check_identifiers
from provenance.epcis.members import shown
from provenance.epcis.remarks import Remark
from provenance.epcis.rules import BEGINS, ENDS, LINKS
from provenance.epcis.sensor_rules import sensor_remarks
from provenance.epcis.vocabulary import Action, BizStep, EventType

_HAS_PERSISTENT = frozenset({EventType.OBJECT, EventType.TRANSFORMATION})


def remarks_on(event: Event | ExtendedEvent, context: Context | None = None) -> tuple[Remark, ...]:
    """What is worth a remark about an event; refuses only identifiers that break a rule.

    ``context`` is what holds around the event; without it, the event's own ``@context`` does. Of an event of an own
    type only the prefixes are looked at.
    """
    remarks = list(prefix_remarks(event.raw, context or read_context(event.raw.get("@context"))))
    if isinstance(event, Event):
        remarks += _step_remarks(event)
        remarks += check_identifiers(event)
        remarks += sensor_remarks(event.sensors, event.instant)
        remarks += _habits(event)
    return tuple(remarks)


def _step_remarks(event: Event) -> Iterator[Remark]:
    step, action = event.biz_step, event.action
    if event.type is EventType.OBJECT and action is Action.OBSERVE and step in BEGINS | ENDS:
        yield Remark(Code.STEP_UNUSUAL, f"{step} begins or ends something; OBSERVE only looks at it", "/action")
    if step == BizStep.ENCODING and event.type is not EventType.TRANSACTION:
        yield Remark(Code.STEP_UNUSUAL, "encoding belongs in a TransactionEvent (CBV §7.1)", "/bizStep")
    if step == BizStep.ASSEMBLING and event.type is EventType.TRANSFORMATION:
        yield Remark(Code.STEP_UNUSUAL, "what is assembled can be taken apart: an AssociationEvent", "/bizStep")


def _habits(event: Event) -> Iterator[Remark]:
    if event.type not in _HAS_PERSISTENT and "persistentDisposition" in event.raw:
        # The XSD and the 2.0.1 JSON schema allow it, SHACL and the UML forbid it.
        message = f"many systems refuse persistentDisposition in {event.type}"
        yield Remark(Code.NOT_READ_BY_ALL, message, "/persistentDisposition")
    if not _names_something(event):
        yield Remark(Code.NOTHING_NAMED, "the event names no thing and no quantity")
    for member, read, written in _words(event):
        if ":" in read:
            yield Remark(
                Code.OWN_WORD, f"{shown(read)} is no CBV word: the event is CBV-Compatible, not Compliant", member
            )
        elif read != written:
            yield Remark(Code.WORD_AS_URI, f"the word is {read}, here it is {written}", member)


def _names_something(event: Event) -> bool:
    return event.type in LINKS or bool(
        event.epc_list
        or event.quantity_list
        or event.parent_id
        or event.sensors
        or event.type is EventType.TRANSFORMATION
    )


def _words(event: Event) -> Iterator[tuple[str, str, Json]]:
    """Each CBV word of the event's own members: its place, as read, and as written."""
    for name, word in (("bizStep", event.biz_step), ("disposition", event.disposition)):
        if word is not None:
            yield f"/{name}", word, event.raw[name]
    persistent = event.raw.get("persistentDisposition")
    for name, words in (("set", event.persistent_set), ("unset", event.persistent_unset)):
        written = persistent.get(name) if isinstance(persistent, dict) else None
        for index, word in enumerate(words):
            yield f"/persistentDisposition/{name}/{index}", word, _at(written, index)
    typed: tuple[tuple[str, tuple[str | None, ...]], ...] = (
        ("sourceList", tuple(source.type for source in event.sources)),
        ("destinationList", tuple(destination.type for destination in event.destinations)),
        ("bizTransactionList", tuple(transaction.type for transaction in event.transactions)),
    )
    for name, types in typed:
        for index, kind in enumerate(types):
            row = _at(event.raw.get(name), index)
            if kind is not None and isinstance(row, dict):
                yield f"/{name}/{index}/type", kind, row["type"]


def _at(values: Json, index: int) -> Json:
    return values[index] if isinstance(values, list) else None
