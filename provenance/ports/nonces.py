"""Which signed requests were answered already. Trusted: one that forgets lets a request be answered twice."""

from __future__ import annotations

from typing import Protocol

from provenance.ids import KeyId


class Nonces(Protocol):
    """The nonces of the last minutes, shared by every process that answers."""

    def take(self, key: KeyId, nonce: bytes, *, created: int, forget_before: int) -> bool:
        """Remember this nonce of a key, durably; whether it is new. Those created before a second may be forgotten."""
        ...
