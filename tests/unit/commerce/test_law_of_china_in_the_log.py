"""The law of trade in China where it asks something of the records, article by article.

The numbers T-CN-… are those of the table of laws this product is measured by; ``test_law_of_china`` has the decisions.
"""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.bundle import format_bundle
from provenance.codes import Code
from provenance.commerce.tables import Kind
from provenance.evidence import verify_file
from provenance.services.signing import Hand, consumer
from tests.cast import INSPECTOR, MAKER, ROOT_HAND, SHOP
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, DAY, ORDER, OTHER_ORDER, REVIEWS, A, B, Sales, text_hash
from tests.world import World

LAW: dict[str, str] = {"basis": "PIPL 47", "decision": "de" * 32}
THREE_YEARS = 3 * 365 * DAY


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Sales]:
    world = World(tmp_path)
    sales = Sales(world)
    sales.stocked(A, B)
    sales.published()
    sales.bought(A)
    yield sales
    world.close()


def test_t_cn_16_article_31_of_the_e_commerce_law_keeps_an_order_whole_whatever_is_erased_beside_it(
    sales: Sales,
) -> None:
    sales.reviewed(A, stars=1)
    before = sales.order()
    sales.said(Kind.REVIEW_REMOVED, INSPECTOR.hand(), of=REVIEWS, item=A, reason="personal-data", **LAW)

    sales.later(THREE_YEARS)

    assert sales.order() == before
    assert_log_is_sound(sales.world.services)


@pytest.mark.parametrize(
    "by", [SHOP.hand(), MAKER.hand(), ROOT_HAND, consumer(ANNA)], ids=["seller", "maker", "platform", "reviewer"]
)
def test_t_cn_17_article_39_of_the_e_commerce_law_lets_no_platform_and_no_seller_delete_a_review(
    sales: Sales, by: Hand
) -> None:
    sales.reviewed(A, stars=1)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.said(Kind.REVIEW_REMOVED, by, of=REVIEWS, item=A, reason="unlawful", **LAW)

    assert sales.opinion().standing.stars == (1, 0, 0, 0, 0)


def test_t_cn_19_article_17_of_the_e_commerce_law_has_no_review_without_a_trade(sales: Sales) -> None:
    praise = {"order": ORDER, "stars": 5, "text": text_hash("the best there is")}

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.said(Kind.REVIEW_WRITTEN, SHOP.hand(), of=REVIEWS, item=A, **praise)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.reviewed(A, by=BOB)
    with sales.world.refuses(Code.NOT_SOLD):
        sales.reviewed(B)
    sales.reviewed(A)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.reviewed(A)

    assert sales.opinion().standing.count == 1


@pytest.mark.parametrize("away", [-3600, 3600], ids=["back", "ahead"])
def test_t_cn_20_article_51_of_the_e_commerce_law_takes_the_time_of_receipt_from_the_log(
    sales: Sales, away: int
) -> None:
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER, BOB)
    sales.paid(OTHER_ORDER)
    sales.allocated(B, of=OTHER_ORDER)
    sales.packed(B, of=OTHER_ORDER)
    sales.shipped(B, of=OTHER_ORDER)

    with sales.world.refuses(Code.NOT_NOW):
        sales.said(Kind.PARCEL_DELIVERED, consumer(BOB), of=OTHER_ORDER, serials=[B], at=sales.now + away)
    sales.delivered(B, of=OTHER_ORDER, by=consumer(BOB))


def test_t_cn_21_article_62_of_the_e_commerce_law_gives_the_whole_story_of_what_was_sold_to_anybody(
    sales: Sales,
) -> None:
    sales.world.services.checkpointing.checkpoint()

    evidence = format_bundle(sales.world.services.tracing.bundle(A))

    assert verify_file(evidence, sales.world.services.trust).verdict.shown.value == "consistent"


def test_t_cn_23_article_13_of_the_e_signature_law_leaves_every_key_with_its_owner(
    tmp_path: Path, sales: Sales
) -> None:
    kept = {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}

    for key in (SHOP.key, MAKER.key, ANNA):
        seed = key.seed
        for spelling in (seed, seed.hex().encode(), b64encode(seed).rstrip(b"="), urlsafe_b64encode(seed).rstrip(b"=")):
            assert not [name for name, data in kept.items() if spelling in data]
    assert [name.as_posix() for name in kept if name.suffix == ".key"] == ["keys/log.key"]
