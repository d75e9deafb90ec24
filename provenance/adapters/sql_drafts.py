"""The drafts of orders in SQL, beside the log. See ``ports.drafts.DraftBook``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Row, delete, insert, select

from provenance.adapters.sql_schema import ORDER_DRAFTS, ORDER_TROUBLES, SHOP_DELIVERIES
from provenance.adapters.sql_stores import SqlStore, among, portions
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
            return _compared(connection, drafts)

    def keep(self, drafts: Sequence[Draft]) -> Sequence[Kept]:
        """Keep all of these, or none."""
        with self._store.raw_writing() as connection:
            found = _compared(connection, drafts)
            if Kept.DIFFERS not in found:
                _put(connection, drafts, found)
        return found

    def deliver(self, delivery: DeliveryId, told: Draft | Trouble | None, *, forget: Sequence[Subject] = ()) -> bool:
        """Keep what was told and forget others, unless the delivery came before."""
        with self._store.raw_writing() as connection:
            if not _is_first(connection, delivery):
                return False
            for subject in forget:
                _forget(connection, subject)
            if isinstance(told, Draft):
                _put(connection, [told], _compared(connection, [told]))
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


def _known(connection: Connection, subjects: Sequence[Subject]) -> Mapping[Subject, ShopOrder]:
    """What is kept of these orders: in few queries, since a table may have thousands, and the writer is one."""
    columns = ORDER_DRAFTS.c
    queries = (
        select(columns.subject, columns.told).where(among(connection, columns.subject, some))
        for some in portions(subjects)
    )
    rows = (row for query in queries for row in connection.execute(query))
    return {Subject(subject): parse_shop_order(bytes(told)) for subject, told in rows}


def _compared(connection: Connection, drafts: Sequence[Draft]) -> list[Kept]:
    known = _known(connection, [draft.subject for draft in drafts])
    return [compare(known.get(draft.subject), draft.order) for draft in drafts]


def _put(connection: Connection, drafts: Sequence[Draft], found: Sequence[Kept]) -> None:
    _end_troubles(connection, drafts)
    for draft, kept in zip(drafts, found, strict=True):
        if kept is Kept.REPLACED:
            connection.execute(delete(ORDER_DRAFTS).where(ORDER_DRAFTS.c.subject == draft.subject))
    rows = [
        {"subject": draft.subject, "source": draft.source, "told": format_shop_order(draft.order)}
        for draft, kept in zip(drafts, found, strict=True)
        if kept in (Kept.NEW, Kept.REPLACED)
    ]
    if rows:
        connection.execute(insert(ORDER_DRAFTS), rows)


def _end_troubles(connection: Connection, drafts: Sequence[Draft]) -> None:
    columns = ORDER_TROUBLES.c
    troubled = set(connection.scalars(select(columns.subject)))
    for draft in drafts:
        if draft.subject in troubled:
            # Whoever brings an order in a table, without a moment of its own, has seen to it.
            until = draft.order.told or LATEST_INSTANT
            connection.execute(delete(ORDER_TROUBLES).where(columns.subject == draft.subject, columns.told <= until))


def _put_trouble(connection: Connection, trouble: Trouble) -> None:
    known = _known(connection, [trouble.subject]).get(trouble.subject)
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
