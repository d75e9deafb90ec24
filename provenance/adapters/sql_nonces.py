"""The nonces of signed requests in SQL, beside the log. See ``ports.nonces.Nonces``."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from provenance.adapters.sql_schema import NONCES
from provenance.adapters.sql_stores import SqlStore
from provenance.ids import KeyId


class SqlNonces:
    """One memory for all processes: a nonce is looked for and kept in one transaction."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def take(self, key: KeyId, nonce: bytes, *, created: int, forget_before: int) -> bool:
        """Remember this nonce of a key; whether it is new."""
        columns = NONCES.c
        with self._store.raw_writing() as connection:
            connection.execute(delete(NONCES).where(columns.created < forget_before))
            row = {"key": key, "nonce": nonce.hex()}
            query = select(columns.created).where(columns.key == key, columns.nonce == row["nonce"])
            if connection.execute(query).first() is not None:
                return False
            connection.execute(insert(NONCES).values(created=created, **row))
        return True
