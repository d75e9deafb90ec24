"""A world that takes payments: accounts at three providers, an attestor, a reader, and what the providers send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Connection

from provenance.adapters.sql_stores import SqlStore
from provenance.codes import Code
from provenance.commerce.money import Money
from provenance.commerce.payment_accounts import SellersAccount
from provenance.commerce.payment_notices import Delivery, PaymentState, Provider
from provenance.commerce.settling import Said, Till
from provenance.custody.registry_entries import PartyEnrolled
from provenance.custody.roles import Role
from provenance.encoding import canonical
from provenance.errors import StorageError, UnreachableError
from provenance.ports.inbox import KeptNotice
from provenance.ports.providers import Providers
from provenance.services.attesting import Attesting
from provenance.services.receiving import Receiving
from tests.cast import ROOT_HAND, member
from tests.homes import key_file, key_of
from tests.provider_dialects import (
    API_KEY,
    APPLICATION,
    MERCHANTS,
    SALT,
    SECRET,
    SERIAL,
    Told,
    delivery,
    provider_key,
    public_pem,
)
from tests.sales import GLN
from tests.world import World

TILL, READER = member("till", "9520555", Role.REPORTER), key_of("reader")
NUMBER = "2026-0001"


def account_members(provider: str, key: bytes | None = None) -> dict[str, object]:
    """The merchant's account as the operator writes it down; ``key`` is the provider's own, in PEM."""
    pem = (key or public_pem(provider_key())).decode()
    own: Mapping[str, dict[str, object]] = {
        "wechat": {"keys": {SERIAL: pem}, "api_key": API_KEY.decode()},
        "alipay": {"application": APPLICATION, "key": pem},
        "stripe": {"secrets": [SECRET.decode()]},
    }
    return {"provider": provider, "merchant": MERCHANTS[provider], "salt": SALT.hex(), **own[provider]}


def setup_members(key: bytes | None = None) -> dict[str, object]:
    """All three accounts of the shop, who attests them, and who may read."""
    accounts = [{**account_members(provider, key), "seller": GLN} for provider in MERCHANTS]
    return {"attestor": TILL.party, "reader": str(READER.public), "keepDays": 30, "accounts": accounts}


@dataclass(slots=True)
class Bank:
    """What providers list of their own accord when they are asked; see ``ports.providers.Providers``."""

    lines: list[Said] = field(default_factory=list)
    is_silent: bool = False
    is_lost: bool = False
    asked: int = 0

    def paid(self, provider: str, telling: Told, state: PaymentState = PaymentState.PAID) -> None:
        """A payment, or a refund where one is named, that truly was."""
        till = Till(Provider(provider), MERCHANTS[provider])
        self.lines.append(Said(till, telling.order, telling.refund, Money(telling.minor, "CNY"), state))

    def listed(self, at: SellersAccount, number: str) -> Sequence[Said]:
        """What is listed of an order."""
        self.asked += 1
        if self.is_silent:
            raise UnreachableError(Code.UNREACHABLE, "the bank is silent")
        return [said for said in self.lines if (said.till.provider, said.order) == (at.provider, number)]

    def give_back(self, at: SellersAccount, number: str, refund: str, amount: Money) -> bool:
        """A refund that is commanded; the same name again is the same refund."""
        if self.is_silent:
            raise UnreachableError(Code.UNREACHABLE, "the bank is silent")
        if at.provider is not Provider.STRIPE:
            return False
        if all(said.refund != refund for said in self.lines):
            till = Till(at.provider, at.account.merchant)
            self.lines.append(Said(till, number, refund, amount, PaymentState.REFUNDED))
        if self.is_lost:
            raise UnreachableError(Code.UNREACHABLE, "the answer of the bank was lost")
        return True


def world_with_a_till(
    home: Path, url: str | None = None, *, key: bytes | None = None, bank: Providers | None = None
) -> World:
    """A world whose shop takes payments."""
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "payments.key").write_bytes(key_file(TILL.key))
    (home / "payments.json").write_bytes(canonical.dump(setup_members(key)))  # type: ignore[arg-type]  # it is JSON
    world = World(home, url, bank)
    world.entered(PartyEnrolled(TILL.party, TILL.name, TILL.roles, (TILL.key.public,)), ROOT_HAND, TILL.hand())
    return world


def receiving(world: World) -> Receiving:
    """The door for notices of a world with a till."""
    found = world.services.receiving
    assert found is not None
    return found


def sent(world: World, provider: str, told: Told) -> Delivery:
    """What a provider delivers at this moment."""
    return delivery(provider, told, at=int(world.clock.instant.timestamp()))


def told(world: World, provider: str, telling: Told) -> None:
    """A provider tells something, and is thanked."""
    came = sent(world, provider, telling)
    receiving(world).receive(provider, None, came.headers, came.body)


def kept(world: World) -> tuple[KeptNotice, ...]:
    """Everything in the inbox, in the order of arrival."""
    return tuple(reversed(world.services.inbox.newest(1_000_000)))


def restarted(world: World, bank: Providers | None = None) -> World:
    """The same installation in a process that has just begun."""
    world.services.store.close()
    settings = world.services.settings
    again = World(settings.home, settings.database_url, bank)
    again.clock.instant = world.clock.instant
    return again


@contextmanager
def lost_writes(world: World, monkeypatch: pytest.MonkeyPatch, *, is_stored: bool) -> Iterator[None]:
    """Every write inside is reported lost; it truly is, or (``is_stored``) it was stored before the report."""
    truly = world.services.store.raw_writing

    @contextmanager
    def losing(_: SqlStore) -> Iterator[Connection]:
        with truly() as connection:
            yield connection
            if not is_stored:
                raise StorageError(Code.STORE_FAILED, "lost on purpose")
        raise StorageError(Code.STORE_FAILED, "stored, and reported lost on purpose")

    with monkeypatch.context() as patched:
        patched.setattr(SqlStore, "raw_writing", losing)
        yield


def attesting(world: World) -> Attesting:
    """The desk of a world with a till."""
    found = world.services.attesting
    assert found is not None
    return found
