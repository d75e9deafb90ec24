"""Paying back: granted by whoever may, recorded as asked for, and only then asked of the provider.

Rules:

* the record comes before the command: whoever dies between the two asks again under the same name, which the provider
  has paid once or not at all;
* a new name is given only after the provider itself said that the old one failed;
* where the provider can't be told from here, a person tells it, under the name and in the amount that are given out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.money import Money
from provenance.commerce.payment_accounts import PaymentSetup, SellersAccount
from provenance.commerce.postings import till_of
from provenance.commerce.refunds import Refund, name_of_try, refund_after, refund_of, tries
from provenance.commerce.returns import return_of
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.crypto.keys import SigningKey
from provenance.custody.roles import Role
from provenance.errors import RefusedError
from provenance.ids import Subject
from provenance.ports.providers import Providers
from provenance.ports.stores import Store
from provenance.services.bookkeeping import read_dossier
from provenance.services.recording import Recording
from provenance.services.signing import Hand


@dataclass(frozen=True, slots=True)
class Command:
    """What a provider is to pay back under which name; ``is_told``: it was told from here."""

    refund: Subject
    at: SellersAccount
    order: str
    name: str
    amount: Money
    is_told: bool


class Refunding:
    """Granting and commanding refunds."""

    def __init__(
        self,
        store: Store,
        setup: PaymentSetup,
        *,
        recording: Recording,
        providers: Providers,
        key: Callable[[], SigningKey],
    ) -> None:
        self._store, self._setup, self._recording = store, setup, recording
        self._providers, self._key = providers, key

    def grant(self, after: Subject, amount: Money, hands: Sequence[Hand]) -> Subject:
        """The refund that a return, or a cancelled order, ends with, granted by these."""
        of = parse_dossier_name(after)
        piece = None
        order = after
        if of.family is Family.RETURN:
            with self._store.reading() as store:
                asked = return_of(read_dossier(store, of))
            order, piece = asked.order, asked.item
        subject = refund_after(after)
        members = {"subject": subject, "kind": Kind.REFUND_GRANTED.value, "order": order, "after": after}
        self._recording.record({**members, "piece": piece, "minor": amount.minor, "currency": amount.currency}, hands)
        return subject

    def is_granted(self, after: Subject) -> bool:
        """Whether somebody granted the refund that this ends with."""
        with self._store.reading() as store:
            return bool(read_dossier(store, parse_dossier_name(refund_after(after))).entries)

    def command(self, subject: Subject) -> Command:
        """Have the provider pay a granted refund; again under the same name until it said what became of that."""
        refund, stage, count, at = self._read(subject)
        if stage is Stage.REFUNDED:
            raise RefusedError(Code.ILLEGAL_STEP, f"{subject} is paid back")
        if stage is not Stage.ASKED:
            hand = Hand(self._setup.attestor, Role.REPORTER, self._key())
            self._recording.record({"subject": subject, "kind": Kind.REFUND_ASKED.value}, [hand])
            count += 1
        name = name_of_try(parse_dossier_name(subject).number, count)
        order = parse_dossier_name(refund.order).number
        is_told = self._providers.give_back(at, order, name, refund.amount)
        return Command(subject, at, order, name, refund.amount, is_told)

    def _read(self, subject: Subject) -> tuple[Refund, Stage, int, SellersAccount]:
        with self._store.reading() as store:
            book = Book(lambda name: read_dossier(store, name), store.slot)
            refunding = book.known(subject)
            refund = refund_of(refunding)
            at = self._setup.of_till(till_of(book.known(refund.order)))
        return refund, refunding.stage(Machine.REFUND), tries(refunding), at
