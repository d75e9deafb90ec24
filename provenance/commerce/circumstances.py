"""What stands in the record beside the two dossiers of a case: marks on the thing, proofs, repairs.

Rules:

* a flag says how things stand when it is asked; who asks at another place of the log may get another answer;
* a proof needs nobody's opinion: two signatures in the log that can't both go with a thing fit for sale.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.commerce.alarms import has_alarm
from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier
from provenance.commerce.extraction import Circumstances, line_of
from provenance.commerce.goods import Goods
from provenance.commerce.orders import order_of, sent_at, sold_by
from provenance.commerce.ownership import dossier_of_owner
from provenance.commerce.recalls import recalls_on
from provenance.commerce.returns import refund_key
from provenance.commerce.tables import Machine, Slot, Stage
from provenance.commerce.tender import paid_in_points
from provenance.commerce.vocabulary import Flag, Proof
from provenance.commerce.warranties import dossier_of_warranty, warranty_of
from provenance.custody.standing import Flag as Marked
from provenance.ids import Subject


def circumstances_of(item: Subject, ordered: Dossier, book: Book, goods: Goods) -> Circumstances:
    """All of it, for an item of an order."""
    repairs = book.dossier(dossier_of_warranty(item))
    warranty = warranty_of(repairs, repairs.at)
    return Circumstances(
        frozenset(_flags(item, ordered, book, goods)),
        frozenset(_proofs(item, ordered, book, goods)),
        warranty.repairs if warranty.order == ordered.name.subject else 0,
        paid_in_points(order_of(ordered), book)[line_of(order_of(ordered), item)],
    )


def _flags(item: Subject, ordered: Dossier, book: Book, goods: Goods) -> Iterator[Flag]:
    marks = goods.flags(item)
    if Marked.RECALLED in marks:
        yield Flag.RECALLED
    owning = book.dossier(dossier_of_owner(item))
    if marks & {Marked.STOLEN, Marked.MISSING} or owning.stage(Machine.OWNERSHIP) in {Stage.STOLEN, Stage.MISSING}:
        yield Flag.ABSENT
    if book.holder(Slot.REFUND, refund_key(ordered.name.subject, item)) is not None:
        yield Flag.GIVEN_BACK
    if ordered.stage(Machine.CHARGEBACK) is Stage.OPEN:
        yield Flag.CHARGEBACK_OPEN
    if ordered.stage(Machine.ORDER) is Stage.COMPLETED:
        yield Flag.RELEASED


def _proofs(item: Subject, ordered: Dossier, book: Book, goods: Goods) -> Iterator[Proof]:
    sent = sent_at(ordered, item)
    # The recall's own time as its issuer signed it: it may have come into the log when the thing was already sold.
    if sent is not None and any(
        goods.signed_at(recall.of[subject]) < sent for recall, subject in recalls_on(item, book, goods)
    ):
        yield Proof.RECALLED_BEFORE_SALE
    sale = sold_by(ordered, item)
    if sale is not None and has_alarm(item, sale, goods.statement):
        yield Proof.COLD_CHAIN_BROKEN
