"""Where the things of a recall are now: still with somebody in trade, in an order that can be stopped, or with owners.

Rules:

* everything that the marks in custody reach is found: lots by their items, products by what was made from them;
* an order that has not shipped can be stopped: nothing of it is sold or shipped while the mark is on it;
* nothing is kept: each time it is read from standings, slots and dossiers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.commerce.book import Book
from provenance.commerce.dossier_names import parse_dossier_name
from provenance.commerce.goods import Goods
from provenance.commerce.ownership import dossier_of_owner
from provenance.commerce.recalls import Recall, recall_of, recalls_on
from provenance.commerce.tables import Machine, Slot, Stage
from provenance.custody.standing import ENDED
from provenance.gs1.digital_link import CANONICAL_STEM
from provenance.gs1.identifiers import Kind, read_epc
from provenance.ids import PartyId, Subject
from provenance.ports.stores import Reading, Store
from provenance.services.bookkeeping import book_below

_AT_ONCE = 500
_PRODUCTS = f"{CANONICAL_STEM}/01/"  # items and lots are named so, and stand in the order of their names
_BEFORE_DISPATCH = frozenset({Stage.ALLOCATED, Stage.PACKED})


@unique
class Bucket(StrEnum):
    """Where an item of a recall is; the value is printed and never renamed."""

    ON_HAND = "on-hand"
    OPEN_ORDER = "open-order"
    SHIPPED = "shipped"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Reached:
    """One item of a recall: who holds it in trade, in which order it is, and whose dossier tells of its owner."""

    item: Subject
    bucket: Bucket
    holder: PartyId | None
    order: Subject | None
    owned_in: Subject | None
    remedy: Stage


class Recalling:
    """What a recall reaches, out of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def reach(self, subject: str) -> tuple[Recall, tuple[Reached, ...]]:
        """A recall and every item that it reaches, by name; reads every standing of the log once."""
        name = parse_dossier_name(subject)
        with self._store.reading() as store:
            book, goods = book_below(store, store.size())
            recall = recall_of(book.dossier(name))
            found = tuple(_reached(item, recall, book, goods) for item in _items(store, recall, book, goods))
        return recall, found


def _items(store: Reading, recall: Recall, book: Book, goods: Goods) -> Iterator[Subject]:
    after = _PRODUCTS
    while rows := store.standings_after(after, limit=_AT_ONCE):
        for row in rows:
            if not row.subject.startswith(_PRODUCTS):
                return
            if read_epc(row.subject).kind is Kind.ITEM and _is_in(recall, row.subject, book, goods):
                yield row.subject
        after = rows[-1].subject


def _is_in(recall: Recall, item: Subject, book: Book, goods: Goods) -> bool:
    return any(found.subject == recall.subject for found, _ in recalls_on(item, book, goods))


def _reached(item: Subject, recall: Recall, book: Book, goods: Goods) -> Reached:
    standings = goods.around(item)
    standing = standings.of(item)
    assert standing is not None, "only what has a standing is reached"
    order, owned = book.holder(Slot.SALE, item), dossier_of_owner(item)
    if standings.phase(standing) in ENDED:
        bucket = Bucket.ENDED
    elif order is None:
        bucket = Bucket.ON_HAND
    else:
        way = book.known(order).stage(Machine.FULFILMENT, item)
        bucket = Bucket.OPEN_ORDER if way in _BEFORE_DISPATCH else Bucket.SHIPPED
    return Reached(
        item=item,
        bucket=bucket,
        holder=standings.holder(standing),
        order=order,
        owned_in=owned.subject if book.dossier(owned).entries else None,
        remedy=_remedy(item, recall),
    )


def _remedy(item: Subject, recall: Recall) -> Stage:
    if item in recall.remedied:
        return Stage.REMEDIED
    return Stage.NOTIFIED if item in recall.notified else Stage.NONE
