"""The book of NFC tags in the same database as the log. See ``ports.tags.TagBook``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from provenance.adapters.sql_schema import TAGS
from provenance.adapters.sql_stores import SqlStore
from provenance.codes import Code
from provenance.errors import ConflictError
from provenance.ids import Subject
from provenance.ports.tags import EnrolledTag


class SqlTagBook:
    """See ``ports.tags.TagBook``."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def add(self, tag: EnrolledTag) -> None:
        """Enter a tag."""
        row = {"uid": tag.uid.hex(), "subject": tag.subject, "sealed": tag.sealed, "highest": None}
        with self._store.raw_writing() as connection:
            try:
                connection.execute(insert(TAGS), [row])
            except IntegrityError as err:
                raise ConflictError(Code.TAG_TAKEN, f"the tag {tag.uid.hex()} is on a thing already") from err

    def on(self, subject: Subject) -> Sequence[EnrolledTag]:
        """The tags on a thing."""
        query = select(TAGS).where(TAGS.c.subject == subject).order_by(TAGS.c.uid)
        with self._store.raw_reading() as connection:
            rows = connection.execute(query).all()
        return [EnrolledTag(bytes.fromhex(row.uid), Subject(row.subject), bytes(row.sealed)) for row in rows]

    def advance(self, uid: bytes, count: int) -> int | None:
        """The highest count before this one; compare and set under the lock of the one writer."""
        this = TAGS.c.uid == uid.hex()
        with self._store.raw_writing() as connection:
            before: int | None = connection.scalar(select(TAGS.c.highest).where(this))
            if before is None or count > before:
                connection.execute(update(TAGS).where(this).values(highest=count))
        return before
