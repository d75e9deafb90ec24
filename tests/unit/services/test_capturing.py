"""The one way in: an answer for each statement, in order, and a bad one spoils nothing beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from provenance.codes import Code
from provenance.crypto.envelope import Envelope, Signature, to_json
from provenance.custody.registry_entries import KeyAdded, PartyEnrolled
from provenance.custody.roles import Role
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError, Refusal
from provenance.services.capturing import Receipt, Status
from provenance.services.signing import Hand
from tests.cast import CARRIER, INSPECTOR, MAKER, RIVAL, ROOT_HAND, SHOP, STRANGER, Member, item
from tests.founding import NOW
from tests.homes import key_of
from tests.strategies import json_values
from tests.world import World

A1, A2 = item("A1"), item("A2")


def making(world: World, thing: str = A1, by: Member = MAKER, **members: Json) -> Envelope:
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [thing]}
    return world.signed({**event, **members}, by)


def forged(envelope: Envelope) -> Envelope:
    return replace(envelope, signatures=tuple(Signature(s.key, bytes(64)) for s in envelope.signatures))


def codes(outcomes: tuple[Receipt | Refusal, ...]) -> list[Code | None]:
    return [outcome.code if isinstance(outcome, Refusal) else None for outcome in outcomes]


# receipts


def test_a_receipt_names_the_statement_and_its_place(world: World) -> None:
    envelope, place = making(world), world.size()

    receipt = world.captured(envelope)

    assert receipt == Receipt(envelope.hash, receipt.index, Status.ACCEPTED, is_repeat=False)
    assert receipt.index == place


def test_the_same_statement_again_gets_the_same_place(world: World) -> None:
    envelope = making(world)
    first = world.captured(envelope)
    world.made(A2)

    again = world.captured(envelope)

    assert again == replace(first, is_repeat=True)


def test_a_statement_under_a_checkpoint_is_recorded_and_never_more(world: World) -> None:
    envelope = making(world)
    world.captured(envelope)
    world.services.checkpointing.checkpoint()

    assert world.captured(envelope).status is Status.RECORDED


def test_a_repeat_with_other_signatures_is_the_same_statement(world: World) -> None:
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A1]}
    envelope = world.signed(event, MAKER, RIVAL.hand(Role.PRODUCER))
    world.captured(envelope)

    shuffled = replace(envelope, signatures=tuple(reversed(envelope.signatures)))

    assert world.captured(shuffled).is_repeat


# batches


def test_each_gets_its_own_answer_in_order(world: World) -> None:
    good, other = making(world), making(world, A2)
    outcomes = world.services.capturing.capture(
        [to_json(good), to_json(forged(other)), {}, to_json(good), to_json(making(world, item("A3"), RIVAL))]
    )

    assert codes(outcomes) == [None, Code.BAD_SIGNATURE, Code.MALFORMED_ENVELOPE, None, Code.NOT_LICENSED]
    assert [getattr(outcome, "is_repeat", None) for outcome in outcomes] == [False, None, None, True, None]
    assert world.standing(A2) is None


def test_statements_in_one_batch_may_rest_on_each_other(world: World) -> None:
    made = making(world)
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A1]}
    seen = world.signed(event, MAKER, previous=[made.hash])

    assert codes(world.captured_together(made, seen)) == [None, None]


def test_a_statement_before_what_it_rests_on_is_refused(world: World) -> None:
    made = making(world)
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A1]}
    seen = world.signed(event, INSPECTOR, previous=[made.hash])

    assert codes(world.captured_together(seen, made)) == [Code.STALE_LINK, None]


def test_a_thousand_statements_at_once_are_kept_in_order(world: World) -> None:
    start = world.size()
    envelopes = [making(world, item(f"N{number}")) for number in range(1000)]

    outcomes = world.captured_together(*envelopes)

    assert [outcome.index for outcome in outcomes if isinstance(outcome, Receipt)] == list(range(start, start + 1000))


def test_the_same_thing_made_twice_in_one_batch_is_made_once(world: World) -> None:
    assert codes(world.captured_together(making(world), making(world))) == [None, Code.ALREADY_COMMISSIONED]


def test_the_same_shipment_signed_twice_in_one_batch_is_made_once(world: World) -> None:
    world.made(A1)
    shipping = [
        world.signed({"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A1]}, MAKER)
        for _ in range(3)
    ]

    assert codes(world.captured_together(*shipping)) == [None, Code.STALE_LINK, Code.STALE_LINK]


def test_a_party_is_enrolled_and_speaks_in_one_batch(world: World) -> None:
    enrolled = PartyEnrolled(STRANGER.party, "stranger", (Role.INSPECTOR,), (STRANGER.key.public,))
    hand = Hand(STRANGER.party, Role.INSPECTOR, STRANGER.key)
    world.made(A1)
    entry = world.services.signing.entry(enrolled, [ROOT_HAND, hand])
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A1]}
    seen = world.services.signing.event(world.whole(event), [hand])

    assert codes(world.captured_together(entry, seen)) == [None, None]


def test_a_key_that_is_refused_registers_nothing(world: World) -> None:
    spare = key_of("spare")
    world.made(A1)
    entry = world.services.signing.entry(
        KeyAdded(MAKER.party, spare.public), [SHOP.hand(), Hand(MAKER.party, Role.SELLER, spare)]
    )
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A1]}
    seen = world.services.signing.event(world.whole(event), [Hand(MAKER.party, Role.SELLER, spare)])

    assert codes(world.captured_together(entry, seen)) == [Code.NOT_AUTHORISED, Code.UNKNOWN_KEY]
    assert codes(world.captured_together(seen)) == [Code.UNKNOWN_KEY]


# what is refused at the door


def test_refuses_to_capture_nothing(world: World) -> None:
    with pytest.raises(MalformedError) as refused:
        world.services.capturing.capture([])

    assert refused.value.code is Code.EMPTY_LIST


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(json_values())
def test_whatever_is_no_envelope_is_refused_as_one(world: World, value: Json) -> None:
    (outcome,) = world.services.capturing.capture([value])

    assert isinstance(outcome, Refusal)
    assert outcome.code is Code.MALFORMED_ENVELOPE


def test_refuses_a_body_that_is_too_large(world: World) -> None:
    limit = world.services.settings.body_limit
    pad: Json = "x" * limit

    with world.refuses(Code.TOO_LARGE) as told:
        event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A1]}
        world.captured(world.signed({**event, "prov:note": pad}, MAKER))

    assert told.refusal.pointer == "/payload"


def test_refuses_a_key_that_nobody_registered(world: World) -> None:
    with world.refuses(Code.UNKNOWN_KEY):
        world.captured(making(world, by=STRANGER))


def test_refuses_a_registered_key_in_anothers_name(world: World) -> None:
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A1]}

    with world.refuses(Code.UNKNOWN_KEY):
        world.captured(world.services.signing.event(world.whole(event), [Hand(MAKER.party, Role.PRODUCER, RIVAL.key)]))


# time and names


def test_an_event_up_to_five_minutes_ahead_is_taken(world: World) -> None:
    ahead = making(world, eventTime="2026-05-04T10:05:00.000Z")

    world.captured(ahead)

    assert world.standing(A1) is not None


@pytest.mark.parametrize("time", ["2026-05-04T10:05:00.001Z", "2026-05-04T12:06:00.000+02:00", "2999-01-01T00:00:00Z"])
def test_refuses_an_event_from_the_future(world: World, time: str) -> None:
    with world.refuses(Code.FUTURE_EVENT) as told:
        world.captured(making(world, eventTime=time))

    assert told.refusal.pointer == "/eventTime"


def test_takes_an_event_that_is_told_late(world: World) -> None:
    world.captured(making(world, eventTime="1999-01-01T00:00:00.000Z"))

    assert world.standing(A1) is not None


def test_refuses_an_event_id_that_is_taken_and_says_by_which_leaf(world: World) -> None:
    name: Json = "urn:uuid:11111111-1111-4111-8111-111111111111"
    first = world.captured(making(world, eventID=name))

    with world.refuses(Code.EVENT_ID_TAKEN) as told:
        world.captured(making(world, A2, eventID=name))

    assert told.refusal.evidence == {"leaf": str(first.index)}


def test_refuses_an_event_id_that_is_taken_within_the_batch(world: World) -> None:
    name: Json = "urn:uuid:11111111-1111-4111-8111-111111111111"

    outcomes = world.captured_together(making(world, eventID=name), making(world, A2, eventID=name))

    assert codes(outcomes) == [None, Code.EVENT_ID_TAKEN]


def test_an_event_needs_no_id(world: World) -> None:
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning"}
    for thing in (A1, A2):
        whole = world.whole({**event, "epcList": [thing]})
        del whole["eventID"]
        world.captured(world.services.signing.event(whole, [MAKER.hand()]))

    assert world.standing(A2) is not None


# the checkpoint that signers saw


def test_a_statement_signed_before_a_checkpoint_is_taken_after_it(world: World) -> None:
    world.services.checkpointing.checkpoint()
    early = making(world)
    world.made(A2)
    world.services.checkpointing.checkpoint()

    world.captured(early)

    assert world.standing(A1) is not None


@pytest.mark.parametrize(
    "change", [{"origin": "other.example/log"}, {"size": 3}, {"root": "A" * 43 + "="}], ids=["origin", "size", "root"]
)
def test_refuses_a_checkpoint_that_was_never_ours(world: World, change: dict[str, Json]) -> None:
    world.services.checkpointing.checkpoint()
    seen = world.services.drafting.seen()
    ours: dict[str, Json] = {"origin": seen.origin, "size": seen.size, "root": _root(world)}
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A1]}

    with world.refuses(Code.SEEN_NOT_OURS) as told:
        world.forced({**event, "prov:seen": ours | change}, MAKER)

    assert told.refusal.pointer == "/prov:seen"
    world.forced({**event, "prov:seen": ours}, MAKER)


def _root(world: World) -> str:
    return world.services.checkpointing.latest().splitlines()[2]


# the diary


def told(world: World) -> list[tuple[Code, str, int]]:
    with world.services.store.reading() as store:
        return [(entry.code, entry.party, entry.count) for entry in store.diary(A1)]


def test_what_signed_parties_may_not_do_is_told(world: World) -> None:
    world.made(A1)
    for _ in range(2):
        with world.refuses(Code.NOT_HOLDER):
            world.shipped(A1, by=RIVAL, to=CARRIER)

    assert told(world) == [(Code.NOT_HOLDER, RIVAL.party, 2)]


def test_who_only_wanted_to_look_has_done_nothing_to_tell(world: World) -> None:
    world.made(A1)
    with world.refuses(Code.NOT_HOLDER):
        world.observed(A1, by=RIVAL)

    assert told(world) == []


def test_a_race_is_nothing_to_tell(world: World) -> None:
    world.made(A1)
    with world.refuses(Code.STALE_LINK):
        event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting"}
        world.forced({**event, "epcList": [A1]}, MAKER)

    assert told(world) == []


def test_a_forgery_is_told_of_what_exists_once_a_minute_and_of_nobody(world: World) -> None:
    world.made(A1)
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "retail_selling", "epcList": [A1]}
    forgery = forged(world.signed(event, MAKER))

    for _ in range(3):
        world.tried(forgery)
    assert told(world) == [(Code.BAD_SIGNATURE, "", 1)]
    world.clock.instant = NOW + timedelta(minutes=1)
    world.tried(forgery)

    assert told(world) == [(Code.BAD_SIGNATURE, "", 2)]


def test_a_forgery_about_what_does_not_exist_leaves_no_trace(world: World) -> None:
    world.tried(forged(making(world)))

    assert told(world) == []
