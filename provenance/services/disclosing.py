"""Giving out bodies in bulk: to inspectors, and to parties that the operator names, and to nobody else.

Rules:

* the log's tiles are for everyone, and tell nothing but hashes, signatures and types; what was said in the statements
  is given to a party with the role *inspector*, or one in ``PROVENANCE_READERS``, whose key is live now;
* the party asks with its own key (``crypto.signed_requests``): for this method, path and query at the authority of
  this installation's own ``PROVENANCE_BASE_URL``, within five minutes, and once: a request that was answered is never
  answered again;
* ``GET /bodies/<place>?from=K`` holds the bodies of the entry bundle at that place, without the first K
  (``log.body_bundles``); only of statements under the published checkpoint.

Whoever has one item's code may read that item's own bodies without being asked (``tracing``): this is about all of them
at once. What a reader does with them can't be seen from here.
"""

from __future__ import annotations

from collections.abc import Collection

from provenance.codes import Code
from provenance.crypto.signed_requests import SECONDS_OFF, SignedRequest, require_signed
from provenance.custody.parties import KeyRecord
from provenance.custody.roles import Role
from provenance.errors import NotFoundError, RefusedError
from provenance.ids import LeafIndex, PartyId
from provenance.log.body_bundles import format_bodies
from provenance.log.tiles import WIDTH, Bundle, width_at
from provenance.ports.nonces import Nonces
from provenance.ports.outside import Clock
from provenance.ports.stores import Store
from provenance.services.drafting import Drafting
from provenance.services.publishing import published
from provenance.trust import Trust


class Disclosing:
    """The bodies of one log, for those who may read them; ``readers`` are whom the operator names."""

    def __init__(
        self,
        store: Store,
        drafting: Drafting,
        trust: Trust,
        *,
        nonces: Nonces,
        clock: Clock,
        readers: Collection[PartyId],
    ) -> None:
        self._store, self._drafting, self._trust = store, drafting, trust
        self._nonces, self._clock, self._readers = nonces, clock, frozenset(readers)

    def bodies(self, place: Bundle, *, start: int, asked: SignedRequest) -> bytes:
        """The bodies at a place without the first ``start``, or the first of them; for whom it refuses, see above."""
        self._require_reader(asked)
        with self._store.reading() as store:
            shown = published(store, self._trust)
            width = width_at(shown.size, 0, place.index) if shown else 0
            if not start < place.width <= width:
                raise NotFoundError(Code.NOT_FOUND, f"no bodies {start} to {place.width} of bundle {place.index}")
            first = LeafIndex(place.index * WIDTH + start)
            stored = store.statements_from(first, limit=place.width - start)
        return format_bodies(statement.envelope.body for statement in stored)

    def _require_reader(self, asked: SignedRequest) -> None:
        claim, now = asked.claim, int(self._clock.now().timestamp())
        record = self._drafting.registry().keys.get(claim.key)
        if record is None:
            raise RefusedError(Code.UNKNOWN_KEY, f"the key {claim.key} is not registered for anybody")
        require_signed(asked, record.public, now=now)
        self._require_allowed(record)
        # Last, so that nobody but a reader can make us remember anything.
        oldest = now - SECONDS_OFF
        if not self._nonces.take(claim.key, claim.nonce, created=claim.created, forget_before=oldest):
            raise RefusedError(Code.REPEATED_REQUEST, f"a request of {record.party} with this nonce was answered")

    def _require_allowed(self, record: KeyRecord) -> None:
        if record.ended is not None:
            message = f"the key {record.public.id} of {record.party} ended at leaf {record.ended}"
            raise RefusedError(Code.KEY_ENDED, message)
        party = self._drafting.registry().parties.get(record.party)
        if party is None or (Role.INSPECTOR not in party.roles and party.id not in self._readers):
            raise RefusedError(Code.NOT_A_READER, f"{record.party} is no inspector, and the operator has not named it")
