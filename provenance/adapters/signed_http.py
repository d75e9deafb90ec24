"""Asking a log for bodies as a party, over HTTP. See ``ports.outside.PublishedBodies`` and ``crypto.signed_requests``.

Rules: those of ``http_log``; a fresh nonce for each request; an answer has at most the bytes of one longest body beyond
what is enough. What the server says when it refuses is told, as its word.
"""

from __future__ import annotations

from provenance.adapters.http_log import HttpLog
from provenance.crypto.keys import SigningKey
from provenance.crypto.signed_requests import NONCE_BYTES, Target, sign_request
from provenance.log.body_bundles import ENOUGH, LONGEST_BODY, body_path
from provenance.log.tiles import Bundle
from provenance.ports.outside import Clock, Randomness


class SignedBodies:
    """The bodies of the log at an address, for the party whose key this is."""

    def __init__(self, log: HttpLog, key: SigningKey, *, clock: Clock, randomness: Randomness) -> None:
        self._log, self._key, self._clock, self._randomness = log, key, clock, randomness

    def ask(self, place: Bundle, *, start: int) -> bytes:
        """The body bundle at a place, without the first ``start``."""
        path, query = body_path(place), f"from={start}" if start else ""
        target = Target("GET", self._log.authority, self._log.path_of(path), query)
        created, nonce = int(self._clock.now().timestamp()), self._randomness(NONCE_BYTES)
        headers = sign_request(target, key=self._key, created=created, nonce=nonce)
        return self._log.ask(f"{path}?{query}" if query else path, headers=headers, largest=ENOUGH + LONGEST_BODY)
