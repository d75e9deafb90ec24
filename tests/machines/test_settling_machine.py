"""A shop asks and a provider says anything, in any order and again; a few plain facts say what the book must come to.

After every step the auditor must find nothing, and book and list differ in exactly what was not said.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from provenance.commerce.imbalances import imbalances
from provenance.commerce.ledger import Account, AccountKind, Ledger
from provenance.commerce.money import Money
from provenance.commerce.payment_notices import PaymentState, Provider
from provenance.commerce.reconciliation import Break, Difference, breaks
from provenance.commerce.settling import DONE, Said, Till, ask_payment, ask_refund, settle
from provenance.errors import RefusedError
from tests.effort import effort

TILL, OTHER_TILL = Till(Provider.WECHAT, "1"), Till(Provider.STRIPE, "1")
ESCROW = Account(AccountKind.ESCROW, "o")
REFUNDS = ("r1", "r2", "r3")

amounts = st.integers(-1, 9)
states = {True: (PaymentState.PAID, PaymentState.NOT_PAID), False: (PaymentState.REFUNDED, PaymentState.NOT_REFUNDED)}


class Settling(RuleBasedStateMachine):
    """One order: what was asked for by name, how each ended, and so what must be held."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Ledger()
        self.asked: dict[str | None, int] = {}  # None is the payment
        self.ended: dict[str | None, bool] = {}  # whether it was done

    def held(self) -> int:
        done = {name: minor for name, minor in self.asked.items() if self.ended.get(name)}
        return done.pop(None, 0) - sum(done.values())

    def spoken_for(self) -> int:
        return sum(minor for name, minor in self.asked.items() if name is not None and name not in self.ended)

    @rule(minor=amounts)
    def ask_to_pay(self, minor: int) -> None:
        before = self.book
        is_allowed = self.asked.get(None, minor) == minor and minor > 0
        try:
            self.book = ask_payment(before, "o", Money(minor, "CNY"), at=TILL)
        except RefusedError:
            assert not is_allowed
            return
        assert is_allowed
        assert (self.book is before) == (None in self.asked)
        self.asked[None] = minor

    @rule(refund=st.sampled_from(REFUNDS), minor=amounts)
    def ask_to_give_back(self, refund: str, minor: int) -> None:
        before, is_retry = self.book, self.asked.get(refund) == minor
        is_new = refund not in self.asked and 0 < minor <= self.held() - self.spoken_for()
        try:
            self.book = ask_refund(before, "o", Money(minor, "CNY"), refund=refund, at=TILL)
        except RefusedError:
            assert not is_retry
            assert not is_new
            return
        assert is_retry or is_new
        assert (self.book is before) == is_retry
        self.asked[refund] = minor

    @rule(
        name=st.sampled_from((None, None, *REFUNDS)),
        minor=amounts,
        is_as_asked=st.integers(0, 3),
        which=st.integers(0, 1),
        till=st.sampled_from((TILL, TILL, TILL, OTHER_TILL)),
    )
    def the_provider_says(self, name: str | None, minor: int, is_as_asked: int, which: int, till: Till) -> None:
        minor = self.asked.get(name, minor) if is_as_asked else minor
        state = states[name is None][which]
        is_done = state in DONE
        before = self.book
        fits = self.asked.get(name) == minor and till is TILL and self.ended.get(name, is_done) == is_done
        try:
            self.book = settle(before, Said(till, "o", name, Money(minor, "CNY"), state))
        except RefusedError:
            assert not fits
            assert self.book is before
            return
        assert fits
        assert (self.book is before) == (name in self.ended)
        self.ended[name] = is_done

    @invariant()
    def the_auditor_finds_nothing(self) -> None:
        assert imbalances(self.book) == ()
        assert self.book.balance(ESCROW, "CNY").minor == self.held() >= 0
        assert self.book.available(ESCROW, "CNY").minor == self.held() - self.spoken_for() >= 0

    @invariant()
    def book_and_list_differ_in_what_was_not_said(self) -> None:
        everything = [
            Said(TILL, "o", name, Money(minor, "CNY"), states[name is None][0]) for name, minor in self.asked.items()
        ]

        unsaid = {said.transfer: said.amount for said in everything if not self.ended.get(said.refund)}

        assert set(breaks(self.book, everything)) == {
            Break(Difference.NOT_BOOKED, name, amount, amount) for name, amount in unsaid.items()
        }


TestSettling = Settling.TestCase
TestSettling.settings = effort(examples=25, steps=40)
