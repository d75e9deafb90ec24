"""Whether a record of commerce may join the log now, and what it changes in the book: the rules in order.

1. its dossier is at a stage from which its kind leads on, and its time is not before the dossier's;
2. who signs it may: exactly those whom its row names, as the dossier knows them;
3. the custody event it rests on is in the log, by the seller, about its items;
4. its guard is content: amounts, items, days, other dossiers;
5. the slots it wants are free.

All or nothing: a refusal leaves the book as it was. The same function runs when a statement is captured and when
anyone folds the log again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from provenance.commerce.book import Book, SlotChanges
from provenance.commerce.chargeback_guards import CHARGEBACK_GUARDS
from provenance.commerce.claim_guards import CLAIM_GUARDS
from provenance.commerce.dossier import extended
from provenance.commerce.exchange_guards import EXCHANGE_GUARDS
from provenance.commerce.goods import Goods
from provenance.commerce.order_guards import ORDER_GUARDS
from provenance.commerce.ownership_guards import OWNERSHIP_GUARDS
from provenance.commerce.points_guards import POINTS_GUARDS
from provenance.commerce.recall_guards import RECALL_GUARDS
from provenance.commerce.records import Entered
from provenance.commerce.refund_guards import REFUND_GUARDS
from provenance.commerce.resale_guards import RESALE_GUARDS
from provenance.commerce.return_guards import RETURN_GUARDS
from provenance.commerce.review_guards import REVIEW_GUARDS
from provenance.commerce.reviews import silenced_by
from provenance.commerce.scene import Scene
from provenance.commerce.signatories import signatories
from provenance.commerce.tables import Kind
from provenance.commerce.warranty_guards import WARRANTY_GUARDS
from provenance.ids import StatementHash

_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    **ORDER_GUARDS,
    **OWNERSHIP_GUARDS,
    **CLAIM_GUARDS,
    **EXCHANGE_GUARDS,
    **POINTS_GUARDS,
    **RECALL_GUARDS,
    **REFUND_GUARDS,
    **CHARGEBACK_GUARDS,
    **RESALE_GUARDS,
    **RETURN_GUARDS,
    **REVIEW_GUARDS,
    **WARRANTY_GUARDS,
}


def join(entered: Entered, book: Book, goods: Goods) -> None:
    """Fold one record into the book, or refuse it."""
    record = entered.record
    dossier = book.dossier(record.about)
    after = extended(dossier, entered)
    scene = Scene(entered, dossier, book, goods)
    scene = replace(scene, signed_as=signatories(scene))
    if record.row.event is not None:
        named = StatementHash(record.members.hash("event"))
        goods.check_event(named, step=record.row.event, items=record.serials, about=record.about)
    guard = _GUARDS.get(record.kind)
    changes = guard(scene) if guard is not None else SlotChanges()
    book.check_free(changes.takes)
    book.change(changes, of=record.about.subject)
    book.silenced |= silenced_by(entered, dossier)
    book.dossiers[record.about.subject] = after
