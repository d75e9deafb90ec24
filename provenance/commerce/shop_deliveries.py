"""What a shop's system posts to us, believed only as it was signed: the code over the raw bytes, made with its secret.

Rules:

* the code is base64 HMAC-SHA256 over the bytes as they came; while a secret changes two may hold, and one is enough;
* neither topic nor delivery id is under the code, so a topic opens nothing that the body itself does not say: what
  forgets or deletes orders must be exactly that request, and never an order under another name;
* no time is under it either: a delivery counts once by its id (``ports.drafts``), and an older telling of an order
  never replaces a newer one, whatever id it comes under;
* an order that can't be offered is a trouble to show to its seller, and no reason for the shop to send it for ever:
  what stands in the way is kept by its code and place, without a word of the body;
* what a shop asks to forget of a customer names orders; nothing else about anybody was ever kept.

    X-Shopify-Hmac-SHA256: <base64>   X-Shopify-Topic: orders/create   X-Shopify-Webhook-Id: b54557e4-…
    X-WC-Webhook-Signature: <base64>  X-WC-Webhook-Topic: order.created  X-WC-Webhook-Delivery-ID: 36e520eb…

https://shopify.dev/docs/apps/build/webhooks/verify-deliveries
https://developer.woocommerce.com/docs/apis/rest-api/v3/webhooks/
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.commerce.calendar import LATEST_INSTANT
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.shop_bodies import count_member, entries_of
from provenance.commerce.shop_orders import ShopOrder
from provenance.commerce.shopify_orders import read_shopify_order, shopify_moment, shopify_number
from provenance.commerce.woocommerce_orders import read_woocommerce_order, woocommerce_moment, woocommerce_number
from provenance.encoding.canonical import Json, has_members, parse_any
from provenance.encoding.textual import format_base64
from provenance.errors import ForgedError, MalformedError, ProvenanceError

LARGEST_DELIVERY = 1 << 20
"""Bytes of a body; an order of a hundred lines has a fifth of that."""
MOST_SECRETS = 2

_ID = re.compile(r"[!-~]{1,128}")
_LEAST_SECRET = 8
_PING = re.compile(rb"webhook_id=[0-9]{1,20}")


@unique
class Shop(StrEnum):
    """Whose system it is; the value is stored and stands in addresses, never renamed."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"


@dataclass(frozen=True, slots=True)
class ShopAccounts:
    """For whom the shops here sell, and the secrets of each: the present one, and the one before while it changes."""

    seller: str
    secrets: Mapping[Shop, tuple[bytes, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """What came: header names in lower case, and the body unread."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TroubledOrder:
    """An order that can't be offered as it was told: by its number, and what stands in the way; ``told`` is when."""

    number: str
    code: Code
    pointer: str
    told: int


@dataclass(frozen=True, slots=True)
class Told:
    """A verified delivery: an order, or which orders to forget (``None``: all), or neither."""

    shop: Shop
    id: str
    order: ShopOrder | TroubledOrder | None = None
    forget: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True)
class _Names:
    """What a shop calls its headers."""

    code: str
    topic: str
    id: str


_NAMES: Mapping[Shop, _Names] = {
    Shop.SHOPIFY: _Names("x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-webhook-id"),
    Shop.WOOCOMMERCE: _Names("x-wc-webhook-signature", "x-wc-webhook-topic", "x-wc-webhook-delivery-id"),
}
_SHOPIFY_ORDERS = frozenset({"orders/create", "orders/updated", "orders/paid", "orders/cancelled"})
_WOO_ORDERS = frozenset({"order.created", "order.updated", "order.restored"})


def is_ping(shop: Shop, posted: Posted) -> bool:
    """Whether WooCommerce only tries the address, as it does once, unsigned, when a webhook is made."""
    return shop is Shop.WOOCOMMERCE and _PING.fullmatch(posted.body) is not None


def read_delivery(shop: Shop, posted: Posted, secrets: tuple[bytes, ...]) -> Told:
    """What a delivery tells; refuses what no secret of this shop made, before anything in it is read."""
    if len(posted.body) > LARGEST_DELIVERY:
        message = f"a delivery has at most {LARGEST_DELIVERY} bytes, not {len(posted.body)}"
        raise MalformedError(Code.TOO_LARGE, message)
    names = _NAMES[shop]
    _check_code(posted.headers.get(names.code, ""), posted.body, secrets)
    delivery, topic = posted.headers.get(names.id, ""), posted.headers.get(names.topic, "")
    if not _ID.fullmatch(delivery):
        raise MalformedError(Code.MISSING_MEMBER, f"the header {names.id} is missing, or no name of a delivery")
    body = parse_any(posted.body)
    match shop:
        case Shop.SHOPIFY:
            return _from_shopify(delivery, topic, body)
        case Shop.WOOCOMMERCE if topic in _WOO_ORDERS:
            return Told(shop, delivery, _order(shop, body))
        case Shop.WOOCOMMERCE:
            is_deletion = topic == "order.deleted" and has_members(body, frozenset({"id"}))
            return Told(shop, delivery, forget=(woocommerce_number(body),) if is_deletion else ())


def parse_shop_accounts(data: bytes) -> ShopAccounts:
    """The accounts in a file ``{"seller":"9520789000004","shopify":["…"],"woocommerce":["…"]}``.

    A secret is in no message, not even where it is misspelled.
    """
    value = parse_any(data)
    seller = value.get("seller") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(seller, str) or value.keys() - {"seller", *Shop}:
        raise MalformedError(Code.WRONG_TYPE, f"an object of seller and any of {', '.join(Shop)}")
    parse_dossier_name(f"{Family.ORDER}:{seller}/1")
    return ShopAccounts(seller, {shop: _secrets(value[shop], shop) for shop in Shop if shop in value})


def _secrets(value: Json, shop: Shop) -> tuple[bytes, ...]:
    texts = value if isinstance(value, list) else []
    secrets = tuple(text.encode() for text in texts if isinstance(text, str) and len(text) >= _LEAST_SECRET)
    if not 0 < len(secrets) <= MOST_SECRETS or len(secrets) != len(texts):
        message = f"a list of one secret, or two while it changes, of {_LEAST_SECRET} letters or more"
        raise MalformedError(Code.WRONG_VALUE, message, pointer=f"/{shop}")
    return secrets


def _check_code(given: str, body: bytes, secrets: tuple[bytes, ...]) -> None:
    made = [format_base64(hmac.digest(secret, body, hashlib.sha256)) for secret in secrets]
    # Bytes, since texts beyond ASCII can't be compared so; and all of them, so that time tells nothing.
    holds = [hmac.compare_digest(code.encode(), given.encode("utf-8", "surrogateescape")) for code in made]
    if not any(holds):
        raise ForgedError(Code.FORGED_DELIVERY, "no secret of this shop made the code in the header")


def _order(shop: Shop, body: Json) -> ShopOrder | TroubledOrder:
    """The order in a body; refuses one that has no number, since nobody could be told of it."""
    read, number_of, told_at = _READERS[shop]
    try:
        return read(body)
    except ProvenanceError as err:
        return TroubledOrder(number_of(body), err.code, err.pointer, _moment(body, told_at))


def _moment(body: Json, told_at: Callable[[Json], int]) -> int:
    """When it was told, or 0 where it does not say so in a way that can be kept."""
    try:
        told = told_at(body)
    except ProvenanceError:
        return 0
    return told if 0 <= told <= LATEST_INSTANT else 0


_READERS = {
    Shop.SHOPIFY: (read_shopify_order, shopify_number, shopify_moment),
    Shop.WOOCOMMERCE: (read_woocommerce_order, woocommerce_number, woocommerce_moment),
}


def _from_shopify(delivery: str, topic: str, body: Json) -> Told:
    shop = Shop.SHOPIFY
    if topic in _SHOPIFY_ORDERS:
        return Told(shop, delivery, _order(shop, body))
    if topic == "orders/delete" and has_members(body, frozenset({"id"})):
        return Told(shop, delivery, forget=(shopify_number(body),))
    if topic == "customers/redact":
        named = entries_of(body, "orders_to_redact", "")
        numbers = tuple(f"shopify-{count_member({'id': one}, 'id', place)}" for one, place in named)
        return Told(shop, delivery, forget=numbers)
    if topic == "shop/redact":
        if not has_members(body, frozenset({"shop_id", "shop_domain"})):
            raise MalformedError(Code.UNKNOWN_MEMBER, "a request to forget a shop names the shop and nothing else")
        return Told(shop, delivery, forget=None)
    return Told(shop, delivery)
