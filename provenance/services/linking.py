"""Saying where the readers of a key's code may go, and looking up what was said.

Rules:

* what is said is signed by the licensee and captured like any other statement; ``custody`` judges it;
* what is looked up is believed as little as anything the store keeps: the signature must hold, the signer must still
  be the licensee, and its key must not be known as compromised since before, unless its party stands by what it said;
  else it is as if nothing had been said;
* a change is signed against the newest statement about the key, so two that are made at once do not undo each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provenance.codes import Code
from provenance.crypto.envelope import to_json
from provenance.crypto.keys import SigningKey
from provenance.custody.parties import Registry
from provenance.custody.statements import VerifiedStatement, read, verify
from provenance.custody.web_links import WebLinks, chain_of
from provenance.errors import ProvenanceError, Refusal
from provenance.ids import LeafIndex, Subject
from provenance.ports.stores import Reading, Store, Stored
from provenance.services.capturing import Capturing, Receipt
from provenance.services.drafting import Drafting
from provenance.services.signing import Hand, Signing


class Linking:
    """The web links of keys: stated by their licensees, looked up by anyone."""

    def __init__(self, store: Store, signing: Signing, capturing: Capturing, drafting: Drafting) -> None:
        self._store, self._signing, self._capturing, self._drafting = store, signing, capturing, drafting

    def of(self, about: Subject) -> WebLinks:
        """What holds now about a key; no links where nothing was said that can be believed."""
        with self._store.reading() as store:
            return believed(store, [about], self._drafting.registry()).get(about, WebLinks(about))

    def state(self, stated: WebLinks, key: SigningKey) -> Receipt | Refusal:
        """The receipt for what the licensee says about a key from now on, or why it may not."""
        registry = self._drafting.registry()
        record = registry.keys.get(key.public.id)
        party = registry.parties.get(record.party) if record else None
        if party is None:
            return Refusal(Code.UNKNOWN_KEY, f"the key {key.public.id} is registered for no party")
        # Any role the party has will do: its numbers are no business of a role.
        hand = Hand(party.id, min(party.roles), key)
        (outcome,) = self._capturing.capture([to_json(self._signing.web_links(stated, hand))])
        return outcome


def believed(store: Reading, keys: Iterable[Subject], registry: Registry) -> Mapping[Subject, WebLinks]:
    """What holds about these keys; those about which nothing was said that can be believed are left out."""
    heads = {row.subject: row.head for row in store.standings([chain_of(about) for about in keys])}
    places = store.find(heads.values())
    found: dict[Subject, WebLinks] = {}
    for stored in store.statements(places.values()):
        stated = _believed(stored, registry)
        if stated is not None and heads.get(chain_of(stated.about)) == stored.envelope.hash:
            found[stated.about] = stated
    return found


def _believed(stored: Stored, registry: Registry) -> WebLinks | None:
    try:
        statement = verify(read(stored.envelope), registry.key)
    except ProvenanceError:
        return None  # 'provenance log audit' names it; nobody is sent anywhere by it
    stated = statement.content
    if not isinstance(stated, WebLinks) or statement.header.parties != {registry.licensee(stated.about)}:
        return None
    return None if _is_compromised(statement, stored.index, registry) else stated


def _is_compromised(statement: VerifiedStatement, at: LeafIndex, registry: Registry) -> bool:
    standing_by = registry.reaffirmed.get(statement.hash, frozenset())
    doubtful = (signer for signer in statement.header.signers if signer.party not in standing_by)
    since = (registry.keys[signer.key].compromised_since for signer in doubtful)
    return any(size is not None and at >= size for size in since)
