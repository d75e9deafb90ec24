"""Why nothing is recorded: each kind of unknown number gets its own answer."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.errors import NotFoundError
from provenance.gs1.serials import serial_from
from provenance.ids import Subject
from tests.cast import GARDEN, MAKER, gtin, item, unit
from tests.slips import slipped
from tests.world import World

GTIN = gtin().rpartition("/")[2]
INVENTED = item(serial_from(b"\x01" * 7))


@pytest.fixture
def subject(world: World) -> Subject:
    world.services.checkpointing.checkpoint()
    return world.services.issuing.issue(GTIN, 1)[0].subject


def answer(world: World, subject: Subject) -> tuple[VerdictClass, list[tuple[Doubt, dict[str, str]]]]:
    verdict = world.trace(subject).verdict
    return verdict.shown, [(finding.doubt, dict(finding.details)) for finding in verdict.findings]


def test_a_serial_that_was_given_out_is_not_activated(world: World, subject: Subject) -> None:
    before = answer(world, subject)
    world.services.issuing.printed([subject])

    assert before == (VerdictClass.NOT_ACTIVATED, [(Doubt.NOT_ACTIVATED, {"state": "issued"})])
    assert answer(world, subject) == (VerdictClass.NOT_ACTIVATED, [(Doubt.NOT_ACTIVATED, {"state": "printed"})])


def test_an_activated_serial_is_as_its_history_says(world: World, subject: Subject) -> None:
    world.services.issuing.printed([subject])
    list(world.services.activating.activate([subject], MAKER.hand(), lot=None))
    world.services.checkpointing.checkpoint()

    assert answer(world, subject) == (VerdictClass.CONSISTENT, [])


@pytest.mark.parametrize("other", [INVENTED, item("S1"), unit(7)])
def test_an_invented_serial_was_never_issued(world: World, subject: Subject, other: Subject) -> None:
    assert answer(world, other) == (VerdictClass.NOT_ISSUED, [(Doubt.NOT_ISSUED, {})])


@pytest.mark.parametrize(
    "uri",
    [
        "https://id.gs1.org/01/04012345678901/21/S1",
        "https://id.gs1.org/01/00000040170725/21/S1",
        "https://id.gs1.org/00/340123450000000000",
        "https://id.gs1.org/8004/4012345A1",
    ],
)
def test_of_a_stranger_s_number_nothing_is_said(world: World, subject: Subject, uri: str) -> None:
    assert answer(world, Subject(uri)) == (VerdictClass.COULD_NOT_CHECK, [(Doubt.NOT_OURS, {})])


def test_a_slip_of_the_finger_is_called_one(world: World, subject: Subject) -> None:
    with pytest.raises(NotFoundError) as refused:
        world.trace(slipped(subject))

    assert refused.value.code is Code.MISTYPED_SERIAL
    assert subject in refused.value.refusal.evidence["likely"].split()


def test_what_was_likely_meant_does_not_depend_on_what_was_given_out(world: World, subject: Subject) -> None:
    """The serial that was given out is not told from one that only looks like it."""

    def likely(wrong: Subject) -> int:
        with pytest.raises(NotFoundError) as refused:
            world.trace(wrong)
        return len(refused.value.refusal.evidence["likely"].split())

    assert likely(slipped(INVENTED)) >= 1
    assert INVENTED != subject


def test_the_serial_of_one_who_makes_none_here_is_never_called_mistyped(world: World, subject: Subject) -> None:
    other = Subject(slipped(subject).replace(GTIN, gtin(GARDEN).rpartition("/")[2]))

    assert answer(world, other)[0] is VerdictClass.NOT_ISSUED


def test_a_recorded_thing_is_never_called_mistyped(world: World, subject: Subject) -> None:
    odd = slipped(subject)
    world.made(odd)
    world.services.checkpointing.checkpoint()

    assert answer(world, odd) == (VerdictClass.CONSISTENT, [])


def test_a_bundle_has_none_of_it(world: World, subject: Subject) -> None:
    with pytest.raises(NotFoundError) as refused:
        world.services.tracing.bundle(subject)

    assert refused.value.code is Code.NOT_ISSUED
