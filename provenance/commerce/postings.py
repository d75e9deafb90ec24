"""The book of an order, folded from the records about its money: nothing of it is kept anywhere else.

Rules:

* a record that would break the book is refused when it wants to join, inside the log's one transaction; so the book
  always adds up, and can never say something else than the records. It is one order's, and short: keeping it beside
  them would be a second truth for no gain;
* what an order was paid with is captured, what a seller may keep is released when the order is completed;
* a refund is spoken for when it is granted, leaves when the provider has paid it, and is free again when that failed;
* a refund goes back the way the payment came; what the law multiplies is not the order's money, and not in its book.

====================  ==============================================
``order-paid``        provider → escrow
``order-completed``   escrow → seller: all that nobody is waiting for
``refund-granted``    pend escrow or seller → provider
``refund-paid``       fulfil
``refund-failed``     void; the next ``refund-asked`` pends again
``return-refunded``   escrow or seller → provider, where no refund tells it; ``claim-refunded`` likewise
``chargeback-…``      opened: pend; lost: fulfil; won: void
``exchange-paid``     provider → escrow; ``exchange-repaid`` back again
====================  ==============================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier, extended
from provenance.commerce.dossier_names import Family, parse_dossier_name
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
)
from provenance.commerce.members import Members
from provenance.commerce.money import Money
from provenance.commerce.orders import order_of
from provenance.commerce.payment_notices import PaymentState
from provenance.commerce.refunds import WHOLE_ORDER, name_of_try, refund_of
from provenance.commerce.returns import refund_key
from provenance.commerce.scene import Scene
from provenance.commerce.settling import Said, Till, ask_payment, ask_refund, settle
from provenance.commerce.tables import Kind, Slot
from provenance.errors import RefusedError
from provenance.ids import LeafIndex, Subject

Movement = tuple[LeafIndex, Callable[[Ledger], Ledger]]
"""Where in the log money moved, and what the book is after it."""


_PAID_BACK = frozenset({Kind.RETURN_REFUNDED, Kind.CLAIM_REFUNDED, Kind.EXCHANGE_REPAID})


def order_book(ordered: Dossier, others: Iterable[Dossier] = ()) -> Ledger:
    """The book of an order, from its records and those of the dossiers in which its money moved too."""
    movements = [move for dossier in (ordered, *others) for move in _movements(dossier, ordered)]
    ledger = Ledger()
    for _, move in sorted(movements, key=lambda movement: movement[0]):
        ledger = move(ledger)
    return ledger


def dossiers_of_money(ordered: Dossier, book: Book) -> tuple[Dossier, ...]:
    """The dossiers beside an order's own in which its money moved: refunds, returns paid back, exchanges."""
    order = order_of(ordered)
    keys = [refund_key(order.subject, item) for item in (*order.serials, WHOLE_ORDER)]
    holders = (book.holder(Slot.REFUND, key) for key in keys)
    exchanges = (replaced.record.members.text("exchange") for replaced in ordered.all(Kind.ITEM_REPLACED))
    names = {*(holder for holder in holders if holder is not None), *map(Subject, exchanges)} - {order.subject}
    return tuple(book.dossier(parse_dossier_name(name)) for name in sorted(names))


def book_after(scene: Scene, order: Subject) -> Ledger:
    """The book of an order with the record that is about to join; refuses the record if it would break the book."""
    ordered, after = scene.book.known(order), extended(scene.dossier, scene.entered)
    if after.name == ordered.name:
        return order_book(after, dossiers_of_money(ordered, scene.book))
    others = (one for one in dossiers_of_money(ordered, scene.book) if one.name != after.name)
    return order_book(ordered, (*others, after))


def till_of(ordered: Dossier) -> Till:
    """Where an order was paid; refuses one that was not."""
    paid = ordered.newest(Kind.ORDER_PAID)
    if paid is None:
        raise RefusedError(Code.ILLEGAL_STEP, f"{ordered.name.subject} is not paid")
    members = paid.record.members
    return Till(members.text("provider"), members.text("merchant"))


def _movements(dossier: Dossier, ordered: Dossier) -> Iterator[Movement]:
    match dossier.name.family:
        case Family.ORDER:
            yield from _of_order(dossier)
        case Family.REFUND:
            yield from _of_refund(dossier, ordered)
        case Family.RETURN | Family.CLAIM | Family.EXCHANGE:
            yield from _of_others(dossier, ordered)
        case _:
            return  # no money moves in the others


def _of_order(ordered: Dossier) -> Iterator[Movement]:
    chargeback = ""
    for entered in ordered.entries:
        members, subject = entered.record.members, ordered.name.subject
        match entered.record.kind:
            case Kind.ORDER_PAID:
                yield entered.index, _paid_in(subject, subject, _amount(members), till_of(ordered))
            case Kind.ORDER_COMPLETED:
                yield entered.index, _released(ordered, _amount(_payment(ordered)).currency)
            case Kind.CHARGEBACK_OPENED:
                chargeback = f"chargeback {members.text('reference')}"
                yield entered.index, _charged_back(chargeback, _amount(members), ordered)
            case Kind.CHARGEBACK_WON:
                yield entered.index, _entered(f"end {chargeback}", Void(TransferId(chargeback)))
            case Kind.CHARGEBACK_LOST:
                yield entered.index, _entered(f"end {chargeback}", Fulfil(TransferId(chargeback)))
            case _:
                pass  # no money moves


def _of_refund(dossier: Dossier, ordered: Dossier) -> Iterator[Movement]:
    """Tries count from one; the first is spoken for by the grant, each other when it is asked for."""
    refund, attempt, has_failed = refund_of(dossier), 1, False
    for entered in dossier.entries:
        kind = entered.record.kind
        if has_failed and kind in (Kind.REFUND_ASKED, Kind.REFUND_PAID):
            attempt, has_failed = attempt + 1, False
            yield entered.index, _spoken_for(ordered, name_of_try(refund.subject, attempt), refund.amount)
        name = name_of_try(refund.subject, attempt)
        match kind:
            case Kind.REFUND_GRANTED:
                yield entered.index, _spoken_for(ordered, name, refund.amount)
            case Kind.REFUND_PAID:
                yield entered.index, _ended(ordered, name, refund.amount, PaymentState.REFUNDED)
            case Kind.REFUND_FAILED:
                has_failed = True
                yield entered.index, _ended(ordered, name, refund.amount, PaymentState.NOT_REFUNDED)
            case _:
                pass  # that the provider is asked moves nothing


def _of_others(dossier: Dossier, ordered: Dossier) -> Iterator[Movement]:
    name = dossier.name.subject
    for entered in dossier.entries:
        if entered.record.kind in _PAID_BACK:
            amount = _amount(entered.record.members)
            yield entered.index, _spoken_for(ordered, name, amount)
            yield entered.index, _ended(ordered, name, amount, PaymentState.REFUNDED)
        if entered.record.kind is Kind.EXCHANGE_PAID:
            yield entered.index, _paid_in(name, ordered.name.subject, _amount(entered.record.members), till_of(ordered))


def _paid_in(name: Subject, order: Subject, amount: Money, till: Till) -> Callable[[Ledger], Ledger]:
    def move(ledger: Ledger) -> Ledger:
        if name == order:
            return settle(
                ask_payment(ledger, order, amount, at=till), Said(till, order, None, amount, PaymentState.PAID)
            )
        escrow = Account(AccountKind.ESCROW, order)
        transfer = Transfer(TransferId(f"payment {name}"), till.account, escrow, amount, Reason.CAPTURE, order)
        return ledger.post(Posting(PostingId(f"end payment {name}"), (Post(transfer),)))

    return move


def _released(ordered: Dossier, currency: str) -> Callable[[Ledger], Ledger]:
    def move(ledger: Ledger) -> Ledger:
        escrow, seller = _purses(ordered)
        left = ledger.available(escrow, currency)
        if not left.minor:
            return ledger
        order = ordered.name.subject
        transfer = Transfer(TransferId(f"release {order}"), escrow, seller, left, Reason.RELEASE, order)
        return ledger.post(Posting(PostingId(f"release {order}"), (Post(transfer),)))

    return move


def _spoken_for(ordered: Dossier, name: str, amount: Money) -> Callable[[Ledger], Ledger]:
    def move(ledger: Ledger) -> Ledger:
        source = _source(ledger, ordered, amount)
        return ask_refund(ledger, ordered.name.subject, amount, refund=name, at=till_of(ordered), source=source)

    return move


def _ended(ordered: Dossier, name: str, amount: Money, state: PaymentState) -> Callable[[Ledger], Ledger]:
    said = Said(till_of(ordered), ordered.name.subject, name, amount, state)
    return lambda ledger: settle(ledger, said)


def _charged_back(name: str, amount: Money, ordered: Dossier) -> Callable[[Ledger], Ledger]:
    def move(ledger: Ledger) -> Ledger:
        source, target = _source(ledger, ordered, amount), till_of(ordered).account
        transfer = Transfer(TransferId(name), source, target, amount, Reason.CHARGEBACK, ordered.name.subject)
        return _entered(f"ask {name}", Pend(transfer))(ledger)

    return move


def _entered(name: str, entry: Entry) -> Callable[[Ledger], Ledger]:
    return lambda ledger: ledger.post(Posting(PostingId(name), (entry,)))


def _source(ledger: Ledger, ordered: Dossier, amount: Money) -> Account:
    """The seller's purse once the money was released, as long as it is enough; else what is held for the order."""
    escrow, seller = _purses(ordered)
    is_enough = amount <= ledger.available(seller, amount.currency)
    return seller if is_enough and not amount <= ledger.available(escrow, amount.currency) else escrow


def _purses(ordered: Dossier) -> tuple[Account, Account]:
    return Account(AccountKind.ESCROW, ordered.name.subject), Account(AccountKind.SELLER, ordered.name.seller)


def _payment(ordered: Dossier) -> Members:
    paid = ordered.newest(Kind.ORDER_PAID)
    assert paid is not None, "the table completes nothing that is not paid"
    return paid.record.members


def _amount(members: Members) -> Money:
    return Money(members.whole("minor", 0, 2**53 - 1), members.text("currency"))
