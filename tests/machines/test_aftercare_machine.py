"""An owner asks for everything that may come after a sale, in any order; a few lines of bookkeeping say what must come.

After every step: what the book allows was accepted, what it does not allow was refused and nothing changed; the item is
in one thing at a time, is whose the book says, and its price was paid back at most once. At the end of each run the
whole log is audited.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from provenance.codes import Code
from provenance.commerce.returns import refund_key
from provenance.commerce.tables import Kind, Slot
from provenance.ids import Subject
from provenance.services.signing import Hand, consumer
from tests.aftercare import Aftercare, resale, warranty
from tests.cast import SHOP
from tests.effort import effort
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, FREIGHT, GLN, ORDER, PRICE, A, B, ownership
from tests.world import RefusedError, World, everything

OTHER = {ANNA: BOB, BOB: ANNA}
WITHDRAWN = {
    "return": Kind.RETURN_WITHDRAWN,
    "exchange": Kind.EXCHANGE_WITHDRAWN,
    "claim": Kind.CLAIM_WITHDRAWN,
    "warranty": Kind.REPAIR_WITHDRAWN,
    "resale": Kind.RESALE_WITHDRAWN,
}
AGAINST_THE_SHOP = frozenset({"return", "exchange", "claim"})
REFUSED = frozenset({Code.ILLEGAL_STEP, Code.NOT_ENTITLED, Code.SLOT_TAKEN, Code.STILL_OPEN, Code.RESOLD, Code.BLOCKED})
matters = st.sampled_from(sorted(WITHDRAWN))


class AftercareMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        self.sales = Aftercare(self.world)
        self.sales.stocked(A, B)
        self.sales.published()
        self.sales.bought(A)
        self.sales.claimed(A)
        self.sales.later(timedelta(days=1))
        self.owner, self.open, self.number = ANNA, "", 0
        self.is_missing = self.is_passed_on = self.is_paid_back = False

    @property
    def hand(self) -> Hand:
        return consumer(self.owner)

    def named(self, matter: str) -> Subject:
        """The dossier of the newest matter of a kind."""
        of_item = {"warranty": warranty(A), "resale": resale(A)}
        return of_item.get(matter) or Subject(f"{matter}:{GLN}/m-{self.number}")

    def tried(self, is_allowed: bool, *acts: Callable[[], object]) -> bool:
        """Whether all of it was accepted, which must be what the book says."""
        before = everything(self.world.services)
        try:
            for act in acts:
                act()
        except RefusedError as err:
            assert not is_allowed, str(err)
            assert err.refusal.code in REFUSED, str(err)
            assert everything(self.world.services) == before
            return False
        assert is_allowed
        return True

    @rule(matter=matters)
    def ask(self, matter: str) -> None:
        is_due = not self.open and not (self.is_passed_on if matter in AGAINST_THE_SHOP else self.is_missing)
        is_due = is_due and (not self.is_paid_back or matter == "claim")  # a multiple may still be owed
        self.number += 1
        by, of = self.owner, self.named(matter)
        asked: dict[str, Callable[[], object]] = {
            "return": lambda: self.sales.requested(by=by, of=of),
            "exchange": lambda: self.sales.exchange_asked(by=by, of=of),
            "claim": lambda: self.sales.filed(by=by, of=of),
            "warranty": lambda: self.sales.faulty(by=by),
            "resale": lambda: self.sales.put_up(by=by),
        }
        if self.tried(is_due, asked[matter]):
            self.open = matter
        elif self.open not in ("warranty", "resale", ""):
            self.number -= 1

    @rule(matter=matters)
    def withdraw(self, matter: str) -> None:
        kind, of, hand = WITHDRAWN[matter], self.named(matter), self.hand
        if self.tried(self.open == matter, lambda: self.sales.said(kind, hand, of=of)):
            self.open = ""

    @rule()
    def sell(self) -> None:
        buyer, seller = consumer(OTHER[self.owner]), self.hand
        seal = {"seal": "K", "photo": "f0" * 32, "grams": 800}
        is_due = self.open == "resale" and not self.is_missing
        self.number += 1
        paid, released = f"in-{self.number}", f"out-{self.number}"
        to = OTHER[self.owner]
        if self.tried(
            is_due,
            lambda: self.sales.dealing(Kind.RESALE_ACCEPTED, buyer),
            lambda: self.sales.deal_paid(reference=paid),
            lambda: self.sales.dealing(Kind.RESALE_SHIPPED, seller, **seal),
            lambda: self.sales.dealing(Kind.RESALE_MATCHED, buyer, scanned=A),
            lambda: self.sales.resold(by=to, to=to),
            lambda: self.sales.deal_paid(Kind.RESALE_RELEASED, reference=released),
        ):
            self.owner, self.open, self.is_passed_on = to, "", True

    @rule()
    def mend(self) -> None:
        hand = self.hand
        if self.tried(
            self.open == "warranty",
            lambda: self.sales.mending(Kind.REPAIR_ACCEPTED),
            self.sales.brought_in,
            self.sales.mended,
            lambda: self.sales.mending(Kind.REPAIR_CLOSED, hand),
        ):
            self.open = ""

    @rule()
    def pay_back(self) -> None:
        of, minor = self.named("claim"), PRICE + FREIGHT
        payment = {"minor": minor, "currency": "CNY", "provider": "fakepay", "reference": f"back-{self.number}"}
        if self.open == "claim" and (self.is_missing or self.is_paid_back):
            return  # what is admitted is not always paid: see test_claims
        if self.tried(
            self.open == "claim",
            lambda: self.sales.said(Kind.CLAIM_ADMITTED, SHOP.hand(), of=of, found=[], loss=0),
            lambda: self.sales.said(Kind.CLAIM_REFUNDED, SHOP.hand(), of=of, **payment),
        ):
            self.open, self.is_paid_back = "", True

    @rule()
    def miss(self) -> None:
        hand = self.hand
        if self.tried(not self.is_missing, lambda: self.sales.said(Kind.ITEM_MISSED, hand, of=ownership(A))):
            self.is_missing = True

    @rule()
    def find(self) -> None:
        hand = self.hand
        if self.tried(self.is_missing, lambda: self.sales.said(Kind.ITEM_FOUND, hand, of=ownership(A))):
            self.is_missing = False

    @invariant()
    def it_stands_as_the_book_says(self) -> None:
        if not hasattr(self, "owner"):
            return
        with self.world.services.store.reading() as store:
            holder = store.slot((Slot.RETURN, A))
            refund = store.slot((Slot.REFUND, refund_key(ORDER, A)))
        assert (holder or ":").partition(":")[0] == self.open
        assert (refund is not None) is self.is_paid_back
        assert self.sales.owner(A) == str(self.owner.public)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            assert_log_is_sound(self.world.services)
            self.world.close()
            self.folder.cleanup()


TestAftercareMachine = AftercareMachine.TestCase
TestAftercareMachine.settings = effort(examples=3)
