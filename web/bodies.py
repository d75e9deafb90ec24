"""What may be posted as statements: one envelope, several, or one on each line.

Rules:

* ``application/json``: an envelope, a list of them, or ``{"statements": [...]}``;
* ``application/jsonl`` (also ``x-ndjson``, ``ndjson``): one envelope on each line;
* one line that is no JSON refuses them all: nothing was taken in yet, and what is sent again is never recorded twice;
* what an envelope says is not looked at here (``services.capturing``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.codes import Code
from provenance.encoding.canonical import Json, parse_any
from provenance.errors import MalformedError, ProvenanceError

JSON = "application/json"
LINES = frozenset({"application/jsonl", "application/x-ndjson", "application/ndjson"})

_ENVELOPE_ROOM = 64 * 1024


@dataclass(frozen=True, slots=True)
class Batch:
    """The envelopes of a request; ``is_single`` if one was sent by itself, and one answer is expected."""

    envelopes: Sequence[Json]
    is_single: bool


def read_batch(media_type: str, data: bytes) -> Batch:
    """The envelopes in a request's body.

    >>> read_batch("application/json", b'{"statements":[{},{}]}')
    Batch(envelopes=[{}, {}], is_single=False)
    """
    if media_type in LINES:
        lines = [_line(line, number) for number, line in enumerate(data.splitlines()) if line.strip()]
        return Batch(lines, is_single=False)
    if media_type != JSON:
        raise MalformedError(Code.WRONG_MEDIA_TYPE, f"{media_type[:80] or 'nothing'!r} is no media type for statements")
    match parse_any(data):
        case {"statements": list(envelopes), **rest} if not rest:
            return Batch(envelopes, is_single=False)
        case list(envelopes):
            return Batch(envelopes, is_single=False)
        case envelope:
            return Batch([envelope], is_single=True)


def largest_request(largest_statement: int) -> int:
    """How many bytes a request may have, so that a statement of the largest size fits: base64 takes four for three.

    >>> largest_request(1_048_576)
    1463640
    """
    return -(-largest_statement // 3) * 4 + _ENVELOPE_ROOM


def _line(line: bytes, number: int) -> Json:
    try:
        return parse_any(line)
    except ProvenanceError as err:
        raise err.under(f"/{number}") from err
