"""What buyers say of a product: once for each item, in one chain, removed only by law, counted so that anyone can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.commerce.review_guards import AMEND_DAYS, WRITE_DAYS
from provenance.commerce.reviews import Score
from provenance.commerce.tables import Kind
from provenance.commerce.vocabulary import RemovalReason
from provenance.errors import MalformedError
from provenance.services.signing import Hand, consumer
from tests.cast import INSPECTOR, RIVAL, SHOP
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, DAY, ORDER, OTHER_ORDER, REVIEWS, A, B, Sales, text_hash
from tests.world import World

ANNA_SAYS, BOB_SAYS = consumer(ANNA), consumer(BOB)


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Sales]:
    world = World(tmp_path)
    sales = Sales(world)
    sales.stocked(A, B)
    sales.published()
    sales.bought(A)
    yield sales
    world.close()


def removed(sales: Sales, by: Hand, reason: str = "personal-data") -> None:
    """A review of A is taken down."""
    law = {"basis": "PIPL 47", "decision": "de" * 32}
    sales.said(Kind.REVIEW_REMOVED, by, of=REVIEWS, item=A, reason=reason, **law)


def test_the_buyer_of_an_item_says_what_they_think_of_it(sales: Sales) -> None:
    receipt = sales.reviewed(A, stars=4)

    opinion = sales.opinion()

    (review,) = opinion.reviews
    assert (review.item, review.reviewer, review.stars) == (A, str(ANNA.public), 4)
    assert [remark.by for remark in review.remarks] == [opinion.head] == [receipt.hash]
    assert opinion.standing.stars == (0, 0, 0, 1, 0)
    assert_log_is_sound(sales.world.services)


def test_an_item_is_reviewed_once(sales: Sales) -> None:
    sales.reviewed(A)

    for one in (ANNA, BOB):
        with sales.world.refuses(Code.ILLEGAL_STEP):
            sales.reviewed(A, by=one, stars=1)


def test_only_the_buyer_of_what_has_arrived_reviews_it(sales: Sales) -> None:
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER)
    sales.paid(OTHER_ORDER)
    sales.allocated(B, of=OTHER_ORDER)

    with sales.world.refuses(Code.NOT_SOLD):
        sales.reviewed(B, order=OTHER_ORDER)
    with sales.world.refuses(Code.NOT_SOLD):
        sales.reviewed(B)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.reviewed(A, by=BOB)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.said(
            Kind.REVIEW_WRITTEN, SHOP.hand(), of=REVIEWS, item=A, order=ORDER, stars=5, text=text_hash("our best")
        )


def test_an_item_of_another_product_is_not_reviewed_here(sales: Sales) -> None:
    other = REVIEWS.replace("reviews:https://id.gs1.org/01/0", "reviews:https://id.gs1.org/01/1")
    other = other[:-1] + str((int(other[-1]) + 7) % 10)  # the first digit counts three times

    with sales.world.refuses(Code.OTHER_ITEM):
        sales.said(
            Kind.REVIEW_WRITTEN, ANNA_SAYS, of=type(REVIEWS)(other), item=A, order=ORDER, stars=5, text=text_hash("x")
        )


def test_a_present_is_reviewed_by_whom_it_was_for(sales: Sales) -> None:
    sales.claimed(A, by=BOB)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.reviewed(A, by=ANNA)
    sales.reviewed(A, by=BOB)

    assert sales.opinion().reviews[0].reviewer == str(BOB.public)


def test_who_has_it_from_an_owner_does_not_score_the_seller(sales: Sales) -> None:
    sales.claimed(A)
    sales.passed_on(A)
    sales.accepted(A)

    for one in (ANNA, BOB):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.reviewed(A, by=one)


def test_one_amends_for_a_while_and_adds_to_it_for_ever(sales: Sales) -> None:
    sales.reviewed(A, stars=5)
    sales.said(Kind.REVIEW_AMENDED, ANNA_SAYS, of=REVIEWS, item=A, stars=2, text=text_hash("it faded"))
    sales.later((AMEND_DAYS + 1) * DAY)

    with sales.world.refuses(Code.TOO_LATE):
        sales.said(Kind.REVIEW_AMENDED, ANNA_SAYS, of=REVIEWS, item=A, stars=1, text=text_hash("it tore"))
    sales.said(Kind.REVIEW_CONTINUED, ANNA_SAYS, of=REVIEWS, item=A, text=text_hash("it tore"))

    (review,) = sales.opinion().reviews
    assert review.stars == 2
    assert [remark.text for remark in review.remarks] == [text_hash(said) for said in ("lovely", "it faded", "it tore")]


def test_nobody_speaks_of_what_arrived_long_ago(sales: Sales) -> None:
    sales.later((WRITE_DAYS + 1) * DAY)

    with sales.world.refuses(Code.TOO_LATE):
        sales.reviewed(A)


def test_nobody_amends_the_words_of_another(sales: Sales) -> None:
    sales.reviewed(A)

    for kind, members in (
        (Kind.REVIEW_AMENDED, {"stars": 1, "text": text_hash("bad")}),
        (Kind.REVIEW_CONTINUED, {"text": text_hash("bad")}),
    ):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.said(kind, BOB_SAYS, of=REVIEWS, item=A, **members)


def test_the_seller_answers_once_and_no_other_seller_does(sales: Sales) -> None:
    sales.reviewed(A, stars=1)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.said(Kind.REVIEW_ANSWERED, RIVAL.hand(), of=REVIEWS, item=A, text=text_hash("buy ours"))
    sales.said(Kind.REVIEW_ANSWERED, SHOP.hand(), of=REVIEWS, item=A, text=text_hash("we are sorry"))
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.said(Kind.REVIEW_ANSWERED, SHOP.hand(), of=REVIEWS, item=A, text=text_hash("once more"))

    answer = sales.opinion().reviews[0].answer
    assert answer is not None
    assert answer.text == text_hash("we are sorry")


def test_a_seller_can_not_remove_what_is_bad_for_business(sales: Sales) -> None:
    sales.reviewed(A, stars=1)

    with sales.world.refuses(Code.NOT_ENTITLED):
        removed(sales, SHOP.hand())
    with pytest.raises(MalformedError) as caught:
        removed(sales, INSPECTOR.hand(), reason="negative")

    assert caught.value.pointer == "/reason"
    assert sales.opinion().standing.count == 1


def test_what_the_law_removes_leaves_its_mark_and_counts_in_the_score_of_all_that_was_written(sales: Sales) -> None:
    sales.reviewed(A, stars=1)

    removed(sales, INSPECTOR.hand())

    opinion = sales.opinion()
    assert opinion.reviews[0].removed_for is RemovalReason.PERSONAL_DATA
    assert (opinion.standing.count, opinion.written.count) == (0, 1)
    assert opinion.removed == {RemovalReason.PERSONAL_DATA: 1}
    assert_log_is_sound(sales.world.services)


def test_a_removed_review_is_silent_until_an_appeal_is_won(sales: Sales) -> None:
    sales.reviewed(A)
    removed(sales, INSPECTOR.hand())

    for kind, hand, members in (
        (Kind.REVIEW_AMENDED, ANNA_SAYS, {"stars": 1, "text": text_hash("again")}),
        (Kind.REVIEW_ANSWERED, SHOP.hand(), {"text": text_hash("thanks")}),
    ):
        with sales.world.refuses(Code.ILLEGAL_STEP):
            sales.said(kind, hand, of=REVIEWS, item=A, **members)
    sales.said(Kind.REVIEW_RESTORED, INSPECTOR.hand(), of=REVIEWS, item=A, decision="ad" * 32)

    assert sales.opinion().reviews[0].removed_for is None
    assert sales.opinion().removed == {}


def test_all_reviews_of_a_product_are_one_chain(sales: Sales) -> None:
    sales.bought(B, of=OTHER_ORDER)
    first, second = sales.reviewed(A), sales.reviewed(B, order=OTHER_ORDER)

    dossier = sales.dossier(REVIEWS)

    assert [entered.hash for entered in dossier.entries] == [first.hash, second.hash]
    assert sales.opinion().head == second.hash


@given(st.tuples(*[st.integers(0, 1000)] * 5))
def test_the_score_lies_between_the_mean_and_the_silent_votes(stars: tuple[int, int, int, int, int]) -> None:
    score = Score(stars)

    if score.mean is None:
        assert score.score == 300
    else:
        assert min(score.mean, 300) <= score.score <= max(score.mean, 300)


def test_the_score_is_what_its_formula_says() -> None:
    assert (Score((0, 0, 0, 0, 1)).mean, Score((0, 0, 0, 0, 1)).score) == (500, 333)
    assert (Score((1, 0, 0, 2, 3)).mean, Score((1, 0, 0, 2, 3)).score) == (400, 354)
    assert (Score((0, 1, 2, 0, 0)).mean, Score((0, 1, 2, 0, 0)).score) == (266, 287)
