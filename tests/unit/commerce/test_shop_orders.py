"""An order from a shop is amounts, articles and pieces, exact to the last unit, and nothing about who bought."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.commerce.facts import MOST_MINOR
from provenance.commerce.money import minor_digits
from provenance.commerce.shop_deliveries import Shop
from provenance.commerce.shop_orders import (
    Said,
    ShopLine,
    ShopOrder,
    exact_minor,
    format_shop_order,
    parse_shop_order,
)
from provenance.commerce.shopify_orders import read_shopify_order
from provenance.commerce.woocommerce_orders import read_woocommerce_order
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import ProvenanceError
from tests.shops import PERSON, body_of, sample

JARS = (ShopLine("JAR-250", 3, 3700), ShopLine("TIN-500", 1, 500))
FROM_SHOPIFY = ShopOrder("shopify-450789469", "EUR", JARS, 490, Said.PAID, 1772442005)
FROM_WOO = ShopOrder("woo-727", "EUR", (ShopLine("JAR-250", 3, 3750), JARS[1]), 490, Said.PAID, 1772442007)
READ = {Shop.SHOPIFY: read_shopify_order, Shop.WOOCOMMERCE: read_woocommerce_order}
ORDERS = st.builds(
    ShopOrder,
    st.from_regex(r"[0-9A-Za-z._-]{1,40}", fullmatch=True),
    st.sampled_from(["EUR", "JPY", "KWD"]),
    st.lists(
        st.builds(
            ShopLine, st.from_regex(r"[!-~]{1,64}", fullmatch=True), st.integers(1, 10), st.integers(0, MOST_MINOR)
        ),
        min_size=1,
        max_size=10,
    ).map(tuple),
    st.integers(0, MOST_MINOR),
    st.sampled_from(Said),
    st.integers(0, 4_000_000_000),
)


def read(shop: Shop, **changes: Json) -> ShopOrder:
    return READ[shop](canonical.parse_any(body_of(shop, **changes)))


@given(ORDERS)
def test_an_order_has_one_spelling(order: ShopOrder) -> None:
    assert parse_shop_order(format_shop_order(order)) == order


@pytest.mark.parametrize(
    "broken",
    [
        b"{}",
        format_shop_order(FROM_WOO).replace(b'"said":"paid"', b'"said":"settled"'),
        format_shop_order(FROM_WOO).replace(b"{", b"{ ", 1),
        format_shop_order(FROM_WOO).replace(b'"EUR"', b'"PTS:9520123000004"'),
        format_shop_order(FROM_WOO).replace(b'"quantity":3', b'"quantity":0'),
        format_shop_order(replace(FROM_WOO, lines=())),
    ],
)
def test_another_spelling_is_refused(broken: bytes) -> None:
    with pytest.raises(ProvenanceError):
        parse_shop_order(broken)


@given(st.integers(0, MOST_MINOR), st.sampled_from(["EUR", "JPY", "KWD"]), st.integers(0, 2))
def test_an_amount_is_exactly_its_decimal_text_however_many_zeros_it_ends_in(
    minor: int, currency: str, zeros: int
) -> None:
    exact = Decimal(minor).scaleb(-minor_digits(currency))
    text = f"{exact:f}" + ("0" * zeros if "." in f"{exact:f}" else "")

    assert exact_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("12.505", "EUR", Code.FRACTION_NOT_ALLOWED),
        ("1.5", "JPY", Code.FRACTION_NOT_ALLOWED),
        ("-1.00", "EUR", Code.MALFORMED_TEXT),
        ("+1.00", "EUR", Code.MALFORMED_TEXT),
        ("1e3", "EUR", Code.MALFORMED_TEXT),
        ("01.00", "EUR", Code.MALFORMED_TEXT),
        ("1,50", "EUR", Code.MALFORMED_TEXT),
        ("１.00", "EUR", Code.MALFORMED_TEXT),
        (".50", "EUR", Code.MALFORMED_TEXT),
        ("", "EUR", Code.MALFORMED_TEXT),
        ("999999999999.99", "EUR", Code.NUMBER_OUT_OF_RANGE),
    ],
)
def test_an_amount_that_is_not_exact_is_refused(text: str, currency: str, code: Code) -> None:
    with pytest.raises(ProvenanceError) as refused:
        exact_minor(text, currency)

    assert refused.value.code is code


def test_the_samples_come_to_what_their_shops_say() -> None:
    assert read_shopify_order(canonical.parse_any(sample("shopify_order.json"))) == FROM_SHOPIFY
    assert read_woocommerce_order(canonical.parse_any(sample("woocommerce_order.json"))) == FROM_WOO


@pytest.mark.parametrize("shop", Shop)
def test_nothing_about_a_person_is_in_what_is_kept(shop: Shop) -> None:
    came = sample(f"{shop}_order.json").decode()

    kept = format_shop_order(READ[shop](canonical.parse_any(came.encode()))).decode()

    assert [word for word in PERSON if word not in came and word != "ch_3Pan"] == []
    assert [word for word in PERSON if word in kept] == []


@pytest.mark.parametrize(
    ("shop", "changes", "said"),
    [
        (Shop.SHOPIFY, {"financial_status": "pending"}, Said.OPEN),
        (Shop.SHOPIFY, {"cancelled_at": "2026-03-02T11:00:00+01:00"}, Said.CANCELLED),
        (Shop.WOOCOMMERCE, {"status": "pending"}, Said.OPEN),
        (Shop.WOOCOMMERCE, {"status": "a-plugin's-own"}, Said.OPEN),
        (Shop.WOOCOMMERCE, {"status": "completed"}, Said.PAID),
        (Shop.WOOCOMMERCE, {"status": "refunded"}, Said.CANCELLED),
    ],
)
def test_what_the_shop_says_of_the_order_is_read_and_no_more(shop: Shop, changes: dict[str, Json], said: Said) -> None:
    assert read(shop, **changes).said is said


def test_taxes_that_are_not_in_the_price_are_added() -> None:
    order = read(Shop.SHOPIFY, taxes_included=False, total_price="52.39")

    assert [line.minor for line in order.lines] == [4097, 554]
    assert order.freight == 588


LINE: dict[str, Json] = {
    "sku": "JAR-250", "quantity": 1, "price": "46.90", "total": "46.90", "total_tax": "0.00",
    "discount_allocations": [], "tax_lines": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("shop", "changes", "code", "pointer"),
    [
        (Shop.SHOPIFY, {"total_price": "46.91"}, Code.OTHER_TOTAL, ""),
        (Shop.WOOCOMMERCE, {"total": "47.39"}, Code.OTHER_TOTAL, ""),
        (Shop.SHOPIFY, {"total_price": 47}, Code.WRONG_TYPE, "/total_price"),
        (Shop.SHOPIFY, {"presentment_currency": "SEK"}, Code.WRONG_CURRENCY, "/presentment_currency"),
        (Shop.SHOPIFY, {"currency": "eur"}, Code.MALFORMED_TEXT, "/currency"),
        (Shop.WOOCOMMERCE, {"currency": "PTS:9520123000004"}, Code.MALFORMED_TEXT, "/currency"),
        (
            Shop.SHOPIFY,
            {"line_items": [LINE | {"price_set": {"shop_money": {"currency_code": "USD"}}}]},
            Code.WRONG_CURRENCY,
            "/line_items/0/price_set",
        ),
        (Shop.SHOPIFY, {"line_items": [LINE | {"quantity": 0}]}, Code.WRONG_TYPE, "/line_items/0/quantity"),
        (Shop.SHOPIFY, {"line_items": [LINE | {"quantity": True}]}, Code.WRONG_TYPE, "/line_items/0/quantity"),
        (Shop.SHOPIFY, {"line_items": [LINE | {"quantity": 101}]}, Code.WRONG_VALUE, ""),
        (Shop.SHOPIFY, {"line_items": []}, Code.WRONG_VALUE, ""),
        (Shop.SHOPIFY, {"line_items": None}, Code.WRONG_TYPE, "/line_items"),
        (Shop.SHOPIFY, {"line_items": [LINE | {"sku": None}]}, Code.WRONG_VALUE, "/line_items/0/sku"),
        (Shop.SHOPIFY, {"line_items": [LINE | {"sku": "A\nB"}]}, Code.WRONG_VALUE, "/line_items/0/sku"),
        (Shop.SHOPIFY, {"line_items": [LINE | {"price": "-1.00"}]}, Code.MALFORMED_TEXT, "/line_items/0/price"),
        (
            Shop.SHOPIFY,
            {"line_items": [LINE | {"discount_allocations": [{"amount": "50.00"}]}]},
            Code.OTHER_TOTAL,
            "/line_items/0",
        ),
        (
            Shop.WOOCOMMERCE,
            {"line_items": [LINE | {"total": "1.005"}]},
            Code.FRACTION_NOT_ALLOWED,
            "/line_items/0/total",
        ),
        (Shop.WOOCOMMERCE, {"line_items": ["a jar"]}, Code.WRONG_TYPE, "/line_items/0"),
        (Shop.SHOPIFY, {"id": "450789469"}, Code.WRONG_TYPE, "/id"),
        (Shop.SHOPIFY, {"updated_at": "yesterday"}, Code.MALFORMED_TEXT, "/updated_at"),
        (Shop.SHOPIFY, {"updated_at": "1969-12-31T23:59:59Z"}, Code.NUMBER_OUT_OF_RANGE, ""),
        (Shop.WOOCOMMERCE, {"date_modified_gmt": "2100-01-02T00:00:00"}, Code.NUMBER_OUT_OF_RANGE, ""),
        (Shop.WOOCOMMERCE, {"date_modified_gmt": None}, Code.WRONG_TYPE, "/date_modified_gmt"),
    ],
)
def test_an_order_that_cannot_be_offered_as_it_was_sold_is_refused_at_its_place(
    shop: Shop, changes: dict[str, Json], code: Code, pointer: str
) -> None:
    with pytest.raises(ProvenanceError) as refused:
        read(shop, **changes)

    assert (refused.value.code, refused.value.pointer) == (code, pointer)


@pytest.mark.parametrize("shop", Shop)
@pytest.mark.parametrize("body", [b"null", b"[]", b'"order"', b"{}", b'{"currency":"EUR"}'])
def test_a_body_that_is_no_order_is_refused(shop: Shop, body: bytes) -> None:
    with pytest.raises(ProvenanceError) as refused:
        READ[shop](canonical.parse_any(body))

    assert refused.value.code in (Code.WRONG_TYPE, Code.MISSING_MEMBER)
