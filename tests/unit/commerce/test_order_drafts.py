"""What a shop told becomes an offer line by line, exactly, with the seller's own products and terms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.commerce.catalogues import parse_catalogue
from provenance.commerce.order_drafts import Kept, compare, offer_members
from provenance.commerce.records import parse_record
from provenance.commerce.shop_orders import Said, ShopLine, ShopOrder
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import ProvenanceError
from tests.shops import SELLER, catalogue, sample

TOLD = ShopOrder("web-1", "EUR", (ShopLine("JAR-250", 3, 3700),), 490, Said.OPEN, 1000)


def offered(order: ShopOrder) -> dict[str, Json]:
    return offer_members(order, catalogue(), terms="0a" * 32, token="0b" * 32, pay_by=2000)


def test_an_offer_is_a_record_that_the_tables_know() -> None:
    members = offered(TOLD)

    record = parse_record(members | {"at": 1000})

    assert record.about.subject == f"order:{SELLER}/web-1"
    assert [line["price"] for line in members["lines"]] == [1234, 1233, 1233]  # type: ignore[index,call-overload]


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(20, 10**9)), min_size=1, max_size=5))
def test_the_pieces_come_to_what_the_lines_cost_to_the_last_unit(lines: list[tuple[int, int]]) -> None:
    order = replace(TOLD, lines=tuple(ShopLine("JAR-250", quantity, minor) for quantity, minor in lines))

    made: Any = offered(order)["lines"]

    assert len(made) == sum(quantity for quantity, _ in lines)
    assert sum(line["price"] for line in made) == sum(minor for _, minor in lines)


@pytest.mark.parametrize(
    ("order", "code", "pointer"),
    [
        (replace(TOLD, said=Said.CANCELLED), Code.CALLED_OFF, ""),
        (replace(TOLD, lines=(*TOLD.lines, ShopLine("CUP", 1, 5))), Code.UNKNOWN_SKU, "/lines/1/sku"),
        (replace(TOLD, lines=(ShopLine("JAR-250", 1, 0),)), Code.WRONG_VALUE, "/lines/0/minor"),
        (replace(TOLD, lines=(ShopLine("JAR-250", 3, 2),)), Code.WRONG_VALUE, "/lines/0/minor"),
    ],
)
def test_what_cannot_be_offered_is_refused(order: ShopOrder, code: Code, pointer: str) -> None:
    with pytest.raises(ProvenanceError) as refused:
        offered(order)

    assert (refused.value.code, refused.value.pointer) == (code, pointer)


def test_what_the_shop_says_of_payment_pays_nothing() -> None:
    assert offered(replace(TOLD, said=Said.PAID)) == offered(TOLD)


@pytest.mark.parametrize(
    ("known", "told", "kept"),
    [
        (None, TOLD, Kept.NEW),
        (TOLD, TOLD, Kept.REPEATED),
        (TOLD, replace(TOLD, told=1001, freight=0), Kept.REPLACED),
        (TOLD, replace(TOLD, freight=0), Kept.REPLACED),
        (TOLD, replace(TOLD, told=999, freight=0), Kept.OLDER),
        (TOLD, replace(TOLD, told=0), Kept.DIFFERS),
    ],
)
def test_of_two_tellings_the_newer_counts(known: ShopOrder | None, told: ShopOrder, kept: Kept) -> None:
    assert compare(known, told) is kept


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"seller": "9520789000005"}, Code.WRONG_VALUE, "/seller"),
        ({"terms": "a/b"}, Code.WRONG_VALUE, "/seller"),
        ({"payWithin": 59}, Code.WRONG_VALUE, "/payWithin"),
        ({"products": []}, Code.WRONG_TYPE, "/products"),
        ({"products": {"A": {"class": "x"}}}, Code.MISSING_MEMBER, "/products/A/category"),
        ({"products": {" A": {}}}, Code.WRONG_VALUE, "/products/ A"),
        ({"secret": "x"}, Code.UNKNOWN_MEMBER, "/secret"),
    ],
)
def test_a_catalogue_that_is_none_is_refused_at_its_place(changes: dict[str, Json], code: Code, pointer: str) -> None:
    members: Any = canonical.parse_any(sample("catalogue.json"))

    with pytest.raises(ProvenanceError) as refused:
        parse_catalogue(canonical.dump(members | changes))

    assert (refused.value.code, refused.value.pointer) == (code, pointer)
