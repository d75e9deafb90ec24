"""A delivery is believed as its shop signed it; what is not under the code opens nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.commerce.calendar import LATEST_INSTANT
from provenance.commerce.shop_deliveries import (
    LARGEST_DELIVERY,
    Posted,
    Shop,
    TroubledOrder,
    is_ping,
    parse_shop_accounts,
    read_delivery,
)
from provenance.commerce.shop_orders import format_shop_order, parse_shop_order
from provenance.encoding import canonical
from provenance.errors import ProvenanceError
from tests.shops import BEFORE, SECRET, body_of, headers_of, posted

of_each = pytest.mark.parametrize("shop", Shop)
REDACT = (
    b'{"shop_id":954889,"shop_domain":"a.example","customer":{"id":1,"email":"a@b.example"},"orders_to_redact":[%s]}'
)


def code_of(shop: Shop, came: Posted, secrets: tuple[bytes, ...] = (SECRET,)) -> Code:
    with pytest.raises(ProvenanceError) as refused:
        read_delivery(shop, came, secrets)
    return refused.value.code


@of_each
def test_an_order_that_its_shop_signed_is_read(shop: Shop) -> None:
    told = read_delivery(shop, posted(shop, body_of(shop), delivery="d-7"), (SECRET,))

    assert told.order is not None
    assert (told.shop, told.id, told.forget) == (shop, "d-7", ())


@of_each
def test_while_a_secret_changes_the_old_one_still_holds_and_a_third_never_did(shop: Shop) -> None:
    body = body_of(shop)

    told = read_delivery(shop, posted(shop, body, secret=BEFORE), (SECRET, BEFORE))

    assert told.order is not None
    assert code_of(shop, posted(shop, body, secret=BEFORE)) is Code.FORGED_DELIVERY
    assert code_of(shop, posted(shop, body, secret=b"somebody-else"), (SECRET, BEFORE)) is Code.FORGED_DELIVERY


@of_each
@given(st.data())
def test_one_byte_changed_anywhere_is_a_forgery(shop: Shop, data: st.DataObject) -> None:
    body = body_of(shop)
    at, other = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(1, 255))
    changed = body[:at] + bytes([body[at] ^ other]) + body[at + 1 :]
    came = Posted(posted(shop, body).headers, changed)

    assert code_of(shop, came) is Code.FORGED_DELIVERY


@of_each
@pytest.mark.parametrize("given_code", ["", "=", "é", "\udce9", "AAAA"])
def test_a_code_that_is_none_is_a_forgery(shop: Shop, given_code: str) -> None:
    came = posted(shop, body_of(shop))
    headers = {name: given_code if "hmac" in name or "signature" in name else v for name, v in came.headers.items()}

    assert code_of(shop, Posted(headers, came.body)) is Code.FORGED_DELIVERY


@of_each
def test_the_code_is_checked_before_anything_is_read(shop: Shop) -> None:
    assert code_of(shop, posted(shop, b"not JSON", secret=b"somebody-else")) is Code.FORGED_DELIVERY
    assert code_of(shop, posted(shop, b"not JSON")) is Code.MALFORMED_JSON
    assert code_of(shop, posted(shop, b" " * (LARGEST_DELIVERY + 1))) is Code.TOO_LARGE


@of_each
@pytest.mark.parametrize("delivery", ["", "two words", "x" * 129, "é"])
def test_a_delivery_without_a_name_could_not_be_counted_once(shop: Shop, delivery: str) -> None:
    assert code_of(shop, posted(shop, body_of(shop), delivery=delivery)) is Code.MISSING_MEMBER


@of_each
@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"currency": "eur"}, (Code.MALFORMED_TEXT, "/currency", True)),
        ({"line_items": None}, (Code.WRONG_TYPE, "/line_items", True)),
        ({"updated_at": 5, "date_modified_gmt": 5}, (Code.WRONG_TYPE, None, False)),
    ],
)
def test_an_order_that_cannot_be_offered_is_a_trouble_by_its_number_and_place(
    shop: Shop, changes: dict[str, canonical.Json], trouble: tuple[Code, str | None, bool]
) -> None:
    told = read_delivery(shop, posted(shop, body_of(shop, **changes)), (SECRET,)).order

    assert isinstance(told, TroubledOrder)
    assert told.number in ("shopify-450789469", "woo-727")
    code, pointer, has_moment = trouble
    assert (told.code, told.told > 0) == (code, has_moment)
    assert pointer in (None, told.pointer)


@pytest.mark.parametrize(
    ("shop", "topic"),
    [
        (Shop.SHOPIFY, "products/update"),
        (Shop.SHOPIFY, "customers/data_request"),
        (Shop.SHOPIFY, ""),
        (Shop.WOOCOMMERCE, "product.updated"),
        (Shop.WOOCOMMERCE, "customer.deleted"),
    ],
)
def test_what_is_about_something_else_is_heard_and_nothing_is_made_of_it(shop: Shop, topic: str) -> None:
    told = read_delivery(shop, posted(shop, b'{"id":1}', topic=topic), (SECRET,))

    assert (told.order, told.forget) == (None, ())


def test_a_customer_who_is_to_be_forgotten_names_orders() -> None:
    body = REDACT % b"450789469,2"

    told = read_delivery(Shop.SHOPIFY, posted(Shop.SHOPIFY, body, topic="customers/redact"), (SECRET,))

    assert (told.order, told.forget) == (None, ("shopify-450789469", "shopify-2"))
    assert "b.example" not in repr(told)


def test_a_shop_that_is_to_be_forgotten_takes_all_its_drafts_along() -> None:
    body = b'{"shop_id":954889,"shop_domain":"a.example"}'

    assert read_delivery(Shop.SHOPIFY, posted(Shop.SHOPIFY, body, topic="shop/redact"), (SECRET,)).forget is None


@pytest.mark.parametrize(
    ("shop", "topic", "number"),
    [(Shop.SHOPIFY, "orders/delete", "shopify-7"), (Shop.WOOCOMMERCE, "order.deleted", "woo-7")],
)
def test_an_order_that_the_shop_deleted_is_no_draft_any_more_and_a_whole_order_deletes_none(
    shop: Shop, topic: str, number: str
) -> None:
    deleted = read_delivery(shop, posted(shop, b'{"id":7}', topic=topic), (SECRET,))
    disguised = read_delivery(shop, posted(shop, body_of(shop), topic=topic), (SECRET,))

    assert (deleted.order, deleted.forget) == (None, (number,))
    assert (disguised.order, disguised.forget) == (None, ())


@pytest.mark.parametrize("topic", ["shop/redact", "customers/redact"])
def test_an_order_posted_again_under_another_topic_forgets_nothing(topic: str) -> None:
    # The topic is not under the code: whoever has one signed body could send it as whatever they like.
    came = posted(Shop.SHOPIFY, body_of(Shop.SHOPIFY), topic=topic)

    assert code_of(Shop.SHOPIFY, came) in (Code.UNKNOWN_MEMBER, Code.MISSING_MEMBER)


@pytest.mark.parametrize("named", [b'"1"', b"0", b"null", b"-4"])
def test_an_order_to_forget_is_named_by_its_number(named: bytes) -> None:
    assert code_of(Shop.SHOPIFY, posted(Shop.SHOPIFY, REDACT % named, topic="customers/redact")) is Code.WRONG_TYPE


def test_only_woocommerce_tries_an_address_and_only_with_a_number() -> None:
    assert is_ping(Shop.WOOCOMMERCE, Posted({}, b"webhook_id=3"))
    assert not is_ping(Shop.SHOPIFY, Posted({}, b"webhook_id=3"))
    assert not is_ping(Shop.WOOCOMMERCE, Posted({}, b"webhook_id=3&order=1"))


def test_the_accounts_are_read_and_show_no_secret() -> None:
    accounts = parse_shop_accounts(b'{"seller":"9520789000004","shopify":["hush-hush-2026","hush-hush-2025"]}')

    assert accounts.secrets == {Shop.SHOPIFY: (SECRET, BEFORE)}
    assert "hush" not in repr(accounts)
    assert "Anna" not in repr(Posted(headers_of(Shop.SHOPIFY, b""), b"Anna"))


@pytest.mark.parametrize(
    "members",
    [
        [],
        {"seller": "9520789000004", "etsy": ["hush-hush-2026"]},
        {"seller": "9520789000005", "shopify": ["hush-hush-2026"]},
        {"seller": "9520789000004", "shopify": "hush-hush-2026"},
        {"seller": "9520789000004", "shopify": []},
        {"seller": "9520789000004", "shopify": ["hush-1"]},
        {"seller": "9520789000004", "shopify": ["hush-hush-2026", "hush-hush-2025", "hush-hush-2024"]},
        {"seller": "9520789000004", "shopify": ["hush-hush-2026", 7]},
    ],
)
def test_accounts_that_are_none_are_refused_without_repeating_a_secret(members: canonical.JsonLike) -> None:
    with pytest.raises(ProvenanceError) as refused:
        parse_shop_accounts(canonical.dump(members))

    assert "hush" not in str(refused.value)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.sampled_from(["", "1.00", "99999999.99", "EUR"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["sku", "id"]), inner, max_size=2),
    max_leaves=4,
)
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "sku": st.sampled_from(["JAR-250", None, " "]),
            "quantity": st.integers(-1, 101) | st.just(2**53 - 1),
            "price": st.sampled_from(["12.50", "999999999.99", "-1"]),
            "total": st.sampled_from(["12.50", "999999999.99", "1.005"]),
            "total_tax": st.sampled_from(["0.00", "999999999.99"]),
            "discount_allocations": st.just([]) | st.just([{"amount": "0.50"}]) | ANYTHING,
            "tax_lines": st.just([]) | ANYTHING,
            "price_set": ANYTHING,
        }
    ),
    max_size=2,
)
MOMENTS = st.sampled_from(["1960-01-01T00:00:00", "2100-01-02T00:00:00", "9999-12-31T23:59:59", "2026-03-02T09:00:00"])
NAMES = ["currency", "line_items", "shipping_lines", "status", "cancelled_at", "total", "total_price", "taxes_included"]


@of_each
@given(
    odd=st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=2), lines=LINES, moment=MOMENTS,
    totals=st.sampled_from(["12.50", "0.00", "1999999999.98"]),
)  # fmt: skip
def test_whatever_a_shop_signs_is_an_order_that_can_be_kept_or_a_trouble(
    shop: Shop, odd: dict[str, canonical.Json], lines: list[canonical.Json], moment: str, totals: str
) -> None:
    told_at: dict[str, canonical.Json] = {"updated_at": f"{moment}Z", "date_modified_gmt": moment}
    whole = {"line_items": lines, "shipping_lines": [], "total": totals, "total_price": totals} | told_at | odd

    told = read_delivery(shop, posted(shop, body_of(shop, **whole)), (SECRET,)).order

    if isinstance(told, TroubledOrder):
        assert 0 <= told.told <= LATEST_INSTANT
    else:
        assert told is not None
        assert parse_shop_order(format_shop_order(told)) == told
