"""The steps of a history as a list: what, who, when, where, and whether it counts.

Rules:

* the order is the log's, for only that one is proven; the times are the signers' own;
* a step that breaks a rule or was taken back stays in its place, marked as such;
* a long history shows its newest steps; how many are left out is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.custody.history import Happening, Nearness
from provenance.custody.steps import Step, flags_set, flags_unset, named_owner, named_receiver
from provenance.custody.subjects import Amount
from provenance.epcis.sensors import SensorReport
from provenance.evidence import Report
from provenance.ids import Subject
from web.pages.names import Names, When, amount, shortened, when_of
from web.pages.text import Text

MOST_STEPS = 200
_MOST_NAMED = 5


@unique
class Standing(StrEnum):
    """What a step is worth; the value is a class of the style sheet."""

    CONFIRMED = "confirmed"
    RECORDED = "recorded"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a step, in which part."""

    party: str
    role: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step as it is shown; ``near`` says why a step that is not the thing's own belongs here."""

    index: int
    hash: str
    title: str
    signatures: tuple[Signature, ...]
    when: When
    where: str
    lines: tuple[str, ...]
    near: str
    standing: Standing
    standing_word: str
    refusal: str


def step_lines(report: Report, names: Names, text: Text) -> tuple[tuple[StepLine, ...], int]:
    """The steps to show, and how many older ones are left out."""
    happenings = report.history.happenings
    shown = happenings[-MOST_STEPS:]
    return tuple(_line(h, report, names, text) for h in shown), len(happenings) - len(shown)


def title_of(happening: Happening, subject: Subject, text: Text) -> str:
    """What happened to a thing, in the most particular word there is for it."""
    step, event = happening.step, happening.event
    particular = [event.disposition, event.biz_step]
    if step is Step.MARK:
        particular = [*sorted(flags_set(event)), "lifted" if flags_unset(event) else None]
    if step is Step.CORRECT and event.error_declaration is not None:
        particular = [event.error_declaration.reason]
    if step is Step.TRANSFORM:
        particular = ["used"] if subject in inputs_of(happening) else []
    return text.first(*(f"step.{step}.{word}" for word in particular if word), f"step.{step}")


def inputs_of(happening: Happening) -> tuple[Subject, ...]:
    """What a transformation used."""
    return (*happening.about.inputs, *(some.of for some in happening.about.input_amounts))


def standing_of(happening: Happening, report: Report) -> Standing:
    """What a step is worth by now."""
    if happening.refusal is not None:
        return Standing.REFUSED
    if happening.is_voided:
        return Standing.VOIDED
    if happening.hash not in report.recorded:
        return Standing.ACCEPTED
    is_witnessed = report.confirmation is not None and report.confirmation.is_witnessed
    return Standing.CONFIRMED if is_witnessed else Standing.RECORDED


def reading(report: SensorReport, text: Text) -> str:
    """What a sensor read, in a line."""
    unit = report.uom or ""
    parts = []
    if report.value is not None:
        parts.append(amount(report.value, unit))
    if report.min_value is not None and report.max_value is not None:
        low, high = amount(report.min_value, unit), amount(report.max_value, unit)
        parts.append(text("line.sensor.range", low=low, high=high))
    if report.mean_value is not None:
        parts.append(text("line.sensor.mean", value=amount(report.mean_value, unit)))
    if report.string_value is not None:
        parts.append(shortened(report.string_value))
    if report.exception is not None:
        is_alarm = report.exception == "ALARM_CONDITION"
        parts.append(text("line.sensor.alarm") if is_alarm else shortened(report.exception))
    kind = report.type or ""
    name = text.get(f"sensor.{kind}") or shortened(kind)
    value = text("list.separator").join(parts)
    return text("line.sensor", type=name, value=value) if name and value else name or value


def _line(happening: Happening, report: Report, names: Names, text: Text) -> StepLine:
    event, standing = happening.event, standing_of(happening, report)
    place = event.read_point or event.biz_location
    return StepLine(
        index=happening.index,
        hash=happening.hash,
        title=title_of(happening, report.subject, text),
        signatures=tuple(Signature(names.party(s.party), text(f"role.{s.role}")) for s in happening.signers),
        when=when_of(event, text),
        where=names.place(place, of=happening.signers) if place else "",
        lines=tuple(_details(happening, report.subject, names, text)),
        near=_near(happening, names, text),
        standing=standing,
        standing_word=text(f"status.{standing}"),
        refusal=str(happening.refusal) if happening.refusal is not None else "",
    )


def _near(happening: Happening, names: Names, text: Text) -> str:
    """To what it happened, where that was not the thing itself."""
    about = happening.about
    if happening.nearness is Nearness.SOURCE and happening.step is Step.TRANSFORM:
        made = [names.thing(thing) for thing in (*about.outputs, *(some.of for some in about.output_amounts))]
        return text("near.source", thing=_few(made, names))
    match happening.nearness:
        case Nearness.OWN:
            return ""
        case Nearness.UNIT:
            return text("near.unit", thing=names.number(happening.subject))
        case Nearness.SOURCE:
            return text("near.source", thing=names.thing(happening.subject))


def _details(happening: Happening, subject: Subject, names: Names, text: Text) -> Iterator[str]:
    event, about, step = happening.event, happening.about, happening.step
    if receiver := named_receiver(event):
        yield text("line.to", party=names.party(receiver))
    owner = named_owner(event)
    if owner and owner != receiver:
        yield text("line.owner", party=names.party(owner))
    if about.parent is not None and about.parent != happening.subject and step in (Step.PACK, Step.UNPACK):
        yield text("line.into" if step is Step.PACK else "line.out-of", unit=names.thing(about.parent))
    if about.parent == happening.subject and step is Step.PACK:
        yield text("line.inside", count=len(about.children) + len(about.child_amounts))
    if step is Step.TRANSFORM:
        inputs = [names.thing(thing) for thing in about.inputs] + _amounts(about.input_amounts, names, text)
        yield text("line.from", things=_few(inputs, names))
        outputs = [names.thing(thing) for thing in about.outputs] + _amounts(about.output_amounts, names, text)
        if subject in inputs_of(happening):
            yield text("line.for", things=_few(outputs, names))
    others_amounts = [some for some in about.amounts if some.of != happening.subject]
    yield from (amount(s.amount, s.unit) for s in about.amounts if s.of == happening.subject and s.amount is not None)
    yield from _amounts(others_amounts, names, text)
    if others := len({*about.items, *about.children, *about.outputs} - {happening.subject, subject}):
        yield text("line.others", count=others)
    yield from (line for sensor in event.sensors for report in sensor.reports if (line := reading(report, text)))


def _amounts(amounts: Iterable[Amount], names: Names, text: Text) -> list[str]:
    return [
        text("line.amount", amount=amount(some.amount, some.unit), thing=names.thing(some.of))
        if some.amount is not None
        else names.thing(some.of)
        for some in amounts
    ]


def _few(things: list[str], names: Names) -> str:
    more = ["…"] if len(things) > _MOST_NAMED else []
    return names.listed([*things[:_MOST_NAMED], *more])
