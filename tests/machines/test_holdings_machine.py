"""Anyone moves any amount of two lots; a ledger of plain numbers says what must come of it.

Amounts are whole kilograms, so the book is integers. At the end of each run the whole log is audited, which also
checks that every lot's accounts sum to nothing.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from provenance.custody.holdings import party_account, sold_account, transit_account
from provenance.ids import Subject
from tests.cast import CARRIER, MAKER, SHOP, Member, Some, handed_to, listed, lot
from tests.oracles import assert_log_is_sound
from tests.world import RefusedError, World

LOTS = (lot("H1"), lot("H2"))
MEMBERS = {member.name: member for member in (MAKER, CARRIER, SHOP)}

members = st.sampled_from(sorted(MEMBERS)).map(MEMBERS.__getitem__)
lots = st.sampled_from(LOTS)
amounts = st.integers(1, 9)


class Holdings(RuleBasedStateMachine):
    """Everything anyone may try with an amount."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.world = World(Path(self.folder.name) / "home")
        self.book: dict[Subject, Counter[str]] = {}

    def teardown(self) -> None:
        assert_log_is_sound(self.world.services)
        self.world.close()
        self.folder.cleanup()

    def tried(self, event: dict[str, object], by: Member, posting: tuple[Subject, int, str, str] | None) -> None:
        """An event that must be accepted and post so, or (without a posting) be refused and change nothing."""
        before = self.world.size()
        try:
            self.world.said(event, by)  # type: ignore[arg-type]  # plain JSON
        except RefusedError as err:
            assert posting is None, f"refused what the book allows: {err}"
            assert self.world.size() == before
            return
        assert posting is not None, "accepted what the book does not allow"
        of, amount, debit, credit = posting
        accounts = self.book.setdefault(of, Counter())
        accounts[debit] -= amount
        accounts[credit] += amount

    def in_hand(self, of: Subject, amount: int, by: Member) -> bool:
        """Whether a member has as much; of a lot nobody recorded, its licensee brings along what it needs."""
        if of not in self.book and by is MAKER:
            return True
        return self.book.get(of, Counter())[party_account(by.party)] >= amount

    def bring_along(self, of: Subject, amount: int, by: Member) -> None:
        if of not in self.book and by is MAKER:
            self.book[of] = Counter({party_account(by.party): amount, "source": -amount})

    @rule(of=lots, amount=amounts, by=members)
    def issue(self, of: Subject, amount: int, by: Member) -> None:
        allowed = (of, amount, "source", party_account(by.party)) if by is MAKER else None
        self.tried(moving("ADD", "commissioning", of, amount), by, allowed)

    @rule(of=lots, amount=amounts, by=members, to=members)
    def ship(self, of: Subject, amount: int, by: Member, to: Member) -> None:
        if to is by:
            return
        posting = (of, amount, party_account(by.party), transit_account(by.party, to.party))
        allowed = posting if self.in_hand(of, amount, by) else None
        if allowed:
            self.bring_along(of, amount, by)
        self.tried({**moving("OBSERVE", "shipping", of, amount), "destinationList": handed_to(to)}, by, allowed)

    @rule(of=lots, amount=amounts, by=members)
    def receive(self, of: Subject, amount: int, by: Member) -> None:
        if of not in self.book:
            return  # nothing of it is on its way
        ways = {
            transit_account(giver.party, by.party): held
            for giver in MEMBERS.values()
            if (held := self.book[of][transit_account(giver.party, by.party)])
        }
        enough = {held: way for way, held in sorted(ways.items(), reverse=True) if held >= amount}
        if len([held for held in ways.values() if held >= amount and held == min(enough)]) > 1:
            return  # two shipments fit as well: either may be meant
        if enough:
            posting = (of, amount, enough[min(enough)], party_account(by.party))
        elif not ways and self.book[of][party_account(by.party)] > 0:
            posting = (of, 0, "source", "source")  # arrived within one's own house
        else:
            self.tried(moving("OBSERVE", "receiving", of, amount), by, None)
            return
        self.tried(moving("OBSERVE", "receiving", of, amount), by, posting)

    @rule(of=lots, amount=amounts, by=members)
    def sell(self, of: Subject, amount: int, by: Member) -> None:
        posting = (of, amount, party_account(by.party), sold_account(by.party))
        allowed = posting if by is not CARRIER and self.in_hand(of, amount, by) else None
        if allowed:
            self.bring_along(of, amount, by)
        self.tried(moving("OBSERVE", "retail_selling", of, amount), by, allowed)

    @rule(of=lots, amount=amounts, by=members)
    def destroy(self, of: Subject, amount: int, by: Member) -> None:
        allowed = (of, amount, party_account(by.party), "ended") if self.in_hand(of, amount, by) else None
        if allowed:
            self.bring_along(of, amount, by)
        self.tried(moving("DELETE", "destroying", of, amount), by, allowed)

    @invariant()
    def the_log_says_what_the_book_says(self) -> None:
        for of, accounts in self.book.items():
            standing = self.world.standing(of)
            assert standing is not None
            held = {account: int(amount) for account, unit, amount in standing.holdings if unit == "KGM"}
            assert held == {account: amount for account, amount in accounts.items() if amount}


def moving(action: str, step: str, of: Subject, amount: int) -> dict[str, object]:
    about = listed([Some(f"{amount} KGM", of)], "epcList", "quantityList")
    return {"type": "ObjectEvent", "action": action, "bizStep": step, **about}


TestHoldings = Holdings.TestCase
TestHoldings.settings = settings(max_examples=20, stateful_step_count=40)
