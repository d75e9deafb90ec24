"""The words of a review: a document of their own, kept only while they may be shown, and gone for good after that."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.commerce.review_texts import (
    MOST_CHARACTERS,
    Hint,
    ReviewText,
    format_review_text,
    hints,
    new_review_text,
    parse_review_text,
)
from provenance.commerce.tables import Kind
from provenance.errors import MalformedError, NotFoundError, RefusedError
from provenance.services.signing import Hand, consumer
from tests.cast import INSPECTOR, SHOP, gtin
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, REVIEWS, A, Sales
from tests.world import World

PRODUCT = gtin()
LOVELY = new_review_text("Lovely.\nThe strap is long.", b"\1" * 16)
THANKS = new_review_text("Thank you.", b"\2" * 16)
LAW = {"reason": "personal-data", "basis": "PIPL 47", "decision": "de" * 32}

documents = st.builds(
    new_review_text,
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=99).filter(str.strip),
    st.binary(min_size=16, max_size=16),
)


@pytest.fixture
def sales(world: World) -> Sales:
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.bought(A)
    return sales


def erased(sales: Sales, document: ReviewText, by: Hand) -> None:
    sales.said(Kind.REVIEW_TEXT_ERASED, by, of=REVIEWS, item=A, text=document.hash)


def kept(sales: Sales) -> set[str]:
    """What the database really holds."""
    with sales.world.services.store.reading() as store:
        return set(store.texts([LOVELY.hash, THANKS.hash]))


def shown(sales: Sales) -> list[str]:
    _, words = sales.world.services.reviewing.opinion(PRODUCT)
    return [document.text for document in words.values()]


@given(documents)
def test_a_document_reads_back_as_what_it_was_and_in_one_spelling_only(document: ReviewText) -> None:
    data = format_review_text(document)

    assert parse_review_text(data) == document
    with pytest.raises(MalformedError):
        parse_review_text(data + b"\n")


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (b'{"salt":"00","text":"x"}', "/salt"),
        (b'{"salt":"' + b"0" * 32 + b'","text":""}', "/text"),
        (b'{"salt":"' + b"0" * 32 + b'","text":1}', "/text"),
        (b'{"salt":"' + b"0" * 32 + b'","text":"' + b"x" * (MOST_CHARACTERS + 1) + b'"}', "/text"),
        (b'{"salt":"' + b"0" * 32 + b'","text":"a\\u0000b"}', "/text"),
        (('{"salt":"' + "0" * 32 + '","text":"a\u202eb"}').encode(), "/text"),
        (b'{"more":1,"salt":"' + b"0" * 32 + b'","text":"x"}', "/more"),
    ],
)
def test_what_is_no_document_is_refused_with_its_place(data: bytes, pointer: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_review_text(data)

    assert refused.value.pointer == pointer


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("write to ann@example.org", Hint.MAIL),
        ("call 138 0013 8000", Hint.PHONE),
        ("see www.example.org", Hint.LINK),
    ],
)
def test_words_that_name_somebody_are_pointed_out_to_who_writes_them(words: str, hint: Hint) -> None:
    assert hints(words) == (hint,)
    assert hints("worn 4 times in 2026, 10/10, 199.00 CNY") == ()


def test_words_are_shown_once_the_record_names_them(sales: Sales) -> None:
    with pytest.raises(NotFoundError) as refused:
        sales.world.services.reviewing.publish(PRODUCT, LOVELY)
    receipt = sales.reviewed(A, text=LOVELY.hash)

    remarks = [sales.world.services.reviewing.publish(PRODUCT, LOVELY) for _ in range(2)]

    assert (refused.value.code, refused.value.pointer) == (Code.UNKNOWN_TEXT, "/text")
    assert [remark.by for remark in remarks] == [receipt.hash] * 2
    assert shown(sales) == [LOVELY.text]


def test_other_words_under_the_same_record_are_refused(sales: Sales) -> None:
    sales.reviewed(A, text=LOVELY.hash)

    for other in (new_review_text(LOVELY.text, b"\3" * 16), new_review_text("Awful.", b"\1" * 16)):
        with pytest.raises(NotFoundError):
            sales.world.services.reviewing.publish(PRODUCT, other)

    assert shown(sales) == []


def test_words_that_their_writer_takes_back_are_gone_for_good(sales: Sales) -> None:
    sales.reviewed(A, stars=2, text=LOVELY.hash)
    sales.world.services.reviewing.publish(PRODUCT, LOVELY)

    erased(sales, LOVELY, consumer(ANNA))

    assert (kept(sales), shown(sales)) == (set(), [])
    assert sales.opinion().reviews[0].remarks[0].is_erased
    assert sales.opinion().standing.stars == (0, 1, 0, 0, 0)
    with pytest.raises(RefusedError) as refused:
        sales.world.services.reviewing.publish(PRODUCT, LOVELY)
    assert refused.value.code is Code.TEXT_SILENCED
    assert_log_is_sound(sales.world.services)


def test_nothing_of_the_words_is_left_in_the_database_file(sales: Sales, tmp_path: Path) -> None:
    document = new_review_text("an unmistakable sentence about a strap", b"\5" * 16)
    sales.reviewed(A, text=document.hash)
    sales.world.services.reviewing.publish(PRODUCT, document)

    sales.said(Kind.REVIEW_TEXT_ERASED, consumer(ANNA), of=REVIEWS, item=A, text=document.hash)
    with sales.world.services.store.raw_reading() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")

    files = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(b"unmistakable" in data for data in files)


def test_one_takes_back_only_ones_own_words(sales: Sales) -> None:
    sales.reviewed(A, text=LOVELY.hash)
    sales.said(Kind.REVIEW_ANSWERED, SHOP.hand(), of=REVIEWS, item=A, text=THANKS.hash)
    for document in (LOVELY, THANKS):
        sales.world.services.reviewing.publish(PRODUCT, document)

    for document, by in ((LOVELY, SHOP.hand()), (THANKS, consumer(ANNA)), (LOVELY, consumer(BOB))):
        with sales.world.refuses(Code.NOT_ENTITLED):
            erased(sales, document, by)
    erased(sales, THANKS, SHOP.hand())

    assert kept(sales) == {LOVELY.hash}


def test_what_an_inspector_removes_takes_all_its_words_along(sales: Sales) -> None:
    sales.reviewed(A, text=LOVELY.hash)
    sales.said(Kind.REVIEW_ANSWERED, SHOP.hand(), of=REVIEWS, item=A, text=THANKS.hash)
    for document in (LOVELY, THANKS):
        sales.world.services.reviewing.publish(PRODUCT, document)

    sales.said(Kind.REVIEW_REMOVED, INSPECTOR.hand(), of=REVIEWS, item=A, **LAW)

    assert (kept(sales), shown(sales)) == (set(), [])
    with pytest.raises(RefusedError) as refused:
        sales.world.services.reviewing.publish(PRODUCT, LOVELY)
    assert refused.value.code is Code.TEXT_SILENCED


def test_after_a_won_appeal_the_words_may_be_handed_in_again(sales: Sales) -> None:
    sales.reviewed(A, text=LOVELY.hash)
    sales.said(Kind.REVIEW_REMOVED, INSPECTOR.hand(), of=REVIEWS, item=A, **LAW)
    sales.said(Kind.REVIEW_RESTORED, INSPECTOR.hand(), of=REVIEWS, item=A, decision="ad" * 32)

    sales.world.services.reviewing.publish(PRODUCT, LOVELY)

    assert shown(sales) == [LOVELY.text]


def test_a_record_that_is_refused_silences_nobody(sales: Sales) -> None:
    sales.reviewed(A, text=LOVELY.hash)
    sales.world.services.reviewing.publish(PRODUCT, LOVELY)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.said(Kind.REVIEW_REMOVED, SHOP.hand(), of=REVIEWS, item=A, **LAW)

    assert shown(sales) == [LOVELY.text]
