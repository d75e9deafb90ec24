"""The table of the trade, row by row: what an event does, and who may do it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from provenance.custody.roles import Role
from provenance.custody.standing import Flag
from provenance.custody.steps import RULES, Actor, Step, flags_set, flags_unset, named_owner, named_receiver, step_of
from provenance.encoding.canonical import Json
from provenance.epcis.events import parse_event
from tests.cast import CARRIER, MAKER, SHOP, handed_to
from tests.epcis_events import (
    Members,
    aggregation_event,
    association_event,
    object_event,
    transaction_event,
    transformation_event,
    valid_events,
)

TO_SHOP: dict[str, Any] = {"destinationList": handed_to(SHOP)}
SENSED: Json = [{"sensorReport": [{"type": "Temperature", "value": 4, "uom": "CEL"}]}]
RECALLED: Json = {"set": ["recalled"]}
PLACE = "https://id.gs1.org/414/9520123000004"


@pytest.mark.parametrize(
    ("event", "step"),
    [
        (object_event(action="ADD", bizStep="commissioning"), Step.COMMISSION),
        (object_event(action="ADD", bizStep="creating_class_instance"), Step.COMMISSION),
        (object_event(action="ADD"), Step.COMMISSION),
        (object_event(action="DELETE", bizStep="destroying"), Step.END),
        (object_event(action="DELETE"), Step.END),
        (object_event(bizStep="destroying"), Step.END),
        (object_event(bizStep="decommissioning"), Step.END),
        (object_event(bizStep="shipping", **TO_SHOP), Step.SHIP),
        (object_event(bizStep="consigning", **TO_SHOP), Step.SHIP),
        (object_event(bizStep="departing", **TO_SHOP), Step.SHIP),
        (object_event(bizStep="https://ref.gs1.org/cbv/BizStep-shipping", **TO_SHOP), Step.SHIP),
        (object_event(bizStep="shipping"), Step.OBSERVE),
        (object_event(bizStep="void_shipping"), Step.VOID_SHIP),
        (object_event(bizStep="receiving"), Step.RECEIVE),
        (object_event(bizStep="accepting"), Step.RECEIVE),
        (object_event(bizStep="arriving"), Step.OBSERVE),
        (object_event(bizStep="retail_selling"), Step.SELL),
        (object_event(bizStep="dispensing"), Step.SELL),
        (object_event(bizStep="inspecting"), Step.OBSERVE),
        (object_event(bizStep="ex:curing"), Step.OBSERVE),
        (object_event(), Step.OBSERVE),
        (object_event(bizStep="sensor_reporting"), Step.SENSE),
        (object_event(sensorElementList=SENSED), Step.SENSE),
        (object_event(bizStep="storing", sensorElementList=SENSED), Step.OBSERVE),
        (object_event(persistentDisposition=RECALLED), Step.MARK),
        (object_event(bizStep="holding", disposition="recalled"), Step.MARK),
        (object_event(bizStep="shipping", persistentDisposition=RECALLED, **TO_SHOP), Step.SHIP),
        (object_event(sensorElementList=SENSED, persistentDisposition=RECALLED), Step.SENSE),
        (aggregation_event(bizStep="packing"), Step.PACK),
        (aggregation_event(action="DELETE", bizStep="unpacking"), Step.UNPACK),
        (aggregation_event(action="OBSERVE", bizStep="shipping", **TO_SHOP), Step.SHIP),
        (aggregation_event(action="OBSERVE", bizStep="void_shipping"), Step.VOID_SHIP),
        (aggregation_event(action="OBSERVE", bizStep="receiving"), Step.RECEIVE),
        (aggregation_event(action="OBSERVE"), Step.OBSERVE),
        (association_event(parentID=MAKER.prefix and "https://id.gs1.org/8004/9520123X"), Step.PACK),
        (association_event(parentID=PLACE), Step.OBSERVE),
        (association_event(parentID=PLACE, action="DELETE"), Step.OBSERVE),
        (association_event(action="OBSERVE"), Step.OBSERVE),
        (transaction_event(), Step.OBSERVE),
        (transaction_event(action="DELETE"), Step.OBSERVE),
        (transaction_event(action="OBSERVE", bizStep="shipping", **TO_SHOP), Step.OBSERVE),
        (transformation_event(), Step.TRANSFORM),
        (object_event(errorDeclaration={"declarationTime": "2026-01-02T00:00:00Z"}), Step.CORRECT),
        (transformation_event(errorDeclaration={"declarationTime": "2026-01-02T00:00:00Z"}), Step.CORRECT),
    ],
)
def test_an_event_takes_the_step_of_its_row(event: Members, step: Step) -> None:
    assert step_of(parse_event(event)) is step


@given(valid_events())
def test_every_valid_event_takes_a_step(members: Members) -> None:
    assert step_of(parse_event(members)) in RULES


TRADE = {Role.PRODUCER, Role.SHIPPER, Role.SELLER}
WATCH = TRADE | {Role.INSPECTOR}
GONE = {Flag.STOLEN, Flag.MISSING}


@pytest.mark.parametrize(
    ("step", "actor", "roles", "blocked_by"),
    [
        (Step.COMMISSION, Actor.LICENSEE, {Role.PRODUCER}, set()),
        (Step.TRANSFORM, Actor.HOLDER, {Role.PRODUCER}, set(Flag)),
        (Step.PACK, Actor.HOLDER, TRADE, GONE),
        (Step.UNPACK, Actor.HOLDER, TRADE, GONE),
        (Step.SHIP, Actor.HOLDER, TRADE, GONE),
        (Step.VOID_SHIP, Actor.RECEIVER, TRADE, set()),
        (Step.RECEIVE, Actor.RECEIVER, TRADE, set()),
        (Step.SELL, Actor.HOLDER, {Role.SELLER}, set(Flag)),
        (Step.OBSERVE, Actor.BYSTANDER, WATCH, set()),
        (Step.SENSE, Actor.REPORTER, WATCH | {Role.REPORTER}, set()),
        (Step.MARK, Actor.MARKER, WATCH, set()),
        (Step.END, Actor.HOLDER, TRADE, set()),
        (Step.CORRECT, Actor.SIGNER, WATCH | {Role.REPORTER}, set()),
    ],
)
def test_each_step_is_for_certain_roles_and_stopped_by_certain_flags(
    step: Step, actor: Actor, roles: set[Role], blocked_by: set[Flag]
) -> None:
    rule = RULES[step]

    assert (rule.actor, set(rule.roles), set(rule.blocked_by)) == (actor, roles, blocked_by)


def test_there_is_a_rule_for_every_step_and_none_lets_the_root_trade() -> None:
    assert set(RULES) == set(Step)
    assert all(Role.ROOT not in rule.roles for rule in RULES.values())


def test_flags_are_lasting_dispositions_or_one_that_says_so() -> None:
    words: Json = {"set": ["recalled", "prov:missing", "expired"], "unset": ["stolen"]}
    event = parse_event(object_event(persistentDisposition=words, disposition="in_transit"))

    assert flags_set(event) == {Flag.RECALLED, Flag.MISSING}
    assert flags_unset(event) == {Flag.STOLEN}
    assert flags_set(parse_event(object_event(disposition="stolen"))) == {Flag.STOLEN}


def test_the_receiver_possesses_and_the_owner_owns() -> None:
    event = parse_event(object_event(destinationList=handed_to(CARRIER, SHOP)))

    assert (named_receiver(event), named_owner(event)) == (CARRIER.party, SHOP.party)
    assert named_receiver(parse_event(object_event())) is None
