"""What a mirror says about itself to whoever reads it: whose it is, as of when, and what alarms there are.

Rules:

* it is as of the mirror's own newest line below a checkpoint (``cosigning``): then everything had been found in order;
* a fork is for ever: once the log has signed two stories, nothing later heals that;
* any other alarm stands until a later turn finds everything in order. Its file is kept all the same;
* a mirror takes nothing in and signs nothing in the log's name: who wants that is sent to the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn, TypeVar

from provenance.codes import Code
from provenance.errors import MalformedError, NotFoundError, RefusedError, StorageError
from provenance.ids import TreeSize
from provenance.log.alarm import parse_alarm
from provenance.log.breach import parse_breach
from provenance.log.mirror_card import MirrorCard
from provenance.ports.outside import EvidenceFiles
from provenance.ports.stores import Reading, Store
from provenance.services.filing import ALARM, BREACH, BREACHES, CONFLICT, EVIDENCE
from provenance.services.publishing import published
from provenance.trust import Trust

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RaisedAlarm:
    """An alarm that stands: its code, the statement it is about, and its file's name where anyone may have that."""

    code: Code
    leaf: int | None
    file: str | None


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a mirror shows now; ``as_of`` is ``None`` as long as no turn found everything in order."""

    size: TreeSize
    as_of: datetime | None
    alarms: tuple[RaisedAlarm, ...]


class Introducing:
    """One mirror, before its readers."""

    def __init__(self, store: Store, files: EvidenceFiles, trust: Trust, card: MirrorCard) -> None:
        self._store, self._files, self._trust, self.card = store, files, trust, card

    @property
    def origin(self) -> str:
        """The log that is copied."""
        return self._trust.origin

    def introduce(self) -> Introduction:
        """How things stand now, from what the watch over the log left in the folder."""
        with self._store.reading() as store:
            shown, as_of = published(store, self._trust), self._as_of(store)
        return Introduction(shown.size if shown else TreeSize(0), as_of, tuple(self._alarms(as_of)))

    def evidence(self, name: str) -> bytes:
        """The file of an alarm, for anyone; not of one that holds a statement's body."""
        if name not in self._files.names(EVIDENCE) or (data := self._files.read(f"{EVIDENCE}/{name}")) is None:
            raise NotFoundError(Code.NOT_FOUND, f"there is no evidence {name[:60]!r}")
        return data

    def _as_of(self, store: Reading) -> datetime | None:
        name = str(self.card.key)
        size = store.furthest_confirmed().get(name)
        lines = () if size is None else store.cosignatures(size)
        return next((datetime.fromtimestamp(one.seconds, UTC) for one in lines if one.witness == name), None)

    def _alarms(self, as_of: datetime | None) -> Iterator[RaisedAlarm]:
        names = self._files.names(EVIDENCE)
        yield from (RaisedAlarm(Code.INCONSISTENT_LOG, None, name) for name in names if name.startswith(CONFLICT))
        for name in names:
            if name.startswith(ALARM):
                alarm = _readable(parse_alarm, self._read(EVIDENCE, name), name)
                if as_of is None or alarm.at > as_of:
                    yield RaisedAlarm(Code(alarm.kind.value), None, name)
        for name in self._files.names(BREACHES):
            if name.startswith(BREACH):
                breach = _readable(parse_breach, self._read(BREACHES, name), name)
                if as_of is None or breach.at > as_of:
                    yield RaisedAlarm(Code.RULE_BROKEN, breach.index, None)

    def _read(self, folder: str, name: str) -> bytes:
        return self._files.read(f"{folder}/{name}") or b""


class Closed:
    """The door of a mirror. See ``guarding.Guard``: nobody gets through, and there is no key behind it."""

    def __init__(self, origin: str, url: str) -> None:
        self._origin, self._url = origin, url

    def require_open(self) -> NoReturn:
        """Refuse, naming the log."""
        message = f"this is a mirror of {self._origin}; only the log itself, at {self._url}, does that"
        raise RefusedError(Code.NOT_THE_LOG, message, evidence={"log": self._url})

    def require_newest(self) -> NoReturn:
        """Refuse, naming the log."""
        self.require_open()

    def key(self) -> NoReturn:
        """Refuse, naming the log: its keys are there."""
        self.require_open()


def _readable(parse: Callable[[bytes], T], data: bytes, name: str) -> T:
    try:
        return parse(data)
    except MalformedError as err:
        raise StorageError(Code.COPY_DAMAGED, f"the mirror's evidence {name} can't be read") from err
