"""The page of what buyers think of a product: the score and how it is reckoned, and every review in its order.

Rules: what was removed is named with its reason, and counted a second time; words that are not kept here are said to
be so, and never made up; stars are words and numbers as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from provenance.commerce.review_texts import ReviewText
from provenance.commerce.reviews import SILENT_STARS, SILENT_VOTES, Opinion, Remark, Review, Score
from web.addresses import address_of
from web.pages.names import date_of
from web.pages.text import Text


@dataclass(frozen=True, slots=True)
class Bar:
    """How many reviews gave so many stars, of all that stand."""

    name: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Words:
    """One remark: what it is, when, its words, and the record that names their hash; or why there are no words."""

    what: str
    date: str
    lines: tuple[str, ...]
    missing: str
    record: str


@dataclass(frozen=True, slots=True)
class ReviewBlock:
    """One review; ``removed`` is empty where it stands."""

    stars: str
    item: str
    address: str
    removed: str
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class ReviewsPage:
    """Everything the template prints; ``removed`` is empty where nothing was."""

    number: str
    score: str
    count: str
    formula: str
    removed: tuple[str, ...]
    bars: tuple[Bar, ...]
    reviews: tuple[ReviewBlock, ...]
    head: str


def reviews_page(opinion: Opinion, words: Mapping[str, ReviewText], text: Text) -> ReviewsPage:
    """The page, with the words that may be shown."""
    standing, written = opinion.standing, opinion.written
    removed = [
        text("reviews.removed.count", count=count, reason=text(f"reviews.removed.{reason}"))
        for reason, count in opinion.removed.items()
    ]
    if removed:
        removed.append(text("reviews.removed.score", score=score_of(written, text), count=written.count))
    return ReviewsPage(
        number=opinion.product.rpartition("/")[2],
        score=score_of(standing, text),
        count=text("reviews.count", count=standing.count),
        formula=text("reviews.formula", votes=SILENT_VOTES, stars=SILENT_STARS),
        removed=tuple(removed),
        bars=tuple(
            Bar(text("reviews.stars", stars=stars), standing.stars[stars - 1], standing.count)
            for stars in range(5, 0, -1)
        ),
        reviews=tuple(_block(review, words, text) for review in opinion.reviews),
        head=opinion.head or "",
    )


def score_of(score: Score, text: Text) -> str:
    """A score in words: ``3.16 of 5``."""
    return text("reviews.score", score=f"{score.score // 100}.{score.score % 100:02}")


def _block(review: Review, words: Mapping[str, ReviewText], text: Text) -> ReviewBlock:
    removed = review.removed_for
    return ReviewBlock(
        stars=text("reviews.stars", stars=review.stars),
        item=review.item.rpartition("/")[2],
        address=address_of(review.item),
        removed=text("reviews.removed.one", reason=text(f"reviews.removed.{removed}")) if removed else "",
        words=tuple(_spoken(review, words, text)),
    )


def _spoken(review: Review, words: Mapping[str, ReviewText], text: Text) -> Iterator[Words]:
    for place, remark in enumerate(review.remarks):
        yield _words(remark, text("reviews.later") if place else text("reviews.first"), words, text)
    if review.answer:
        yield _words(review.answer, text("reviews.answer"), words, text)


def _words(remark: Remark, what: str, words: Mapping[str, ReviewText], text: Text) -> Words:
    kept = words.get(remark.text)
    why = text("reviews.erased") if remark.is_erased else text("reviews.not-kept")
    return Words(
        what=what,
        date=date_of(datetime.fromtimestamp(remark.at, UTC), text),
        lines=tuple(kept.text.split("\n")) if kept else (),
        missing="" if kept else why,
        record=remark.by,
    )
