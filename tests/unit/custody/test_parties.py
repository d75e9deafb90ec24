"""Who is who: what each registry entry needs, and what it changes, at its place in the log."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.custody.parties import subject_of
from provenance.custody.registry_entries import (
    DelegationEnded,
    DelegationGranted,
    Entry,
    KeyAdded,
    KeyRevoked,
    KeyRotated,
    LicenceEnded,
    LicenceGranted,
    PartyEnrolled,
    Permission,
    RevocationReason,
    RolesChanged,
    RootEstablished,
)
from provenance.custody.roles import Role
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.gs1.elements import Elements
from provenance.gs1.identifiers import identify
from provenance.ids import KeyId, StatementHash, Subject, TreeSize
from provenance.services.signing import Hand
from tests.cast import INSPECTOR, MAKER, RIVAL, ROOT_HAND, SHOP, gtin, item
from tests.homes import key_of
from tests.registry_book import ORIGIN, ROOTS, SPARE, TWO_OF_THREE, Book, enrolment, founded, root_hand, speaks
from tests.world import World


@pytest.fixture
def book() -> Book:
    return founded()


# the root


def test_a_registry_begins_once(book: Book) -> None:
    again = RootEstablished(ORIGIN, (SPARE.public,), 1)

    book.refuses(Code.ROOT_EXISTS, again, root_hand(SPARE))


def test_every_root_key_signs_the_beginning_as_itself_and_nobody_else_does() -> None:
    book, entry = Book(), RootEstablished(ORIGIN, tuple(key.public for key in ROOTS), 2)
    all_roots = tuple(map(root_hand, ROOTS))

    book.refuses(Code.MISSING_SIGNER, entry, *all_roots[:2])
    book.refuses(Code.MISSING_SIGNER, entry, *all_roots, root_hand(SPARE))
    book.refuses(Code.MISSING_SIGNER, entry, *all_roots[:2], Hand(MAKER.party, Role.ROOT, ROOTS[2]))
    book.refuses(Code.MISSING_SIGNER, entry, *all_roots[:2], Hand(all_roots[2].party, Role.SELLER, ROOTS[2]))
    book.writes(entry, *all_roots)


def test_nothing_can_be_entered_before_the_root() -> None:
    book = Book()

    book.refuses(Code.UNKNOWN_KEY, enrolment(MAKER), root_hand(ROOTS[0]), MAKER.hand())
    book.refuses(Code.NOT_AUTHORISED, enrolment(MAKER), MAKER.hand())


# what the root decides


@pytest.mark.parametrize(
    "entry",
    [
        enrolment(RIVAL),
        RolesChanged(SHOP.party, (Role.SHIPPER,)),
        LicenceGranted(SHOP.party, SHOP.prefix),
    ],
    ids=lambda entry: type(entry).__name__,
)
def test_enough_root_keys_must_agree(book: Book, entry: Entry) -> None:
    new = (RIVAL.hand(),) if isinstance(entry, PartyEnrolled) else ()

    book.refuses(Code.NOT_AUTHORISED, entry, TWO_OF_THREE[0], *new)
    book.refuses(Code.NOT_AUTHORISED, entry, TWO_OF_THREE[0], SHOP.hand(), *new)
    book.writes(entry, *TWO_OF_THREE, *new)


def test_a_root_key_signs_as_root_and_a_party_as_none(book: Book) -> None:
    entry = LicenceGranted(SHOP.party, SHOP.prefix)
    in_another_role = Hand(TWO_OF_THREE[0].party, Role.SELLER, TWO_OF_THREE[0].key)

    book.refuses(Code.WRONG_ROLE, entry, in_another_role, TWO_OF_THREE[1])
    book.refuses(Code.WRONG_ROLE, entry, *TWO_OF_THREE, SHOP.hand(Role.ROOT))


def test_a_party_joins_with_its_roles_and_keys(book: Book) -> None:
    book.writes(enrolment(INSPECTOR, SPARE), *TWO_OF_THREE, INSPECTOR.hand(), INSPECTOR.hand(key=SPARE))

    assert book.registry.parties[INSPECTOR.party].roles == {Role.INSPECTOR}
    assert speaks(book, INSPECTOR.hand()) is speaks(book, INSPECTOR.hand(key=SPARE)) is None
    assert speaks(book, INSPECTOR.hand(Role.SELLER)) is Code.WRONG_ROLE
    assert speaks(book, Hand(SHOP.party, Role.SELLER, INSPECTOR.key)) is Code.UNKNOWN_KEY


def test_refuses_a_party_that_is_enrolled_already(book: Book) -> None:
    again = PartyEnrolled(MAKER.party, "Another", (Role.SELLER,), (SPARE.public,))

    book.refuses(Code.PARTY_EXISTS, again, *TWO_OF_THREE, Hand(MAKER.party, Role.SELLER, SPARE))


def test_refuses_a_new_key_that_does_not_sign_for_its_party(book: Book) -> None:
    book.refuses(Code.MISSING_SIGNER, enrolment(RIVAL), *TWO_OF_THREE)
    book.refuses(Code.MISSING_SIGNER, enrolment(RIVAL, SPARE), *TWO_OF_THREE, RIVAL.hand())
    book.refuses(Code.MISSING_SIGNER, enrolment(RIVAL), *TWO_OF_THREE, Hand(SHOP.party, Role.SELLER, RIVAL.key))


def test_refuses_a_key_that_belongs_to_another(book: Book) -> None:
    theirs = PartyEnrolled(RIVAL.party, "rival", (Role.SELLER,), (MAKER.key.public,))

    book.refuses(Code.KEY_TAKEN, theirs, *TWO_OF_THREE, MAKER.hand())


def test_roles_are_replaced_whole(book: Book) -> None:
    book.writes(RolesChanged(MAKER.party, (Role.SHIPPER,)), *TWO_OF_THREE)

    assert speaks(book, MAKER.hand(Role.SHIPPER)) is None
    assert speaks(book, MAKER.hand(Role.PRODUCER)) is Code.WRONG_ROLE


# licences


@pytest.mark.parametrize("prefix", ["9520123", "952012345", "95201"])
def test_no_two_live_licences_overlap(book: Book, prefix: str) -> None:
    book.writes(LicenceGranted(MAKER.party, "9520123"), *TWO_OF_THREE)

    book.refuses(Code.LICENCE_OVERLAPS, LicenceGranted(SHOP.party, prefix), *TWO_OF_THREE)


def test_a_prefix_goes_to_another_party_once_it_has_ended(book: Book) -> None:
    book.writes(LicenceGranted(MAKER.party, "9520123"), *TWO_OF_THREE)
    book.refuses(Code.UNKNOWN_LICENCE, LicenceEnded(SHOP.party, "9520123"), *TWO_OF_THREE)

    book.writes(LicenceEnded(MAKER.party, "9520123"), *TWO_OF_THREE)
    assert book.registry.licensee(item("A1")) is None
    book.writes(LicenceGranted(SHOP.party, "9520123"), *TWO_OF_THREE)

    assert book.registry.licensee(item("A1")) == SHOP.party
    book.refuses(Code.UNKNOWN_LICENCE, LicenceEnded(MAKER.party, "9520123"), *TWO_OF_THREE)


def test_refuses_entries_about_nobody(book: Book) -> None:
    about_nobody = (
        RolesChanged(RIVAL.party, (Role.SELLER,)),
        LicenceGranted(RIVAL.party, RIVAL.prefix),
        LicenceEnded(RIVAL.party, RIVAL.prefix),
        KeyRevoked(RIVAL.party, MAKER.key.public.id, RevocationReason.LOST, None),
    )

    for entry in about_nobody:
        book.refuses(Code.UNKNOWN_PARTY, entry, *TWO_OF_THREE)


@pytest.mark.parametrize(
    ("key", "is_covered"),
    [
        ((("01", "09520123000011"), ("21", "S1")), True),
        ((("01", "99520123000014"), ("10", "L1")), True),
        ((("00", "395201230000000012"),), True),
        ((("417", "9520123000004"),), True),
        ((("8003", "09520123000011S1"),), True),
        ((("01", "09520124000010"), ("21", "S1")), False),
        ((("01", "00952012300008"), ("21", "S1")), False),
        ((("01", "00000095201238"), ("21", "S1")), False),
    ],
)
def test_a_licence_covers_the_keys_that_begin_with_its_prefix(book: Book, key: Elements, is_covered: bool) -> None:
    book.writes(LicenceGranted(MAKER.party, "9520123"), *TWO_OF_THREE)

    licensee = book.registry.licensee(Subject(identify(key).uri))

    assert licensee == (MAKER.party if is_covered else None)


# what a party decides


def test_a_party_adds_a_key_and_both_sign(book: Book) -> None:
    entry = KeyAdded(MAKER.party, SPARE.public)

    book.refuses(Code.MISSING_SIGNER, entry, MAKER.hand())
    book.refuses(Code.NOT_AUTHORISED, entry, MAKER.hand(key=SPARE))
    book.refuses(Code.NOT_AUTHORISED, entry, MAKER.hand(key=SPARE), *TWO_OF_THREE)
    book.refuses(Code.NOT_AUTHORISED, entry, MAKER.hand(key=SPARE), SHOP.hand())
    book.writes(entry, MAKER.hand(), MAKER.hand(key=SPARE))

    assert speaks(book, MAKER.hand()) is speaks(book, MAKER.hand(key=SPARE)) is None


def test_a_new_key_takes_an_old_ones_place(book: Book) -> None:
    entry = KeyRotated(MAKER.party, MAKER.key.public.id, SPARE.public)

    book.writes(entry, MAKER.hand(), MAKER.hand(key=SPARE))

    assert speaks(book, MAKER.hand()) is Code.KEY_ENDED
    assert speaks(book, MAKER.hand(key=SPARE)) is None
    book.refuses(Code.KEY_ENDED, KeyAdded(MAKER.party, key_of("third").public), MAKER.hand())


@pytest.mark.parametrize("hands", [(MAKER.hand(),), TWO_OF_THREE], ids=["party", "root"])
def test_a_key_is_revoked_by_its_party_or_the_root(book: Book, hands: tuple[Hand, ...]) -> None:
    entry = KeyRevoked(MAKER.party, MAKER.key.public.id, RevocationReason.LOST, None)
    book.refuses(Code.NOT_AUTHORISED, entry, SHOP.hand())
    book.refuses(Code.NOT_AUTHORISED, entry, TWO_OF_THREE[0])

    book.writes(entry, *hands)

    assert speaks(book, MAKER.hand()) is Code.KEY_ENDED


def test_refuses_to_end_a_key_that_is_not_live_or_not_the_partys(book: Book) -> None:
    book.writes(KeyAdded(MAKER.party, SPARE.public), MAKER.hand(), MAKER.hand(key=SPARE))
    book.writes(KeyRevoked(MAKER.party, SPARE.public.id, RevocationReason.SUPERSEDED, None), MAKER.hand())

    for old in (SPARE.public.id, SHOP.key.public.id, KeyId("0" * 64)):
        book.refuses(Code.UNKNOWN_KEY, KeyRevoked(MAKER.party, old, RevocationReason.LOST, None), MAKER.hand())
        third = key_of("third")
        book.refuses(Code.UNKNOWN_KEY, KeyRotated(MAKER.party, old, third.public), MAKER.hand(), MAKER.hand(key=third))


def test_an_ended_key_is_never_taken_up_again(book: Book) -> None:
    book.writes(KeyRotated(MAKER.party, MAKER.key.public.id, SPARE.public), MAKER.hand(), MAKER.hand(key=SPARE))

    book.refuses(Code.KEY_ENDED, KeyAdded(MAKER.party, MAKER.key.public), MAKER.hand(key=SPARE), MAKER.hand())
    theirs = PartyEnrolled(RIVAL.party, "rival", (Role.SELLER,), (MAKER.key.public,))
    book.refuses(Code.UNKNOWN_KEY, theirs, *TWO_OF_THREE, Hand(RIVAL.party, Role.SELLER, MAKER.key))


# delegations


def test_a_party_lets_another_act_for_it_and_takes_it_back(book: Book) -> None:
    grant = DelegationGranted(MAKER.party, SHOP.party, Permission.COMMISSION, (gtin(),))

    by = book.writes(grant, MAKER.hand())
    assert book.registry.may(SHOP.party, Permission.COMMISSION, on=item("A1"), of=MAKER.party)
    book.writes(DelegationEnded(MAKER.party, by), MAKER.hand())

    assert not book.registry.may(SHOP.party, Permission.COMMISSION, on=item("A1"), of=MAKER.party)


def test_a_delegation_is_for_one_party_one_permission_and_one_scope(book: Book) -> None:
    book.writes(DelegationGranted(MAKER.party, SHOP.party, Permission.OBSERVE, (item("A"),)), MAKER.hand())
    may = book.registry.may

    assert may(SHOP.party, Permission.OBSERVE, on=item("A1"), of=MAKER.party)
    assert not may(SHOP.party, Permission.OBSERVE, on=item("B1"), of=MAKER.party)
    assert not may(SHOP.party, Permission.COMMISSION, on=item("A1"), of=MAKER.party)
    assert not may(RIVAL.party, Permission.OBSERVE, on=item("A1"), of=MAKER.party)
    assert not may(SHOP.party, Permission.OBSERVE, on=item("A1"), of=RIVAL.party)


def test_refuses_a_delegation_by_another_or_to_nobody(book: Book) -> None:
    book.refuses(Code.NOT_AUTHORISED, DelegationGranted(MAKER.party, SHOP.party, Permission.OBSERVE, ()), SHOP.hand())
    book.refuses(Code.UNKNOWN_PARTY, DelegationGranted(MAKER.party, RIVAL.party, Permission.OBSERVE, ()), MAKER.hand())


def test_refuses_the_end_of_a_delegation_that_is_not_live_or_not_ones_own(book: Book) -> None:
    by = book.writes(DelegationGranted(MAKER.party, SHOP.party, Permission.OBSERVE, ()), MAKER.hand())

    book.refuses(Code.UNKNOWN_DELEGATION, DelegationEnded(SHOP.party, by), SHOP.hand())
    book.refuses(Code.UNKNOWN_DELEGATION, DelegationEnded(MAKER.party, StatementHash("f" * 64)), MAKER.hand())
    book.writes(DelegationEnded(MAKER.party, by), MAKER.hand())
    book.refuses(Code.UNKNOWN_DELEGATION, DelegationEnded(MAKER.party, by), MAKER.hand())


# chains


def test_an_entry_belongs_to_the_chain_of_its_party_and_the_root_to_the_registrys() -> None:
    assert subject_of(LicenceGranted(MAKER.party, "9520123")) == Subject(MAKER.party)
    assert subject_of(RootEstablished(ORIGIN, (SPARE.public,), 1)) == f"registry:{ORIGIN}"


# at the position in the log, never at eventTime


def test_what_a_key_signed_before_it_ended_stands_and_after_it_does_not(world: World) -> None:
    world.made(item("A1"))
    late = world.signed({"type": "ObjectEvent", "action": "ADD", "epcList": [item("A2")]}, MAKER)

    world.entered(KeyRotated(MAKER.party, MAKER.key.public.id, SPARE.public), MAKER.hand(), MAKER.hand(key=SPARE))

    with world.refuses(Code.KEY_ENDED) as told:
        world.captured(late)
    assert told.refusal.pointer == "/prov:signers/0"
    assert world.proven(item("A1")).verdict.shown is VerdictClass.CONSISTENT


def test_a_licence_that_ends_takes_back_nothing_and_allows_nothing_more(world: World) -> None:
    world.made(item("A1"))

    world.entered(LicenceEnded(MAKER.party, MAKER.prefix), ROOT_HAND)

    with world.refuses(Code.NOT_LICENSED):
        world.made(item("A2"))
    assert world.proven(item("A1")).verdict.shown is VerdictClass.CONSISTENT


def test_what_a_key_signed_after_it_was_compromised_becomes_doubtful(world: World) -> None:
    world.made(item("A1"))
    since = TreeSize(world.size())
    world.made(item("A2"))

    entry = KeyRevoked(MAKER.party, MAKER.key.public.id, RevocationReason.COMPROMISED, since)
    world.entered(entry, ROOT_HAND)

    assert world.proven(item("A1")).verdict.shown is VerdictClass.CONSISTENT
    doubtful = world.proven(item("A2")).verdict
    assert doubtful.because is not None
    assert (doubtful.shown, doubtful.because.doubt) == (VerdictClass.UNUSUAL, Doubt.KEY_DISPUTED)


def test_refuses_an_entry_that_does_not_link_to_its_partys_chain(world: World) -> None:
    entry = RolesChanged(SHOP.party, (Role.SELLER, Role.SHIPPER))
    late = world.services.signing.entry(entry, [ROOT_HAND])
    world.entered(RolesChanged(SHOP.party, (Role.SHIPPER,)), ROOT_HAND)

    with world.refuses(Code.STALE_LINK):
        world.captured(late)
