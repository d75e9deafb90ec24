"""A serial as somebody typed it who hit one wrong key."""

from __future__ import annotations

from provenance.gs1.check_digits import CSET_32
from provenance.gs1.serials import Mistyped, read_serial
from provenance.ids import Subject

_OFFERED = 3  # with more serials one slip away, none is offered


def slipped(subject: Subject, at: int = -1) -> Subject:
    """The subject with one wrong letter in its serial, such that what was meant is still offered."""
    head, _, serial = subject.rpartition("/")
    letters = list(serial)
    for letter in CSET_32:
        letters[at] = letter
        meant = read_serial("".join(letters))
        if isinstance(meant, Mistyped) and len(meant.likely) <= _OFFERED:
            return Subject(f"{head}/{meant.text}")
    raise AssertionError(f"every other letter leaves more than {_OFFERED} serials near")
