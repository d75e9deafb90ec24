"""The store over SQLite and PostgreSQL, through SQLAlchemy Core; the only code that knows SQL.

What makes its promises true:

* SQLite runs in WAL mode with ``synchronous=FULL``; a writing begins with ``BEGIN IMMEDIATE``, so it waits for
  the one before it, whichever process that is in;
* PostgreSQL takes one transaction-wide advisory lock at the start of a writing (released by commit, rollback or
  the death of the connection), at the level read committed, so it sees what the one before it wrote;
* a place and a hash are unique in the database too: a bug here stops, it does not fork.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Insert,
    Select,
    Table,
    any_,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import Compiled
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.sql.compiler import SQLCompiler

from provenance.adapters import sql_rows
from provenance.adapters.sql_schema import (
    CHAIN_LINKS,
    CHECKPOINTS,
    COSIGNATURES,
    DIARY,
    NOT_EVENTS,
    PUBLISHED,
    REVIEW_TEXTS,
    SIGNATURES,
    SLOTS,
    SOURCES,
    STANDINGS,
    STATEMENTS,
    TILES,
    migrate,
)
from provenance.codes import Code
from provenance.commerce.book import SlotKey
from provenance.commerce.tables import Slot
from provenance.crypto.envelope import Signature
from provenance.custody.standing import Standing
from provenance.custody.statements import PayloadType
from provenance.encoding.textual import format_time
from provenance.errors import ConfigurationError, ConflictError, StorageError
from provenance.ids import KeyId, LeafIndex, StatementHash, Subject, TreeSize
from provenance.ports.stores import Cosignature, DiaryEntry, NewStatement, Stored, StoredCheckpoint

_LOCK = 0x70726F76  # "prov": the advisory lock of the one writer
_AT_ONCE = 1000  # values in one IN list; SQLite takes 32,766
_MOST_DIARY_ENTRIES = 50
_T = TypeVar("_T")


def open_store(url: str) -> SqlStore:
    """The store at a database URL, brought to the newest schema; ``sqlite:///…`` or ``postgresql+psycopg://…``."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise ConfigurationError(Code.BAD_SETTING, f"{parsed.get_backend_name()} is neither sqlite nor postgresql")
        engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    except (ArgumentError, NoSuchModuleError, ImportError) as err:
        raise ConfigurationError(Code.BAD_SETTING, f"no database can be opened at this address: {err}") from err
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    store = SqlStore(engine)
    with store.raw_writing() as connection:
        migrate(connection)
    return store


class SqlStore:
    """See ``ports.stores.Store``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[SqlReading]:
        """One moment to read from."""
        with self.raw_reading() as connection:
            yield SqlReading(connection)

    @contextmanager
    def writing(self) -> Iterator[SqlWriting]:
        """The one transaction; waits for its turn."""
        with self.raw_writing() as connection:
            yield SqlWriting(connection)

    @contextmanager
    def raw_reading(self) -> Iterator[Connection]:
        """One moment to read from as SQLAlchemy sees it, for the books kept beside the log."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def raw_writing(self) -> Iterator[Connection]:
        """The one transaction as SQLAlchemy sees it, for migrations, the books kept beside the log, and tests."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection

    def close(self) -> None:
        """Give the connections back; the store can be used again."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                if connection.dialect.name == "postgresql":
                    level = "REPEATABLE READ" if begin == "BEGIN" else "READ COMMITTED"
                    connection.execution_options(isolation_level=level)
                with connection.begin():
                    if connection.dialect.name == "sqlite":
                        connection.exec_driver_sql(begin)
                    yield connection
        except SQLAlchemyError as err:
            raise StorageError(Code.STORE_FAILED, f"the database refused: {_first_line(err)}") from err


class SqlReading:
    """See ``ports.stores.Reading``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def size(self) -> TreeSize:
        """How many statements there are."""
        last = self._connection.scalar(select(func.max(STATEMENTS.c.leaf_index)))
        return TreeSize(0 if last is None else last + 1)

    def find(self, hashes: Iterable[StatementHash]) -> Mapping[StatementHash, LeafIndex]:
        """Where these statements stand."""
        columns = STATEMENTS.c.hash, STATEMENTS.c.leaf_index
        rows = (
            r
            for some in portions(hashes)
            for r in self._connection.execute(select(*columns).where(self._among(columns[0], some)))
        )
        return {StatementHash(hash_): LeafIndex(index) for hash_, index in rows}

    def statements(self, indexes: Iterable[LeafIndex]) -> Sequence[Stored]:
        """The statements at these places, in log order."""
        place = STATEMENTS.c.leaf_index
        return [
            stored
            for some in portions(sorted(set(indexes)))
            for stored in self._stored(select(STATEMENTS).where(self._among(place, some)))
        ]

    def statements_from(self, start: LeafIndex, *, limit: int) -> Sequence[Stored]:
        """Up to ``limit`` statements from a place on, in log order."""
        place = STATEMENTS.c.leaf_index
        return self._stored(select(STATEMENTS).where(place >= start, place < start + limit))

    def event_ids(self, ids: Iterable[str]) -> Mapping[str, tuple[LeafIndex, ...]]:
        """Where the custody events with these eventIDs stand."""
        columns, found = (STATEMENTS.c.event_id, STATEMENTS.c.leaf_index), dict[str, tuple[LeafIndex, ...]]()
        for some in portions(ids):
            query = select(*columns).where(self._among(columns[0], some)).order_by(columns[1])
            for event_id, index in self._connection.execute(query):
                found[event_id] = (*found.get(event_id, ()), LeafIndex(index))
        return found

    def entries_from(self, start: LeafIndex, *, payload_type: str) -> Sequence[Stored]:
        """All statements of one type from a place on, in log order."""
        columns = STATEMENTS.c
        query = select(STATEMENTS).where(columns.payload_type == payload_type, columns.leaf_index >= start)
        # The literal lets the planner use the small index of everything that is no event.
        return self._stored(query.where(NOT_EVENTS) if payload_type != PayloadType.CUSTODY_EVENT else query)

    def signed_by(self, key: KeyId, *, before: LeafIndex | None, limit: int) -> Sequence[Stored]:
        """Up to ``limit`` statements with a signature by this key, before a place, the newest first."""
        columns = SIGNATURES.c
        query = select(columns.leaf_index).where(columns.key == key)
        if before is not None:
            query = query.where(columns.leaf_index < before)
        newest = query.order_by(columns.leaf_index.desc()).limit(limit)
        return self.statements(LeafIndex(index) for index in self._connection.scalars(newest))[::-1]

    def chain(self, subject: Subject, until: LeafIndex | None) -> Sequence[LeafIndex]:
        """A chain up to and including a place, and after it what changes flags."""
        columns = CHAIN_LINKS.c
        query = select(columns.leaf_index).where(columns.subject == subject).order_by(columns.leaf_index)
        if until is not None:
            query = query.where((columns.leaf_index <= until) | columns.changes_flags)
        return [LeafIndex(index) for index in self._connection.scalars(query)]

    def chain_subjects(self, start: LeafIndex, *, limit: int) -> Sequence[tuple[LeafIndex, Subject]]:
        """The chain links of the statements in ``start … start+limit-1``."""
        columns = CHAIN_LINKS.c
        query = select(columns.leaf_index, columns.subject).where(
            columns.leaf_index >= start, columns.leaf_index < start + limit
        )
        return [
            (LeafIndex(i), Subject(s)) for i, s in self._connection.execute(query.order_by(*query.selected_columns))
        ]

    def standings(self, subjects: Iterable[Subject]) -> Sequence[Standing]:
        """How these stand."""
        return self._standings(self._among(STANDINGS.c.subject, some) for some in portions(subjects))

    def standings_after(self, subject: str, *, limit: int) -> Sequence[Standing]:
        """Up to ``limit`` standings in the order of their names."""
        name = STANDINGS.c.subject
        rows = self._connection.execute(select(STANDINGS).where(name > subject).order_by(name).limit(limit))
        return [sql_rows.standing_from_row(row) for row in rows]

    def children(self, parents: Iterable[Subject]) -> Sequence[Standing]:
        """The things directly inside these."""
        return self._standings(self._among(STANDINGS.c.parent, some) for some in portions(parents))

    def sources(self, keys: Iterable[str]) -> Mapping[str, frozenset[Subject]]:
        """What was used by these statements or transformations."""
        columns, found = SOURCES.c, dict[str, frozenset[Subject]]()
        for some in portions(keys):
            for key, used in self._connection.execute(
                select(columns.made_by, columns.input).where(self._among(columns.made_by, some))
            ):
                found[key] = found.get(key, frozenset()) | {Subject(used)}
        return found

    def slot(self, key: SlotKey) -> Subject | None:
        """The dossier that has this slot."""
        columns = SLOTS.c
        holder = self._connection.scalar(select(columns.holder).where(columns.slot == key[0], columns.key == key[1]))
        return None if holder is None else Subject(holder)

    def slots(self) -> Mapping[SlotKey, Subject]:
        """All slots that are taken."""
        rows = self._connection.execute(select(SLOTS))
        return {(Slot(row.slot), row.key): Subject(row.holder) for row in rows}

    def texts(self, hashes: Iterable[str]) -> Mapping[str, bytes]:
        """The documents with the words of reviews."""
        columns = REVIEW_TEXTS.c
        return {
            row.hash: bytes(row.document)
            for some in portions(hashes)
            for row in self._connection.execute(select(REVIEW_TEXTS).where(self._among(columns.hash, some)))
        }

    def tiles(self, places: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], bytes]:
        """The hash tiles at these (level, index)."""
        columns = TILES.c
        return {
            (row.level, row.tile_index): bytes(row.hashes)
            for some in portions(places)
            for row in self._connection.execute(
                select(TILES).where(tuple_(columns.level, columns.tile_index).in_(some))
            )
        }

    def checkpoint(self, size: TreeSize | None = None) -> StoredCheckpoint | None:
        """The checkpoint of this size, or the newest."""
        column = CHECKPOINTS.c.size
        query = select(CHECKPOINTS).order_by(column.desc()).limit(1)
        row = self._connection.execute(query if size is None else query.where(column == size)).first()
        return StoredCheckpoint(TreeSize(row.size), bytes(row.root), row.note) if row else None

    def checkpoints(self) -> Sequence[StoredCheckpoint]:
        """All checkpoints, smallest first."""
        rows = self._connection.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size))
        return [StoredCheckpoint(TreeSize(row.size), bytes(row.root), row.note) for row in rows]

    def published(self) -> TreeSize | None:
        """The size of the newest checkpoint on which a quorum has spoken."""
        size = self._connection.scalar(select(func.max(PUBLISHED.c.size)))
        return None if size is None else TreeSize(size)

    def cosignatures(self, size: TreeSize) -> Sequence[Cosignature]:
        """The witnesses' lines below the checkpoint of this size."""
        columns = COSIGNATURES.c
        rows = self._connection.execute(select(COSIGNATURES).where(columns.size == size).order_by(columns.witness))
        return [Cosignature(TreeSize(row.size), row.witness, row.seconds, row.line) for row in rows]

    def furthest_confirmed(self) -> Mapping[str, TreeSize]:
        """The largest size that each witness confirmed."""
        columns = COSIGNATURES.c
        query = select(columns.witness, func.max(columns.size)).group_by(columns.witness)
        return {witness: TreeSize(size) for witness, size in self._connection.execute(query)}

    def diary(self, subject: Subject) -> Sequence[DiaryEntry]:
        """The refusals noted for a subject, newest first."""
        query = select(DIARY).where(DIARY.c.subject == subject).order_by(DIARY.c.last_at.desc(), DIARY.c.code)
        rows = self._connection.execute(query.limit(_MOST_DIARY_ENTRIES))
        return [sql_rows.diary_from_row(row) for row in rows.mappings()]

    def _among(self, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
        return among(self._connection, column, values)

    def _stored(self, query: Select[Any]) -> list[Stored]:
        rows = self._connection.execute(query.order_by(STATEMENTS.c.leaf_index)).mappings().all()
        signatures: dict[int, list[Signature]] = {}
        for some in portions([row["leaf_index"] for row in rows]):
            place = SIGNATURES.c.leaf_index
            for row in self._connection.execute(
                select(SIGNATURES).where(self._among(place, some)).order_by(SIGNATURES.c.key)
            ).mappings():
                signatures.setdefault(row["leaf_index"], []).append(sql_rows.signature_from_row(row))
        return [sql_rows.stored_from_row(row, signatures) for row in rows]

    def _standings(self, conditions: Iterable[Any]) -> list[Standing]:
        results = (self._connection.execute(select(STANDINGS).where(condition)) for condition in conditions)
        return [sql_rows.standing_from_row(row) for result in results for row in result]


class SqlWriting(SqlReading):
    """See ``ports.stores.Writing``."""

    def append(self, statements: Sequence[NewStatement]) -> None:
        """Keep these at the end of the log."""
        try:
            times = {instant: format_time(instant) for instant in {s.recorded_at for s in statements}}
            self._insert(STATEMENTS, [sql_rows.statement_row(s, times[s.recorded_at]) for s in statements])
        except IntegrityError as err:
            raise ConflictError(Code.STORE_FAILED, "another writer took the same place or hash") from err
        self._insert(
            SIGNATURES,
            [{"leaf_index": s.index, "key": g.key, "sig": g.sig} for s in statements for g in s.envelope.signatures],
        )
        links = [
            {"subject": subject, "leaf_index": s.index, "changes_flags": s.changes_flags}
            for s in statements
            for subject in s.subjects
        ]
        self._insert(CHAIN_LINKS, links)

    def put_standings(self, standings: Iterable[Standing]) -> None:
        """Replace how these stand."""
        self._upsert(STANDINGS, [sql_rows.standing_row(standing) for standing in standings])

    def put_sources(self, sources: Mapping[str, frozenset[Subject]]) -> None:
        """Add what these used."""
        rows = [{"made_by": key, "input": used} for key, inputs in sources.items() for used in sorted(inputs)]
        self._upsert(SOURCES, rows)

    def change_slots(self, *, taken: Mapping[SlotKey, Subject], freed: Iterable[SlotKey]) -> None:
        """Give slots back, then take others."""
        columns = SLOTS.c
        for slot, key in freed:
            self._connection.execute(delete(SLOTS).where(columns.slot == slot, columns.key == key))
        rows = [{"slot": slot.value, "key": key, "holder": holder} for (slot, key), holder in taken.items()]
        try:
            self._insert(SLOTS, rows)
        except IntegrityError as err:
            raise ConflictError(Code.SLOT_TAKEN, "another dossier has one of these slots already") from err

    def put_text(self, text: str, document: bytes) -> None:
        """Keep the words of a review."""
        self._upsert(REVIEW_TEXTS, [{"hash": text, "document": document}])

    def forget_texts(self, hashes: Iterable[str]) -> None:
        """Delete these words for good."""
        for some in portions(hashes):
            if self._connection.dialect.name == "sqlite":
                self._connection.exec_driver_sql("PRAGMA secure_delete=ON")  # what is deleted is overwritten
            self._connection.execute(delete(REVIEW_TEXTS).where(self._among(REVIEW_TEXTS.c.hash, some)))

    def put_tiles(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        """Replace the tiles at these places by wider ones."""
        self._upsert(TILES, [{"level": lv, "tile_index": i, "hashes": data} for (lv, i), data in tiles.items()])

    def put_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """Keep a checkpoint; compare and set."""
        known = self.checkpoint(checkpoint.size)
        if known is not None and known.root != checkpoint.root:
            raise ConflictError(
                Code.INCONSISTENT_LOG,
                f"two roots for size {checkpoint.size}",
                evidence={"kept": known.note, "new": checkpoint.note},
            )
        if known is None:
            self._insert(CHECKPOINTS, [{"size": checkpoint.size, "root": checkpoint.root, "note": checkpoint.note}])

    def put_cosignature(self, cosignature: Cosignature) -> None:
        """Keep a witness's line, unless a newer one of it is there."""
        row = {name: getattr(cosignature, name) for name in ("witness", "size", "seconds", "line")}
        statement = _dialect_insert(COSIGNATURES, self._connection.dialect).values(row)
        newer = {"seconds": statement.excluded.seconds, "line": statement.excluded.line}
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(COSIGNATURES.primary_key),
                set_=newer,
                where=COSIGNATURES.c.seconds < statement.excluded.seconds,
            )
        )

    def put_published(self, size: TreeSize) -> None:
        """Mark the checkpoint of this size as published."""
        self._upsert(PUBLISHED, [{"size": size}])

    def note_refusal(self, entry: DiaryEntry) -> None:
        """Write a refusal into the diary; the same again only counts up."""
        statement = _dialect_insert(DIARY, self._connection.dialect).values(sql_rows.diary_row(entry))
        again = {"last_at": statement.excluded.last_at, "count": DIARY.c.count + entry.count}
        self._connection.execute(statement.on_conflict_do_update(index_elements=list(DIARY.primary_key), set_=again))

    def _insert(self, table: Table, rows: Sequence[sql_rows.Row]) -> None:
        self._execute_many(_insert_sql(table, self._connection.dialect), rows)

    def _upsert(self, table: Table, rows: Sequence[sql_rows.Row]) -> None:
        self._execute_many(_upsert_sql(table, self._connection.dialect), rows)

    def _execute_many(self, sql: Compiled, rows: Sequence[sql_rows.Row]) -> None:
        """The compiled statement straight to the driver: per-row bookkeeping would cost more than the rows."""
        if rows:
            names = sql.positiontup if isinstance(sql, SQLCompiler) and sql.positional else None
            given = list(rows) if names is None else _in_order(rows, names)
            self._connection.exec_driver_sql(str(sql), given)


def _in_order(rows: Sequence[sql_rows.Row], names: Sequence[str]) -> list[Any]:
    """The values of each row, by their names; ``itemgetter`` of one name would give it bare."""
    return list(map(itemgetter(*names), rows)) if len(names) > 1 else [(row[names[0]],) for row in rows]


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """The column is one of these: one parameter however many there are, so one compiled query serves all."""
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, values, type_=postgresql.ARRAY(column.type)))
    return column.in_(select(func.json_each(json.dumps(values)).table_valued("value").c.value))


def portions(values: Iterable[_T]) -> Iterator[list[_T]]:
    """The values, as many at a time as one query is asked about."""
    everything = list(values)
    for start in range(0, len(everything), _AT_ONCE):
        yield everything[start : start + _AT_ONCE]


@cache
def _insert_sql(table: Table, dialect: Dialect) -> Compiled:
    return insert(table).compile(dialect=dialect)


@cache
def _upsert_sql(table: Table, dialect: Dialect) -> Compiled:
    statement, keys = _dialect_insert(table, dialect), list(table.primary_key)
    others = {column.name: statement.excluded[column.name] for column in table.columns if column not in keys}
    if others:
        upsert: Insert = statement.on_conflict_do_update(index_elements=keys, set_=others)
    else:
        upsert = statement.on_conflict_do_nothing(index_elements=keys)
    return upsert.compile(dialect=dialect)


def _dialect_insert(table: Table, dialect: Dialect) -> Any:
    return (sqlite if dialect.name == "sqlite" else postgresql).insert(table)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions begin where we say BEGIN, not where the driver guesses.
    connection.isolation_level = None
    # The log file may grow to 32 MB before it is folded into the database: every fold is an fsync more.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=60000",
        "wal_autocheckpoint=8000",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _first_line(err: SQLAlchemyError) -> str:
    return str(err).partition("\n")[0][:200]
