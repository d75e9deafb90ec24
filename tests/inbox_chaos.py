"""A shop whose provider misbehaves, through the doors of the product: inbox, attestor, refunds, reconciliation."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from provenance.commerce.book import Book
from provenance.commerce.dossier_names import parse_dossier_name
from provenance.commerce.imbalances import imbalances
from provenance.commerce.ledger import Account, AccountKind
from provenance.commerce.money import Money
from provenance.commerce.payment_accounts import SellersAccount
from provenance.commerce.payment_notices import PaymentState, Provider
from provenance.commerce.postings import dossiers_of_money, order_book
from provenance.commerce.provider_lists import ProviderList
from provenance.commerce.refunds import refund_after
from provenance.commerce.settling import Said, Till
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.crypto.envelope import to_json
from provenance.encoding.canonical import Json
from provenance.errors import ForgedError, ProvenanceError
from provenance.ids import Subject
from provenance.ports.inbox import Fate
from provenance.services.bookkeeping import read_dossier
from provenance.services.capturing import Receipt
from provenance.services.signing import Hand, consumer
from tests.cast import SHOP, gtin
from tests.fake_provider import FakeProviderAtWork, Line
from tests.provider_dialects import MERCHANTS
from tests.sales import ANNA, GLN, TERMS, TERMS_OF, TOKEN, Sales, text_hash
from tests.tills import TILL, attesting, kept, receiving, restarted, world_with_a_till
from tests.world import World


@dataclass
class Bank:
    """The fake provider as the product asks it and commands it."""

    provider: FakeProviderAtWork

    def listed(self, at: SellersAccount, number: str) -> Sequence[Said]:
        """See ``ports.providers.Providers``."""
        till = Till(at.provider, at.account.merchant)
        lines = self.provider.ask("list", order=number)["listed"]
        return [_said(line, till) for line in lines if line["provider"] == at.provider]

    def give_back(self, at: SellersAccount, number: str, refund: str, amount: Money) -> bool:
        """See ``ports.providers.Providers``."""
        told = self.provider.ask("refund", provider=at.provider.value, order=number, refund=refund, minor=amount.minor)
        assert told == {"taken": True}
        return True


@dataclass
class Shop:
    """A world with a till whose orders are paid at the fake provider."""

    world: World
    provider: FakeProviderAtWork
    luck: random.Random
    prices: dict[str, int] = field(default_factory=dict)
    forged: int = 0
    contradicted: int = 0

    def sell(self, numbers: Sequence[str]) -> None:
        """Offers that are accepted and paid, all at once."""
        self.prices |= {number: self.luck.randrange(100, 100_000) for number in numbers}
        self._say(Kind.ORDER_OFFERED, numbers, SHOP.hand(), self._offer)
        self._say(Kind.ORDER_PLACED, numbers, consumer(ANNA), lambda _: {"confirmed": []})
        for number in numbers:
            paid = {"provider": self.luck.choice(tuple(MERCHANTS)), "order": number, "minor": self.prices[number]}
            assert self.provider.ask("pay", **paid) == {"taken": True}

    def give_back(self, numbers: Sequence[str]) -> None:
        """What was paid of these is called off and paid back; each command is given twice."""
        paid = [number for number in numbers if self._is_paid(number)]
        self._say(Kind.ORDER_CANCELLED, paid, consumer(ANNA), lambda _: {"reason": "changed my mind"})
        refunding = self.world.services.refunding
        assert refunding is not None
        for number in paid:
            subject = Subject(f"order:{GLN}/{number}")
            refund = refunding.grant(subject, Money(self.prices[number], "CNY"), [consumer(ANNA)])
            assert [refunding.command(refund).name for _ in range(2)] == [f"{number}-all"] * 2

    def take_in(self) -> None:
        """Everything that the provider sends in this round, and a process that dies before it looks at it."""
        at = int(self.world.clock.instant.timestamp())
        for line in self.provider.ask("send", at=at)["sent"]:
            body = base64.b64decode(line["body"])
            try:
                receiving(self.world).receive(line["provider"], None, line["headers"], body)
            except ForgedError:
                self.forged += 1
            except ProvenanceError:
                self.contradicted += 1
        self.world = restarted(self.world, Bank(self.provider))
        attesting(self.world).turn()
        self.world.clock.instant += timedelta(seconds=60)

    def breaks(self) -> list[tuple[str, str]]:
        """What the product finds between its books and the provider's list, at all three accounts."""
        reconciling, lines = self.world.services.reconciling, self.provider.ask("list")["listed"]
        assert reconciling is not None
        found = []
        for name, merchant in MERCHANTS.items():
            till = Till(Provider(name), merchant)
            mine = tuple(_said(line, till) for line in lines if line["provider"] == name)
            until = int(self.world.clock.instant.timestamp())
            found += reconciling.compare(ProviderList(till, 0, until, mine))
        return sorted((one.found.difference.value, str(one.found.transfer)) for one in found)

    def assert_books_hold(self) -> None:
        """Every book adds up, nothing is paid twice, and everything that came has its fate."""
        with self.world.services.store.reading() as store:
            book = Book(lambda name: read_dossier(store, name), store.slot)
            for number, price in self.prices.items():
                ordered = book.known(Subject(f"order:{GLN}/{number}"))
                refund = book.dossier(parse_dossier_name(refund_after(ordered.name.subject)))
                ledger = order_book(ordered, dossiers_of_money(ordered, book))
                paid, back = len(ordered.all(Kind.ORDER_PAID)), len(refund.all(Kind.REFUND_PAID))
                escrow = ledger.balance(Account(AccountKind.ESCROW, ordered.name.subject), "CNY")
                assert imbalances(ledger) == ()
                assert back <= paid <= 1, number
                assert escrow.minor == (paid - back) * price, number

    def fates(self) -> dict[Fate, int]:
        """How many notices came to what."""
        all_kept = kept(self.world)
        return {fate: sum(one.fate is fate for one in all_kept) for fate in Fate}

    def _offer(self, number: str) -> dict[str, Json]:
        line: Json = {"class": gtin(), "price": self.prices[number], "category": "apparel", "traits": []}
        return {
            "lines": [line], "currency": "CNY", "freight": 0, "terms": TERMS.hash, "termsOf": TERMS_OF,
            "token": text_hash(TOKEN), "payBy": self._now + 3600, "attestor": TILL.party,
        }  # fmt: skip

    @property
    def _now(self) -> int:
        return int(self.world.clock.instant.timestamp())

    def _say(
        self, kind: Kind, numbers: Sequence[str], hand: Hand, members: Callable[[str], Mapping[str, Json]]
    ) -> None:
        envelopes = []
        for number in numbers:
            record = {"subject": f"order:{GLN}/{number}", "kind": kind.value, "at": self._now, **members(number)}
            envelopes.append(to_json(self.world.services.signing.commerce_record(record, [hand])))
        outcomes = self.world.services.capturing.capture(envelopes)
        assert [outcome for outcome in outcomes if not isinstance(outcome, Receipt)] == []

    def _is_paid(self, number: str) -> bool:
        ordered = self.world.services.ordering.dossier(f"order:{GLN}/{number}")
        return ordered.stage(Machine.ORDER) is Stage.PAID


@dataclass(frozen=True)
class Told:
    """What one run came to."""

    fault: str
    orders: int
    statements: int
    forged: int
    fates: dict[Fate, int]
    breaks: tuple[tuple[str, str], ...]
    injected: tuple[tuple[str, str], ...]


def chaos(provider: FakeProviderAtWork, fault: str, home: Path, *, orders: int, seed: int) -> Told:
    """Sell so many, pay a third of them back, with this fault; then compare the books with the provider's list."""
    provider.ask("begin", seed=seed, fault=fault)
    shop = Shop(world_with_a_till(home, key=provider.key, bank=Bank(provider)), provider, random.Random(seed))
    try:
        Sales(shop.world).published()
        numbers = [f"{number:06}" for number in range(orders)]
        shop.sell(numbers)
        shop.take_in()
        shop.take_in()
        shop.give_back(numbers[::3])
        shop.take_in()
        shop.take_in()
        shop.assert_books_hold()
        injected = sorted((kind, _known_as(transfer)) for kind, transfer in provider.ask("list")["injected"])
        size = shop.world.size()
        return Told(fault, orders, size, shop.forged, shop.fates(), tuple(shop.breaks()), tuple(injected))
    finally:
        shop.world.close()


def assert_all_is_well(told: Told) -> None:
    """The breaks are exactly what was injected, and nothing waits that its provider told."""
    assert told.breaks == told.injected, told.fault
    assert told.fates[Fate.WAITING] == 0, told.fault
    assert told.fates[Fate.REFUSED] == sum(kind == "other-amount" for kind, _ in told.injected), told.fault


def _known_as(transfer: str) -> str:
    """A transfer by the names of the product."""
    kind, _, name = transfer.partition(" ")
    return f"{kind} {'order' if kind == 'payment' else 'refund'}:{GLN}/{name}"


def _said(line: Line, till: Till) -> Said:
    state = PaymentState.REFUNDED if line["refund"] else PaymentState.PAID
    return Said(till, line["order"], line["refund"], Money(line["minor"], "CNY"), state)
