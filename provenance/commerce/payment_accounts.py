"""The merchants' accounts at payment providers, as the operator wrote them into a file, and who tells about which.

Rules:

* a file holds secrets, so what is wrong with it is said without repeating any of it;
* an account is read with the reader of its provider and no other: a body says nothing about who sent it;
* every account belongs to one seller, and the number of an order at the provider is that of the seller's dossier
  (``order:<GLN>/<number>``), the name of a refund that of ``refund:<GLN>/<number>``.

    {"accounts":[{"provider":"stripe","merchant":"acct_1ABC","secrets":["whsec_…"],"salt":"<hex>",
                  "seller":"9520789000004"}],
     "attestor":"https://id.gs1.org/417/9520888000004","keepDays":180,"reader":"did:key:z6Mk…"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from provenance.codes import Code
from provenance.commerce.alipay_notices import AlipayAccount, read_alipay
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.payment_notices import Delivery, PaymentNotice, Provider, check_size
from provenance.commerce.settling import Till
from provenance.commerce.stripe_notices import StripeAccount, read_stripe
from provenance.commerce.wechat_notices import WechatAccount, read_wechat
from provenance.crypto.keys import PublicKey, parse_public
from provenance.custody.roles import parse_party
from provenance.encoding.canonical import Json
from provenance.encoding.textual import parse_hex
from provenance.errors import ConfigurationError, MalformedError, NotFoundError, ProvenanceError
from provenance.ids import PartyId, Subject

Account = WechatAccount | AlipayAccount | StripeAccount

_LONGEST_KEPT_DAYS = 1100


@dataclass(frozen=True, slots=True)
class SellersAccount:
    """An account with the GLN of the seller whose orders are paid there."""

    seller: str
    account: Account

    @property
    def provider(self) -> Provider:
        """Where the account is."""
        return provider_of(self.account)

    def refund(self, name: str) -> Subject:
        """The dossier of the refund that has this name, or the name of one of its tries, at the provider."""
        return parse_dossier_name(self.known_as(name).partition("@")[0]).subject

    def known_as(self, name: str) -> str:
        """The name by which the book of an order knows a try, from that at the provider."""
        return f"{Family.REFUND}:{self.seller}/{name}"

    def order(self, number: str) -> Subject:
        """The dossier of the order that has this number at the provider; refuses what no order is called."""
        return parse_dossier_name(f"{Family.ORDER}:{self.seller}/{number}").subject


@dataclass(frozen=True, slots=True)
class PaymentSetup:
    """Who takes payments where: the accounts, who attests them, and who may read what providers sent, for how long."""

    attestor: PartyId
    reader: PublicKey
    keep_days: int
    accounts: tuple[SellersAccount, ...]

    def at(self, provider: str, merchant: str | None = None) -> SellersAccount:
        """The account with this number at a provider; the number may be left out where there is only one."""
        found = [one for one in self.accounts if one.provider == provider and merchant in (None, one.account.merchant)]
        if len(found) != 1:
            raise NotFoundError(Code.NOT_FOUND, f"{len(found)} accounts are meant by this address, not one")
        return found[0]

    def of_till(self, till: Till) -> SellersAccount:
        """The account where something was paid; refuses a till that is none of these."""
        return self.at(till.provider, till.merchant)


def provider_of(account: Account) -> Provider:
    """Where an account is."""
    match account:
        case WechatAccount():
            return Provider.WECHAT
        case AlipayAccount():
            return Provider.ALIPAY
        case StripeAccount():
            return Provider.STRIPE
        case _:
            assert_never(account)


def read_notice(delivery: Delivery, account: Account) -> PaymentNotice | None:
    """The notice in a delivery for this account; ``None`` if it was truly sent and is about something else."""
    check_size(delivery)
    match account:
        case WechatAccount():
            return read_wechat(delivery, account)
        case AlipayAccount():
            return read_alipay(delivery, account)
        case StripeAccount():
            return read_stripe(delivery, account)
        case _:
            assert_never(account)


def parse_account(value: Json) -> Account:
    """The account in a file; refuses what lacks something, and repeats no secret."""
    match value:
        case {
            "provider": "wechat",
            "merchant": str(merchant),
            "keys": dict(keys),
            "api_key": str(secret),
            "salt": salt,
        }:
            pems = {serial: str(pem).encode() for serial, pem in keys.items()}
            return WechatAccount(merchant, pems, secret.encode(), _salt(salt))
        case {"provider": "alipay", "application": str(app), "merchant": str(merchant), "key": str(pem), "salt": salt}:
            return AlipayAccount(app, merchant, pem.encode(), _salt(salt))
        case {"provider": "stripe", "merchant": str(merchant), "secrets": list(secrets), "salt": salt}:
            shared = tuple(str(secret).encode() for secret in secrets)
            return StripeAccount(merchant, shared, _salt(salt), _key_to_ask_with(value))
        case _:
            raise ConfigurationError(Code.BAD_SETTING, "the account's file lacks a member; --help names them")


def parse_payment_setup(value: Json) -> PaymentSetup:
    """The accounts and who answers for them, from the operator's file."""
    match value:
        case {
            "attestor": str(attestor),
            "reader": str(reader),
            "keepDays": int(days),
            "accounts": list(accounts),
            **rest,
        } if not rest and accounts and not isinstance(days, bool) and 1 <= days <= _LONGEST_KEPT_DAYS:
            pass
        case _:
            message = "the payments' file holds attestor, reader, keepDays (1 to 1100) and accounts, and nothing else"
            raise ConfigurationError(Code.BAD_SETTING, message)
    try:
        setup = PaymentSetup(parse_party(attestor), parse_public(reader), days, tuple(map(_sellers, accounts)))
    except MalformedError as err:
        raise ConfigurationError(Code.BAD_SETTING, f"the payments' file: {err.refusal.message}") from err
    names = [(one.provider, one.account.merchant) for one in setup.accounts]
    if len(set(names)) < len(names):
        raise ConfigurationError(Code.BAD_SETTING, "the payments' file has two accounts of one number at a provider")
    return setup


def _sellers(value: Json) -> SellersAccount:
    members: Mapping[str, Json] = value if isinstance(value, dict) else {}
    seller = members.get("seller")
    if not isinstance(seller, str):
        raise ConfigurationError(Code.BAD_SETTING, "an account's seller is the GLN of who sells there")
    parse_dossier_name(f"{Family.ORDER}:{seller}/1")
    return SellersAccount(seller, parse_account(dict(members)))


def _key_to_ask_with(account: Json) -> bytes | None:
    key = account.get("api_key") if isinstance(account, dict) else None
    if key is not None and (not isinstance(key, str) or not key.isascii() or not key.isprintable()):
        raise ConfigurationError(Code.BAD_SETTING, "the account's api_key is no text of ASCII letters")
    return None if key is None else key.encode()


def _salt(text: Json) -> bytes:
    # A salt is not repeated, not even where it is misspelled.
    if not isinstance(text, str):
        raise ConfigurationError(Code.BAD_SETTING, "the account's salt is no text of hex digits")
    try:
        return parse_hex(text)
    except ProvenanceError as err:
        raise ConfigurationError(Code.BAD_SETTING, "the account's salt is not lower-case hex") from err
