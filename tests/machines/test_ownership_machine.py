"""Three people pass an item to and fro, miss it, find it, lose their keys; a few lines of bookkeeping say whose it is.

After every step: what the book allows was accepted and the item is whose the book says; what it does not allow was
refused and nothing changed. At the end of each run the whole log is audited.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from provenance.codes import Code
from provenance.commerce.ownership_guards import RECOVERY_DAYS
from provenance.commerce.tables import Kind
from provenance.crypto.keys import SigningKey
from provenance.services.signing import Hand, consumer
from tests.cast import INSPECTOR, SHOP
from tests.effort import effort
from tests.homes import key_of
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, DAY, TOKEN, A, Sales, ownership
from tests.world import RefusedError, World, everything

PEOPLE = {"anna": ANNA, "bob": BOB, "carl": key_of("carl")}
people = st.sampled_from(sorted(PEOPLE)).map(PEOPLE.__getitem__)


class OwnershipMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        self.sales = Sales(self.world)
        self.sales.stocked(A)
        self.sales.published()
        self.sales.bought(A)
        self.owner: SigningKey | None = None
        self.stage = "unclaimed"
        self.asked: SigningKey | None = None
        self.days = 0

    def tried(self, is_allowed: bool, act: Callable[[], object]) -> bool:
        """Whether it was accepted, which must be what the book says."""
        before = everything(self.world.services)
        try:
            act()
        except RefusedError as err:
            assert not is_allowed, str(err)
            assert err.refusal.code in (Code.ILLEGAL_STEP, Code.NOT_ENTITLED, Code.BEFORE_ITS_TIME)
            assert everything(self.world.services) == before
            return False
        assert is_allowed
        return True

    def said(self, kind: Kind, *hands: Hand, **members: str) -> Callable[[], object]:
        return lambda: self.sales.said(kind, *hands, of=ownership(A), **members)

    @rule(by=people)
    def claim(self, by: SigningKey) -> None:
        if self.tried(self.stage == "unclaimed", lambda: self.sales.claimed(A, by)):
            self.owner, self.stage = by, "owned"

    @rule(by=people)
    def offer(self, by: SigningKey) -> None:
        is_due = self.stage == "owned" and by is self.owner and self.asked is None
        if self.tried(is_due, lambda: self.sales.passed_on(A, by, to=None, days=10_000)):
            self.stage = "offered"

    @rule(by=people)
    def accept(self, by: SigningKey) -> None:
        is_due = self.stage == "offered" and by is not self.owner and self.asked is None
        if self.tried(is_due, lambda: self.sales.accepted(A, by)):
            self.owner, self.stage = by, "owned"

    @rule(by=people)
    def miss(self, by: SigningKey) -> None:
        is_due = self.stage in ("owned", "offered") and by is self.owner
        if self.tried(is_due, self.said(Kind.ITEM_MISSED, consumer(by))):
            self.stage = "missing"

    @rule(by=people)
    def find(self, by: SigningKey) -> None:
        if self.tried(self.stage == "missing" and by is self.owner, self.said(Kind.ITEM_FOUND, consumer(by))):
            self.stage = "owned"

    @rule()
    def steal(self) -> None:
        is_due = self.stage in ("owned", "offered", "missing")
        if self.tried(is_due, self.said(Kind.THEFT_CONFIRMED, INSPECTOR.hand(), report="4e" * 32)):
            self.stage = "stolen"

    @rule()
    def clear(self) -> None:
        if self.tried(self.stage == "stolen", self.said(Kind.THEFT_CLEARED, INSPECTOR.hand(), report="4e" * 32)):
            self.stage = "owned"

    @rule(by=people)
    def ask(self, by: SigningKey) -> None:
        is_due = self.stage == "owned" and self.asked is None and by is not self.owner
        if self.tried(is_due, self.said(Kind.RECOVERY_ASKED, SHOP.hand(), consumer(by), token=TOKEN)):
            self.asked, self.days = by, 0

    @rule(by=people)
    def object(self, by: SigningKey) -> None:
        is_due = self.asked is not None and by is self.owner
        if self.tried(is_due, self.said(Kind.RECOVERY_OBJECTED, consumer(by))):
            self.asked = None

    @rule(by=people)
    def complete(self, by: SigningKey) -> None:
        is_due = by is self.asked and self.days >= RECOVERY_DAYS and self.stage in ("owned", "offered", "missing")
        if self.tried(is_due, self.said(Kind.RECOVERY_COMPLETED, consumer(by))):
            self.owner, self.stage, self.asked = by, "owned", None

    @rule(days=st.sampled_from((1, RECOVERY_DAYS)))
    def wait(self, days: int) -> None:
        self.sales.later(days * DAY)
        self.days += days

    @invariant()
    def it_is_whose_the_book_says(self) -> None:
        if getattr(self, "owner", None) is not None:
            assert self.owner is not None
            assert self.sales.owner(A) == str(self.owner.public)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            assert_log_is_sound(self.world.services)
            self.world.close()
            self.folder.cleanup()


TestOwnershipMachine = OwnershipMachine.TestCase
TestOwnershipMachine.settings = effort(examples=5)
