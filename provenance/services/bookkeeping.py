"""Judging records of commerce inside the log's one transaction, and folding them when the log is audited.

Rules:

* a record's time is the log's: more than five minutes off, and it is refused; whoever folds the log later has no clock
  and takes the time as the log took it;
* dossiers, slots and things are brought in as the rules ask for them, so the cost follows what a record speaks of;
* a dossier is folded from its stored statements each time and kept nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier, folded
from provenance.commerce.dossier_names import DossierName
from provenance.commerce.goods import Goods
from provenance.commerce.joining import join
from provenance.commerce.records import Entered, entered_in
from provenance.custody.commerce_records import chain_about
from provenance.custody.own_statements import Judge
from provenance.custody.standing import Standings
from provenance.custody.statements import VerifiedStatement, read
from provenance.encoding.textual import format_time
from provenance.errors import ProvenanceError, Refusal, RefusedError
from provenance.ids import LeafIndex, StatementHash, Subject, TreeSize
from provenance.ports.stores import Reading, Stored
from provenance.services.loading import load_ancestry

_OFF = timedelta(minutes=5)


class Bookkeeping:
    """The records of one transaction, against what a store holds and the standings of the batch.

    ``present`` is the log's time; ``None`` for records that the log took in once before.
    """

    def __init__(self, store: Reading, standings: Standings, present: datetime | None) -> None:
        self._store, self._standings, self._present = store, standings, present
        self._earlier: dict[StatementHash, VerifiedStatement] = {}
        self.book = Book(self._dossier, store.slot)
        self._goods = Goods(self._around, self._statement)

    def judge(self, statement: VerifiedStatement, at: LeafIndex) -> Refusal | None:
        """Fold a record in, or say why not."""
        try:
            entered = entered_in(statement.signed, at)
            if self._present is not None:
                _check_now(entered, self._present)
            join(entered, self.book, self._goods)
        except ProvenanceError as err:
            return err.refusal
        return None

    def keep(self, statement: VerifiedStatement) -> None:
        """A statement of this batch has its place: later records may rest on it."""
        self._earlier[statement.hash] = statement

    def _dossier(self, name: DossierName) -> Dossier:
        return read_dossier(self._store, name)

    def _around(self, item: Subject) -> Standings:
        load_ancestry(self._store, [item], self._standings)
        return self._standings

    def _statement(self, named: StatementHash) -> VerifiedStatement | None:
        return self._earlier.get(named) or stored_statement(self._store, named)


def audited_judge(store: Reading, standings: Standings, book: Book) -> Judge:
    """A judge for one who folds the whole log from its beginning; the clock is not asked again."""

    def judge(statement: VerifiedStatement, at: LeafIndex) -> Refusal | None:
        def before(named: StatementHash) -> VerifiedStatement | None:
            places = store.find([named])
            return stored_statement(store, named) if places.get(named, at) < at else None

        try:
            join(entered_in(statement.signed, at), book, Goods(lambda _: standings, before))
        except ProvenanceError as err:
            return err.refusal
        return None

    return judge


def read_dossier(store: Reading, name: DossierName, *, before: int | None = None) -> Dossier:
    """A dossier as the store's statements tell it; only those below a size of the log, if one is given."""
    places = [at for at in store.chain(chain_about(name.subject), None) if before is None or at < before]
    return folded(name, _entries(store.statements(places)))


def book_below(store: Reading, size: TreeSize) -> tuple[Book, Goods]:
    """All dossiers as the first statements of the log tell them, so many; slots and things as they are now."""
    standings = Standings()

    def around(item: Subject) -> Standings:
        load_ancestry(store, [item], standings)
        return standings

    book = Book(lambda name: read_dossier(store, name, before=size), store.slot)
    return book, Goods(around, lambda named: stored_statement(store, named))


def stored_statement(store: Reading, named: StatementHash) -> VerifiedStatement | None:
    """A statement that the log took, by its hash; its signatures were checked when it came, and audits check again."""
    for stored in store.statements(store.find([named]).values()):
        return VerifiedStatement(read(stored.envelope))
    return None


def _entries(statements: Iterable[Stored]) -> Iterable[Entered]:
    return (entered_in(read(stored.envelope), stored.index) for stored in statements)


def _check_now(entered: Entered, now: datetime) -> None:
    said = datetime.fromtimestamp(entered.record.at, UTC)
    if abs(said - now) > _OFF:
        message = f"{format_time(said)} is more than 5 minutes off the log's {format_time(now)}"
        raise RefusedError(Code.NOT_NOW, message, pointer="/at")
