"""Anyone posts anything to the book of two orders; four plain numbers per order say what must come of it.

After every step the auditor, who trusts no sum the book carries, must find nothing.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from provenance.commerce.imbalances import imbalances
from provenance.commerce.ledger import (
    BOUNDED,
    GIVES_BACK,
    Account,
    AccountKind,
    Entry,
    Fulfil,
    Ledger,
    Pend,
    Post,
    Posting,
    PostingId,
    Reason,
    Transfer,
    TransferId,
    Void,
    fold,
)
from provenance.commerce.money import Money
from provenance.errors import RefusedError
from tests.effort import effort

PROVIDER, SELLER, BOND = (
    Account(AccountKind.PROVIDER, "p"),
    Account(AccountKind.SELLER, "s"),
    Account(AccountKind.BOND, "s"),
)
ORDERS = ("o1", "o2")

orders = st.sampled_from(ORDERS)
amounts = st.integers(-1, 9)
currencies = st.sampled_from(("CNY", "CNY", "CNY", "EUR"))


class Bookkeeping(RuleBasedStateMachine):
    """Everything anyone may try with the book, and a plain reckoning of what is allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.held: Counter[tuple[Account, str]] = Counter()
        self.refundable: Counter[tuple[str, str]] = Counter()
        self.open: dict[TransferId, Transfer] = {}
        self.closed: list[TransferId] = []
        self.names = 0

    def tried(self, entry: Entry, *, is_allowed: bool) -> None:
        self.names += 1
        before = self.ledger
        try:
            self.ledger = before.post(Posting(PostingId(f"p{self.names}"), (entry,)))
        except RefusedError:
            assert not is_allowed, f"refused what the reckoning allows: {entry}"
            assert self.ledger is before
            return
        assert is_allowed, f"accepted what the reckoning does not allow: {entry}"

    def moves(self, transfer: Transfer, *, waits: bool) -> None:
        currency, minor = transfer.amount.currency, transfer.amount.minor
        spoken_for = sum(
            t.amount.minor for t in self.open.values() if (t.source, t.amount.currency) == (transfer.source, currency)
        )
        is_allowed = (
            minor > 0
            and (transfer.source.kind not in BOUNDED or self.held[transfer.source, currency] - spoken_for >= minor)
            and (transfer.reason not in GIVES_BACK or self.refundable[transfer.order, currency] >= minor)
        )
        self.tried(Pend(transfer) if waits else Post(transfer), is_allowed=is_allowed)
        if not is_allowed:
            return
        if transfer.reason in GIVES_BACK:
            self.refundable[transfer.order, currency] -= minor
        if waits:
            self.open[transfer.id] = transfer
        else:
            self.happened(transfer)

    def happened(self, transfer: Transfer) -> None:
        currency, minor = transfer.amount.currency, transfer.amount.minor
        self.held[transfer.source, currency] -= minor
        self.held[transfer.target, currency] += minor
        if transfer.reason is Reason.CAPTURE:
            self.refundable[transfer.order, currency] += minor

    @rule(order=orders, minor=amounts, currency=currencies, waits=st.booleans(), data=st.data())
    def move(self, order: str, minor: int, currency: str, waits: bool, data: st.DataObject) -> None:
        escrow = Account(AccountKind.ESCROW, order)
        source, target, reason = data.draw(
            st.sampled_from(
                (
                    (PROVIDER, escrow, Reason.CAPTURE),
                    (escrow, SELLER, Reason.RELEASE),
                    (escrow, PROVIDER, Reason.REFUND),
                    (SELLER, PROVIDER, Reason.REFUND),
                    (SELLER, PROVIDER, Reason.CHARGEBACK),
                    (PROVIDER, BOND, Reason.BOND),
                    (BOND, PROVIDER, Reason.REFUND),
                    (BOND, PROVIDER, Reason.CLAIM),
                )
            )
        )
        name = TransferId(f"t{self.names}")
        self.moves(Transfer(name, source, target, Money(minor, currency), reason, order), waits=waits)

    @rule(data=st.data(), ends=st.sampled_from((Fulfil, Void)))
    def resolve(self, data: st.DataObject, ends: type[Fulfil] | type[Void]) -> None:
        name = data.draw(st.sampled_from((*self.open, *self.closed, TransferId("never"))))
        transfer = self.open.get(name)
        self.tried(ends(name), is_allowed=transfer is not None)
        if transfer is None:
            return
        del self.open[name]
        self.closed.append(name)
        if ends is Fulfil:
            self.happened(transfer)
        elif transfer.reason in GIVES_BACK:
            self.refundable[transfer.order, transfer.amount.currency] += transfer.amount.minor

    @rule()
    def send_the_last_posting_again(self) -> None:
        if self.ledger.postings:
            assert self.ledger.post(self.ledger.postings[-1]) is self.ledger

    @invariant()
    def the_auditor_finds_nothing(self) -> None:
        assert imbalances(self.ledger) == ()

    @invariant()
    def the_book_says_what_the_reckoning_says(self) -> None:
        for (account, currency), minor in self.held.items():
            assert self.ledger.balance(account, currency) == Money(minor, currency)
        assert {transfer.id for transfer in self.ledger.pending()} == set(self.open)

    def teardown(self) -> None:
        assert fold(self.ledger.postings) == self.ledger


TestBookkeeping = Bookkeeping.TestCase
TestBookkeeping.settings = effort(examples=50, steps=50, searched=50_000)
