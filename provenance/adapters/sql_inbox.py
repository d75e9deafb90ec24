"""The inbox of payment notices in the same database as the log. See ``ports.inbox.Inbox``.

Rules: a provider's name of a notice is unique in the database too; whether what came again says the same is looked at
under the lock of the one writer.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from provenance.adapters.sql_schema import PAYMENT_INBOX
from provenance.adapters.sql_stores import SqlStore
from provenance.codes import Code
from provenance.commerce.money import Money
from provenance.commerce.payment_notices import Grade, PaymentNotice, PaymentState, Provider
from provenance.errors import ConflictError
from provenance.ports.inbox import Fate, KeptNotice, ReceivedNotice

_COLUMNS = PAYMENT_INBOX.c


class SqlInbox:
    """See ``ports.inbox.Inbox``."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def put(self, received: ReceivedNotice) -> bool:
        """Keep a notice; whether it is new."""
        notice = received.notice
        with self._store.raw_writing() as connection:
            known = _known(connection, notice)
            if known is None:
                last = connection.scalar(select(func.max(_COLUMNS.place)))
                place = 0 if last is None else last + 1
                connection.execute(insert(PAYMENT_INBOX).values(place=place, **_row(received)))
                return True
            if is_other := known.notice != notice:
                again = update(PAYMENT_INBOX).where(_COLUMNS.place == known.place)
                connection.execute(again.values(contradictions=known.contradictions + 1))
        if is_other:
            message = f"{notice.provider} told {notice.event} before, and it said something else"
            evidence = {"digest": known.digest, "new": received.digest}
            raise ConflictError(Code.NOTICE_CHANGED, message, evidence=evidence)
        return False

    def waiting(self) -> Sequence[KeptNotice]:
        """What waits, in the order of arrival."""
        return self._read(select(PAYMENT_INBOX).where(_COLUMNS.fate == Fate.WAITING).order_by(_COLUMNS.place))

    def newest(self, limit: int, *, fate: Fate | None = None) -> Sequence[KeptNotice]:
        """Up to so many notices, the newest first."""
        query = select(PAYMENT_INBOX).order_by(_COLUMNS.place.desc()).limit(limit)
        return self._read(query if fate is None else query.where(_COLUMNS.fate == fate))

    def decide(self, place: int, fate: Fate, why: Code | None) -> None:
        """What became of a notice."""
        values = {"fate": fate.value, "why": why and why.value}
        with self._store.raw_writing() as connection:
            connection.execute(update(PAYMENT_INBOX).where(_COLUMNS.place == place).values(values))

    def sealed(self, provider: Provider, event: str) -> bytes | None:
        """The body of a notice as it came, sealed."""
        query = select(_COLUMNS.sealed).where(_COLUMNS.provider == provider, _COLUMNS.event == event)
        with self._store.raw_reading() as connection:
            kept = connection.scalar(query)
        return None if kept is None else bytes(kept)

    def forget(self, before: int) -> int:
        """Forget the bodies of what came before a moment and is settled; how many."""
        old = (_COLUMNS.received < before) & (_COLUMNS.fate == Fate.SETTLED) & _COLUMNS.sealed.is_not(None)
        with self._store.raw_reading() as connection:
            if connection.execute(select(_COLUMNS.place).where(old).limit(1)).first() is None:
                return 0  # asked every second, and nearly always so: nobody waits for the one writer
        with self._store.raw_writing() as connection:
            return connection.execute(update(PAYMENT_INBOX).where(old).values(sealed=None)).rowcount

    def _read(self, query: Select[tuple[object, ...]]) -> Sequence[KeptNotice]:
        with self._store.raw_reading() as connection:
            return [_kept(row) for row in connection.execute(query)]


def _known(connection: Connection, notice: PaymentNotice) -> KeptNotice | None:
    query = select(PAYMENT_INBOX).where(_COLUMNS.provider == notice.provider, _COLUMNS.event == notice.event)
    row = connection.execute(query).first()
    return None if row is None else _kept(row)


def _row(received: ReceivedNotice) -> dict[str, object]:
    notice = received.notice
    return {
        "provider": notice.provider.value,
        "event": notice.event,
        "merchant": notice.merchant,
        "order_number": notice.order,
        "reference": notice.reference,
        "refund": notice.refund,
        "minor": notice.amount.minor,
        "currency": notice.amount.currency,
        "state": notice.state.value,
        "grade": notice.grade.value,
        "received": received.received,
        "digest": received.digest,
        "sealed": received.sealed,
        "fate": Fate.WAITING.value,
        "why": None,
        "contradictions": 0,
    }


def _kept(row: Row[tuple[object, ...]]) -> KeptNotice:
    notice = PaymentNotice(
        Provider(row.provider),
        row.event,
        row.merchant,
        row.order_number,
        row.reference,
        row.refund,
        Money(row.minor, row.currency),
        PaymentState(row.state),
        Grade(row.grade),
    )
    why = None if row.why is None else Code(row.why)
    return KeptNotice(row.place, notice, row.received, row.digest, Fate(row.fate), why, row.contradictions)
