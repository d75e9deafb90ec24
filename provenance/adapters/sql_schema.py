"""The tables, and the numbered steps that bring any older database to them.

Rules: migrations only go forward; a step that has been released is never edited, a new one follows it;
each runs in one transaction with its number.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    literal_column,
    select,
)

METADATA = MetaData()

# SQLite keeps rows by a 64-bit INTEGER key; PostgreSQL has to be told that 2^31 leaves are not the end.
_PLACE = BigInteger().with_variant(Integer, "sqlite")

MIGRATIONS_DONE = Table("migrations", METADATA, Column("number", Integer, primary_key=True, autoincrement=False))

STATEMENTS = Table(
    "statements",
    METADATA,
    Column("leaf_index", _PLACE, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("payload_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("event_id", Text),
    Column("recorded_at", Text, nullable=False),
    Index("statements_by_event_id", "event_id"),
)

# Entries of the registry are few among the events, and read often.
NOT_EVENTS = STATEMENTS.c.payload_type != literal_column("'application/vnd.provenance.custody-event+json'")
Index(
    "statements_not_events",
    STATEMENTS.c.payload_type,
    STATEMENTS.c.leaf_index,
    sqlite_where=NOT_EVENTS,
    postgresql_where=NOT_EVENTS,
)

SIGNATURES = Table(
    "signatures",
    METADATA,
    Column("leaf_index", _PLACE, nullable=False),
    Column("key", String(64), nullable=False),
    Column("sig", LargeBinary, nullable=False),
    PrimaryKeyConstraint("leaf_index", "key"),
)
_BY_KEY = Index("signatures_by_key", SIGNATURES.c.key, SIGNATURES.c.leaf_index)

CHAIN_LINKS = Table(
    "chain_links",
    METADATA,
    Column("subject", Text, nullable=False),
    Column("leaf_index", _PLACE, nullable=False),
    Column("changes_flags", Boolean, nullable=False),
    PrimaryKeyConstraint("subject", "leaf_index"),
    Index("chain_links_by_leaf", "leaf_index"),
    sqlite_with_rowid=False,
)

STANDINGS = Table(
    "standings",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("head", String(64), nullable=False),
    Column("phase", Text, nullable=False),
    Column("holder", Text),
    Column("owner", Text),
    Column("parent", Text),
    Column("offer", Text),
    Column("flags", Text, nullable=False),
    Column("lot", Text),
    Column("origins", Text, nullable=False),
    Column("sold_by", Text),
    Column("holdings", Text, nullable=False),
    Column("contents", Text, nullable=False),
    Index("standings_by_parent", "parent"),
    sqlite_with_rowid=False,
)

SOURCES = Table(
    "sources",
    METADATA,
    Column("made_by", Text, nullable=False),
    Column("input", Text, nullable=False),
    PrimaryKeyConstraint("made_by", "input"),
    sqlite_with_rowid=False,
)

TILES = Table(
    "tiles",
    METADATA,
    Column("level", Integer, nullable=False),
    Column("tile_index", _PLACE, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "tile_index"),
)

CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("size", _PLACE, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
)

DIARY = Table(
    "diary",
    METADATA,
    Column("subject", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("first_at", Text, nullable=False),
    Column("last_at", Text, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("subject", "code", "party"),
)

SERIALS = Table(
    "serials",
    METADATA,
    Column("gtin", String(14), nullable=False),
    Column("serial", String(20), nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("claim_key", Text),
    PrimaryKeyConstraint("gtin", "serial"),
    sqlite_with_rowid=False,
)

SERIAL_STEPS = Table(
    "serial_steps",
    METADATA,
    Column("gtin", String(14), nullable=False),
    Column("serial", String(20), nullable=False),
    Column("step", Text, nullable=False),
    Column("taken_at", Text, nullable=False),
    PrimaryKeyConstraint("gtin", "serial", "step"),
    sqlite_with_rowid=False,
)

TAGS = Table(
    "tags",
    METADATA,
    Column("uid", String(14), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("highest", Integer),
    Index("tags_by_subject", "subject"),
)

COSIGNATURES = Table(
    "cosignatures",
    METADATA,
    Column("witness", Text, nullable=False),
    Column("size", _PLACE, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    Column("line", Text, nullable=False),
    PrimaryKeyConstraint("witness", "size"),
    Index("cosignatures_by_size", "size"),
)

PUBLISHED = Table("published", METADATA, Column("size", _PLACE, primary_key=True, autoincrement=False))

NONCES = Table(
    "nonces",
    METADATA,
    Column("key", String(64), nullable=False),
    Column("nonce", String(32), nullable=False),
    Column("created", BigInteger, nullable=False),
    PrimaryKeyConstraint("key", "nonce"),
    Index("nonces_by_age", "created"),
    sqlite_with_rowid=False,
)

# What one dossier of commerce at a time may have: the rule of the trade, unique here a second time.
SLOTS = Table(
    "slots",
    METADATA,
    Column("slot", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("holder", Text, nullable=False),
    PrimaryKeyConstraint("slot", "key"),
    sqlite_with_rowid=False,
)

# The words of reviews, which no record holds: they can be erased.
REVIEW_TEXTS = Table(
    "review_texts",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("document", LargeBinary, nullable=False),
)

# What payment providers told, in the order in which it came; of the body only what is sealed for its reader.
PAYMENT_INBOX = Table(
    "payment_inbox",
    METADATA,
    Column("place", _PLACE, primary_key=True, autoincrement=False),
    Column("provider", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("merchant", Text, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("reference", String(64), nullable=False),
    Column("refund", Text),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("sealed", LargeBinary),
    Column("fate", Text, nullable=False),
    Column("why", Text),
    Column("contradictions", Integer, nullable=False),
    UniqueConstraint("provider", "event"),
    Index("payment_inbox_by_fate", "fate", "place"),
)

# What shops told of orders; no statement, and nobody's name.
ORDER_DRAFTS = Table(
    "order_drafts",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("told", LargeBinary, nullable=False),
    Index("order_drafts_by_source", "source"),
)

ORDER_TROUBLES = Table(
    "order_troubles",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("pointer", Text, nullable=False),
    Column("told", BigInteger, nullable=False),
)

SHOP_DELIVERIES = Table(
    "shop_deliveries",
    METADATA,
    Column("shop", Text, nullable=False),
    Column("delivery", Text, nullable=False),
    PrimaryKeyConstraint("shop", "delivery"),
    sqlite_with_rowid=False,
)

# Who gets webhooks, and how far each has come; a message is made from the log when it is sent.
WEBHOOKS = Table(
    "webhooks",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("topics", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("next", _PLACE, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("failing_since", BigInteger),
    Column("due", BigInteger, nullable=False),
    Column("is_gone", Boolean, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
)

WEBHOOK_DEAD_LETTERS = Table(
    "webhook_dead_letters",
    METADATA,
    Column("name", Text, nullable=False),
    Column("leaf_index", _PLACE, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("name", "leaf_index"),
)

_FIRST = (STATEMENTS, SIGNATURES, CHAIN_LINKS, STANDINGS, SOURCES, TILES, CHECKPOINTS, DIARY)


def _first_tables(connection: Connection) -> None:
    METADATA.create_all(connection, _FIRST)


def _book_of_serials(connection: Connection) -> None:
    METADATA.create_all(connection, (SERIALS, SERIAL_STEPS))


def _what_a_key_signed(connection: Connection) -> None:
    _BY_KEY.create(connection, checkfirst=True)  # a new database has it with its table


def _book_of_tags(connection: Connection) -> None:
    METADATA.create_all(connection, (TAGS,))


def _confirmed_checkpoints(connection: Connection) -> None:
    METADATA.create_all(connection, (COSIGNATURES, PUBLISHED))


def _answered_requests(connection: Connection) -> None:
    METADATA.create_all(connection, (NONCES,))


def _slots_of_commerce(connection: Connection) -> None:
    METADATA.create_all(connection, (SLOTS,))


def _inbox_of_payments(connection: Connection) -> None:
    METADATA.create_all(connection, (PAYMENT_INBOX,))


def _drafts_of_orders(connection: Connection) -> None:
    METADATA.create_all(connection, (ORDER_DRAFTS, SHOP_DELIVERIES))


def _endpoints_of_webhooks(connection: Connection) -> None:
    METADATA.create_all(connection, (WEBHOOKS, WEBHOOK_DEAD_LETTERS))


def _troubles_of_orders(connection: Connection) -> None:
    METADATA.create_all(connection, (ORDER_TROUBLES,))


def _words_of_reviews(connection: Connection) -> None:
    METADATA.create_all(connection, (REVIEW_TEXTS,))


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    _first_tables,
    _book_of_serials,
    _what_a_key_signed,
    _book_of_tags,
    _confirmed_checkpoints,
    _answered_requests,
    _slots_of_commerce,
    _inbox_of_payments,
    _drafts_of_orders,
    _endpoints_of_webhooks,
    _troubles_of_orders,
    _words_of_reviews,
)


def migrate(connection: Connection) -> None:
    """Bring the database to the newest schema; does nothing when it is there already."""
    MIGRATIONS_DONE.create(connection, checkfirst=True)
    done = set(connection.scalars(select(MIGRATIONS_DONE.c.number)))
    for number, step in enumerate(MIGRATIONS, start=1):
        if number not in done:
            step(connection)
            connection.execute(insert(MIGRATIONS_DONE).values(number=number))
