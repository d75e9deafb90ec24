"""Why nothing is recorded about a thing, as far as the operator can tell: not yet on sale, mistyped, somebody else's.

Rules:

* a serial that was given out here and is on no thing yet is *not activated*;
* a number under no company prefix that is licensed to anybody here is *not ours*: nothing follows from our silence;
* under a GTIN whose serials are made here, a text that is nearly one of them is *mistyped*, not counterfeit; what was
  likely meant is said without a look at what was given out, so a guesser learns nothing;
* anything else was never issued, which is what the log itself says.

This is the operator's word: a bundle has none of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.codes import Code
from provenance.custody.verdict import Doubt, Finding
from provenance.errors import NotFoundError
from provenance.gs1.company_prefix import prefixes_of
from provenance.gs1.identifiers import Identifier, read_epc
from provenance.gs1.serial_states import state_after
from provenance.gs1.serials import Mistyped, read_serial
from provenance.ids import PartyId, Subject
from provenance.ports.serials import SerialBook

_MOST_LIKELY = 3  # with more, the mistake was larger than a slip


class Absence:
    """What the book of serials and the registry say about things that the log does not know."""

    def __init__(self, book: SerialBook) -> None:
        self._book = book

    def explain(self, subject: Subject, licences: Mapping[str, PartyId]) -> tuple[Finding, ...]:
        """Why the log is silent about a thing, if that is known; refuses a serial that was mistyped."""
        identifier = read_epc(subject)
        if not any(prefix in licences for prefix in prefixes_of(identifier)):
            return (Finding(Doubt.NOT_OURS, subject),)
        gtin, serial = identifier.key_value, dict(identifier.qualifiers).get("21")
        if identifier.key_ai != "01" or serial is None:
            return ()
        if booked := self._book.find(gtin, [serial]):
            state = state_after(step for step, _ in booked[0].steps)
            return (Finding(Doubt.NOT_ACTIVATED, subject, (), {"state": state.value}),)
        meant = read_serial(serial)
        if isinstance(meant, Mistyped) and self._book.gives_out(gtin):
            raise _mistyped(gtin, meant)
        return ()


def _mistyped(gtin: str, meant: Mistyped) -> NotFoundError:
    likely = meant.likely if len(meant.likely) <= _MOST_LIKELY else ()
    uris = " ".join(Identifier("01", gtin, (("21", serial),)).uri for serial in likely)
    message = f"{meant.text} is no serial: its last two characters do not fit the others"
    return NotFoundError(Code.MISTYPED_SERIAL, message, evidence={"likely": uris})
