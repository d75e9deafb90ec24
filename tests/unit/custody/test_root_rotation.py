"""The root changes its keys: enough of the old ones say so, every new one signs, and the old ones end."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.custody.parties import subject_of
from provenance.custody.registry_entries import LicenceGranted, RootRotated
from provenance.custody.verdict import VerdictClass
from tests.cast import MAKER, ROOT_HAND, SHOP, item
from tests.homes import key_of
from tests.registry_book import ORIGIN, ROOTS, SPARE, TWO_OF_THREE, Book, founded, root_hand, speaks
from tests.world import World

NEW = (ROOTS[0], SPARE)
ROTATED = RootRotated(ORIGIN, tuple(key.public for key in NEW), 2)


@pytest.fixture
def book() -> Book:
    return founded()


def test_new_root_keys_take_the_place_of_the_old_ones(book: Book) -> None:
    book.writes(ROTATED, *TWO_OF_THREE, root_hand(SPARE))

    entry = LicenceGranted(MAKER.party, "9520123")
    book.refuses(Code.KEY_ENDED, entry, *TWO_OF_THREE)
    book.refuses(Code.NOT_AUTHORISED, entry, root_hand(SPARE))
    book.writes(entry, *map(root_hand, NEW))
    assert speaks(book, root_hand(ROOTS[2])) is Code.KEY_ENDED


def test_a_minority_of_the_root_cannot_replace_it(book: Book) -> None:
    book.refuses(Code.NOT_AUTHORISED, ROTATED, root_hand(ROOTS[0]), root_hand(SPARE))
    book.refuses(Code.NOT_AUTHORISED, ROTATED, root_hand(SPARE), MAKER.hand())


def test_every_new_root_key_signs_as_itself(book: Book) -> None:
    book.refuses(Code.MISSING_SIGNER, ROTATED, *TWO_OF_THREE)
    book.refuses(Code.MISSING_SIGNER, ROTATED, *TWO_OF_THREE, MAKER.hand(key=SPARE))


def test_a_partys_key_never_becomes_a_root_key_and_an_ended_root_key_never_returns(book: Book) -> None:
    theirs = RootRotated(ORIGIN, (MAKER.key.public,), 1)
    book.refuses(Code.KEY_TAKEN, theirs, *TWO_OF_THREE, MAKER.hand())
    book.writes(ROTATED, *TWO_OF_THREE, root_hand(SPARE))

    back = RootRotated(ORIGIN, (ROOTS[2].public,), 1)

    book.refuses(Code.KEY_TAKEN, back, *map(root_hand, NEW))


def test_a_rotation_is_of_this_registry(book: Book) -> None:
    elsewhere = RootRotated("log.example/2025", (SPARE.public,), 1)

    book.refuses(Code.WRONG_VALUE, elsewhere, *TWO_OF_THREE, root_hand(SPARE))


def test_a_rotation_is_not_replayed(book: Book) -> None:
    book.writes(ROTATED, *TWO_OF_THREE, root_hand(SPARE))

    book.refuses(Code.KEY_ENDED, ROTATED, *TWO_OF_THREE, root_hand(SPARE))


def test_a_rotation_extends_the_registrys_own_chain() -> None:
    assert subject_of(ROTATED) == f"registry:{ORIGIN}"


def test_who_trusts_the_first_root_follows_it_to_the_next(world: World) -> None:
    fresh = key_of("fresh root")
    world.made(item("A1"))
    rotated = RootRotated(world.services.trust.origin, (fresh.public,), 1)
    world.entered(rotated, ROOT_HAND, root_hand(fresh))
    world.entered(LicenceGranted(SHOP.party, "9529999"), root_hand(fresh))

    assert world.proven(item("A1")).verdict.shown is VerdictClass.CONSISTENT
    with world.refuses(Code.KEY_ENDED):
        world.entered(LicenceGranted(SHOP.party, "9528888"), ROOT_HAND)


def test_a_bundle_holds_the_rotation_that_its_entries_rest_on(world: World) -> None:
    fresh = key_of("fresh root")
    world.entered(RootRotated(world.services.trust.origin, (fresh.public,), 1), ROOT_HAND, root_hand(fresh))
    world.entered(LicenceGranted(SHOP.party, "9529999"), root_hand(fresh))
    world.made(item("A1"))
    world.handed_over(item("A1"), to=SHOP)

    report = world.proven(item("A1"))

    assert report.verdict.shown is VerdictClass.CONSISTENT
    assert report.history.registry.roots == {fresh.public.id}
