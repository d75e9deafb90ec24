"""A party that lost its keys gets a new one from the root, after everybody had time to object."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from provenance.codes import Code
from provenance.custody.entry_rules import RECOVERY_WAIT
from provenance.custody.registry_entries import (
    Entry,
    KeyAdded,
    KeyRevoked,
    RecoveryCompleted,
    RecoveryProposed,
    RecoveryVetoed,
    RevocationReason,
)
from provenance.custody.roles import Role
from provenance.custody.verdict import VerdictClass
from provenance.ids import StatementHash, TreeSize
from provenance.services.signing import Hand
from tests.cast import MAKER, ROOT_HAND, SHOP, item
from tests.founding import NOW
from tests.homes import key_of
from tests.registry_book import ROOTS, SPARE, TWO_OF_THREE, Book, founded, root_hand, speaks
from tests.world import World

PROPOSED = RecoveryProposed(MAKER.party, SPARE.public, NOW)
NEW_HAND = MAKER.hand(key=SPARE)
NOBODYS = StatementHash("f" * 64)
DUE = NOW + RECOVERY_WAIT


@pytest.fixture
def book() -> Book:
    return founded()


def test_three_days_are_the_time_to_object() -> None:
    assert timedelta(hours=72) == RECOVERY_WAIT


def test_the_new_key_speaks_after_the_wait_and_no_older_one_does(book: Book) -> None:
    proposal = book.writes(PROPOSED, *TWO_OF_THREE, NEW_HAND)
    assert speaks(book, NEW_HAND) is Code.UNKNOWN_KEY
    assert speaks(book, MAKER.hand()) is None

    book.writes(RecoveryCompleted(MAKER.party, proposal, DUE), *TWO_OF_THREE)

    assert speaks(book, NEW_HAND) is None
    assert speaks(book, MAKER.hand()) is Code.KEY_ENDED
    assert speaks(book, SHOP.hand()) is None


def test_the_new_key_does_not_speak_a_moment_too_early(book: Book) -> None:
    proposal = book.writes(PROPOSED, *TWO_OF_THREE, NEW_HAND)

    early = RecoveryCompleted(MAKER.party, proposal, DUE - timedelta(milliseconds=1))

    book.refuses(Code.RECOVERY_WAITS, early, *TWO_OF_THREE)


@pytest.mark.parametrize("hands", [(MAKER.hand(),), TWO_OF_THREE], ids=["party", "root"])
def test_the_party_or_the_root_stops_a_recovery(book: Book, hands: tuple[Hand, ...]) -> None:
    proposal = book.writes(PROPOSED, *TWO_OF_THREE, NEW_HAND)

    book.writes(RecoveryVetoed(MAKER.party, proposal), *hands)

    book.refuses(Code.UNKNOWN_RECOVERY, RecoveryCompleted(MAKER.party, proposal, DUE), *TWO_OF_THREE)
    assert speaks(book, MAKER.hand()) is None


def test_a_thief_cannot_veto_once_the_stolen_key_is_revoked(book: Book) -> None:
    proposal = book.writes(PROPOSED, *TWO_OF_THREE, NEW_HAND)
    book.writes(KeyRevoked(MAKER.party, MAKER.key.public.id, RevocationReason.LOST), *TWO_OF_THREE)

    book.refuses(Code.KEY_ENDED, RecoveryVetoed(MAKER.party, proposal), MAKER.hand())

    book.writes(RecoveryCompleted(MAKER.party, proposal, DUE), *TWO_OF_THREE)


@pytest.mark.parametrize(
    ("entry", "hands", "code"),
    [
        (PROPOSED, (MAKER.hand(), NEW_HAND), Code.NOT_AUTHORISED),
        (PROPOSED, (root_hand(ROOTS[0]), NEW_HAND), Code.NOT_AUTHORISED),
        (PROPOSED, TWO_OF_THREE, Code.MISSING_SIGNER),
        (PROPOSED, (*TWO_OF_THREE, SHOP.hand(key=SPARE)), Code.MISSING_SIGNER),
        (
            RecoveryProposed(MAKER.party, SHOP.key.public, NOW),
            (*TWO_OF_THREE, MAKER.hand(key=SHOP.key)),
            Code.UNKNOWN_KEY,
        ),
        (RecoveryProposed(MAKER.party, MAKER.key.public, NOW), (*TWO_OF_THREE, MAKER.hand()), Code.KEY_TAKEN),
        (RecoveryCompleted(MAKER.party, NOBODYS, DUE), TWO_OF_THREE, Code.UNKNOWN_RECOVERY),
        (RecoveryVetoed(MAKER.party, NOBODYS), TWO_OF_THREE, Code.UNKNOWN_RECOVERY),
        (RecoveryVetoed(MAKER.party, NOBODYS), (SHOP.hand(),), Code.NOT_AUTHORISED),
    ],
    ids=[
        "the party itself",
        "too few root keys",
        "a key that nobody has",
        "a key for another party",
        "a key of another party",
        "a key of its own",
        "nothing to complete",
        "nothing to veto",
        "a veto by a stranger",
    ],
)
def test_refuses_a_recovery_that_is_not_one(book: Book, entry: Entry, hands: tuple[Hand, ...], code: Code) -> None:
    book.refuses(code, entry, *hands)


def test_refuses_to_complete_or_veto_the_recovery_of_another(book: Book) -> None:
    proposal = book.writes(PROPOSED, *TWO_OF_THREE, NEW_HAND)

    book.refuses(Code.UNKNOWN_RECOVERY, RecoveryCompleted(SHOP.party, proposal, DUE), *TWO_OF_THREE)
    book.refuses(Code.UNKNOWN_RECOVERY, RecoveryVetoed(SHOP.party, proposal), SHOP.hand())
    book.refuses(Code.NOT_AUTHORISED, RecoveryVetoed(MAKER.party, proposal), SHOP.hand())
    book.refuses(Code.NOT_AUTHORISED, RecoveryCompleted(MAKER.party, proposal, DUE), MAKER.hand())


def test_one_recovery_of_a_party_runs_at_a_time(book: Book) -> None:
    third = key_of("third")
    book.writes(PROPOSED, *TWO_OF_THREE, NEW_HAND)

    again = RecoveryProposed(MAKER.party, third.public, NOW)

    book.refuses(Code.RECOVERY_RUNS, again, *TWO_OF_THREE, MAKER.hand(key=third))


def test_a_key_that_was_registered_meanwhile_is_not_given_again(book: Book) -> None:
    proposal = book.writes(PROPOSED, *TWO_OF_THREE, NEW_HAND)
    book.writes(KeyAdded(SHOP.party, SPARE.public), SHOP.hand(), SHOP.hand(key=SPARE))

    book.refuses(Code.KEY_TAKEN, RecoveryCompleted(MAKER.party, proposal, DUE), *TWO_OF_THREE)


def test_a_key_is_not_called_compromised_from_a_size_that_is_still_to_come(book: Book) -> None:
    later = KeyRevoked(MAKER.party, MAKER.key.public.id, RevocationReason.COMPROMISED, TreeSize(book.written + 1))

    book.refuses(Code.COMPROMISED_LATER, later, MAKER.hand())

    book.writes(
        KeyRevoked(MAKER.party, MAKER.key.public.id, RevocationReason.COMPROMISED, TreeSize(book.written)), MAKER.hand()
    )


# in the log


def test_the_log_takes_no_proposal_that_is_dated_back(world: World) -> None:
    new = Hand(MAKER.party, Role.PRODUCER, SPARE)
    for off in (timedelta(hours=-72), timedelta(minutes=-6), timedelta(minutes=6)):
        entry = RecoveryProposed(MAKER.party, SPARE.public, world.clock.now() + off)

        with world.refuses(Code.NOT_NOW):
            world.entered(entry, ROOT_HAND, new)


def test_a_recovered_party_goes_on_where_it_was(world: World) -> None:
    new = Hand(MAKER.party, Role.PRODUCER, SPARE)
    world.made(item("A1"))
    proposal = world.entered(RecoveryProposed(MAKER.party, SPARE.public, world.clock.now()), ROOT_HAND, new)
    with world.refuses(Code.NOT_NOW):
        world.entered(RecoveryCompleted(MAKER.party, proposal.hash, world.clock.now() + RECOVERY_WAIT), ROOT_HAND)

    world.clock.instant += RECOVERY_WAIT
    world.entered(RecoveryCompleted(MAKER.party, proposal.hash, world.clock.now()), ROOT_HAND)

    with world.refuses(Code.KEY_ENDED):
        world.shipped(item("A1"), to=SHOP)
    world.handed_over(item("A1"), to=SHOP, by=replace(MAKER, key=SPARE))
    assert world.proven(item("A1")).verdict.shown is VerdictClass.CONSISTENT
