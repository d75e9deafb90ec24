"""What the caller says about labels: what is the same on all of a run, and what is on one.

Rules:

* a line of the run has 80 letters at most, and only letters that its fonts have;
* elements for the eye only, such as lot and expiry, stand in letters and not in the link;
* a DataMatrix carries the elements for scanners of the trade and no link, so phones find nothing in it: QR is the rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum, unique

from labels.typeface import Typeface, typeface
from provenance.codes import Code
from provenance.errors import MalformedError, RefusedError
from provenance.gs1.elements import Elements

_LONGEST_LINE = 80


@unique
class Carrier(StrEnum):
    """The kind of symbol."""

    QR = "qr"
    DATA_MATRIX = "data-matrix"


@dataclass(frozen=True, slots=True)
class Label:
    """One thing's label: its link; elements for the eye only; the code of a second label, or nothing."""

    link: str
    elements: Elements = ()
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Design:
    """What is the same on all labels of a run; refuses letters that neither our font nor the caller's have.

    ``lines`` stand under every label's text, ``hidden_lines`` over every hidden code.
    """

    lines: tuple[str, ...] = ()
    hidden_lines: tuple[str, ...] = ()
    carrier: Carrier = Carrier.QR
    fonts: tuple[bytes, ...] = ()
    face: Typeface = field(init=False)

    def __post_init__(self) -> None:
        texts = (*self.lines, *self.hidden_lines)
        if any(not text.strip() for text in texts):
            raise MalformedError(Code.MALFORMED_TEXT, "a line is empty")
        if any(len(text) > _LONGEST_LINE for text in texts):
            raise RefusedError(Code.LABEL_TOO_SMALL, f"a line has {_LONGEST_LINE} letters at most")
        object.__setattr__(self, "face", typeface(texts, self.fonts))
