"""What the services need kept about serials before a thing carries them: the merchant's own book.

What a book promises: a serial is entered once under its GTIN, across threads and processes; a step is taken once; what
is entered together is durable together, or none of it is.

What it is trusted for: that a serial in it was given out here, which is the operator's word. It proves nothing to
anybody else, and need not: that a serial may be on a thing is said by its signed commissioning in the log. So only
the steps that lie before are kept here (``gs1.serial_states``), and nobody but the merchant learns how many labels
are printed, or which numbers are yet to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from provenance.crypto.keys import PublicKey
from provenance.gs1.serial_states import SerialStep
from provenance.gs1.serials import Serial


@dataclass(frozen=True, slots=True)
class NewSerial:
    """A serial to be entered, with the public half of its hidden code if it has one."""

    gtin: str
    serial: Serial
    issued_at: datetime
    claim_key: PublicKey | None = None


@dataclass(frozen=True, slots=True)
class BookedSerial:
    """A serial in the book, with the steps that were taken with it and when, in order."""

    gtin: str
    serial: Serial
    issued_at: datetime
    claim_key: PublicKey | None
    steps: tuple[tuple[SerialStep, datetime], ...]


class SerialBook(Protocol):
    """The serials that were given out here."""

    def enter(self, serials: Sequence[NewSerial]) -> frozenset[tuple[str, Serial]]:
        """Enter all of these; or none, and say which (GTIN, serial) were there already."""
        ...

    def find(self, gtin: str, serials: Iterable[str]) -> Sequence[BookedSerial]:
        """Those of these serials that were given out under this GTIN, in the order of their letters."""
        ...

    def gives_out(self, gtin: str) -> bool:
        """Whether any serial was given out under this GTIN."""
        ...

    def take(self, step: SerialStep, serials: Sequence[BookedSerial], *, at: datetime) -> None:
        """Note a step of all of these; or of none, where one was noted before (``ConflictError``)."""
        ...
