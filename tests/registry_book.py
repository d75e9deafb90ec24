"""A registry without a log, to try entries on: two of three root keys must agree, a maker and a shop are enrolled."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field

from provenance.codes import Code
from provenance.crypto.keys import SigningKey
from provenance.custody.entry_rules import admit
from provenance.custody.parties import Registry, record
from provenance.custody.registry_entries import Entry, PartyEnrolled, RootEstablished
from provenance.custody.roles import Role
from provenance.custody.statements import Header, Seen, Signer
from provenance.errors import Refusal
from provenance.ids import LeafIndex, PartyId, StatementHash, TreeSize
from provenance.log.merkle import EMPTY_ROOT
from provenance.services.signing import Hand
from tests.cast import MAKER, SHOP, Member
from tests.homes import key_of

ORIGIN = "log.example/2026"
ROOTS = tuple(key_of(f"root {number}") for number in range(3))
SPARE = key_of("spare")


def root_hand(key: SigningKey) -> Hand:
    return Hand(PartyId(str(key.public)), Role.ROOT, key)


TWO_OF_THREE = (root_hand(ROOTS[0]), root_hand(ROOTS[2]))


@dataclass(slots=True)
class Book:
    """A registry that entries are written into, one after the other."""

    registry: Registry = field(default_factory=Registry)
    written: int = 0

    def writes(self, entry: Entry, *hands: Hand) -> StatementHash:
        """The entry is admitted."""
        refusal = admit(self.registry, entry, _header(hands), at=LeafIndex(self.written))
        assert refusal is None, str(refusal)
        by = StatementHash(f"{self.written:064x}")
        record(self.registry, entry, by=by, at=LeafIndex(self.written))
        self.written += 1
        return by

    def refusal(self, entry: Entry, *hands: Hand) -> Refusal | None:
        """Why the entry would be refused now; nothing is written."""
        return admit(self.registry, entry, _header(hands), at=LeafIndex(self.written))

    def refuses(self, code: Code, entry: Entry, *hands: Hand) -> None:
        """The entry is refused with this code, and nothing changes."""
        before = copy.deepcopy(self.registry)
        refusal = admit(self.registry, entry, _header(hands), at=LeafIndex(self.written))
        assert refusal is not None
        assert refusal.code is code, str(refusal)
        assert self.registry == before


def _header(hands: Iterable[Hand]) -> Header:
    signers = tuple(Signer(hand.party, hand.key.public.id, hand.role) for hand in hands)
    return Header((), signers, Seen(ORIGIN, TreeSize(0), EMPTY_ROOT))


def enrolment(member: Member, *keys: SigningKey) -> PartyEnrolled:
    return PartyEnrolled(member.party, member.name, member.roles, tuple(key.public for key in (member.key, *keys)))


def founded() -> Book:
    """A book with its root, a maker and a shop."""
    book = Book()
    book.writes(RootEstablished(ORIGIN, tuple(key.public for key in ROOTS), 2), *map(root_hand, ROOTS))
    book.writes(enrolment(MAKER), *TWO_OF_THREE, MAKER.hand())
    book.writes(enrolment(SHOP), *TWO_OF_THREE, SHOP.hand())
    return book


def speaks(book: Book, hand: Hand) -> Code | None:
    refusal = book.registry.speaks(Signer(hand.party, hand.key.public.id, hand.role))
    return refusal.code if refusal else None
