"""A payment that a record tells of: exactly what is owed, in the order's currency, and told once."""

from __future__ import annotations

from provenance.codes import Code
from provenance.commerce.book import SlotKey
from provenance.commerce.records import Record
from provenance.commerce.tables import Slot
from provenance.errors import RefusedError


def check_amount(record: Record, owed: int, currency: str) -> None:
    """Refuses another amount than what is owed, and another currency."""
    members = record.members
    if members.text("currency") != currency:
        raise RefusedError(Code.WRONG_CURRENCY, f"it is owed in {currency}", pointer="/currency")
    if members.raw("minor") != owed:
        message = f"{owed} {currency} are owed, not {members.raw('minor')}"
        raise RefusedError(Code.OTHER_AMOUNT, message, pointer="/minor")


def payment_slot(record: Record) -> SlotKey:
    """The slot of one payment, whatever it pays."""
    return Slot.PAYMENT, f"{record.members.text('provider')} {record.members.text('reference')}"
