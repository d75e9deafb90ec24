"""Reading what somebody else's server answers: only so many bytes, and only for so long."""

from __future__ import annotations

import time

import urllib3

from provenance.codes import Code
from provenance.errors import UnreachableError

_PIECE = 64 * 1024


def read_answer(response: urllib3.BaseHTTPResponse, *, largest: int, deadline: float) -> bytes:
    """The whole body; refuses one that is longer, or that has not ended at this instant of the monotonic clock."""
    pieces: list[bytes] = []
    length = 0
    while piece := response.read1(_PIECE):
        pieces.append(piece)
        length += len(piece)
        if length > largest or time.monotonic() > deadline:
            raise UnreachableError(Code.UNREACHABLE, f"the answer is longer than {largest} bytes, or took too long")
    return b"".join(pieces)
