"""What a witness remembers, in one SQLite file. See ``ports.witnesses.WitnessStore``.

Rules:

* WAL and ``synchronous=FULL``; a replacement is one ``BEGIN IMMEDIATE`` transaction, so of two processes that judged
  the same newest checkpoint exactly one replaces it;
* of every log the newest 10,000 confirmed notes are kept, and at most 100 pieces of evidence: nobody but a log can
  fill this file, and it can't fill a disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from provenance.codes import Code
from provenance.errors import ConfigurationError, ConflictError, StorageError
from provenance.log.checkpoint import Checkpoint, parse_checkpoint
from provenance.log.conflict import Conflict, format_conflict, parse_conflict
from provenance.log.note import Note, VerifierKey, format_note, parse_note, parse_verifier_key
from provenance.ports.witnesses import Seen

_MOST_NOTES = 10_000
_MOST_CONFLICTS = 100
_VERSION = 1
_TABLES = f"""
CREATE TABLE witness (name TEXT NOT NULL);
CREATE TABLE logs (key TEXT PRIMARY KEY, origin TEXT NOT NULL);
CREATE TABLE notes (origin TEXT NOT NULL, size INTEGER NOT NULL, note BLOB NOT NULL, PRIMARY KEY (origin, size));
CREATE TABLE conflicts (number INTEGER PRIMARY KEY, origin TEXT NOT NULL, evidence BLOB NOT NULL UNIQUE);
PRAGMA user_version = {_VERSION};
"""


def make_witness_store(path: Path, name: str) -> None:
    """Begin the memory of a witness of this name; refuses a file that is there."""
    try:
        path.touch(exist_ok=False)
    except OSError as err:
        raise ConfigurationError(Code.FILE_EXISTS, f"{path} can't be made: {err.strerror}") from err
    store = SqliteWitnessStore(path)
    with store.writing() as connection:
        for statement in filter(None, map(str.strip, _TABLES.split(";"))):
            connection.execute(statement)
        connection.execute("INSERT INTO witness VALUES (?)", (name,))


class SqliteWitnessStore:
    """The memory of one witness; any number of threads and processes may share the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """The name the witness cosigns under."""
        with self._reading() as connection:
            return str(connection.execute("SELECT name FROM witness").fetchone()[0])

    def add_log(self, key: VerifierKey) -> None:
        """Witness this log from now on; refuses a second key for an origin."""
        with self.writing() as connection:
            if connection.execute("SELECT 1 FROM logs WHERE origin = ?", (key.name,)).fetchone():
                raise ConflictError(Code.ALREADY_WITNESSED, f"a log with the origin {key.name} is witnessed already")
            connection.execute("INSERT INTO logs VALUES (?, ?)", (str(key), key.name))

    def logs(self) -> Sequence[VerifierKey]:
        """The keys of all logs witnessed here, by origin."""
        with self._reading() as connection:
            rows = connection.execute("SELECT key FROM logs ORDER BY origin").fetchall()
        return [parse_verifier_key(key) for (key,) in rows]

    def log_keys(self, origin: str) -> tuple[VerifierKey, ...]:
        """The keys of the log with this origin."""
        with self._reading() as connection:
            rows = connection.execute("SELECT key FROM logs WHERE origin = ?", (origin,)).fetchall()
        return tuple(parse_verifier_key(key) for (key,) in rows)

    def latest(self, origin: str) -> Seen | None:
        """The newest checkpoint confirmed of a log."""
        with self._reading() as connection:
            return _latest(connection, origin)

    def confirmed(self, origin: str, size: int) -> Note | None:
        """The note confirmed at exactly this size."""
        query = "SELECT note FROM notes WHERE origin = ? AND size = ?"
        with self._reading() as connection:
            row = connection.execute(query, (origin, size)).fetchone()
        return parse_note(row[0]) if row else None

    def replace(self, origin: str, *, old: Checkpoint | None, new: Seen) -> bool:
        """Keep ``new`` if ``old`` is still the newest."""
        with self.writing() as connection:
            kept = _latest(connection, origin)
            if (kept.checkpoint if kept else None) != old:
                return False
            row = (origin, new.checkpoint.size, format_note(new.note))
            connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", row)
            connection.execute(
                "DELETE FROM notes WHERE origin = ? AND size <= "
                "(SELECT size FROM notes WHERE origin = ? ORDER BY size DESC LIMIT 1 OFFSET ?)",
                (origin, origin, _MOST_NOTES),
            )
        return True

    def note_conflict(self, conflict: Conflict) -> None:
        """Keep evidence against a log, once, and not without end."""
        with self.writing() as connection:
            query = "SELECT count(*) FROM conflicts WHERE origin = ?"
            if connection.execute(query, (conflict.log.name,)).fetchone()[0] < _MOST_CONFLICTS:
                connection.execute(
                    "INSERT OR IGNORE INTO conflicts (origin, evidence) VALUES (?, ?)",
                    (conflict.log.name, format_conflict(conflict)),
                )

    def conflicts(self) -> Sequence[Conflict]:
        """All evidence there is, oldest first."""
        with self._reading() as connection:
            rows = connection.execute("SELECT evidence FROM conflicts ORDER BY number").fetchall()
        return [parse_conflict(evidence) for (evidence,) in rows]

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; waits for its turn."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as connection:
            yield connection

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if not self._path.exists():
            raise ConfigurationError(Code.NOT_SET_UP, f"there is no witness in {self._path.parent}")
        try:
            with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
                yield connection
        except sqlite3.Error as err:
            raise StorageError(Code.STORE_FAILED, f"{self._path.name} refused: {err}") from err


def _latest(connection: sqlite3.Connection, origin: str) -> Seen | None:
    query = "SELECT note FROM notes WHERE origin = ? ORDER BY size DESC LIMIT 1"
    row = connection.execute(query, (origin,)).fetchone()
    if row is None:
        return None
    note = parse_note(row[0])
    return Seen(parse_checkpoint(note.text), note)
