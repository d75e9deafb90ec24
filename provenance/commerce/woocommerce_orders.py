"""Reads an order from the body of a WooCommerce webhook.

Rules:

* a line costs its ``total`` (after discounts, before tax) and its ``total_tax``; freight likewise; all of it together
  is the order's ``total``, or it is refused: fees and gift cards are in no offer;
* ``date_modified_gmt`` says which of two tellings is newer; it has no zone and means UTC.

    {"id":727,"status":"processing","currency":"EUR","date_modified_gmt":"2026-03-02T09:00:00","total":"29.90",
     "line_items":[{"sku":"JAR-250","quantity":2,"total":"21.01","total_tax":"3.99"}],
     "shipping_lines":[{"total":"4.12","total_tax":"0.78"}], …}

https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties
"""

from __future__ import annotations

from provenance.commerce.shop_bodies import (
    amount_member,
    count_member,
    currency_member,
    entries_of,
    moment_member,
    sku_member,
    text_member,
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

_SAID = {
    "processing": Said.PAID,
    "completed": Said.PAID,
    "cancelled": Said.CANCELLED,
    "refunded": Said.CANCELLED,
    "failed": Said.CANCELLED,
    "trash": Said.CANCELLED,
}


def read_woocommerce_order(body: Json) -> ShopOrder:
    """The order in a body, without anything about a person; refuses what can't be offered exactly as it was sold."""
    currency = currency_member(body)
    lines = tuple(
        ShopLine(sku_member(line, place), count_member(line, "quantity", place), _cost(line, currency, place))
        for line, place in entries_of(body, "line_items", "")
    )
    check_pieces(lines)
    freight = sum(_cost(line, currency, place) for line, place in entries_of(body, "shipping_lines", ""))
    said = _SAID.get(text_member(body, "status", ""), Said.OPEN)
    order = ShopOrder(woocommerce_number(body), currency, lines, freight, said, woocommerce_moment(body))
    check_total(order, amount_member(body, "total", currency, ""))
    return order


def woocommerce_number(body: Json) -> str:
    """How an order is numbered here."""
    return check_number(f"woo-{count_member(body, 'id', '')}")


def woocommerce_moment(body: Json) -> int:
    """When the shop said so."""
    return moment_member(body, "date_modified_gmt", "", zone="Z")


def _cost(line: Json, currency: str, pointer: str) -> int:
    return amount_member(line, "total", currency, pointer) + amount_member(line, "total_tax", currency, pointer)
