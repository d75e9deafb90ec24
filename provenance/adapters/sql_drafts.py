"""The drafts of orders in SQL, beside the log. See ``ports.drafts.DraftBook``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Row, delete, insert, select

from provenance.adapters.sql_schema import ORDER_DRAFTS, ORDER_TROUBLES, SHOP_DELIVERIES
from provenance.adapters.sql_stores import SqlStore
from provenance.codes import Code
from provenance.commerce.calendar import LATEST_INSTANT
from provenance.commerce.order_drafts import Kept, compare
from provenance.commerce.shop_orders import ShopOrder, format_shop_order, parse_shop_order
from provenance.ids import Subject
from provenance.ports.drafts import DeliveryId, Draft, Trouble


class SqlDraftBook:
    """One book for all processes: what is kept is compared and replaced in one transaction."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def compare(self, drafts: Sequence[Draft]) -> Sequence[Kept]:
        """What would become of each."""
        with self._store.raw_reading() as connection:
            return [compare(_known(connection, draft.subject), draft.order) for draft in drafts]

    def keep(self, drafts: Sequence[Draft]) -> Sequence[Kept]:
        """Keep all of these, or none."""
        with self._store.raw_writing() as connection:
            found = [compare(_known(connection, draft.subject), draft.order) for draft in drafts]
            if Kept.DIFFERS not in found:
                for draft, kept in zip(drafts, found, strict=True):
                    _put(connection, draft, kept)
        return found

    def deliver(self, delivery: DeliveryId, told: Draft | Trouble | None, *, forget: Sequence[Subject] = ()) -> bool:
        """Keep what was told and forget others, unless the delivery came before."""
        with self._store.raw_writing() as connection:
            if not _is_first(connection, delivery):
                return False
            for subject in forget:
                _forget(connection, subject)
            if isinstance(told, Draft):
                _put(connection, told, compare(_known(connection, told.subject), told.order))
            elif told is not None:
                _put_trouble(connection, told)
        return True

    def forget_all(self, delivery: DeliveryId) -> None:
        """Forget all of a shop, unless the delivery came before."""
        with self._store.raw_writing() as connection:
            if _is_first(connection, delivery):
                for table in (ORDER_DRAFTS, ORDER_TROUBLES):
                    connection.execute(delete(table).where(table.c.source == delivery.shop))

    def find(self, subject: Subject) -> Draft | None:
        """The draft of this order."""
        with self._store.raw_reading() as connection:
            row = connection.execute(select(ORDER_DRAFTS).where(ORDER_DRAFTS.c.subject == subject)).first()
        return None if row is None else _draft(row)

    def all(self) -> Sequence[Draft]:
        """All drafts."""
        with self._store.raw_reading() as connection:
            rows = connection.execute(select(ORDER_DRAFTS).order_by(ORDER_DRAFTS.c.subject)).all()
        return [_draft(row) for row in rows]

    def troubles(self) -> Sequence[Trouble]:
        """All troubles."""
        with self._store.raw_reading() as connection:
            rows = connection.execute(select(ORDER_TROUBLES).order_by(ORDER_TROUBLES.c.subject)).all()
        return [Trouble(Subject(row.subject), row.source, Code(row.code), row.pointer, row.told) for row in rows]


def _known(connection: Connection, subject: Subject) -> ShopOrder | None:
    told = connection.scalar(select(ORDER_DRAFTS.c.told).where(ORDER_DRAFTS.c.subject == subject))
    return None if told is None else parse_shop_order(bytes(told))


def _put(connection: Connection, draft: Draft, kept: Kept) -> None:
    columns = ORDER_TROUBLES.c
    # Whoever brings an order in a table, without a moment of its own, has seen to it.
    until = draft.order.told or LATEST_INSTANT
    connection.execute(delete(ORDER_TROUBLES).where(columns.subject == draft.subject, columns.told <= until))
    if kept is Kept.REPLACED:
        connection.execute(delete(ORDER_DRAFTS).where(ORDER_DRAFTS.c.subject == draft.subject))
    if kept in (Kept.NEW, Kept.REPLACED):
        told = format_shop_order(draft.order)
        connection.execute(insert(ORDER_DRAFTS).values(subject=draft.subject, source=draft.source, told=told))


def _put_trouble(connection: Connection, trouble: Trouble) -> None:
    known = _known(connection, trouble.subject)
    if known is not None and known.told > trouble.told > 0:
        return  # it was told better since
    this = ORDER_TROUBLES.c.subject == trouble.subject
    before = connection.scalar(select(ORDER_TROUBLES.c.told).where(this))
    if before is None or trouble.told >= before:
        row = {
            "subject": trouble.subject, "source": trouble.source, "code": trouble.code.value,
            "pointer": trouble.pointer, "told": trouble.told,
        }  # fmt: skip
        connection.execute(delete(ORDER_TROUBLES).where(this))
        connection.execute(insert(ORDER_TROUBLES), [row])


def _forget(connection: Connection, subject: Subject) -> None:
    for table in (ORDER_DRAFTS, ORDER_TROUBLES):
        connection.execute(delete(table).where(table.c.subject == subject))


def _is_first(connection: Connection, delivery: DeliveryId) -> bool:
    columns = SHOP_DELIVERIES.c
    query = select(columns.shop).where(columns.shop == delivery.shop, columns.delivery == delivery.id)
    if connection.execute(query).first() is not None:
        return False
    connection.execute(insert(SHOP_DELIVERIES).values(shop=delivery.shop, delivery=delivery.id))
    return True


def _draft(row: Row[tuple[object, ...]]) -> Draft:
    return Draft(Subject(row.subject), row.source, parse_shop_order(bytes(row.told)))
