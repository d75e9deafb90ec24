"""Serials before a thing carries them: giving them out, printing them, and how far each has come.

Rules:

* a serial is chance, unique under its GTIN, and no thing on record carries it already; only under a GTIN whose
  company prefix is licensed to somebody here is any given out;
* a hidden code is shown once, to whoever prints it; kept is the public key derived from it for this one item;
* *issued* and *printed* are the merchant's own books: they change no verdict but "not yet on sale", and tell nobody
  else how much is being made. *Activated* changes what everyone is told, so it is no entry in a book: it is the signed
  commissioning in the log (``activating``), and is read off there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from provenance.codes import Code
from provenance.crypto import claim_code
from provenance.crypto.claim_code import ClaimCode, claim_code_from, claim_key
from provenance.crypto.keys import PublicKey
from provenance.custody.standing import Phase
from provenance.errors import MalformedError, NotFoundError, RefusedError, StorageError
from provenance.gs1.company_prefix import prefixes_of
from provenance.gs1.identifiers import Identifier, Kind, identify, read_epc
from provenance.gs1.serial_states import SerialState, SerialStep, after, state_after
from provenance.gs1.serials import RANDOM_BYTES, Serial, serial_from
from provenance.ids import Subject
from provenance.ports.outside import Clock, Randomness
from provenance.ports.serials import BookedSerial, NewSerial, SerialBook
from provenance.ports.stores import Store
from provenance.services.drafting import Drafting

MOST_AT_ONCE = 100_000
_TRIES = 3  # two serials alike have a chance of one in 2^55 for each pair


@dataclass(frozen=True, slots=True)
class Issued:
    """A serial that was given out just now, and its hidden code, which is kept nowhere."""

    subject: Subject
    serial: Serial
    code: ClaimCode | None = None


@dataclass(frozen=True, slots=True)
class SerialReport:
    """How far a serial has come, and when; ``has_code`` says whether a hidden code belongs to it."""

    subject: Subject
    state: SerialState
    issued_at: datetime
    printed_at: datetime | None
    has_code: bool


class Issuing:
    """The book of serials."""

    def __init__(
        self, book: SerialBook, store: Store, drafting: Drafting, *, clock: Clock, randomness: Randomness
    ) -> None:
        self._book, self._store, self._drafting = book, store, drafting
        self._clock, self._randomness = clock, randomness

    def issue(self, gtin: str, count: int) -> tuple[Issued, ...]:
        """So many fresh serials under a GTIN."""
        return self._issue(gtin, count, _no_code)

    def issue_with_codes(self, gtin: str, count: int) -> tuple[Issued, ...]:
        """So many fresh serials, each with a hidden code that is shown now or never."""
        return self._issue(gtin, count, lambda _: claim_code_from(self._randomness(claim_code.RANDOM_BYTES)))

    def printed(self, subjects: Sequence[Subject]) -> None:
        """Note that labels with these were printed; refuses all if one was not given out here or is further."""
        for report in self.reports(subjects):
            after(report.state, SerialStep.PRINT)
        self._book.take(SerialStep.PRINT, tuple(self.booked(subjects).values()), at=self._clock.now())

    def reports(self, subjects: Sequence[Subject]) -> tuple[SerialReport, ...]:
        """How far each of these has come, in the order asked; refuses what was never given out here."""
        known = self.booked(subjects)
        with self._store.reading() as store:
            live = {row.subject for row in store.standings(subjects) if row.phase is not Phase.VOIDED}
        return tuple(_report(subject, known[subject], is_live=subject in live) for subject in subjects)

    def booked(self, subjects: Sequence[Subject]) -> dict[Subject, BookedSerial]:
        """The book's entry of each of these, in the order asked; refuses what was never given out here."""
        asked: dict[str, dict[str, Subject]] = {}
        for subject in subjects:
            gtin, serial = serial_of(subject)
            asked.setdefault(gtin, {})[serial] = subject
        entries = (one for gtin, serials in asked.items() for one in self._book.find(gtin, serials))
        found = {asked[one.gtin][one.serial]: one for one in entries}
        for subject in subjects:
            if subject not in found:
                raise NotFoundError(Code.SERIAL_NOT_OURS, f"{subject} was not given out here")
        return {subject: found[subject] for subject in subjects}

    def _issue(self, gtin: str, count: int, code_for: Callable[[Subject], ClaimCode | None]) -> tuple[Issued, ...]:
        identifier = self._licensed(gtin)
        if not 1 <= count <= MOST_AT_ONCE:
            raise MalformedError(Code.WRONG_VALUE, f"1 to {MOST_AT_ONCE} serials at once, not {count}")
        for _ in range(_TRIES):
            issued = tuple(self._fresh(identifier, count, code_for))
            now = self._clock.now()
            entries = [NewSerial(identifier.key_value, one.serial, now, _key_of(one)) for one in issued]
            with self._store.reading() as store:
                is_carried = bool(store.standings([one.subject for one in issued]))
            if not is_carried and len({one.serial for one in issued}) == count and not self._book.enter(entries):
                return issued
        raise StorageError(Code.STORE_FAILED, "the same serials came up again and again: chance is broken here")

    def _fresh(
        self, identifier: Identifier, count: int, code_for: Callable[[Subject], ClaimCode | None]
    ) -> Iterator[Issued]:
        for _ in range(count):
            serial = serial_from(self._randomness(RANDOM_BYTES))
            subject = Subject(Identifier("01", identifier.key_value, (("21", serial),)).uri)
            yield Issued(subject, serial, code_for(subject))

    def _licensed(self, gtin: str) -> Identifier:
        identifier = identify((("01", gtin),))
        if not any(prefix in self._drafting.registry().licences for prefix in prefixes_of(identifier)):
            raise RefusedError(Code.NOT_LICENSED, f"nobody here has a licence for the company prefix of {gtin}")
        return identifier


def serial_of(subject: Subject) -> tuple[str, str]:
    """GTIN and serial of an item; refuses what has no serial under a GTIN."""
    identifier = read_epc(subject)
    if identifier.kind is not Kind.ITEM or [ai for ai, _ in identifier.elements] != ["01", "21"]:
        raise MalformedError(Code.NOT_ONE_THING, f"{subject} is no GTIN with a serial")
    return identifier.key_value, identifier.elements[1][1]


def _report(subject: Subject, booked: BookedSerial, *, is_live: bool) -> SerialReport:
    # Whoever commissions by another way than ours has printed, whatever the book says.
    state = SerialState.ACTIVATED if is_live else state_after(step for step, _ in booked.steps)
    printed = next((at for step, at in booked.steps if step is SerialStep.PRINT), None)
    return SerialReport(subject, state, booked.issued_at, printed, booked.claim_key is not None)


def _key_of(issued: Issued) -> PublicKey | None:
    return None if issued.code is None else claim_key(issued.code, issued.subject).public


def _no_code(subject: Subject) -> None:
    del subject
