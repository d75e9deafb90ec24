"""What a custody event does, read off its type, action and business step: the table of the trade.

From these tables come the rules (``admission``), the names pages show, and the stateful tests. A row says
which step an event is; ``RULES`` says for each step who may take it, in which roles, and which flags block it.

CBV 2.0 §7.1 (business steps), §7.2 (dispositions).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.custody.roles import TRADING_ROLES, Role
from provenance.custody.standing import Flag
from provenance.custody.subjects import is_place
from provenance.epcis.events import Event


@unique
class Step(StrEnum):
    """What happens to a thing; the value is stored and shown, never renamed."""

    COMMISSION = "commission"
    TRANSFORM = "transform"
    PACK = "pack"
    UNPACK = "unpack"
    SHIP = "ship"
    VOID_SHIP = "void-ship"
    RECEIVE = "receive"
    SELL = "sell"
    OBSERVE = "observe"
    SENSE = "sense"
    MARK = "mark"
    END = "end"
    CORRECT = "correct"


@unique
class Actor(StrEnum):
    """By which right someone may take a step."""

    LICENSEE = "licensee"
    HOLDER = "holder"
    RECEIVER = "receiver"
    BYSTANDER = "bystander"
    REPORTER = "reporter"
    MARKER = "marker"
    SIGNER = "signer"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may take a step, in which roles, and which flags on the thing forbid it."""

    actor: Actor
    roles: frozenset[Role]
    blocked_by: frozenset[Flag] = frozenset()


_ABSENT = frozenset({Flag.STOLEN, Flag.MISSING})
_WATCHING = TRADING_ROLES | {Role.INSPECTOR}

RULES: Mapping[Step, Rule] = {
    Step.COMMISSION: Rule(Actor.LICENSEE, frozenset({Role.PRODUCER})),
    Step.TRANSFORM: Rule(Actor.HOLDER, frozenset({Role.PRODUCER}), frozenset(Flag)),
    Step.PACK: Rule(Actor.HOLDER, TRADING_ROLES, _ABSENT),
    Step.UNPACK: Rule(Actor.HOLDER, TRADING_ROLES, _ABSENT),
    Step.SHIP: Rule(Actor.HOLDER, TRADING_ROLES, _ABSENT),
    Step.VOID_SHIP: Rule(Actor.RECEIVER, TRADING_ROLES),
    Step.RECEIVE: Rule(Actor.RECEIVER, TRADING_ROLES),
    Step.SELL: Rule(Actor.HOLDER, frozenset({Role.SELLER}), frozenset(Flag)),
    Step.OBSERVE: Rule(Actor.BYSTANDER, _WATCHING),
    Step.SENSE: Rule(Actor.REPORTER, _WATCHING | {Role.REPORTER}),
    Step.MARK: Rule(Actor.MARKER, _WATCHING),
    Step.END: Rule(Actor.HOLDER, TRADING_ROLES),
    Step.CORRECT: Rule(Actor.SIGNER, _WATCHING | {Role.REPORTER}),
}

# One row: (event type, action) -> business step -> step; "" is any other business step.
_TABLE: Mapping[tuple[str, str | None], Mapping[str, Step]] = {
    ("ObjectEvent", "ADD"): {"": Step.COMMISSION},
    ("ObjectEvent", "DELETE"): {"": Step.END},
    ("ObjectEvent", "OBSERVE"): {
        "shipping": Step.SHIP,
        "consigning": Step.SHIP,
        "departing": Step.SHIP,
        "void_shipping": Step.VOID_SHIP,
        "receiving": Step.RECEIVE,
        "accepting": Step.RECEIVE,
        "retail_selling": Step.SELL,
        "dispensing": Step.SELL,
        "destroying": Step.END,
        "decommissioning": Step.END,
        "sensor_reporting": Step.SENSE,
        "": Step.OBSERVE,
    },
    ("AggregationEvent", "ADD"): {"": Step.PACK},
    ("AggregationEvent", "DELETE"): {"": Step.UNPACK},
    ("AggregationEvent", "OBSERVE"): {
        "shipping": Step.SHIP,
        "consigning": Step.SHIP,
        "departing": Step.SHIP,
        "void_shipping": Step.VOID_SHIP,
        "receiving": Step.RECEIVE,
        "accepting": Step.RECEIVE,
        "": Step.OBSERVE,
    },
    ("AssociationEvent", "ADD"): {"": Step.PACK},
    ("AssociationEvent", "DELETE"): {"": Step.UNPACK},
    ("AssociationEvent", "OBSERVE"): {"": Step.OBSERVE},
    ("TransactionEvent", "ADD"): {"": Step.OBSERVE},
    ("TransactionEvent", "OBSERVE"): {"": Step.OBSERVE},
    ("TransactionEvent", "DELETE"): {"": Step.OBSERVE},
    ("TransformationEvent", None): {"": Step.TRANSFORM},
}


def step_of(event: Event) -> Step:
    """The step an event takes."""
    if event.error_declaration is not None:
        return Step.CORRECT
    row = _TABLE[event.type, event.action]
    step = row.get(event.biz_step or "", row[""])
    if step is Step.SHIP and named_receiver(event) is None:
        step = Step.OBSERVE  # goods leave the dock, but nobody is named to take them over
    if step in (Step.PACK, Step.UNPACK) and event.parent_id is not None and is_place(event.parent_id):
        step = Step.OBSERVE  # what is fixed to a place stays in its holder's hands
    if step is Step.OBSERVE and event.sensors and not event.biz_step:
        step = Step.SENSE
    if step is Step.OBSERVE and (flags_set(event) or flags_unset(event)):
        step = Step.MARK
    return step


def flags_set(event: Event) -> frozenset[Flag]:
    """The flags an event puts on: its persistent dispositions, or a disposition that says so."""
    if not event.persistent_set and event.disposition not in _FLAG_WORDS:
        return _NO_FLAGS  # nearly every event, and each is asked several times
    return _flags((*event.persistent_set, event.disposition or ""))


def flags_unset(event: Event) -> frozenset[Flag]:
    """The flags an event takes off."""
    return _flags(event.persistent_unset) if event.persistent_unset else _NO_FLAGS


def named_receiver(event: Event) -> str | None:
    """The party an event names to take possession, as written (EPCIS ``possessing_party``)."""
    return _destination(event, "possessing_party")


def named_owner(event: Event) -> str | None:
    """The party an event names as the next owner, as written (EPCIS ``owning_party``)."""
    return _destination(event, "owning_party")


def _destination(event: Event, kind: str) -> str | None:
    return next((d.id for d in event.destinations if d.type == kind), None)


# CBV has no word for missing; ours is a CURIE of the declared extension prefix.
_FLAG_WORDS: Mapping[str, Flag] = {"recalled": Flag.RECALLED, "stolen": Flag.STOLEN, "prov:missing": Flag.MISSING}


_NO_FLAGS: frozenset[Flag] = frozenset()


def _flags(words: Iterable[str]) -> frozenset[Flag]:
    return frozenset(_FLAG_WORDS[word] for word in words if word in _FLAG_WORDS)
