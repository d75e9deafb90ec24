"""The keys of hidden codes in an event: for what it commissions, well spelled, or refused."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.encoding.canonical import Json
from provenance.errors import ProvenanceError
from tests.cast import MAKER, item
from tests.homes import key_of
from tests.world import World

A, B = item("A1"), item("B2")
KEY = str(key_of("claim").public)


def test_the_keys_of_what_is_commissioned_are_taken_in(world: World) -> None:
    receipt = world.made(A, B, **{"prov:claimKeys": {A: KEY}})

    assert world.said_in(receipt)["prov:claimKeys"] == {A: KEY}


@pytest.mark.parametrize(
    ("keys", "code", "pointer"),
    [
        ([], Code.WRONG_TYPE, "/prov:claimKeys"),
        (None, Code.WRONG_TYPE, "/prov:claimKeys"),
        ({A: 7}, Code.MALFORMED_KEY, "/prov:claimKeys/https:~1~1id.gs1.org~101~109520123000011~121~1A1"),
        ({A: "did:key:z6Mk"}, Code.MALFORMED_KEY, "/prov:claimKeys/https:~1~1id.gs1.org~101~109520123000011~121~1A1"),
        ({B: KEY}, Code.WRONG_VALUE, "/prov:claimKeys/https:~1~1id.gs1.org~101~109520123000011~121~1B2"),
        ({"urn:epc:id:sgtin:9520123.000001.A1": KEY}, Code.WRONG_VALUE, None),
    ],
)
def test_keys_that_mean_nothing_are_refused(world: World, keys: Json, code: Code, pointer: str | None) -> None:
    event = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A]}
    size = world.size()

    outcome = world.tried(world.signed_blindly({**event, "prov:claimKeys": keys}, MAKER))

    assert getattr(outcome, "code", None) is code
    assert pointer is None or outcome.pointer == pointer  # type: ignore[union-attr]
    assert world.size() == size


def test_no_other_step_gives_anybody_a_claim(world: World) -> None:
    world.made(A)

    event = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A]}
    outcome = world.tried(world.signed({**event, "prov:claimKeys": {A: KEY}}, MAKER))

    assert outcome.code is Code.WRONG_VALUE  # type: ignore[union-attr]


def test_a_making_can_be_taken_back_with_its_keys(world: World) -> None:
    made = world.made(A, **{"prov:claimKeys": {A: KEY}})

    world.corrected(made)

    assert world.trace(A).verdict.findings[0].doubt == "never-made"


def test_nobody_adds_a_key_to_what_is_on_record(world: World) -> None:
    world.made(A)

    with pytest.raises((ProvenanceError, AssertionError)):
        world.made(A, **{"prov:claimKeys": {A: KEY}})
