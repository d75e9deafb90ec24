"""A price goes back once, as terms and law say, the way it came; and the book of the order follows from the records."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.commerce.imbalances import imbalances
from provenance.commerce.ledger import Account, AccountKind, Ledger
from provenance.commerce.postings import dossiers_of_money, order_book
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.encoding.canonical import Json
from provenance.ids import Subject
from provenance.services.bookkeeping import read_dossier
from provenance.services.capturing import Receipt
from provenance.services.signing import Hand, consumer
from tests.cast import CARRIER, INSPECTOR, MAKER, SHOP
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, DAY, FREIGHT, GLN, ORDER, OTHER_RETURN, PRICE, REFUND, RETURN, A, B, Sales
from tests.world import World

WHOLE = Subject(f"refund:{GLN}/2026-0001-all")
OTHER_REFUND = Subject(f"refund:{GLN}/2026-0001-2")
ESCROW, SELLER = Account(AccountKind.ESCROW, ORDER), Account(AccountKind.SELLER, SHOP.party)
BUYER_GOT = Account(AccountKind.PROVIDER, "fakepay shop")


@pytest.fixture
def sales(world: World) -> Sales:
    sales = Sales(world)
    sales.stocked(A, B)
    sales.published()
    return sales


@pytest.fixture
def returned(sales: Sales) -> Sales:
    """Bought, asked for, agreed to, sent back and found to be what was sold."""
    sales.bought(A)
    _given_back(sales)
    return sales


def _given_back(sales: Sales) -> None:
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()


def _granted(sales: Sales, by: Hand | None = None, refund: Subject = REFUND, **changes: Json) -> Receipt:
    members: dict[str, Json] = {"order": ORDER, "after": RETURN, "piece": A, "minor": PRICE, "currency": "CNY"}
    return sales.said(Kind.REFUND_GRANTED, by or SHOP.hand(), of=refund, **(members | changes))


def _told(sales: Sales, kind: Kind, refund: Subject = REFUND, by: Hand | None = None, **changes: Json) -> Receipt:
    members: dict[str, Json] = {
        "provider": "fakepay", "merchant": "shop", "reference": f"back-{refund}", "grade": "C", "told": None,
    }  # fmt: skip
    return sales.said(kind, by or SHOP.hand(), of=refund, **(members | changes))


def _asked(sales: Sales, refund: Subject = REFUND) -> Receipt:
    return sales.said(Kind.REFUND_ASKED, SHOP.hand(), of=refund)


def _charged_back(sales: Sales, minor: int = PRICE, **changes: Json) -> Receipt:
    return _told(sales, Kind.CHARGEBACK_OPENED, ORDER, minor=minor, currency="CNY", reference="dispute-1", **changes)


def _ended(sales: Sales, kind: Kind) -> Receipt:
    return sales.said(kind, SHOP.hand())


def _book(sales: Sales) -> Ledger:
    """The book of the order as anyone can fold it; it adds up."""
    with sales.world.services.store.reading() as store:
        book = Book(lambda name: read_dossier(store, name), store.slot)
        ordered = book.known(ORDER)
        ledger = order_book(ordered, dossiers_of_money(ordered, book))
    assert imbalances(ledger) == ()
    return ledger


def _balances(sales: Sales) -> tuple[int, int, int]:
    """Held for the order, spoken for, and the seller's."""
    ledger = _book(sales)
    held, seller = ledger.balance(ESCROW, "CNY").minor, ledger.balance(SELLER, "CNY").minor
    return held, sum(transfer.amount.minor for transfer in ledger.pending()), seller


def test_the_money_of_an_order_is_held_until_it_is_completed_and_then_the_sellers(sales: Sales) -> None:
    sales.offered()
    sales.placed()
    assert _balances(sales) == (0, 0, 0)
    sales.paid()
    assert _balances(sales) == (PRICE + FREIGHT, 0, 0)
    sales.allocated(A)
    sales.packed(A)
    sales.shipped(A)
    sales.delivered(A)
    sales.completed()

    assert _balances(sales) == (0, 0, PRICE + FREIGHT)
    assert _book(sales).balance(BUYER_GOT, "CNY").minor == -(PRICE + FREIGHT)


def test_a_refund_is_spoken_for_when_granted_and_leaves_when_it_was_paid(returned: Sales) -> None:
    _granted(returned)
    assert _balances(returned) == (PRICE + FREIGHT, PRICE, 0)
    _asked(returned)
    _told(returned, Kind.REFUND_PAID)

    assert _balances(returned) == (FREIGHT, 0, 0)
    returned.returning(
        Kind.RETURN_REFUNDED, minor=PRICE, currency="CNY", provider="fakepay", reference=f"back-{REFUND}"
    )
    assert _balances(returned) == (FREIGHT, 0, 0)
    assert returned.dossier(RETURN).stage(Machine.OUTCOME) is Stage.REFUNDED
    assert_log_is_sound(returned.world.services)


def test_what_failed_is_asked_for_again_and_paid_once(returned: Sales) -> None:
    _granted(returned)
    _asked(returned)
    _told(returned, Kind.REFUND_FAILED)
    assert _balances(returned) == (PRICE + FREIGHT, 0, 0)
    _asked(returned)
    assert _balances(returned) == (PRICE + FREIGHT, PRICE, 0)
    _told(returned, Kind.REFUND_PAID)

    assert _balances(returned) == (FREIGHT, 0, 0)
    with returned.world.refuses(Code.ILLEGAL_STEP):
        _told(returned, Kind.REFUND_PAID, reference="again")


def test_what_the_provider_paid_after_all_counts(returned: Sales) -> None:
    _granted(returned)
    _asked(returned)
    _told(returned, Kind.REFUND_FAILED)
    _told(returned, Kind.REFUND_PAID)

    assert _balances(returned) == (FREIGHT, 0, 0)


def test_a_price_goes_back_once_whatever_the_ways_in(returned: Sales) -> None:
    _granted(returned)
    world = returned.world

    with world.refuses(Code.SLOT_TAKEN):
        _granted(returned, refund=OTHER_REFUND)
    with world.refuses(Code.STILL_OPEN):
        returned.refunded()
    with world.refuses(Code.NOT_GRANTED):
        returned.returning(Kind.RETURN_HANDED_BACK)
    with world.services.store.reading() as store:
        assert store.slot((Slot.REFUND, f"{ORDER} {A}")) == REFUND
    _asked(returned)
    _told(returned, Kind.REFUND_PAID)
    with world.refuses(Code.OTHER_MERCHANT):
        returned.refunded()
    with world.refuses(Code.OTHER_AMOUNT):
        returned.refunded(minor=PRICE - 1, reference=f"back-{REFUND}")


def test_a_return_that_is_being_paid_back_is_not_handed_back_even_where_terms_and_law_refuse(sales: Sales) -> None:
    sales.bought(A)
    sales.later(30 * DAY)
    _given_back(sales)
    _granted(sales)  # out of time, and the seller accepted it all the same

    with sales.world.refuses(Code.NOT_GRANTED):
        sales.returning(Kind.RETURN_HANDED_BACK)


def test_what_the_seller_paid_back_by_its_own_word_is_not_granted_again(returned: Sales) -> None:
    returned.refunded()
    assert _balances(returned) == (FREIGHT, 0, 0)

    with returned.world.refuses(Code.ILLEGAL_STEP):
        _granted(returned)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"minor": PRICE - 1}, Code.OTHER_AMOUNT),
        ({"minor": PRICE + FREIGHT + 1}, Code.OTHER_AMOUNT),
        ({"minor": 0}, Code.OTHER_AMOUNT),
        ({"currency": "EUR"}, Code.WRONG_CURRENCY),
        ({"piece": B}, Code.OTHER_ITEM),
        ({"piece": None}, Code.OTHER_ITEM),
        ({"after": OTHER_RETURN}, Code.UNKNOWN_DOSSIER),
        ({"after": ORDER}, Code.OTHER_ITEM),
        ({"after": ORDER, "piece": None}, Code.ILLEGAL_STEP),
        ({"after": REFUND}, Code.NOT_GRANTED),
        ({"order": f"order:{GLN}/no-such"}, Code.UNKNOWN_DOSSIER),
    ],
)
def test_nothing_else_is_granted_than_what_is_owed(returned: Sales, changes: dict[str, Json], code: Code) -> None:
    with returned.world.refuses(code):
        _granted(returned, **changes)
    assert _balances(returned) == (PRICE + FREIGHT, 0, 0)


def test_who_is_nobody_in_the_order_grants_nothing_and_only_the_attestor_tells_what_was_paid(returned: Sales) -> None:
    world = returned.world
    for hand in (consumer(BOB), MAKER.hand(), CARRIER.hand()):
        with world.refuses(Code.NOT_ENTITLED):
            _granted(returned, by=hand)
    _granted(returned, by=consumer(ANNA))
    for hand in (consumer(ANNA), INSPECTOR.hand()):
        with world.refuses(Code.NOT_ENTITLED):
            returned.said(Kind.REFUND_ASKED, hand, of=REFUND)
    _asked(returned)

    with world.refuses(Code.NOT_ENTITLED):
        _told(returned, Kind.REFUND_PAID, by=INSPECTOR.hand())


def test_a_refund_goes_back_the_way_the_payment_came_and_one_payment_pays_one(returned: Sales) -> None:
    _granted(returned)
    _asked(returned)
    world = returned.world

    for changes in ({"provider": "cash"}, {"merchant": "another"}):
        with world.refuses(Code.OTHER_MERCHANT):
            _told(returned, Kind.REFUND_PAID, **changes)
    with world.refuses(Code.SLOT_TAKEN):
        _told(returned, Kind.REFUND_PAID, reference=f"pay-{ORDER}")
    with world.refuses(Code.WRONG_VALUE):
        _told(returned, Kind.REFUND_PAID, grade="A")


def test_a_cancelled_order_that_was_paid_goes_back_whole(sales: Sales) -> None:
    sales.offered()
    sales.placed()
    sales.paid()
    sales.cancelled()
    whole: dict[str, Json] = {"after": ORDER, "piece": None, "minor": PRICE + FREIGHT}
    with sales.world.refuses(Code.OTHER_AMOUNT):
        _granted(sales, refund=WHOLE, **(whole | {"minor": PRICE}))

    _granted(sales, by=consumer(ANNA), refund=WHOLE, **whole)
    with sales.world.refuses(Code.SLOT_TAKEN):
        _granted(sales, refund=OTHER_REFUND, **whole)
    _asked(sales, WHOLE)
    _told(sales, Kind.REFUND_PAID, WHOLE)

    assert _balances(sales) == (0, 0, 0)


def test_no_order_is_completed_while_somebody_waits_for_its_money(sales: Sales) -> None:
    sales.bought(A, B)
    _given_back(sales)
    _granted(sales)
    _asked(sales)
    _told(sales, Kind.REFUND_FAILED)
    with sales.world.refuses(Code.STILL_OPEN):
        sales.completed()
    _asked(sales)
    _told(sales, Kind.REFUND_PAID)
    sales.returning(Kind.RETURN_REFUNDED, minor=PRICE, currency="CNY", provider="fakepay", reference=f"back-{REFUND}")

    sales.completed()

    assert _balances(sales) == (0, 0, PRICE + FREIGHT)


def test_a_lost_chargeback_takes_the_money_and_nothing_is_paid_back_beside_it(returned: Sales) -> None:
    _charged_back(returned, minor=PRICE + FREIGHT)
    world = returned.world
    assert _balances(returned) == (PRICE + FREIGHT, PRICE + FREIGHT, 0)
    with world.refuses(Code.STILL_OPEN):
        _granted(returned)
    with world.refuses(Code.NOT_GRANTED):
        returned.refunded()
    with world.refuses(Code.STILL_OPEN):
        returned.completed()
    with world.refuses(Code.ILLEGAL_STEP):
        _charged_back(returned)
    _ended(returned, Kind.CHARGEBACK_LOST)

    assert _balances(returned) == (0, 0, 0)
    with world.refuses(Code.NOT_ENOUGH):
        _granted(returned)
    with world.refuses(Code.ILLEGAL_STEP):
        _ended(returned, Kind.CHARGEBACK_WON)


def test_a_chargeback_that_was_won_leaves_everything_as_it_was(returned: Sales) -> None:
    _charged_back(returned)
    _ended(returned, Kind.CHARGEBACK_WON)
    assert _balances(returned) == (PRICE + FREIGHT, 0, 0)

    _granted(returned)
    _asked(returned)
    _told(returned, Kind.REFUND_PAID)

    assert _balances(returned) == (FREIGHT, 0, 0)


def test_a_chargeback_takes_no_more_than_was_paid_and_is_told_once(returned: Sales) -> None:
    world = returned.world
    with world.refuses(Code.NOT_ENOUGH):
        _charged_back(returned, minor=PRICE + FREIGHT + 1)
    with world.refuses(Code.SLOT_TAKEN):
        _told(returned, Kind.CHARGEBACK_OPENED, ORDER, minor=PRICE, currency="CNY", reference=f"pay-{ORDER}")
    with world.refuses(Code.WRONG_VALUE):
        _charged_back(returned, minor=0)


def test_a_chargeback_after_the_release_takes_from_the_seller(sales: Sales) -> None:
    sales.bought(A)
    sales.completed()
    _charged_back(sales, minor=PRICE)
    _ended(sales, Kind.CHARGEBACK_LOST)

    assert _balances(sales) == (0, 0, FREIGHT)


def test_nobody_charges_back_what_was_not_paid(sales: Sales) -> None:
    sales.offered()
    sales.placed()

    with sales.world.refuses(Code.ILLEGAL_STEP):
        _charged_back(sales)
