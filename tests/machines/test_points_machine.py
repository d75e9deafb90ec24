"""Two members earn, spend, give and are given points, in any order; a few lines of bookkeeping say what they have.

Orders are put into the book as they might come to be, without their goods; every record of points joins by the same
rules as in the log. After every step: what the bookkeeping allows was accepted, what it does not allow was refused and
nothing changed, the accounts hold what it says, and not a point of the whole programme is missing.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from provenance.commerce.book import Book
from provenance.commerce.calendar import day_of
from provenance.commerce.dossier import extended
from provenance.commerce.dossier_names import parse_dossier_name
from provenance.commerce.facts import SeenCheckpoint
from provenance.commerce.goods import Goods
from provenance.commerce.joining import join
from provenance.commerce.ledger import AccountKind
from provenance.commerce.points_postings import account_of
from provenance.commerce.points_supply import supply_of
from provenance.commerce.programme import programme_members
from provenance.commerce.records import Entered, parse_record
from provenance.commerce.returns import refund_key
from provenance.commerce.tables import Kind, Slot
from provenance.commerce.terms import terms_members
from provenance.crypto.keys import SigningKey
from provenance.custody.roles import Role
from provenance.custody.standing import Standings
from provenance.custody.statements import Signer
from provenance.encoding.canonical import Json
from provenance.errors import ProvenanceError
from provenance.ids import KeyId, LeafIndex, PartyId, StatementHash, Subject
from tests.cast import CARRIER, SHOP, gtin, item
from tests.effort import effort
from tests.homes import key_of
from tests.loyalty import ANNAS, BOBS, CLERK, PROGRAMME, RULES
from tests.purses import Bought, Purse
from tests.sales import ANNA, BOB, GLN, TERMS, TERMS_OF

PRICES = (3000, 5550)
DAY = 86_400
MOST_ORDERS = 6
WAYS = ("placed", "paid", "redeemed", "earned", "there", "counted")
LIMIT = 40  # points a day may be given
ACCOUNTS = {ANNAS: ANNA, BOBS: BOB}

accounts = st.sampled_from(tuple(ACCOUNTS))
amounts = st.sampled_from((1, 7, 20, 40))
places = st.integers(0, MOST_ORDERS - 1)
others = st.sampled_from((False, False, False, True))  # now and then somebody else's account
lines = st.sampled_from((0, 1))


class PointsMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.book, self.now, self.names = Book(), 1_780_000_000, count()
        self.goods = Goods(lambda _: Standings(), lambda _: None)
        self.orders: list[Bought] = []
        self.purses = {account: Purse() for account in ACCOUNTS}
        self.taken: set[tuple[Subject, str]] = set()
        self.rules = replace(RULES, gifts_a_day=LIMIT)
        self.put(TERMS_OF, Kind.TERMS_PUBLISHED, terms=terms_members(TERMS))
        self.put(PROGRAMME, Kind.PROGRAMME_PUBLISHED, programme=programme_members(self.rules))
        for account, key in ACCOUNTS.items():
            self.say(account, Kind.POINTS_JOINED, self.shop(), self.own(key), programmeOf=PROGRAMME, token="0a" * 32)
            self.grant(account, points=60, days=400, by=CLERK)

    # how records come into the book

    def own(self, key: SigningKey) -> Signer:
        return Signer(PartyId(str(key.public)), key.public.id, Role.CONSUMER)

    def shop(self) -> Signer:
        return Signer(SHOP.party, KeyId("5b" * 32), Role.SELLER)

    def entered(self, subject: Subject, kind: Kind, *signers: Signer, **members: Json) -> Entered:
        record = parse_record({"subject": subject, "kind": kind.value, "at": self.now, **members})
        place = next(self.names)
        seen = SeenCheckpoint("log.example", 1, "00" * 32)
        return Entered(record, StatementHash(f"{place:064x}"), LeafIndex(place), signers, seen)

    def put(self, subject: Subject, kind: Kind, *signers: Signer, **members: Json) -> None:
        """A record of what is not points, as if its goods were there."""
        name = parse_dossier_name(subject)
        entered = self.entered(subject, kind, *(signers or (self.shop(),)), **members)
        self.book.dossiers[subject] = extended(self.book.dossier(name), entered)

    def say(self, subject: Subject, kind: Kind, *signers: Signer, **members: Json) -> None:
        join(self.entered(subject, kind, *signers, **members), self.book, self.goods)

    def tried(self, account: Subject, kind: Kind, *signers: Signer, is_allowed: bool, **members: Json) -> bool:
        """Whether it was accepted, which must be what the bookkeeping says; what has ended is expired then."""
        before, slots = self.dossiers(), self.slots()
        try:
            self.say(account, kind, *signers, **members)
        except ProvenanceError as err:
            assert not is_allowed, f"refused what the bookkeeping allows: {kind} {err}"
            assert self.dossiers() == before
            assert self.slots() == slots
            return False
        assert is_allowed, f"accepted what the bookkeeping does not allow: {kind} {members}"
        return True

    def dossiers(self) -> dict[Subject, tuple[Entered, ...]]:
        return {name: dossier.entries for name, dossier in self.book.dossiers.items() if dossier.entries}

    def slots(self) -> dict[object, object]:
        return {slot: holder for slot, holder in self.book.slots.items() if holder is not None}

    def free(self, account: Subject) -> int:
        """What could be spent now."""
        purse = self.purses[account]
        return sum(points for lot, points in purse.lots.items() if purse.ends[lot] > self.now)

    # orders

    @rule(by=accounts, way=st.sampled_from(WAYS), points=st.sampled_from((0, 20)))
    @precondition(lambda self: len(getattr(self, "orders", ())) < MOST_ORDERS)
    def buy(self, by: Subject, way: str, points: int) -> None:
        self.place(by)
        last, far = len(self.orders) - 1, WAYS.index(way)
        steps = (self.pay, self.redeem, self.earn, self.deliver, self.count_it)
        if points:
            self.reserve(last, is_other=False, points=points)
        for step in steps[:far]:
            if step == self.count_it:
                self.now += 12 * DAY
            step(last) if step in (self.pay, self.deliver) else step(last, is_other=False)

    def place(self, by: Subject) -> None:
        one = Bought(Subject(f"order:{GLN}/{len(self.orders)}"), by)
        line: dict[str, Json] = {"class": gtin(), "category": "apparel", "traits": []}
        offer: dict[str, Json] = {
            "lines": [{**line, "price": price} for price in PRICES],
            "currency": "CNY",
            "freight": 100,
            "terms": TERMS.hash,
            "termsOf": TERMS_OF,
            "token": "0b" * 32,
            "payBy": self.now + 2 * DAY,
            "attestor": SHOP.party,
        }
        self.put(one.name, Kind.ORDER_OFFERED, **offer)
        self.put(one.name, Kind.ORDER_PLACED, self.own(ACCOUNTS[by]), confirmed=[])
        one.at = self.now
        self.orders.append(one)

    @rule(place=places)
    def pay(self, place: int) -> None:
        if self.orders and (one := self.orders[place % len(self.orders)]).way == "placed":
            minor = sum(PRICES) + 100 - one.in_points
            payment: dict[str, Json] = {"provider": "fakepay", "merchant": "m", "reference": one.name, "grade": "C"}
            self.put(one.name, Kind.ORDER_PAID, minor=minor, currency="CNY", told=None, **payment)
            one.way = "paid"

    @rule(place=places, is_told=st.booleans())
    def call_off(self, place: int, is_told: bool) -> None:
        if self.orders and (one := self.orders[place % len(self.orders)]).way in ("placed", "paid"):
            self.put(one.name, Kind.ORDER_CANCELLED, reason="changed my mind")
            one.way = "off" if one.way == "placed" else "paid and off"
            if is_told:
                self.release(place, is_other=False)

    @rule(place=places)
    def deliver(self, place: int) -> None:
        if self.orders and (one := self.orders[place % len(self.orders)]).way == "paid":
            serials: list[Json] = [item(f"{one.number}-1"), item(f"{one.number}-2")]
            self.put(one.name, Kind.ORDER_ALLOCATED, serials=serials, event="0e" * 32)
            self.put(one.name, Kind.PARCEL_PACKED, serials=serials, seal="s", photo="0f" * 32, grams=1)
            self.put(one.name, Kind.PARCEL_SHIPPED, serials=serials, carrier=CARRIER.party, event="0e" * 32)
            self.put(one.name, Kind.PARCEL_DELIVERED, serials=serials)
            one.way, one.at = "there", self.now

    @rule(place=places, line=lines, is_told=st.booleans())
    def pay_back(self, place: int, line: int, is_told: bool) -> None:
        if self.orders and (one := self.orders[place % len(self.orders)]).way == "there":
            key = refund_key(one.name, item(f"{one.number}-{line + 1}"))
            self.book.slots[Slot.REFUND, key] = Subject(f"refund:{GLN}/{one.number}-{line}")
            one.paid_back.add(line)
            if is_told:
                self.revoke(place, is_other=False, line=line)
                self.give_back(place, is_other=False, line=line)

    @rule(days=st.sampled_from((1, 12, 200)))
    def wait(self, days: int) -> None:
        self.now += days * DAY

    # points

    def order(self, place: int, is_other: bool) -> tuple[Bought, Subject]:
        nothing = Bought(Subject(f"order:{GLN}/none"), ANNAS, "none")
        one = self.orders[place % len(self.orders)] if self.orders else nothing
        account = next(account for account in ACCOUNTS if (account == one.by) is not is_other)
        return one, account

    def swept(self, account: Subject) -> Purse:
        self.purses[account].sweep(self.now)
        return self.purses[account]

    def done(self, purse: Purse) -> None:
        purse.sweep(self.now)
        purse.settle()

    def is_undone(self, one: Bought, line: int) -> bool:
        return one.way in ("off", "paid and off") or line in one.paid_back

    @rule(place=places, is_other=others)
    def earn(self, place: int, is_other: bool) -> None:
        one, account = self.order(place, is_other)
        purse = self.purses[account]
        less = [one.in_points * price // sum(PRICES) for price in PRICES]
        less[0 if one.in_points * PRICES[0] % sum(PRICES) >= one.in_points * PRICES[1] % sum(PRICES) else 1] += (
            one.in_points - sum(less)
        )
        shares: list[int] = [(price - part) // 100 for price, part in zip(PRICES, less, strict=True)]
        is_new = one.name not in purse.pending | purse.earned
        is_allowed = is_new and one.by == account and one.way in ("paid", "there")
        members: dict[str, Json] = {"order": one.name, "programme": self.rules.hash, "shares": [*shares]}
        if self.tried(account, Kind.POINTS_PENDING, self.shop(), is_allowed=is_allowed, **members):
            self.swept(account).pending[one.name] = dict(enumerate(shares))
            self.done(purse)

    @rule(place=places, is_other=others)
    def count_it(self, place: int, is_other: bool) -> None:
        one, account = self.order(place, is_other)
        purse, end = self.purses[account], self.rules.expiry(self.now)
        left = purse.pending.get(one.name, {})
        is_kept = one.way == "there" and self.now >= one.at + 12 * DAY and not set(left) & one.paid_back
        members: dict[str, Json] = {"order": one.name, "expires": end}
        if self.tried(account, Kind.POINTS_EARNED, self.shop(), is_allowed=bool(left) and is_kept, **members):
            self.swept(account).earned[one.name] = purse.pending.pop(one.name)
            purse.put({one.name: sum(left.values())}, {one.name: end})
            self.done(purse)

    @rule(place=places, is_other=others, line=lines)
    def revoke(self, place: int, is_other: bool, line: int) -> None:
        one, account = self.order(place, is_other)
        purse = self.purses[account]
        left = purse.pending.get(one.name) or purse.earned.get(one.name) or {}
        is_allowed = line in left and self.is_undone(one, line)
        if self.tried(account, Kind.POINTS_REVOKED, self.shop(), is_allowed=is_allowed, order=one.name, line=line):
            self.swept(account)
            points = left.pop(line)
            if one.name in purse.earned:
                purse.revoke(one.name, points)
            self.done(purse)

    @rule(place=places, is_other=others, points=amounts)
    def reserve(self, place: int, is_other: bool, points: int) -> None:
        one, account = self.order(place, is_other)
        purse = self.purses[account]
        shares = [points * price // sum(PRICES) for price in PRICES]
        shares[0 if points * PRICES[0] % sum(PRICES) >= points * PRICES[1] % sum(PRICES) else 1] += points - sum(shares)
        is_open = one.way == "placed" and not one.in_points and self.now <= one.at + 2 * DAY
        is_allowed = is_open and one.by == account and self.free(account) >= points
        members: dict[str, Json] = {"order": one.name, "points": points, "minor": 10 * points, "shares": [*shares]}
        signer = self.own(ACCOUNTS[account])
        if self.tried(account, Kind.POINTS_RESERVED, signer, is_allowed=is_allowed, **members):
            self.swept(account)
            purse.laid_down[one.name] = [purse.take(share) for share in shares]
            one.in_points = 10 * points
            self.done(purse)

    @rule(place=places, is_other=others)
    def redeem(self, place: int, is_other: bool) -> None:
        one, account = self.order(place, is_other)
        purse = self.purses[account]
        is_allowed = one.name in purse.laid_down and one.way in ("paid", "there", "paid and off")
        if self.tried(account, Kind.POINTS_REDEEMED, self.shop(), is_allowed=is_allowed, order=one.name):
            purse.spent[one.name] = purse.laid_down.pop(one.name)
            self.done(purse)

    @rule(place=places, is_other=others)
    def release(self, place: int, is_other: bool) -> None:
        one, account = self.order(place, is_other)
        purse = self.purses[account]
        is_allowed = one.name in purse.laid_down and one.way == "off"
        if self.tried(account, Kind.POINTS_RELEASED, self.shop(), is_allowed=is_allowed, order=one.name):
            self.swept(account)
            for lots in purse.laid_down.pop(one.name):
                purse.put(lots, purse.ends)
            self.done(purse)

    @rule(place=places, is_other=others, line=lines)
    def give_back(self, place: int, is_other: bool, line: int) -> None:
        one, account = self.order(place, is_other)
        purse, until = self.purses[account], self.rules.grace(self.now)
        parts = purse.spent.get(one.name)
        is_allowed = parts is not None and bool(parts[line]) and self.is_undone(one, line)
        members: dict[str, Json] = {"order": one.name, "line": line, "until": until}
        if self.tried(account, Kind.POINTS_RETURNED, self.shop(), is_allowed=is_allowed, **members):
            assert parts is not None
            self.swept(account).put(parts[line], dict.fromkeys(parts[line], until))
            parts[line] = {}
            self.done(purse)

    @rule(account=accounts, to=accounts, points=amounts, name=st.sampled_from("abc"))
    def give(self, account: Subject, to: Subject, points: int, name: str) -> None:
        purse, today = self.purses[account], day_of(self.now, self.rules.zone)
        is_within = purse.given.get(today, 0) + points <= LIMIT and self.free(account) >= points
        is_allowed = is_within and to != account and name not in purse.gifts
        members: dict[str, Json] = {"gift": name, "recipient": to, "points": points}
        if self.tried(account, Kind.POINTS_OFFERED, self.own(ACCOUNTS[account]), is_allowed=is_allowed, **members):
            purse.gifts[name] = self.swept(account).take(points)
            purse.given[today] = purse.given.get(today, 0) + points
            self.done(purse)

    @rule(account=accounts, name=st.sampled_from("abc"))
    def keep(self, account: Subject, name: str) -> None:
        purse = self.purses[account]
        is_allowed = name in purse.gifts and (account, name) not in self.taken
        if self.tried(account, Kind.POINTS_KEPT, self.own(ACCOUNTS[account]), is_allowed=is_allowed, gift=name):
            self.taken.add((account, name))
            self.swept(account).put(purse.gifts[name], purse.ends)
            self.done(purse)

    @rule(account=accounts, name=st.sampled_from("abc"))
    def receive(self, account: Subject, name: str) -> None:
        giver = BOBS if account == ANNAS else ANNAS
        giving, purse = self.purses[giver], self.purses[account]
        gift = account_of(self.book.known(giver)).gifts.get(name)
        told = list(zip(gift.ends, gift.parts, strict=True)) if gift is not None else []
        lots: list[Json] = [{"expires": end, "points": part.points} for end, part in told]
        is_allowed = name in giving.gifts and (giver, name) not in self.taken
        members: dict[str, Json] = {"giver": giver, "gift": name, "lots": lots or [{"expires": self.now, "points": 1}]}
        if self.tried(account, Kind.POINTS_RECEIVED, self.own(ACCOUNTS[account]), is_allowed=is_allowed, **members):
            self.taken.add((giver, name))
            assert [part.points for _, part in told] == list(giving.gifts[name].values())
            names = [f"{giver} {name} {n}" for n in range(len(told))]
            found = zip(names, told, strict=True)
            self.swept(account).put(
                dict(zip(names, giving.gifts[name].values(), strict=True)), {lot: end for lot, (end, _) in found}
            )
            self.done(purse)

    @rule(account=accounts, points=amounts, days=st.sampled_from((1, 20, 400)), by=st.sampled_from((CLERK, ANNA)))
    def grant(self, account: Subject, points: int, days: int, by: SigningKey) -> None:
        reference, end = f"r{next(self.names)}", self.now + days * DAY
        members: dict[str, Json] = {"reference": reference, "reason": "goodwill", "paper": "9a" * 32, "points": points}
        hands = (self.shop(), self.own(by))
        if self.tried(account, Kind.POINTS_GRANTED, *hands, is_allowed=by is CLERK, expires=end, **members):
            purse = self.swept(account)
            purse.put({f"by hand {reference}": points}, {f"by hand {reference}": end})
            self.done(purse)

    @rule(account=accounts, points=amounts)
    def withdraw(self, account: Subject, points: int) -> None:
        members: dict[str, Json] = {"reference": f"w{next(self.names)}", "reason": "misuse", "paper": "9a" * 32}
        hands = (self.shop(), self.own(CLERK))
        is_allowed = self.free(account) >= points
        if self.tried(account, Kind.POINTS_WITHDRAWN, *hands, is_allowed=is_allowed, points=points, **members):
            self.swept(account).take(points)
            self.done(self.purses[account])

    @rule(account=accounts)
    def tick(self, account: Subject) -> None:
        assert self.tried(account, Kind.TICK, self.shop(), is_allowed=True)
        self.swept(account)

    @rule(account=accounts, points=amounts)
    def a_stranger_spends_nothing(self, account: Subject, points: int) -> None:
        stranger = self.own(key_of("carl"))
        members: dict[str, Json] = {"gift": "x", "recipient": BOBS, "points": points}
        self.tried(account, Kind.POINTS_OFFERED, stranger, is_allowed=False, **members)

    # what must be so

    @invariant()
    def the_accounts_hold_what_the_bookkeeping_says(self) -> None:
        for account, purse in getattr(self, "purses", {}).items():
            found = account_of(self.book.known(account))
            pending = sum(sum(shares.values()) for shares in purse.pending.values())
            told = (found.available, found.owed, found.held(AccountKind.PENDING), found.held(AccountKind.EXPIRED))
            assert told == (purse.available(), purse.owed, pending, sum(purse.expired.values()))
            assert not purse.owed or not purse.available()

    @invariant()
    def not_a_point_is_missing(self) -> None:
        if hasattr(self, "purses"):
            supply = supply_of(PROGRAMME, self.rules, [self.book.known(account) for account in ACCOUNTS])
            assert (supply.missing, supply.unsound) == (0, ())


TestPointsMachine = PointsMachine.TestCase
TestPointsMachine.settings = effort(examples=8, steps=40)
