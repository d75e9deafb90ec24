"""A shop that takes payments from a provider that misbehaves, and looks at its books after every step."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from provenance.commerce.alipay_notices import read_alipay
from provenance.commerce.imbalances import imbalances
from provenance.commerce.ledger import Account, AccountKind, Fulfil, Ledger, PostingId
from provenance.commerce.money import Money
from provenance.commerce.payment_notices import Delivery, Grade, PaymentNotice, PaymentState, Provider
from provenance.commerce.reconciliation import Break, breaks
from provenance.commerce.settling import Said, Till, ask_payment, ask_refund, asked_for, believed, settle
from provenance.commerce.stripe_notices import read_stripe
from provenance.commerce.wechat_notices import read_wechat
from provenance.errors import ForgedError, ProvenanceError
from tests.fake_provider import FakeProviderAtWork, Line
from tests.provider_dialects import MERCHANTS, NOW, SERIAL, alipay_account, stripe_account, wechat_account

PROVIDERS = tuple(MERCHANTS)


@dataclass
class Shop:
    """The books of its orders, and what became of each delivery."""

    provider: FakeProviderAtWork
    luck: random.Random
    books: dict[str, Ledger] = field(default_factory=dict)
    tills: dict[str, Till] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    forged: int = 0
    refused: int = 0
    steps: int = 0

    def sell(self, order: str) -> None:
        """Ask for a payment, and let the buyer pay it."""
        name = self.luck.choice(PROVIDERS)
        till, minor = Till(Provider(name), MERCHANTS[name]), self.luck.randrange(100, 100_000)
        self.tills[order], self.asked[order] = till, minor
        self._book(order, ask_payment(Ledger(), order, Money(minor, "CNY"), at=till))
        assert self.provider.ask("pay", provider=name, order=order, minor=minor) == {"taken": True}

    def give_back(self, order: str) -> None:
        """Ask for part of it to be given back, twice over: the answer to the first may have been lost."""
        till, book, refund = self.tills[order], self.books[order], f"r-{order}"
        if not self._captured(order):
            return
        minor = self.luck.randrange(1, self.asked[order] + 1)
        for _ in range(2):
            book = ask_refund(book, order, Money(minor, "CNY"), refund=refund, at=till)
            self._book(order, book)
            told = self.provider.ask("refund", provider=till.provider, order=order, refund=refund, minor=minor)
            assert told == {"taken": True}

    def take_in(self, at: int) -> None:
        """Everything that the provider sends in this round."""
        for line in self.provider.ask("send", at=at)["sent"]:
            came = Delivery(line["headers"], base64.b64decode(line["body"]), at)
            try:
                notice = self._read(line["provider"], came)
                assert notice is not None
                again = self.said(self.listed(notice.order)) if notice.grade is not Grade.A else ()
                self._book(notice.order, settle(self.books[notice.order], believed(notice, again)))
            except ForgedError:
                self.forged += 1
            except ProvenanceError:
                self.refused += 1

    def ask_again(self) -> None:
        """Take from the provider's own list whatever was not told."""
        for said in self.said(self.listed()):
            try:
                self._book(said.order, settle(self.books[said.order], said))
            except ProvenanceError:
                self.refused += 1

    def breaks(self) -> list[Break]:
        """What all books and the provider's list differ in."""
        by_order = dict[str, list[Said]]()
        for said in self.said(self.listed()):
            by_order.setdefault(said.order, []).append(said)
        return [one for order, book in self.books.items() for one in breaks(book, by_order.get(order, []))]

    def listed(self, order: str | None = None) -> list[Line]:
        """The provider's own list, of one order or of all."""
        lines: list[Line] = self.provider.ask("list", order=order)["listed"]
        return lines

    def said(self, lines: Iterable[Line]) -> list[Said]:
        """Lines of that list, in the product's words."""
        return [
            Said(
                self.tills[line["order"]],
                line["order"],
                line["refund"],
                Money(line["minor"], "CNY"),
                PaymentState.REFUNDED if line["refund"] else PaymentState.PAID,
            )
            for line in lines
        ]

    def _read(self, provider: str, came: Delivery) -> PaymentNotice | None:
        match provider:
            case "wechat":
                return read_wechat(came, replace(wechat_account(), keys={SERIAL: self.provider.key}))
            case "alipay":
                return read_alipay(came, replace(alipay_account(), key=self.provider.key))
            case _:
                return read_stripe(came, stripe_account())

    def _book(self, order: str, book: Ledger) -> None:
        self.books[order] = book
        self.steps += 1
        assert imbalances(book) == ()
        ends = [posting.id for posting in book.postings if posting.id.startswith("end ")]
        assert len(ends) == len(set[PostingId](ends)) <= 2
        escrow = book.balance(Account(AccountKind.ESCROW, order), "CNY").minor
        assert 0 <= escrow <= self.asked[order]

    def _captured(self, order: str) -> bool:
        return any(one.ended is Fulfil for one in asked_for(self.books[order]) if one.transfer.id == f"payment {order}")


@dataclass(frozen=True)
class Told:
    """What one run came to."""

    fault: str
    orders: int
    steps: int
    forged: int
    refused: int
    breaks: tuple[tuple[str, str], ...]
    injected: tuple[tuple[str, str], ...]
    left: tuple[tuple[str, str], ...]


def chaos(provider: FakeProviderAtWork, fault: str, *, orders: int, seed: int) -> Told:
    """Sell so many, give a third of them back in part, with this fault; then compare, ask again, and compare again."""
    provider.ask("begin", seed=seed, fault=fault)
    shop = Shop(provider, random.Random(seed))
    names = [f"order-{number}" for number in range(orders)]
    for name in names:
        shop.sell(name)
    shop.take_in(NOW)
    shop.take_in(NOW + 60)
    for name in names[::3]:
        shop.give_back(name)
    shop.take_in(NOW + 120)
    shop.take_in(NOW + 180)
    found = shop.breaks()
    injected = tuple(sorted((kind, transfer) for kind, transfer in provider.ask("list")["injected"]))
    shop.ask_again()
    return Told(fault, orders, shop.steps, shop.forged, shop.refused, _named(found), injected, _named(shop.breaks()))


def _named(found: list[Break]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((one.difference.value, str(one.transfer)) for one in found))


def assert_all_is_well(told: Told) -> None:
    """The breaks are exactly what was injected, and asking again leaves only what no asking mends."""
    assert told.breaks == told.injected, told.fault
    assert told.left == tuple(one for one in told.injected if one[0] == "other-amount"), told.fault
