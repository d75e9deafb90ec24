"""What a consumer is asked to sign whose key stays in their browser.

Rules:

* the body is made here and signed there: whoever signs compares every member with what they asked for;
* its time is the log's, by which it will be judged: a phone whose clock is wrong signs all the same;
* nothing is kept, and nothing here is secret: a body without signatures is no statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenance.crypto.keys import PublicKey
from provenance.custody.roles import Role
from provenance.custody.statements import Signer
from provenance.encoding.canonical import Json
from provenance.ids import PartyId
from provenance.ports.outside import Clock
from provenance.services.signing import Signing


class Consenting:
    """Bodies for consumers to sign."""

    def __init__(self, signing: Signing, clock: Clock) -> None:
        self._signing, self._clock = signing, clock

    def now(self) -> int:
        """The log's time in whole seconds."""
        return int(self._clock.now().timestamp())

    def record(self, members: Mapping[str, Json], keys: Sequence[PublicKey]) -> bytes:
        """The body of a record of now with these members; refuses one that no table of the trade has."""
        signers = [Signer(PartyId(str(key)), key.id, Role.CONSUMER) for key in keys]
        return self._signing.record_to_sign({**members, "at": self.now()}, signers)
