"""The process that checks signatures beside the one that reads: slow, dead or absent, it lets no forgery through."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from provenance.adapters.signature_process import SignatureProcess, processors
from provenance.codes import Code
from provenance.crypto.envelope import Envelope, Signature, pae, to_json
from provenance.custody.statements import Held
from provenance.errors import Refusal
from provenance.ids import StatementHash
from provenance.ports.signatures import Claim, Round
from provenance.services.capturing import Receipt
from tests.cast import MAKER, item
from tests.homes import key_of
from tests.world import World

MANY = 100
KEY = key_of("maker")


@pytest.fixture
def checks() -> Iterator[SignatureProcess]:
    """A process that is ready."""
    made = SignatureProcess()
    wait_until_ready(made)
    yield made
    if made._other is not None:
        made._other.kill()


def wait_until_ready(checks: SignatureProcess) -> None:
    end = time.monotonic() + 60
    while not held_of(checks, [claim(b"are you there?")]):
        assert time.monotonic() < end
        time.sleep(0.01)


def claim(message: bytes, **changes: object) -> Claim:
    made = Claim(StatementHash(message.hex()), KEY.public, message, KEY.sign(message))
    return made._replace(**changes)


def held_of(checks: SignatureProcess, claims: list[Claim]) -> Held:
    with checks.round(MANY) as beside:
        beside.begin(claims)
        return beside.held()


def names(claims: list[Claim]) -> Held:
    return frozenset((one.key.id, one.hash, one.sig) for one in claims)


pytestmark = pytest.mark.skipif(processors() == 1, reason="one processor: no second process is started")


def test_says_of_each_signature_whether_it_holds(checks: SignatureProcess) -> None:
    good = [claim(b"message %d" % number) for number in range(MANY)]
    bad = [
        claim(b"another message", sig=KEY.sign(b"message")),
        claim(b"another key", key=key_of("rival").public),
        claim(b"zeros", sig=bytes(64)),
        claim(b"", sig=bytes(64)),
    ]

    assert held_of(checks, [*bad[:2], *good, *bad[2:]]) == names(good)


def test_passes_over_what_does_not_fit_into_its_pipe_and_never_waits(checks: SignatureProcess) -> None:
    claims = [claim(bytes([number]) * 100_000) for number in range(40)]

    held = held_of(checks, claims)

    assert held < names(claims)
    assert held_of(checks, claims[:1]) == names(claims[:1])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_one_that_ends_or_hangs_vouches_for_nothing_and_another_is_started(
    checks: SignatureProcess, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provenance.adapters.signature_process._PATIENCE_SECONDS", 0.1)
    assert checks._other is not None
    os.kill(checks._other._process.pid, number)

    with checks.round(MANY) as beside:
        for number_of_part in range(3):
            beside.begin([claim(b"part %d" % number_of_part)])
        held = beside.held()

    assert held == frozenset()
    wait_until_ready(checks)


def test_a_round_that_was_left_early_leaves_no_answers_to_the_next(checks: SignatureProcess) -> None:
    with checks.round(MANY) as beside:
        beside.begin([claim(b"one"), claim(b"two")])

    wait_until_ready(checks)
    bad = [claim(b"three", sig=bytes(64))]
    assert held_of(checks, bad) == frozenset()


def test_a_round_that_fails_leaves_no_answers_to_the_next(checks: SignatureProcess) -> None:
    def fail() -> None:
        with checks.round(MANY) as beside:
            beside.begin([claim(b"one")])
            raise MemoryError

    with pytest.raises(MemoryError):
        fail()

    wait_until_ready(checks)
    assert held_of(checks, [claim(b"two", sig=bytes(64))]) == frozenset()


def test_while_a_round_goes_on_nobody_else_is_served(checks: SignatureProcess) -> None:
    with checks.round(MANY) as beside:
        assert held_of(checks, [claim(b"second")]) == frozenset()
        beside.begin([claim(b"first")])
        assert beside.held() == names([claim(b"first")])


def test_a_small_batch_starts_no_process() -> None:
    checks = SignatureProcess()

    with checks.round(63) as beside:
        beside.begin([claim(b"message")])
        assert beside.held() == frozenset()

    assert checks._other is None


def test_it_ends_when_nobody_can_ask_it_any_more(checks: SignatureProcess) -> None:
    assert checks._other is not None
    process = checks._other._process

    checks._other._to.close()

    assert process.wait(timeout=60) == 0


# capturing, whoever checks


class Vouching:
    """Says of everything that it holds, or of nothing; remembers what it was asked."""

    def __init__(self, *, holds: bool) -> None:
        self.holds, self.asked = holds, list[Claim]()

    @contextmanager
    def round(self, size: int) -> Iterator[Round]:
        del size
        yield self

    def begin(self, claims: Iterator[Claim]) -> None:
        self.asked += claims

    def held(self) -> Held:
        return names(self.asked) if self.holds else frozenset()


def made(world: World, count: int) -> list[Envelope]:
    event = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning"}
    return [world.signed({**event, "epcList": [item(f"P{number}")]}, MAKER) for number in range(count)]


def test_what_was_not_found_to_hold_is_checked_by_capture_itself(world: World) -> None:
    envelopes = made(world, 3)
    forged = replace(envelopes[1], signatures=(Signature(MAKER.key.public.id, bytes(64)),))
    world.services.capturing._checks = Vouching(holds=False)

    outcomes = world.services.capturing.capture([to_json(one) for one in (envelopes[0], forged, envelopes[2])])

    assert [type(outcome) for outcome in outcomes] == [Receipt, Refusal, Receipt]
    assert isinstance(outcomes[1], Refusal)
    assert outcomes[1].code is Code.BAD_SIGNATURE


def test_each_signature_is_claimed_over_its_own_statement_with_its_registered_key(world: World) -> None:
    envelopes = made(world, 3)
    everyone = world.services.capturing._checks = Vouching(holds=True)

    world.services.capturing.capture([to_json(one) for one in envelopes])

    assert everyone.asked == [
        Claim(one.hash, MAKER.key.public, pae(one.payload_type, one.body), one.signatures[0].sig) for one in envelopes
    ]


def test_a_signature_by_an_unknown_key_is_never_vouched_for(world: World) -> None:
    [envelope] = made(world, 1)
    stranger = replace(envelope, signatures=(Signature(key_of("nobody").public.id, envelope.signatures[0].sig),))
    everyone = world.services.capturing._checks = Vouching(holds=True)

    [outcome] = world.services.capturing.capture([to_json(stranger)])

    assert isinstance(outcome, Refusal)
    assert everyone.asked == []
