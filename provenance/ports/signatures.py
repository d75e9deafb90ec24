"""What capturing needs from whoever checks signatures beside it, while it reads on."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from provenance.crypto.keys import PublicKey
from provenance.custody.statements import Held
from provenance.ids import StatementHash


class Claim(NamedTuple):
    """That a key signed a message: the PAE of the statement with this hash."""

    hash: StatementHash
    key: PublicKey
    message: bytes
    sig: bytes


class Round(Protocol):
    """The claims of one batch."""

    def begin(self, claims: Iterable[Claim]) -> None:
        """Have these checked. It never waits, and may pass over any of them."""
        ...

    def held(self) -> Held:
        """The signatures that were found to hold; whatever is not among them, the caller checks. Asked once."""
        ...


class SignatureChecks(Protocol):
    """Signature checks beside the caller's own work. Trusted: what it says to hold is not checked again."""

    def round(self, size: int) -> AbstractContextManager[Round]:
        """A round for a batch of so many statements."""
        ...
