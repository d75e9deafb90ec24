"""One doubt after the other: what gives reason to ask, and what does not."""

from __future__ import annotations

import pytest

from provenance.custody.registry_entries import KeyAdded, KeyRevoked, RevocationReason, StatementsReaffirmed
from provenance.custody.verdict import Doubt, Finding, VerdictClass
from provenance.encoding.canonical import Json
from provenance.ids import Subject, TreeSize
from tests.cast import GARDEN, MAKER, ROOT_HAND, SHOP, Some, item, lot, unit
from tests.homes import key_of
from tests.world import World

A1, A2 = item("A1"), item("A2")
BOX = unit(1)
LOT = lot("L1")


def doubts(world: World, thing: Subject = A1) -> list[Doubt]:
    return [finding.doubt for finding in world.proven(thing).verdict.findings]


def stolen(since: TreeSize) -> KeyRevoked:
    return KeyRevoked(MAKER.party, MAKER.key.public.id, RevocationReason.COMPROMISED, since)


def because(world: World, thing: Subject = A1) -> Finding:
    found = world.proven(thing).verdict.because
    assert found is not None
    return found


def test_an_honest_history_gives_no_reason_to_ask(world: World) -> None:
    world.made(Some("1 KGM", LOT))
    world.blended([Some("1 KGM", LOT)], [A1], at_most=[("KGM", "", "1")])
    world.packed(A1, into=BOX)
    world.handed_over(BOX, to=SHOP, owner=SHOP)
    world.unpacked(out_of=BOX, by=SHOP)
    world.sold(A1)
    world.returned(A1)
    world.sold(A1)

    verdict = world.proven(A1).verdict

    assert (verdict.shown, verdict.findings) == (VerdictClass.CONSISTENT, ())


def test_what_nobody_issued_was_not_issued(world: World) -> None:
    world.made(A2)

    report = world.trace(A1)

    assert report.verdict.shown is VerdictClass.NOT_ISSUED
    assert report.verdict.because is not None
    assert report.verdict.because.doubt is Doubt.NOT_ISSUED


def test_a_thing_whose_beginning_is_not_recorded_is_unusual(world: World) -> None:
    first = world.observed(A1, by=MAKER)

    found = because(world)

    assert (found.doubt, found.evidence) == (Doubt.ORIGIN_NOT_RECORDED, (first.hash,))


def test_a_recall_says_where_it_lies_and_who_said_so(world: World) -> None:
    world.made(Some("1 KGM", LOT))
    world.blended([Some("1 KGM", LOT)], [A1], at_most=[("KGM", "", "1")])
    recalled = world.recalled(Some("", LOT))

    found = because(world)

    assert (found.doubt, found.evidence, found.details) == (Doubt.RECALLED, (recalled.hash,), {"where": LOT})


@pytest.mark.parametrize(("step", "doubt"), [("destroying", Doubt.DESTROYED), ("decommissioning", Doubt.RETIRED)])
def test_what_has_ended_has_ended(world: World, step: str, doubt: Doubt) -> None:
    world.made(A1)
    end = world.object_event("DELETE", step, A1, by=MAKER, members={})

    found = because(world)

    assert (found.doubt, found.evidence) == (doubt, (end.hash,))
    assert world.proven(A1).verdict.shown is VerdictClass.ENDED


def test_what_was_used_up_has_ended(world: World) -> None:
    world.made(A1)
    world.blended([A1], [A2], at_most=[("", "", "1")])

    assert doubts(world) == [Doubt.CONSUMED]


def test_what_went_down_with_its_unit_has_ended(world: World) -> None:
    world.made(A1)
    world.packed(A1, into=BOX)
    world.destroyed(BOX)

    assert doubts(world) == [Doubt.DESTROYED]


def test_what_was_never_made_after_all_is_not_activated(world: World) -> None:
    world.corrected(world.made(A1))

    assert doubts(world) == [Doubt.NEVER_MADE]
    assert world.proven(A1).verdict.shown is VerdictClass.NOT_ACTIVATED


def test_an_alarm_says_what_was_measured(world: World) -> None:
    world.made(A1)
    world.packed(A1, into=BOX)
    alarm = world.sensed(BOX, by=MAKER, is_alarm=True)

    found = because(world)

    assert (found.doubt, found.evidence) == (Doubt.SENSOR_ALARM, (alarm.hash,))
    assert found.details == {"type": "Temperature", "value": "8", "uom": "CEL"}


def test_a_reading_without_an_alarm_is_no_doubt(world: World) -> None:
    world.made(A1)
    world.sensed(A1, by=MAKER)

    assert doubts(world) == []


def test_an_alarm_that_was_taken_back_is_no_doubt(world: World) -> None:
    world.made(A1)
    world.corrected(world.sensed(A1, by=MAKER, is_alarm=True))

    assert doubts(world) == []


def test_an_alarm_on_what_a_thing_was_made_from_counts(world: World) -> None:
    milk = lot("M1", GARDEN)
    world.made(Some("9 LTR", milk), by=GARDEN)
    world.sensed(Some("", milk), by=GARDEN, is_alarm=True)
    world.handed_over(Some("9 LTR", milk), by=GARDEN, to=MAKER)
    world.blended([Some("9 LTR", milk)], [A1], at_most=[("LTR", "", "1")])

    assert doubts(world) == [Doubt.SENSOR_ALARM]


def test_words_of_a_key_after_its_compromise_are_doubtful_each(world: World) -> None:
    world.made(A1)
    since = TreeSize(world.size())
    shipped = world.shipped(A1, to=SHOP)
    world.received(A1, by=SHOP)
    world.entered(stolen(since), ROOT_HAND)

    findings = world.proven(A1).verdict.findings

    assert [(f.doubt, f.evidence) for f in findings] == [(Doubt.KEY_DISPUTED, (shipped.hash,))]
    assert findings[0].details == {"key": MAKER.key.public.id, "since": str(since), "seen": "0"}


def test_who_had_seen_the_log_after_the_compromise_signed_after_it(world: World) -> None:
    world.made(A1)
    since = TreeSize(world.size())
    world.services.checkpointing.checkpoint()
    world.shipped(A1, to=SHOP)
    world.entered(stolen(since), ROOT_HAND)

    (finding,) = world.proven(A1).verdict.findings

    assert (finding.doubt, finding.details["seen"]) == (Doubt.KEY_COMPROMISED, str(since))


def test_a_thief_who_dates_the_event_back_is_judged_by_its_place_in_the_log(world: World) -> None:
    world.made(A1)
    since = TreeSize(world.size())
    long_ago: Json = "2020-01-01T00:00:00.000Z"
    world.shipped(A1, to=SHOP, eventTime=long_ago)
    world.entered(stolen(since), ROOT_HAND)

    assert doubts(world) == [Doubt.KEY_DISPUTED]


def test_a_party_lifts_the_doubt_by_standing_by_its_words(world: World) -> None:
    fresh = key_of("fresh")
    world.made(A1)
    since = TreeSize(world.size())
    shipped = world.shipped(A1, to=SHOP)
    world.entered(KeyAdded(MAKER.party, fresh.public), MAKER.hand(), MAKER.hand(key=fresh))
    world.entered(stolen(since), ROOT_HAND)
    assert doubts(world) == [Doubt.KEY_DISPUTED]

    world.entered(StatementsReaffirmed(MAKER.party, (shipped.hash,)), MAKER.hand(key=fresh))

    assert doubts(world) == []


def test_nobody_lifts_the_doubt_for_another(world: World) -> None:
    world.made(A1)
    since = TreeSize(world.size())
    shipped = world.shipped(A1, to=SHOP)
    world.entered(stolen(since), ROOT_HAND)

    world.entered(StatementsReaffirmed(SHOP.party, (shipped.hash,)), SHOP.hand())

    assert doubts(world) == [Doubt.KEY_DISPUTED]


def test_a_key_that_was_only_lost_leaves_no_doubt(world: World) -> None:
    world.made(A1)
    world.entered(KeyRevoked(MAKER.party, MAKER.key.public.id, RevocationReason.LOST, None), ROOT_HAND)

    assert doubts(world) == []
