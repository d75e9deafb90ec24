"""Serials are given out, printed and become things; what nobody gave out does none of that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provenance.codes import Code
from provenance.crypto.claim_code import RANDOM_BYTES as CODE_BYTES
from provenance.crypto.claim_code import Claim, claim_key, format_claim_code, is_proven, parse_claim_code, prove
from provenance.custody.history import claim_key as key_on_record
from provenance.custody.verdict import VerdictClass
from provenance.errors import MalformedError, NotFoundError, ProvenanceError, RefusedError, StorageError
from provenance.gs1.serial_states import SerialState
from provenance.gs1.serials import RANDOM_BYTES, is_serial
from provenance.ids import Subject
from provenance.services.capturing import Receipt
from provenance.services.issuing import MOST_AT_ONCE, Issuing
from tests.cast import GARDEN, MAKER, RIVAL, gtin, item
from tests.founding import NOW
from tests.homes import key_of
from tests.world import World

GTIN = gtin().rpartition("/")[2]


def issued(world: World, count: int = 1) -> list[Subject]:
    return [one.subject for one in world.services.issuing.issue(GTIN, count)]


def printed(world: World, count: int = 1) -> list[Subject]:
    subjects = issued(world, count)
    world.services.issuing.printed(subjects)
    return subjects


def activated(world: World, subjects: list[Subject]) -> list[object]:
    return [done.outcome for done in world.services.activating.activate(subjects, MAKER.hand(), lot=None)]


def state(world: World, subject: Subject) -> SerialState:
    return world.services.issuing.reports([subject])[0].state


def with_chance(world: World, chance: Iterator[int]) -> Issuing:
    """The world's book with chance of our choosing."""
    services = world.services
    return Issuing(
        services.issuing._book,
        services.store,
        services.drafting,
        clock=world.clock,
        randomness=lambda count: next(chance).to_bytes(count, "big"),
    )


def test_serials_are_given_out_in_our_form_and_are_all_different(world: World) -> None:
    given = world.services.issuing.issue(GTIN, 200)

    assert len({one.serial for one in given}) == 200
    assert all(is_serial(one.serial) and one.code is None for one in given)
    assert all(one.subject == item(one.serial) for one in given)
    assert state(world, given[0].subject) is SerialState.ISSUED


def test_a_serial_that_chance_repeats_is_drawn_again(world: World) -> None:
    issuing = with_chance(world, iter([1, 1, 2, 2, 3]))

    first, second, third = (issuing.issue(GTIN, 1)[0] for _ in range(3))

    assert len({first.serial, second.serial, third.serial}) == 3


def test_a_serial_that_a_thing_on_record_carries_is_not_given_out(world: World) -> None:
    taken = with_chance(world, iter([1])).issue("09520123000028", 1)[0].serial
    world.made(item(taken))

    fresh = with_chance(world, iter([1, 2])).issue(GTIN, 1)[0].serial

    assert fresh != taken


def test_a_broken_source_of_chance_is_an_error_and_not_a_loop(world: World) -> None:
    issuing = with_chance(world, iter([5] * 100))
    issuing.issue(GTIN, 1)

    with pytest.raises(StorageError):
        issuing.issue(GTIN, 1)


@pytest.mark.parametrize(
    ("of", "count", "code"),
    [
        ("09520123000012", 1, Code.BAD_CHECK_DIGIT),
        ("9520123000011", 1, Code.WRONG_LENGTH),
        ("04012345678901", 1, Code.NOT_LICENSED),
        (GTIN, 0, Code.WRONG_VALUE),
        (GTIN, MOST_AT_ONCE + 1, Code.WRONG_VALUE),
    ],
)
def test_none_are_given_out_for_nobody_s_product_or_without_measure(
    world: World, of: str, count: int, code: Code
) -> None:
    with pytest.raises(ProvenanceError) as refused:
        world.services.issuing.issue(of, count)

    assert refused.value.code is code


def test_a_label_is_printed_once(world: World) -> None:
    (subject,) = printed(world)

    with pytest.raises(RefusedError) as refused:
        world.services.issuing.printed([subject])

    (report,) = world.services.issuing.reports([subject])
    assert refused.value.code is Code.SERIAL_STEP
    assert (report.state, report.printed_at) == (SerialState.PRINTED, NOW)


def test_if_one_label_may_not_be_printed_none_is(world: World) -> None:
    fresh, other = issued(world, 2)
    world.services.issuing.printed([other])

    with pytest.raises(RefusedError):
        world.services.issuing.printed([fresh, other])

    assert state(world, fresh) is SerialState.ISSUED


@pytest.mark.parametrize("subject", [item("A1"), item("23456789ABCVP"), item("23456789ABCVP", GARDEN)])
def test_what_was_not_given_out_here_is_not_in_the_book(world: World, subject: Subject) -> None:
    for act in (world.services.issuing.printed, world.services.issuing.reports):
        with pytest.raises(NotFoundError) as refused:
            act([subject])
        assert refused.value.code is Code.SERIAL_NOT_OURS


def test_a_lot_has_no_serial(world: World) -> None:
    with pytest.raises(MalformedError) as refused:
        world.services.issuing.reports([Subject(f"{gtin()}/10/L1")])

    assert refused.value.code is Code.NOT_ONE_THING


def test_an_activated_serial_is_a_thing_on_record_that_anyone_can_prove(world: World) -> None:
    subjects = printed(world, 3)

    (done,) = world.services.activating.activate(subjects, MAKER.hand(), lot="L1")

    assert isinstance(done.outcome, Receipt)
    assert done.subjects == tuple(subjects)
    assert {state(world, subject) for subject in subjects} == {SerialState.ACTIVATED}
    assert world.proven(subjects[0]).verdict.shown is VerdictClass.CONSISTENT
    assert world.standing(subjects[0]).lot == f"{gtin()}/10/L1"  # type: ignore[union-attr]


def test_activating_again_finishes_what_was_cut_off_and_makes_nothing_twice(world: World) -> None:
    first, second = printed(world, 2)
    activated(world, [first])
    size = world.size()

    (outcome,) = activated(world, [first, second])

    assert isinstance(outcome, Receipt)
    assert world.size() == size + 1
    assert activated(world, [first, second]) == []


def test_many_are_activated_a_thousand_at_a_time(world: World) -> None:
    subjects = printed(world, 1001)

    done = list(world.services.activating.activate(subjects, MAKER.hand(), lot=None))

    assert [len(one.subjects) for one in done] == [1000, 1]
    assert all(isinstance(one.outcome, Receipt) for one in done)


def test_a_serial_that_was_not_printed_is_not_activated_nor_any_beside_it(world: World) -> None:
    ready, unprinted = printed(world)[0], issued(world)[0]
    size = world.size()

    with pytest.raises(RefusedError) as refused:
        activated(world, [ready, unprinted])

    assert refused.value.code is Code.SERIAL_STEP
    assert world.size() == size


def test_only_the_licensee_activates(world: World) -> None:
    subjects = printed(world)

    (done,) = world.services.activating.activate(subjects, RIVAL.hand(), lot=None)

    assert done.outcome.code is Code.NOT_LICENSED  # type: ignore[union-attr]
    assert state(world, subjects[0]) is SerialState.PRINTED


def test_a_thing_made_by_any_other_way_is_activated_too(world: World) -> None:
    (subject,) = issued(world)

    world.made(subject)

    assert state(world, subject) is SerialState.ACTIVATED


def test_what_was_taken_back_can_be_activated_again(world: World) -> None:
    (subject,) = printed(world)
    made = world.made(subject)
    world.corrected(made)

    assert state(world, subject) is SerialState.PRINTED
    assert isinstance(activated(world, [subject])[0], Receipt)


def test_a_hidden_code_is_shown_once_and_its_key_is_signed_by_the_maker(world: World) -> None:
    first, second = world.services.issuing.issue_with_codes(GTIN, 2)
    world.services.issuing.printed([first.subject, second.subject])
    activated(world, [first.subject, second.subject])

    report = world.proven(first.subject)

    key = key_on_record(report.history)
    assert first.code is not None
    assert second.code is not None
    assert key == claim_key(first.code, first.subject).public
    typed = parse_claim_code(format_claim_code(first.code).lower())
    claim = Claim(first.subject, key_of("buyer").public, bytes(32))
    assert is_proven(claim, prove(claim, typed), key=key)
    assert not is_proven(claim, prove(claim, second.code), key=key)


def test_no_hidden_code_is_kept(world: World) -> None:
    given = world.services.issuing.issue_with_codes(GTIN, 1)[0]
    assert given.code is not None
    world.services.issuing.printed([given.subject])
    activated(world, [given.subject])

    kept = (world.services.settings.home / "provenance.db").read_bytes()
    kept += (world.services.settings.home / "provenance.db-wal").read_bytes()

    assert given.serial.encode() in kept
    assert given.code.secret not in kept
    assert given.code.secret.hex().encode() not in kept
    for spelled in (format_claim_code(given.code), format_claim_code(given.code).replace("-", "")):
        assert spelled.encode() not in kept


def test_a_thing_without_a_hidden_code_has_no_key(world: World) -> None:
    subjects = printed(world)
    activated(world, subjects)

    assert key_on_record(world.proven(subjects[0]).history) is None


def test_a_making_that_was_taken_back_gives_nobody_a_claim(world: World) -> None:
    given = world.services.issuing.issue_with_codes(GTIN, 1)[0]
    world.services.issuing.printed([given.subject])
    (made,) = activated(world, [given.subject])
    assert isinstance(made, Receipt)

    world.corrected(made)

    assert key_on_record(world.trace(given.subject).history) is None


def test_codes_and_serials_come_from_different_chance(world: World) -> None:
    asked: list[int] = []

    def chance(count: int) -> bytes:
        asked.append(count)
        return len(asked).to_bytes(count, "big")

    services = world.services
    issuing = Issuing(services.issuing._book, services.store, services.drafting, clock=world.clock, randomness=chance)

    issuing.issue_with_codes(GTIN, 2)

    assert asked == [RANDOM_BYTES, CODE_BYTES] * 2
