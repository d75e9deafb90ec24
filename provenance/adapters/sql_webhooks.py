"""The endpoints of webhooks in SQL, beside the log. See ``ports.webhooks.WebhookBook``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from provenance.adapters.sql_schema import WEBHOOK_DEAD_LETTERS, WEBHOOKS
from provenance.adapters.sql_stores import SqlStore
from provenance.codes import Code
from provenance.errors import ConflictError, NotFoundError
from provenance.ids import LeafIndex
from provenance.ports.webhooks import DeadLetter, Endpoint, Progress

_COLUMNS, _DEAD = WEBHOOKS.c, WEBHOOK_DEAD_LETTERS.c
_FREE = 0


class SqlWebhookBook:
    """One book for all processes: an endpoint is leased and settled by compare and set."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def add(self, endpoint: Endpoint) -> None:
        """Enter an endpoint."""
        row = {
            "name": endpoint.name, "url": endpoint.url, "topics": " ".join(endpoint.topics), "status": endpoint.status,
            "salt": endpoint.salt, "leased_until": _FREE, **_progress_row(endpoint.progress),
        }  # fmt: skip
        with self._store.raw_writing() as connection:
            try:
                connection.execute(insert(WEBHOOKS), [row])
            except IntegrityError as err:
                raise ConflictError(Code.ENDPOINT_EXISTS, f"there is an endpoint {endpoint.name} already") from err

    def remove(self, name: str) -> None:
        """Forget an endpoint."""
        with self._store.raw_writing() as connection:
            connection.execute(delete(WEBHOOK_DEAD_LETTERS).where(_DEAD.name == name))
            if not connection.execute(delete(WEBHOOKS).where(_COLUMNS.name == name)).rowcount:
                raise _unknown(name)

    def find(self, name: str) -> Endpoint:
        """The endpoint of this name."""
        with self._store.raw_reading() as connection:
            row = connection.execute(select(WEBHOOKS).where(_COLUMNS.name == name)).first()
        if row is None:
            raise _unknown(name)
        return _endpoint(row)

    def all(self) -> Sequence[Endpoint]:
        """All endpoints."""
        with self._store.raw_reading() as connection:
            rows = connection.execute(select(WEBHOOKS).order_by(_COLUMNS.name)).all()
        return [_endpoint(row) for row in rows]

    def lease(self, name: str, *, now: int, until: int) -> Endpoint | None:
        """Take an endpoint, if it is due and nobody has it."""
        free = _COLUMNS.leased_until <= now, _COLUMNS.due <= now, _COLUMNS.is_gone.is_(False)
        with self._store.raw_writing() as connection:
            row = connection.execute(select(WEBHOOKS).where(_COLUMNS.name == name, *free)).first()
            if row is None:
                return None
            connection.execute(update(WEBHOOKS).where(_COLUMNS.name == name).values(leased_until=until))
        return _endpoint(row)

    def settle(self, name: str, progress: Progress, *, lease: int, dead: DeadLetter | None = None) -> bool:
        """Keep how far it has come, if the lease is still ours."""
        ours = _COLUMNS.name == name, _COLUMNS.leased_until == lease
        values = {"leased_until": _FREE, **_progress_row(progress)}
        with self._store.raw_writing() as connection:
            if not connection.execute(update(WEBHOOKS).where(*ours).values(values)).rowcount:
                return False
            if dead is not None:
                here = _DEAD.name == name, _DEAD.leaf_index == dead.index
                connection.execute(delete(WEBHOOK_DEAD_LETTERS).where(*here))
                row = {"name": name, "leaf_index": dead.index, "since": dead.since, "reason": dead.reason}
                connection.execute(insert(WEBHOOK_DEAD_LETTERS), [row])
        return True

    def dead_letters(self, name: str) -> Sequence[DeadLetter]:
        """What could not be delivered."""
        query = select(WEBHOOK_DEAD_LETTERS).where(_DEAD.name == name).order_by(_DEAD.leaf_index)
        with self._store.raw_reading() as connection:
            rows = connection.execute(query).all()
        return [DeadLetter(LeafIndex(row.leaf_index), row.since, row.reason) for row in rows]

    def rewind(self, name: str, start: LeafIndex) -> None:
        """Begin again at a position."""
        values = {"leased_until": _FREE, **_progress_row(Progress(start))}
        with self._store.raw_writing() as connection:
            if not connection.execute(update(WEBHOOKS).where(_COLUMNS.name == name).values(values)).rowcount:
                raise _unknown(name)
            connection.execute(delete(WEBHOOK_DEAD_LETTERS).where(_DEAD.name == name, _DEAD.leaf_index >= start))


def _progress_row(progress: Progress) -> dict[str, object]:
    return {
        "next": progress.next, "tries": progress.tries, "failing_since": progress.failing_since, "due": progress.due,
        "is_gone": progress.is_gone,
    }  # fmt: skip


def _endpoint(row: Row[tuple[object, ...]]) -> Endpoint:
    progress = Progress(LeafIndex(row.next), row.tries, row.failing_since, row.due, row.is_gone)
    return Endpoint(row.name, row.url, tuple(row.topics.split()), row.status, bytes(row.salt), progress)


def _unknown(name: str) -> NotFoundError:
    return NotFoundError(Code.UNKNOWN_ENDPOINT, f"there is no endpoint {name}")
