"""Looking up points and making their records: one member's account, and all accounts of a programme together.

Rules:

* nothing is kept but the records; what is told is folded from them when it is asked for;
* an account is its member's business: over the network it is told to whoever has the card, whose token the account
  holds as a hash; a wrong token and an unknown account get the same answer;
* the supply of a programme is everybody's: it names accounts and their heads, and no member.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from provenance.codes import Code
from provenance.commerce import points_drafts
from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.points import Head, PointsAccount, head_of, joined_in
from provenance.commerce.points_postings import account_of
from provenance.commerce.points_reckoning import rules_of
from provenance.commerce.points_supply import Supply, supply_of
from provenance.commerce.programme import Programme
from provenance.commerce.tables import Slot
from provenance.custody.commerce_records import CHAIN, chain_about
from provenance.encoding.canonical import Json
from provenance.errors import NotFoundError
from provenance.ids import Subject
from provenance.ports.outside import Clock
from provenance.ports.stores import Reading, Store
from provenance.services.bookkeeping import read_dossier

_BATCH = 500


class Rewarding:
    """Accounts of points, out of the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def dossier(self, subject: str) -> Dossier:
        """The records of an account; refuses one of which nothing is recorded."""
        with self._store.reading() as store:
            return _known(store, subject)

    def with_card(self, subject: str, token: str) -> Dossier:
        """The records of an account, for one who has its card."""
        dossier = self.dossier(subject)
        held = joined_in(dossier).record.members.hash("token")
        if not hmac.compare_digest(hashlib.sha256(token.encode()).hexdigest(), held):
            raise NotFoundError(Code.UNKNOWN_DOSSIER, f"nothing is recorded of {subject}")
        return dossier

    def supply(self, programme: str) -> tuple[Supply, Programme]:
        """All points of a programme, and its rules now."""
        with self._store.reading() as store:
            name = _known(store, programme).name
            rules = rules_of(name.subject, _book(store))
            return supply_of(name.subject, rules, _accounts(store, name.seller.rpartition("/")[2])), rules

    def heads_of_order(self, order: Subject) -> dict[Subject, Head]:
        """The accounts that an order earns for or is paid from, and their heads: for its receipt."""
        with self._store.reading() as store:
            holders = {store.slot((slot, order)) for slot in (Slot.EARNING, Slot.TENDER)}
            return {one: head_of(_known(store, one)) for one in sorted(filter(None, holders))}

    def pending(self, account: str, order: str) -> dict[str, Json]:
        """The record of what a paid order earns, to be signed by seller or member."""
        with self._store.reading() as store:
            return points_drafts.pending(_account(store, account), _known(store, order), _book(store))

    def earned(self, account: str, order: str) -> dict[str, Json]:
        """The record that an order's points count from now on."""
        with self._store.reading() as store:
            return points_drafts.earned(_account(store, account), _known(store, order), _book(store), at=self._now())

    def reserved(self, account: str, order: str, points: int) -> dict[str, Json]:
        """The record by which a member lays points down for an order."""
        with self._store.reading() as store:
            ordered = _known(store, order)
            return points_drafts.reserved(_account(store, account), ordered, _book(store), points=points)

    def returned(self, account: str, order: str, line: int) -> dict[str, Json]:
        """The record by which the points that paid a line come back."""
        with self._store.reading() as store:
            ordered, at = _known(store, order), self._now()
            return points_drafts.returned(_account(store, account), ordered, _book(store), line=line, at=at)

    def received(self, account: str, giver: str, gift: str) -> dict[str, Json]:
        """The record by which a member accepts a gift; refuses a gift that the giver has not offered."""
        with self._store.reading() as store:
            giving = _account(store, giver)
            if gift not in giving.gifts:
                raise NotFoundError(Code.NOT_FOUND, f"{giver} has offered no gift {gift!r}")
            return points_drafts.received(_account(store, account), giving, gift)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def _book(store: Reading) -> Book:
    return Book(lambda name: read_dossier(store, name), store.slot)


def _known(store: Reading, subject: str) -> Dossier:
    dossier = read_dossier(store, parse_dossier_name(subject))
    if not dossier.entries:
        raise NotFoundError(Code.UNKNOWN_DOSSIER, f"nothing is recorded of {subject}")
    return dossier


def _account(store: Reading, subject: str) -> PointsAccount:
    return account_of(_known(store, subject))


def _accounts(store: Reading, gln: str) -> Iterator[Dossier]:
    """Every account of a seller, in the order of their names."""
    first = chain_about(Subject(f"{Family.POINTS}:{gln}/"))
    after: str = first
    while found := store.standings_after(after, limit=_BATCH):
        for standing in found:
            if not standing.subject.startswith(first):
                return
            yield read_dossier(store, parse_dossier_name(standing.subject.removeprefix(CHAIN)))
        after = found[-1].subject
