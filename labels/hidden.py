"""The second label: the code that a buyer finds under a scratch-off or inside the box.

Rules:

* it has no symbol: whoever photographs the outside learns nothing of it;
* the last element of the thing stands beneath the code, so that label and code find together again on the bench;
* the code is letters, digits and hyphens, as large as there is room for, at most 6 mm.

::

    +---------------------------+
    |     Scratch when it is    |     what the run says
    |     0G40-R40M-30E2        |     the code
    |     (21) AB23CD45EF67G    |     whose it is
    +---------------------------+
"""

from __future__ import annotations

from math import ceil

from labels.composition import block_height, no_room, set_lines, text_sizes
from labels.design import Design, Label
from labels.drawing import Drawing, Text, to_dots
from labels.typeface import EM
from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.human_readable import format_lines
from provenance.gs1.identifiers import read_epc

_MARGIN = 1000  # micrometres
_MOST_CODE = 6000


def compose_hidden(label: Label, design: Design, *, width: int, height: int, resolution: int) -> Drawing:
    """The drawing of the label with the hidden code; refuses one that has no room for it, and what is no code.

    >>> [text.text for text in compose_hidden(Label("https://id.example.org/01/09521234543213/21/S1", (), "AB2-CD3"),
    ...      Design(hidden_lines=("Scratch here",)), width=750, height=300, resolution=300).texts]
    ['Scratch here', 'AB2-CD3', '(21) S1']
    """
    if not (label.hidden.isascii() and label.hidden.replace("-", "").isalnum() and label.hidden[0] != "-"):
        # The refusal does not repeat it: it may be a code but for one letter.
        raise MalformedError(Code.MALFORMED_HIDDEN_CODE, "a hidden code has letters, digits and hyphens only")
    lines = (*design.hidden_lines, label.hidden, format_lines(read_epc(label.link).elements)[-1])
    at, margin = len(design.hidden_lines), to_dots(_MARGIN, resolution)
    widths = [design.face.width(line) for line in lines]
    size, code = _sizes(widths, at, width - 2 * margin, height - 2 * margin, resolution=resolution)
    if not size:
        raise no_room(width, height, resolution, "the hidden code")
    texts: list[Text] = []
    top = (height - block_height(len(lines) - 1, size) - block_height(1, code)) // 2
    for index, (line, wide) in enumerate(zip(lines, widths, strict=True)):
        high = code if index == at else size
        texts += set_lines((line,), (wide,), high, left=margin, top=top, within=width - 2 * margin)
        top += block_height(1, high)
    return Drawing(width, height, resolution, None, tuple(texts))


def _sizes(widths: list[int], at: int, width: int, height: int, *, resolution: int) -> tuple[int, int]:
    """How high the other lines and the code are; 0 where they do not fit."""
    most = to_dots(_MOST_CODE, resolution)
    small = max(widths[:at] + widths[at + 1 :])
    for size in text_sizes(resolution):
        for code in range(min(2 * size, most), size - 1, -1):
            high = len(widths[1:]) * block_height(1, size) + block_height(1, code)
            if high <= height and ceil(small * size / EM) <= width and ceil(widths[at] * code / EM) <= width:
                return size, code
    return 0, 0
