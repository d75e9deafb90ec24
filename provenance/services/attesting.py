"""Turning what providers told into records: what fits its order is signed by the payment adapter's own key.

Rules:

* a notice is looked at until something became of it: settled, or refused because it contradicts what is recorded;
  what only came too early waits for its order;
* what others can't check (grade B) is believed only if the provider's own list says the same;
* no record is made twice: the order's own rules refuse a second one, so it may die anywhere and look again;
* the bodies of what is settled are forgotten after the days that the operator named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.commerce.dossier_names import Family
from provenance.commerce.matching import chargeback_due, payment_due, refund_due, return_due
from provenance.commerce.money import Money
from provenance.commerce.orders import order_of
from provenance.commerce.payment_accounts import PaymentSetup, SellersAccount
from provenance.commerce.payment_notices import CHARGEBACKS, Grade
from provenance.commerce.postings import dossiers_of_money, order_book
from provenance.commerce.refunds import refund_of
from provenance.commerce.settling import Said
from provenance.commerce.tables import Slot
from provenance.commerce.tender import owed_in_money
from provenance.crypto.keys import SigningKey
from provenance.custody.roles import Role
from provenance.encoding.canonical import Json
from provenance.errors import NotFoundError, ProvenanceError, Refusal, StorageError
from provenance.ports.inbox import Fate, Inbox, KeptNotice
from provenance.ports.outside import Clock
from provenance.ports.providers import Providers
from provenance.ports.stores import Reading, Store
from provenance.services.bookkeeping import read_dossier
from provenance.services.recording import Recording
from provenance.services.signing import Hand

FINAL = frozenset(
    {
        Code.OTHER_AMOUNT,
        Code.OTHER_MERCHANT,
        Code.WRONG_CURRENCY,
        Code.ALREADY_RESOLVED,
        Code.PAID_TWICE,
        Code.TOO_LATE,
        Code.WRONG_VALUE,
        Code.SLOT_TAKEN,
        Code.NOT_FOUND,
    }
)
"""What no waiting mends."""
_MOST_RECORDS = 3  # asked, paid, and the end of the return


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a notice that waited."""

    notice: KeptNotice
    fate: Fate
    refusal: Refusal | None


class Attesting:
    """The payment adapter at its desk."""

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        setup: PaymentSetup,
        *,
        recording: Recording,
        providers: Providers,
        clock: Clock,
        key: Callable[[], SigningKey],
    ) -> None:
        self._store, self._inbox, self._setup, self._providers = store, inbox, setup, providers
        self._recording, self._clock, self._key = recording, clock, key

    def turn(self) -> Sequence[Decided]:
        """Look at everything that waits, once; what became of each."""
        decided = [self._decide(kept) for kept in self._inbox.waiting()]
        kept_since = self._clock.now() - timedelta(days=self._setup.keep_days)
        self._inbox.forget(int(kept_since.timestamp()))
        return decided

    def _decide(self, kept: KeptNotice) -> Decided:
        refusal: Refusal | None = None
        try:
            self._attest(kept)
        except StorageError:
            raise  # nobody knows what is stored: the next turn looks
        except ProvenanceError as err:
            fate, refusal = Fate.REFUSED if err.code in FINAL else Fate.WAITING, err.refusal
        else:
            fate = Fate.SETTLED
        why = None if refusal is None else refusal.code
        if (fate, why) != (kept.fate, kept.why):
            self._inbox.decide(kept.place, fate, why)
        return Decided(kept, fate, refusal)

    def _attest(self, kept: KeptNotice) -> None:
        at = self._setup.at(kept.notice.provider, kept.notice.merchant)
        if kept.notice.state in CHARGEBACKS:
            self._attest_chargeback(at, kept)
            return
        listed = self._listed(at, kept)
        if kept.notice.refund is None:
            self._attest_payment(at, kept, listed)
        else:
            self._attest_refund(at, kept, kept.notice.refund, listed)

    def _attest_payment(self, at: SellersAccount, kept: KeptNotice, listed: Sequence[Said]) -> None:
        subject = at.order(kept.notice.order)
        with self._store.reading() as store:
            book = _book(store)
            ordered = book.known(subject)
            order = order_of(ordered)
            owed = Money(owed_in_money(order, book), order.currency)
        due = payment_due(replace(kept.notice, order=subject), ordered, kept.digest, owed=owed, listed=listed)
        if due is not None:
            self._say(due)

    def _attest_refund(self, at: SellersAccount, kept: KeptNotice, name: str, listed: Sequence[Said]) -> None:
        """One record after the other: each is judged against the one before it."""
        subject = at.refund(name)
        notice = replace(kept.notice, order=at.order(kept.notice.order), refund=at.known_as(name))
        for _ in range(_MOST_RECORDS):
            with self._store.reading() as store:
                book = _book(store)
                refunding = book.known(subject)
                refund = refund_of(refunding)
                ordered, after = book.known(refund.order), book.known(refund.after)
                ledger = order_book(ordered, dossiers_of_money(ordered, book))
            due = refund_due(notice, refunding, ledger, kept.digest, listed=listed)
            if due is None and after.name.family is Family.RETURN:
                due = return_due(refunding, after)
            if due is None:
                return
            self._say(due)

    def _attest_chargeback(self, at: SellersAccount, kept: KeptNotice) -> None:
        """The order is that which the payment paid: whoever charges back may not know its number."""
        notice = kept.notice
        with self._store.reading() as store:
            book = _book(store)
            paid = book.holder(Slot.PAYMENT, f"{notice.provider} {notice.reference}")
            if paid is None:
                raise NotFoundError(Code.UNKNOWN_DOSSIER, "nothing is recorded of the payment that is charged back")
            ordered = book.known(paid)
        named = replace(kept, notice=replace(notice, order=ordered.name.number))
        due = chargeback_due(replace(notice, order=paid), ordered, kept.digest, listed=self._listed(at, named))
        if due is not None:
            self._say(due)

    def _listed(self, at: SellersAccount, kept: KeptNotice) -> Sequence[Said]:
        """What the provider's own list says, where its notice is not enough; by the names of dossiers."""
        if kept.notice.grade is Grade.A:
            return ()
        listed = self._providers.listed(at, kept.notice.order)
        return [
            replace(said, order=at.order(said.order), refund=None if said.refund is None else at.known_as(said.refund))
            for said in listed
        ]

    def _say(self, members: Mapping[str, Json]) -> None:
        self._recording.record(members, [Hand(self._setup.attestor, Role.REPORTER, self._key())])


def _book(store: Reading) -> Book:
    return Book(lambda name: read_dossier(store, name), store.slot)
