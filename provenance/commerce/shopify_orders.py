"""Reads an order from the body of a Shopify webhook.

Rules:

* what a line costs is its price times its pieces, less the discounts on it, with the taxes that are not in the price;
  freight likewise; all of it together is ``total_price``, or the order is refused (tips, gift cards, duties);
* the shop's currency is the buyer's too: an order shown in one and reckoned in another is refused;
* ``updated_at`` says which of two tellings is newer, whichever comes first.

    {"id":450789469,"currency":"EUR","presentment_currency":"EUR","updated_at":"2026-03-02T10:00:00+01:00",
     "cancelled_at":null,"financial_status":"paid","taxes_included":true,"total_price":"29.90",
     "line_items":[{"sku":"JAR-250","quantity":2,"price":"12.50","discount_allocations":[],"tax_lines":[]}],
     "shipping_lines":[{"price":"4.90","discount_allocations":[],"tax_lines":[]}], …}

https://shopify.dev/docs/api/admin-rest/latest/resources/order
"""

from __future__ import annotations

from provenance.codes import Code
from provenance.commerce.shop_bodies import (
    amount_member,
    check_currency_is,
    count_member,
    currency_member,
    entries_of,
    member,
    moment_member,
    sku_member,
)
from provenance.commerce.shop_orders import (
    Said,
    ShopLine,
    ShopOrder,
    check_number,
    check_pieces,
    check_total,
)
from provenance.encoding.canonical import Json
from provenance.errors import RefusedError


def read_shopify_order(body: Json) -> ShopOrder:
    """The order in a body, without anything about a person; refuses what can't be offered exactly as it was sold."""
    currency = currency_member(body)
    check_currency_is(member(body, "presentment_currency", ""), currency, "/presentment_currency")
    with_taxes = member(body, "taxes_included", "") is not True
    lines = tuple(
        ShopLine(
            sku_member(line, place),
            pieces := count_member(line, "quantity", place),
            _cost(line, pieces, currency, place, with_taxes=with_taxes),
        )
        for line, place in entries_of(body, "line_items", "")
    )
    check_pieces(lines)
    freight = sum(
        _cost(line, 1, currency, place, with_taxes=with_taxes) for line, place in entries_of(body, "shipping_lines", "")
    )
    order = ShopOrder(shopify_number(body), currency, lines, freight, _said(body), shopify_moment(body))
    check_total(order, amount_member(body, "total_price", currency, ""))
    return order


def shopify_number(body: Json) -> str:
    """How an order is numbered here."""
    return check_number(f"shopify-{count_member(body, 'id', '')}")


def shopify_moment(body: Json) -> int:
    """When the shop said so."""
    return moment_member(body, "updated_at", "")


def _cost(line: Json, pieces: int, currency: str, pointer: str, *, with_taxes: bool) -> int:
    if isinstance(line, dict) and isinstance(shown := line.get("price_set"), dict):
        for money in shown.values():
            code = money.get("currency_code") if isinstance(money, dict) else None
            check_currency_is(code, currency, f"{pointer}/price_set")
    discounts = entries_of(line, "discount_allocations", pointer)
    taxes = entries_of(line, "tax_lines", pointer) if with_taxes else []
    cost = pieces * amount_member(line, "price", currency, pointer)
    cost -= sum(amount_member(one, "amount", currency, place) for one, place in discounts)
    if cost < 0:
        raise RefusedError(Code.OTHER_TOTAL, "the discounts are more than the price", pointer=pointer)
    return cost + sum(amount_member(one, "price", currency, place) for one, place in taxes)


def _said(body: Json) -> Said:
    if member(body, "cancelled_at", "") is not None:
        return Said.CANCELLED
    return Said.PAID if member(body, "financial_status", "") == "paid" else Said.OPEN
