"""The book of an order refuses what would lose, invent or pay twice; nothing refused leaves a trace."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provenance.codes import Code
from provenance.commerce.imbalances import imbalances
from provenance.commerce.ledger import (
    Account,
    AccountKind,
    Entry,
    Fulfil,
    Ledger,
    Pend,
    Post,
    Posting,
    PostingId,
    Reason,
    Transfer,
    TransferId,
    Void,
    fold,
)
from provenance.commerce.money import Money
from provenance.errors import ConflictError, RefusedError

PROVIDER = Account(AccountKind.PROVIDER, "wechat")
ESCROW = Account(AccountKind.ESCROW, "o1")
SELLER = Account(AccountKind.SELLER, "arcade")
BOND = Account(AccountKind.BOND, "arcade")
FEE = Account(AccountKind.FEE, "platform")


def moved(name: str, source: Account, target: Account, minor: int, reason: Reason) -> Transfer:
    return Transfer(TransferId(name), source, target, Money(minor, "CNY"), reason, "o1")


def captured(name: str = "c1", minor: int = 19900) -> Transfer:
    return moved(name, PROVIDER, ESCROW, minor, Reason.CAPTURE)


def refund(name: str = "r1", minor: int = 19900, source: Account = ESCROW) -> Transfer:
    return moved(name, source, PROVIDER, minor, Reason.REFUND)


def release(name: str = "s1", minor: int = 19900) -> Transfer:
    return moved(name, ESCROW, SELLER, minor, Reason.RELEASE)


def posting(name: str, *entries: Entry) -> Posting:
    return Posting(PostingId(name), entries)


def book(*entries: Entry) -> Ledger:
    return fold(posting(f"p{index}", entry) for index, entry in enumerate(entries))


def refused(ledger: Ledger, *entries: Entry) -> Code:
    before = replace(ledger)
    with pytest.raises(RefusedError) as err:
        ledger.post(posting("tried", *entries))
    assert ledger == before
    assert imbalances(ledger) == ()
    return err.value.code


def test_what_is_captured_waits_in_escrow_until_it_is_released() -> None:
    ledger = book(Post(captured()))

    done = ledger.post(posting("release", Post(release(minor=19303)), Post(moved("f1", ESCROW, FEE, 597, Reason.FEE))))

    assert done.balance(ESCROW, "CNY") == Money(0, "CNY")
    assert done.balance(SELLER, "CNY") == Money(19303, "CNY")
    assert done.balance(FEE, "CNY") == Money(597, "CNY")
    assert done.balance(PROVIDER, "CNY") == Money(-19900, "CNY")
    assert imbalances(done) == ()


def test_what_is_pended_is_spoken_for_but_has_not_moved() -> None:
    ledger = book(Post(captured()), Pend(refund(minor=5000)))

    assert ledger.balance(ESCROW, "CNY") == Money(19900, "CNY")
    assert ledger.available(ESCROW, "CNY") == Money(14900, "CNY")
    assert ledger.pending() == (refund(minor=5000),)


def test_a_fulfilled_refund_has_moved_and_a_voided_one_has_not() -> None:
    ledger = book(Post(captured()), Pend(refund(minor=5000)))

    fulfilled = ledger.post(posting("yes", Fulfil(TransferId("r1"))))
    voided = ledger.post(posting("no", Void(TransferId("r1"))))

    assert fulfilled.balance(ESCROW, "CNY") == Money(14900, "CNY")
    assert voided.available(ESCROW, "CNY") == Money(19900, "CNY")
    assert fulfilled.pending() == voided.pending() == ()


def test_refuses_to_release_more_than_was_captured() -> None:
    assert refused(book(Post(captured())), Post(release(minor=19901))) == Code.NOT_ENOUGH


def test_refuses_to_release_what_a_refund_has_spoken_for() -> None:
    assert refused(book(Post(captured()), Pend(refund())), Post(release(minor=1))) == Code.NOT_ENOUGH


@pytest.mark.parametrize("first", [Fulfil(TransferId("r1")), Void(TransferId("r1"))])
@pytest.mark.parametrize("second", [Fulfil(TransferId("r1")), Void(TransferId("r1"))])
def test_refuses_to_resolve_a_pended_transfer_twice(first: Entry, second: Entry) -> None:
    assert refused(book(Post(captured()), Pend(refund()), first), second) == Code.ALREADY_RESOLVED


def test_refuses_to_resolve_what_was_posted_at_once() -> None:
    assert refused(book(Post(captured())), Fulfil(TransferId("c1"))) == Code.ALREADY_RESOLVED


def test_refuses_to_resolve_what_was_never_pended() -> None:
    assert refused(book(Post(captured())), Void(TransferId("r9"))) == Code.UNKNOWN_TRANSFER


def test_refuses_a_refund_beyond_what_was_paid_even_from_the_sellers_own_money() -> None:
    ledger = book(Post(captured()), Post(moved("b1", PROVIDER, BOND, 50000, Reason.BOND)), Post(refund()))

    assert refused(ledger, Post(refund("r2", 1, source=BOND))) == Code.REFUND_BEYOND_PAID


def test_refuses_a_refund_beside_a_chargeback_of_the_same_money() -> None:
    ledger = book(Post(captured()), Post(release()), Post(moved("cb", SELLER, PROVIDER, 19900, Reason.CHARGEBACK)))
    funded = ledger.post(posting("bond", Post(moved("b1", PROVIDER, BOND, 50000, Reason.BOND))))

    assert refused(funded, Post(refund("r1", 19900, source=BOND))) == Code.REFUND_BEYOND_PAID


def test_a_voided_refund_can_be_tried_again() -> None:
    ledger = book(Post(captured()), Pend(refund()), Void(TransferId("r1")))

    again = ledger.post(posting("again", Post(refund("r2"))))

    assert again.balance(ESCROW, "CNY") == Money(0, "CNY")


def test_a_statutory_claim_is_beside_what_was_paid_and_bounded_by_the_bond() -> None:
    ledger = book(Post(captured()), Post(refund()), Post(moved("b1", PROVIDER, BOND, 60000, Reason.BOND)))

    paid = ledger.post(posting("claim", Post(moved("k1", BOND, PROVIDER, 59700, Reason.CLAIM))))

    assert paid.balance(BOND, "CNY") == Money(300, "CNY")
    assert refused(paid, Post(moved("k2", BOND, PROVIDER, 301, Reason.CLAIM))) == Code.NOT_ENOUGH


def test_a_retry_never_pays_twice() -> None:
    ledger = book(Post(captured()))
    paying = posting("pay", Post(refund(minor=100)))

    once = ledger.post(paying)

    assert once.post(paying) == once


def test_refuses_a_postings_name_with_other_entries() -> None:
    ledger = book(Post(captured())).post(posting("pay", Post(refund(minor=100))))

    with pytest.raises(ConflictError) as err:
        ledger.post(posting("pay", Post(refund(minor=101))))

    assert err.value.code == Code.TRANSFER_TAKEN
    assert err.value.refusal.evidence == {"posting": "pay"}


def test_refuses_a_transfers_name_a_second_time() -> None:
    assert refused(book(Post(captured())), Post(captured())) == Code.TRANSFER_TAKEN


@pytest.mark.parametrize("minor", [0, -1])
def test_refuses_to_move_nothing_or_less(minor: int) -> None:
    assert refused(book(Post(captured())), Post(refund(minor=minor))) == Code.WRONG_VALUE


def test_refuses_to_move_from_an_account_to_itself() -> None:
    assert refused(book(Post(captured())), Post(moved("x", ESCROW, ESCROW, 1, Reason.RELEASE))) == Code.WRONG_VALUE


def test_refuses_another_currency_than_the_account_has() -> None:
    ledger = book(Post(captured()))

    assert refused(ledger, Post(replace(release(), amount=Money(1, "EUR")))) == Code.NOT_ENOUGH


def test_refuses_a_posting_whole_when_its_last_entry_is_refused() -> None:
    ledger = book(Post(captured()))

    with pytest.raises(RefusedError) as err:
        ledger.post(posting("both", Post(release(minor=19000)), Post(refund(minor=19000))))

    assert err.value.pointer == "/entries/1"
    assert ledger.balance(ESCROW, "CNY") == Money(19900, "CNY")


def test_refuses_a_posting_without_entries() -> None:
    assert refused(book(Post(captured()))) == Code.EMPTY_LIST


def test_the_audit_names_a_book_whose_sums_were_altered() -> None:
    ledger = book(Post(captured()), Pend(refund(minor=5000)))

    ledger._sums.balances[ESCROW, "CNY"] += 1
    del ledger._sums.open[TransferId("r1")]

    assert imbalances(ledger) == (
        "escrow:o1 says CNY 199.01, its entries say 19900",
        "the pended transfer r1 is not open and was resolved 0 times",
    )


def test_the_audit_names_a_book_whose_entries_were_altered() -> None:
    entries = (Post(captured(minor=10)), Post(refund("r1", 11)), Pend(refund("r2", 1)), Void(TransferId("r2")))
    forged = Ledger((posting("p", *entries, Void(TransferId("r2"))),))

    found = imbalances(forged)

    assert "escrow:o1 is below zero: -1" in found
    assert "the pended transfer r2 is not open and was resolved 2 times" in found
    assert "o1 gave back 1 CNY too much" in found
