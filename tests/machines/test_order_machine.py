"""Anyone tries any step of two orders for two items; a few lines of bookkeeping say what must come of it.

After every step: what the book allows was accepted and the order stands as it says; what it does not allow was refused
and nothing changed. At the end of each run the whole log is audited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from provenance.codes import Code
from provenance.commerce.orders import Shown
from provenance.ids import Subject
from provenance.services.signing import consumer
from tests.effort import effort
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, DAY, ORDER, OTHER_ORDER, A, B, Sales
from tests.world import RefusedError, World, everything

BUYERS = {ORDER: ANNA, OTHER_ORDER: BOB}
NO_EVENT = "ab" * 32

orders = st.sampled_from((ORDER, OTHER_ORDER))
items = st.sampled_from((A, B))


@dataclass
class Entry:
    """One order in the book."""

    stage: Shown | None = None
    item: Subject | None = None
    is_packed: bool = False


@dataclass
class Book:
    """What should be so."""

    orders: dict[Subject, Entry] = field(default_factory=lambda: {ORDER: Entry(), OTHER_ORDER: Entry()})
    taken: set[Subject] = field(default_factory=set)


class OrderMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        self.sales = Sales(self.world)
        self.sales.stocked(A, B)
        self.sales.published()
        self.book = Book()

    def tried(self, is_allowed: bool, act: Callable[[], object]) -> bool:
        """Whether it was accepted, which must be what the book says."""
        before = everything(self.world.services)
        try:
            act()
        except RefusedError as err:
            assert not is_allowed, str(err)
            assert err.refusal.code in (Code.ILLEGAL_STEP, Code.NOT_ENTITLED, Code.SLOT_TAKEN, Code.STILL_OPEN)
            assert everything(self.world.services) == before
            return False
        assert is_allowed
        return True

    @rule(of=orders)
    def offer(self, of: Subject) -> None:
        entry = self.book.orders[of]
        if self.tried(entry.stage is None, lambda: self.sales.offered(of, payBy=self.sales.now + 10**7)):
            entry.stage = Shown.OFFERED

    @rule(of=orders)
    def place(self, of: Subject) -> None:
        entry = self.book.orders[of]
        if self.tried(entry.stage is Shown.OFFERED, lambda: self.sales.placed(of, BUYERS[of])):
            entry.stage = Shown.AWAITING_PAYMENT

    @rule(of=orders)
    def pay(self, of: Subject) -> None:
        entry = self.book.orders[of]
        if self.tried(entry.stage is Shown.AWAITING_PAYMENT, lambda: self.sales.paid(of)):
            entry.stage = Shown.AWAITING_DISPATCH

    @rule(of=orders, item=items)
    def allocate(self, of: Subject, item: Subject) -> None:
        entry = self.book.orders[of]
        is_due = entry.stage is Shown.AWAITING_DISPATCH and entry.item is None
        if is_due and item in self.book.taken:
            return  # its custody event may be refused already; see test_an_item_is_in_one_open_sale_at_a_time
        event = "" if is_due else NO_EVENT
        if self.tried(is_due, lambda: self.sales.allocated(item, of=of, event=event)):
            entry.item = item
            self.book.taken.add(item)

    @rule(of=orders)
    def pack(self, of: Subject) -> None:
        entry = self.book.orders[of]
        is_due = entry.stage is Shown.AWAITING_DISPATCH and entry.item is not None and not entry.is_packed
        if self.tried(is_due, lambda: self.sales.packed(entry.item or A, of=of)):
            entry.is_packed = True

    @rule(of=orders)
    def ship(self, of: Subject) -> None:
        entry = self.book.orders[of]
        is_due = entry.stage is Shown.AWAITING_DISPATCH and entry.is_packed
        event = "" if is_due else NO_EVENT
        if self.tried(is_due, lambda: self.sales.shipped(entry.item or A, of=of, event=event)):
            entry.stage = Shown.ON_ITS_WAY

    @rule(of=orders)
    def deliver(self, of: Subject) -> None:
        entry = self.book.orders[of]
        if self.tried(entry.stage is Shown.ON_ITS_WAY, lambda: self.sales.delivered(entry.item or A, of=of)):
            entry.stage = Shown.DELIVERED

    @rule(of=orders)
    def complete(self, of: Subject) -> None:
        entry = self.book.orders[of]
        by = consumer(BUYERS[of])
        if self.tried(entry.stage is Shown.DELIVERED, lambda: self.sales.completed(of, by)):
            entry.stage = Shown.COMPLETED

    @rule(of=orders)
    def cancel(self, of: Subject) -> None:
        entry = self.book.orders[of]
        is_due = entry.stage in (Shown.OFFERED, Shown.AWAITING_PAYMENT, Shown.AWAITING_DISPATCH)
        by = consumer(BUYERS[of])
        if entry.stage is Shown.OFFERED:
            is_due = False  # whom it was offered to is not known yet; the seller could
        if self.tried(is_due, lambda: self.sales.cancelled(of, by)):
            entry.stage = Shown.CANCELLED
            self.book.taken -= {entry.item} if entry.item else set()

    @rule()
    def wait(self) -> None:
        self.sales.later(DAY)

    @invariant()
    def stands_as_the_book_says(self) -> None:
        if not hasattr(self, "book"):
            return
        for of, entry in self.book.orders.items():
            if entry.stage is not None:
                assert self.sales.order(of).shown is entry.stage

    def teardown(self) -> None:
        if hasattr(self, "world"):
            assert_log_is_sound(self.world.services)
            self.world.close()
            self.folder.cleanup()


TestOrderMachine = OrderMachine.TestCase
TestOrderMachine.settings = effort(examples=6)
