"""The book of serials in the same database as the log. See ``ports.serials.SerialBook``.

Rules: it is written in the one transaction that everything here is written in; a serial is unique under its GTIN, and
a step under its serial, in the database too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from provenance.adapters.sql_schema import SERIAL_STEPS, SERIALS
from provenance.adapters.sql_stores import SqlStore, among, portions
from provenance.codes import Code
from provenance.crypto.keys import parse_public
from provenance.encoding.textual import format_time, parse_time
from provenance.errors import ConflictError
from provenance.gs1.serial_states import SerialStep
from provenance.gs1.serials import Serial
from provenance.ports.serials import BookedSerial, NewSerial


class SqlSerialBook:
    """See ``ports.serials.SerialBook``."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def enter(self, serials: Sequence[NewSerial]) -> frozenset[tuple[str, Serial]]:
        """Enter all of these, or none and say which were there."""
        rows = [
            {
                "gtin": one.gtin,
                "serial": one.serial,
                "issued_at": format_time(one.issued_at),
                "claim_key": one.claim_key and str(one.claim_key),
            }
            for one in serials
        ]
        by_gtin: dict[str, list[Serial]] = {}
        for one in serials:
            by_gtin.setdefault(one.gtin, []).append(one.serial)
        with self._store.raw_writing() as connection:
            taken = {
                (gtin, Serial(serial))
                for gtin, wanted in by_gtin.items()
                for some in portions(wanted)
                for serial in connection.scalars(
                    select(SERIALS.c.serial).where(SERIALS.c.gtin == gtin, among(connection, SERIALS.c.serial, some))
                )
            }
            if not taken:
                connection.execute(insert(SERIALS), rows)
        return frozenset(taken)

    def find(self, gtin: str, serials: Iterable[str]) -> Sequence[BookedSerial]:
        """Those of these serials that were given out under this GTIN."""
        found: list[BookedSerial] = []
        with self._store.raw_reading() as connection:
            for some in portions(sorted(set(serials))):
                steps: dict[str, list[tuple[SerialStep, datetime]]] = {}
                taken = SERIAL_STEPS.c
                query = select(SERIAL_STEPS).where(taken.gtin == gtin, among(connection, taken.serial, some))
                for row in connection.execute(query.order_by(taken.taken_at)):
                    steps.setdefault(row.serial, []).append((SerialStep(row.step), parse_time(row.taken_at)))
                issued = SERIALS.c
                rows = connection.execute(
                    select(SERIALS).where(issued.gtin == gtin, among(connection, issued.serial, some))
                )
                found += [
                    BookedSerial(
                        row.gtin,
                        Serial(row.serial),
                        parse_time(row.issued_at),
                        parse_public(row.claim_key) if row.claim_key else None,
                        tuple(steps.get(row.serial, ())),
                    )
                    for row in rows
                ]
        return sorted(found, key=lambda one: one.serial)

    def gives_out(self, gtin: str) -> bool:
        """Whether any serial was given out under this GTIN."""
        query = select(SERIALS.c.serial).where(SERIALS.c.gtin == gtin).limit(1)
        with self._store.raw_reading() as connection:
            return connection.scalar(query) is not None

    def take(self, step: SerialStep, serials: Sequence[BookedSerial], *, at: datetime) -> None:
        """Note a step of all of these, or of none."""
        taken = {"step": step.value, "taken_at": format_time(at)}
        rows = [{"gtin": one.gtin, "serial": one.serial, **taken} for one in serials]
        with self._store.raw_writing() as connection:
            try:
                connection.execute(insert(SERIAL_STEPS), rows)
            except IntegrityError as err:
                raise ConflictError(Code.SERIAL_STEP, f"the step {step} of one of these was noted before") from err
