"""Anyone tries anything with four items and two units; a few lines of bookkeeping say what must come of it.

After every step: what the book allows was accepted and things stand as it says; what it does not allow was refused
and nothing changed. At the end of each run the whole log is audited.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from provenance.codes import Code
from provenance.custody.standing import Phase
from provenance.ids import Subject
from tests.cast import CARRIER, MAKER, SHOP, Member, handed_to, item, unit
from tests.oracles import assert_log_is_sound
from tests.world import RefusedError, World

ITEMS = tuple(item(f"M{number}") for number in range(4))
UNITS = (unit(1), unit(2))
MEMBERS = {member.name: member for member in (MAKER, CARRIER, SHOP)}
SELLERS = (MAKER, SHOP)

members = st.sampled_from(sorted(MEMBERS)).map(MEMBERS.__getitem__)
items = st.sampled_from(ITEMS)
units = st.sampled_from(UNITS)
things = st.sampled_from((*ITEMS, *UNITS))


@dataclass(frozen=True)
class Entry:
    """One thing in the book."""

    holder: Member | None
    parent: Subject | None = None
    on_its_way_to: Member | None = None
    phase: Phase = Phase.ACTIVE
    seller: Member | None = None


class NotAllowedError(Exception):
    """The book says no."""


def need(condition: object) -> None:
    if not condition:
        raise NotAllowedError


class Book(dict[Subject, Entry]):
    """What should be so; a step changes it all or raises ``NotAllowedError``."""

    def found(self, thing: Subject, by: Member) -> Entry:
        """A thing in the book; what is not, its licensee may bring along from elsewhere."""
        if thing not in self:
            need(by is MAKER)
            self[thing] = Entry(MAKER)
        return self[thing]

    def outermost(self, entry: Entry) -> Entry:
        while entry.parent is not None:
            entry = self[entry.parent]
        return entry

    def around(self, thing: Subject | None) -> list[Subject]:
        found = []
        while thing is not None:
            found.append(thing)
            thing = self[thing].parent
        return found

    def free(self, thing: Subject, by: Member) -> Entry:
        """A thing that its holder can do something with by itself."""
        entry = self.found(thing, by)
        need(entry.phase is Phase.ACTIVE)
        need(entry.parent is None)
        need(entry.on_its_way_to is None)
        need(entry.holder is by)
        return entry


class Custody(RuleBasedStateMachine):
    """Everything anyone may try."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.world = World(Path(self.folder.name) / "home")
        self.book = Book()

    def teardown(self) -> None:
        assert_log_is_sound(self.world.services)
        self.world.close()
        self.folder.cleanup()

    def tried(self, event: dict[str, object], by: Member, expected: Book | None) -> None:
        """An event that must be accepted and lead to the expected book, or be refused and change nothing."""
        before = self.world.size()
        try:
            self.world.said(event, by)  # type: ignore[arg-type]  # plain JSON
        except RefusedError as err:
            assert expected is None, f"refused what the book allows: {err}"
            assert err.refusal.code is not Code.STALE_LINK
            assert self.world.size() == before
        else:
            assert expected is not None, "accepted what the book does not allow"
            assert self.world.size() == before + 1
            self.book = expected

    @rule(what=st.lists(items, min_size=1, max_size=3, unique=True), by=members)
    def make(self, what: list[Subject], by: Member) -> None:
        allowed = by is MAKER and not any(one in self.book for one in what)
        expected = Book(self.book | dict.fromkeys(what, Entry(MAKER))) if allowed else None
        self.tried({"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": what}, by, expected)

    @rule(thing=things, by=members, to=members)
    def ship(self, thing: Subject, by: Member, to: Member) -> None:
        book = Book(self.book)
        try:
            book[thing] = replace(book.free(thing, by), on_its_way_to=to if to is not by else None)
        except NotAllowedError:
            book = None  # type: ignore[assignment]  # no book: must be refused
        self.tried({**watching("shipping", thing), "destinationList": handed_to(to)}, by, book)

    @rule(thing=things, by=members)
    def receive(self, thing: Subject, by: Member) -> None:
        self.tried(watching("receiving", thing), by, self.received(thing, by))

    @rule(thing=items, by=members)
    def take_back(self, thing: Subject, by: Member) -> None:
        entry = self.book.get(thing)
        if entry is not None and entry.phase is Phase.SOLD:
            allowed = by in (entry.seller, MAKER)
            expected = Book(self.book | {thing: Entry(by)}) if allowed else None
        else:
            expected = self.received(thing, by)
        self.tried({**watching("receiving", thing), "disposition": "returned"}, by, expected)

    def received(self, thing: Subject, by: Member) -> Book | None:
        book = Book(self.book)
        try:
            entry = book.found(thing, by)
            need(entry.phase is Phase.ACTIVE)
            need(entry.parent is None)
            need(by in (entry.holder, entry.on_its_way_to))
        except NotAllowedError:
            return None
        if by is entry.on_its_way_to:
            book[thing] = replace(entry, holder=by, on_its_way_to=None)
        return book

    @rule(thing=things, by=members)
    def void(self, thing: Subject, by: Member) -> None:
        book = Book(self.book)
        try:
            entry = book.found(thing, by)
            need(entry.phase is Phase.ACTIVE)
            need(entry.parent is None)
            need(entry.on_its_way_to is not None)
            need(by in (entry.holder, entry.on_its_way_to))
            book[thing] = replace(entry, on_its_way_to=None)
        except NotAllowedError:
            book = None  # type: ignore[assignment]  # no book: must be refused
        self.tried(watching("void_shipping", thing), by, book)

    @rule(what=st.lists(things, min_size=1, max_size=3, unique=True), into=units, by=members)
    def pack(self, what: list[Subject], into: Subject, by: Member) -> None:
        if into in what:
            return  # the standard's own rule: a parent is no child of itself
        book = Book(self.book)
        try:
            outer = book.found(into, by)
            need(outer.phase is Phase.ACTIVE)
            need(book.outermost(outer).holder is by)
            need(book.outermost(outer).on_its_way_to is None)
            need(not set(what) & set(book.around(into)))
            for one in what:
                book[one] = replace(book.free(one, by), parent=into, holder=None)
        except NotAllowedError:
            book = None  # type: ignore[assignment]  # no book: must be refused
        self.tried({**containing("ADD", "packing", into), "childEPCs": what}, by, book)

    @rule(what=st.lists(things, max_size=2, unique=True), out_of=units, by=members)
    def unpack(self, what: list[Subject], out_of: Subject, by: Member) -> None:
        """Without a list, all of it."""
        if out_of in what:
            return
        book = Book(self.book)
        try:
            need(out_of in book)
            outermost = book.outermost(book[out_of])
            need(book[out_of].phase is Phase.ACTIVE)
            need(outermost.holder is by)
            need(outermost.on_its_way_to is None)
            for one in what or [thing for thing, entry in book.items() if entry.parent == out_of]:
                need(one in book)
                need(book[one].parent == out_of)
                book[one] = replace(book[one], parent=None, holder=by)
        except NotAllowedError:
            book = None  # type: ignore[assignment]  # no book: must be refused
        self.tried({**containing("DELETE", "unpacking", out_of), "childEPCs": what}, by, book)

    @rule(thing=items, by=members)
    def sell(self, thing: Subject, by: Member) -> None:
        book = Book(self.book)
        try:
            need(by in SELLERS)
            book[thing] = replace(book.free(thing, by), phase=Phase.SOLD, holder=None, seller=by)
        except NotAllowedError:
            book = None  # type: ignore[assignment]  # no book: must be refused
        self.tried(watching("retail_selling", thing), by, book)

    @rule(thing=items, by=members)
    def destroy(self, thing: Subject, by: Member) -> None:
        book = Book(self.book)
        try:
            book[thing] = replace(book.free(thing, by), phase=Phase.DESTROYED, holder=None)
        except NotAllowedError:
            book = None  # type: ignore[assignment]  # no book: must be refused
        self.tried(watching("destroying", thing), by, book)

    @invariant()
    def the_log_says_what_the_book_says(self) -> None:
        for thing, entry in self.book.items():
            standing = self.world.standing(thing)
            assert standing is not None
            assert standing.phase is entry.phase
            assert standing.holder == (entry.holder and entry.holder.party)
            assert standing.parent == entry.parent
            assert (standing.offer and standing.offer.to) == (entry.on_its_way_to and entry.on_its_way_to.party)


def watching(step: str, thing: Subject) -> dict[str, object]:
    return {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": step, "epcList": [thing]}


def containing(action: str, step: str, parent: Subject) -> dict[str, object]:
    return {"type": "AggregationEvent", "action": action, "bizStep": step, "parentID": parent}


TestCustody = Custody.TestCase
TestCustody.settings = settings(max_examples=25, stateful_step_count=40)
