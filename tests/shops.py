"""The other side of an import: what shops post, signed as they sign, with a person in it who must not get in."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

from provenance.commerce.catalogues import Catalogue, parse_catalogue
from provenance.commerce.shop_deliveries import Posted, Shop, ShopAccounts
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from tests.vectors import ROOT

SAMPLES = ROOT / "sample_data" / "shops"
SELLER = "9520789000004"
SECRET, BEFORE = b"hush-hush-2026", b"hush-hush-2025"
ACCOUNTS = ShopAccounts(SELLER, dict.fromkeys(Shop, (SECRET, BEFORE)))
PERSON = ("Anna", "Lind", "Kastanjegatan", "211 22", "Malm", "mail.example", "46701740605", "198.51.100.23", "ch_3Pan")
"""What of a person is in the samples, in every spelling that could slip through."""

_HEADERS = {
    Shop.SHOPIFY: ("X-Shopify-Hmac-SHA256", "X-Shopify-Topic", "X-Shopify-Webhook-Id"),
    Shop.WOOCOMMERCE: ("X-WC-Webhook-Signature", "X-WC-Webhook-Topic", "X-WC-Webhook-Delivery-ID"),
}
_TOPICS = {Shop.SHOPIFY: "orders/create", Shop.WOOCOMMERCE: "order.created"}


def sample(name: str) -> bytes:
    """A file of the sample data."""
    return (SAMPLES / name).read_bytes()


def sample_path(name: str) -> Path:
    """Where a file of the sample data is."""
    return SAMPLES / name


def catalogue() -> Catalogue:
    """The seller's own list."""
    return parse_catalogue(sample("catalogue.json"))


def body_of(shop: Shop, **changes: Json) -> bytes:
    """A shop's order with these members changed."""
    members: Any = canonical.parse_any(sample(f"{shop}_order.json"))
    return canonical.dump(members | changes)


def headers_of(
    shop: Shop, body: bytes, *, delivery: str = "d-1", topic: str | None = None, secret: bytes = SECRET
) -> dict[str, str]:
    """The headers with which a shop posts a body."""
    code, about, named = _HEADERS[shop]
    made = base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()
    return {code: made, about: _TOPICS[shop] if topic is None else topic, named: delivery}


def posted(
    shop: Shop, body: bytes, *, delivery: str = "d-1", topic: str | None = None, secret: bytes = SECRET
) -> Posted:
    """A body as it comes in."""
    headers = headers_of(shop, body, delivery=delivery, topic=topic, secret=secret)
    return Posted({name.lower(): value for name, value in headers.items()}, body)
