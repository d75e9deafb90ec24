"""Who is who: drafting, signing and capturing the registry's entries, one verb per entry.

Rules:

* nothing is decided here: each verb names who must sign (the root, the party, every new key) and hands the entry to
  ``capturing``, which judges it like any other statement;
* a new key signs the entry that brings it, so nobody can register a key they do not have;
* private keys come from their owners and are kept by nobody here.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenance.codes import Code
from provenance.crypto.envelope import Envelope, to_json
from provenance.crypto.keys import PublicKey, SigningKey
from provenance.custody.registry_entries import (
    DelegationEnded,
    DelegationGranted,
    Entry,
    KeyAdded,
    KeyRevoked,
    KeyRotated,
    LicenceEnded,
    LicenceGranted,
    PartyEnrolled,
    RecoveryCompleted,
    RecoveryProposed,
    RecoveryVetoed,
    RolesChanged,
    RootEstablished,
    RootRotated,
    StatementsReaffirmed,
)
from provenance.custody.roles import Role
from provenance.custody.statements import Signer
from provenance.errors import Refusal
from provenance.ids import PartyId
from provenance.services.capturing import Capturing, Receipt
from provenance.services.drafting import Drafting
from provenance.services.signing import Hand, Signing

Outcome = Receipt | Refusal
RootDecides = (
    RootRotated
    | PartyEnrolled
    | RolesChanged
    | LicenceGranted
    | LicenceEnded
    | KeyRevoked
    | RecoveryProposed
    | RecoveryVetoed
    | RecoveryCompleted
)
PartyDecides = KeyRevoked | StatementsReaffirmed | RecoveryVetoed | DelegationGranted | DelegationEnded


class Enrolling:
    """The registry's verbs; each gives the receipt of its entry, or the refusal."""

    def __init__(self, signing: Signing, capturing: Capturing, drafting: Drafting) -> None:
        self._signing, self._capturing, self._drafting = signing, capturing, drafting

    def establish(self, origin: str, root: SigningKey) -> Outcome:
        """The registry begins, with one root key; more of them come by ``RootRotated``."""
        return self._capture(RootEstablished(origin, (root.public,), 1), [root_hand(root)])

    def by_root(self, entry: RootDecides, roots: Sequence[SigningKey], *, new: Sequence[SigningKey] = ()) -> Outcome:
        """What enough root keys decide; ``new`` are the keys that the entry brings, which sign too."""
        return self._capture(entry, self._hands(entry, roots, new))

    def draft(
        self,
        entry: RootDecides,
        roots: Sequence[SigningKey],
        *,
        absent: Sequence[PublicKey],
        new: Sequence[SigningKey] = (),
    ) -> Envelope:
        """The same, for root keys that are not all in one place: the ``absent`` ones are named, and sign it later.

        Nothing is captured. Once a statement joins the same chain in between, the draft is stale.
        """
        others = [Signer(PartyId(str(key)), key.id, Role.ROOT) for key in absent]
        return self._signing.entry(entry, self._hands(entry, roots, new), absent=others)

    def by_party(self, entry: PartyDecides, key: SigningKey) -> Outcome:
        """What a party decides with any of its live keys: the end of another key, and what others may do for it."""
        return self._by_party(entry, [key])

    def bring_key(self, entry: KeyAdded | KeyRotated, *, old: SigningKey, new: SigningKey) -> Outcome:
        """A party's new key, beside the old one or in its place; both sign."""
        return self._by_party(entry, [old, new])

    def _hands(self, entry: RootDecides, roots: Sequence[SigningKey], new: Sequence[SigningKey]) -> list[Hand]:
        if isinstance(entry, RootRotated):
            return [root_hand(key) for key in {key.public.id: key for key in (*roots, *new)}.values()]
        roles = entry.roles if isinstance(entry, PartyEnrolled) else ()
        role = roles[0] if roles else self._a_role_of(entry.party) or Role.PRODUCER
        return [*map(root_hand, roots), *(Hand(entry.party, role, key) for key in new)]

    def _by_party(self, entry: PartyDecides | KeyAdded | KeyRotated, keys: Sequence[SigningKey]) -> Outcome:
        role = self._a_role_of(entry.party)
        if role is None:
            return Refusal(Code.UNKNOWN_PARTY, f"{entry.party} is not enrolled", pointer="/party")
        return self._capture(entry, [Hand(entry.party, role, key) for key in keys])

    def _a_role_of(self, party: PartyId) -> Role | None:
        known = self._drafting.registry().parties.get(party)
        # Any role the party has will do: its keys and delegations are no business of a role.
        return next((role for role in Role if known and role in known.roles), None)

    def _capture(self, entry: Entry, hands: Sequence[Hand]) -> Outcome:
        (outcome,) = self._capturing.capture([to_json(self._signing.entry(entry, hands))])
        return outcome


def root_hand(root: SigningKey) -> Hand:
    """The root about to sign: it trades with nobody, so it is named by its own key."""
    return Hand(PartyId(str(root.public)), Role.ROOT, root)
