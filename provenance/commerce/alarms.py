"""Whether a sensor raised an alarm over an item before it was sold: on it, or on a unit around it while it was inside.

Rules:

* the chains are walked back along their links from the sale, so the answer is the same wherever the log is read;
* of a unit's chain counts what lies between putting the item in and taking it out;
* an alarm that was declared never to have happened is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from provenance.custody.history import find_original
from provenance.custody.statements import VerifiedStatement
from provenance.custody.steps import Step
from provenance.epcis.events import Event
from provenance.ids import StatementHash, Subject

Find = Callable[[StatementHash], VerifiedStatement | None]

_ALARM = "ALARM_CONDITION"


def has_alarm(item: Subject, sale: StatementHash, find: Find) -> bool:
    """Whether an alarm lies on the way to a sale."""
    walked = {statement.hash: statement for statement in _walked(item, sale, find)}
    declared = (one for one in walked.values() if one.step is Step.CORRECT)
    undone = {original.hash for one in declared if (original := find_original(one, walked.values())) is not None}
    return any(_is_alarm(one) for one in walked.values() if one.hash not in undone and one.step is not Step.CORRECT)


def _walked(subject: Subject, start: StatementHash, find: Find) -> Iterator[VerifiedStatement]:
    """A chain from a statement back to where the thing began, and the parts of other chains that belong to it."""
    seen, waiting = set[StatementHash](), [start]
    while waiting:
        named = waiting.pop()
        statement = find(named)
        if named in seen or statement is None or not _is_about(statement, subject):
            continue
        seen.add(named)
        yield statement
        waiting += statement.header.previous
        unit = statement.about.parent
        if statement.step is Step.UNPACK and unit is not None and unit != subject:
            yield from _inside(subject, unit, named, find)


def _inside(subject: Subject, unit: Subject, out: StatementHash, find: Find) -> Iterator[VerifiedStatement]:
    """What happened to a unit while something was inside, back from the statement that took it out."""
    for statement in _walked(unit, out, find):
        yield statement
        if statement.step is Step.PACK and subject in statement.about.children:
            return


def _is_about(statement: VerifiedStatement, subject: Subject) -> bool:
    # Emptying a unit names nothing that comes out.
    return subject in statement.about.subjects or (statement.step is Step.UNPACK and not statement.about.children)


def _is_alarm(statement: VerifiedStatement) -> bool:
    event = statement.content
    return isinstance(event, Event) and any(r.exception == _ALARM for sensor in event.sensors for r in sensor.reports)
