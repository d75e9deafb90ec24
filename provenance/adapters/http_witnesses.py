"""Asking witnesses over HTTP. See ``ports.witnesses.Witnesses``.

Rules: no redirects, no retries, no cookies; certificates are checked; an answer has at most 64 KiB and at most two
seconds, the whole of it; connections are kept for the next question.
"""

from __future__ import annotations

import time

import urllib3
from urllib3.exceptions import HTTPError

from provenance.adapters.http_answers import read_answer
from provenance.codes import Code
from provenance.errors import UnreachableError
from provenance.ports.witnesses import WitnessAnswer

_SECONDS = 2.0
_LARGEST = 64 * 1024


class HttpWitnesses:
    """Witnesses at their addresses; safe to use from many threads."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(total=_SECONDS), retries=False, headers={"User-Agent": "provenance"}
        )

    def ask(self, url: str, request: bytes) -> WitnessAnswer:
        """The answer to an ``add-checkpoint`` request."""
        deadline = time.monotonic() + _SECONDS
        address = f"{url.rstrip('/')}/add-checkpoint"
        try:
            response = self._pool.request("POST", address, body=request, redirect=False, preload_content=False)
            try:
                return WitnessAnswer(response.status, read_answer(response, largest=_LARGEST, deadline=deadline))
            finally:
                response.close()  # one that was read to its end has given its connection back already
        except (HTTPError, OSError, ValueError) as err:
            raise UnreachableError(Code.UNREACHABLE, f"{address}: {type(err).__name__}") from err
