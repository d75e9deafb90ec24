"""What was drawn, read back, before anybody is offered it.

Rules:

* nothing leaves this package unread: each backend takes its own finished bytes apart again (a PDF, an SVG, a PNG, a
  ZPL graphic) and hands the modules it finds there to ``confirm``;
* zxing-cpp reads where it is installed; otherwise QR symbols are read module by module;
* what reads as anything else than what was meant stops the whole run.
"""

from __future__ import annotations

from collections.abc import Sequence

from labels import zxing
from labels.drawing import Mark
from labels.matrix_reading import read_modules
from labels.symbol import DATA_MATRIX, QUIET_ZONE
from provenance.codes import Code
from provenance.errors import MalformedError

Rows = Sequence[bytes | bytearray]


def read(rows: Rows) -> str:
    """The text of a QR symbol with its quiet zone; refuses what does not read.

    >>> from labels.symbol import encode
    >>> read(encode("HTTPS").rows)
    'HTTPS'
    """
    if not zxing.is_installed():
        return read_modules(rows, quiet_zone=QUIET_ZONE)
    _check_quiet(rows)
    text = zxing.read_qr(rows)
    if text is None:
        raise unreadable("the symbol does not read")
    return text


def confirm(rows: Rows, mark: Mark) -> None:
    """Refuses modules, as they came out of what was written, that do not read as the mark says."""
    found = zxing.read_gs1_data_matrix(rows) if mark.symbol.level == DATA_MATRIX else read(rows)
    if found != mark.says:
        raise unreadable(f"drawn was {mark.says[:80]!r}, read was {(found or '')[:80]!r}")


def unreadable(message: str) -> MalformedError:
    """The refusal of something drawn that is not what it should be."""
    return MalformedError(Code.LABEL_UNREADABLE, message)


def _check_quiet(rows: Rows) -> None:
    # The reader is content with less light around a symbol than a camera is.
    edges = [*rows[:QUIET_ZONE], *rows[-QUIET_ZONE:]]
    edges += [row[:QUIET_ZONE] for row in rows] + [row[-QUIET_ZONE:] for row in rows]
    if b"\x01" in b"".join(edges):
        raise unreadable("a module of the quiet zone is dark")
