"""Anyone signs any entry about keys with any keys; a book of plain sets says what must come of it.

Two parties, a root of two keys of which both must agree, six keys that may come to belong to somebody. After every
step: each key belongs to one party for ever, an ended key stays ended, and there is always a root.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from provenance.crypto.keys import SigningKey
from provenance.custody.entry_rules import RECOVERY_WAIT
from provenance.custody.registry_entries import (
    Entry,
    KeyAdded,
    KeyRevoked,
    KeyRotated,
    RecoveryCompleted,
    RecoveryProposed,
    RecoveryVetoed,
    RevocationReason,
    RootRotated,
)
from provenance.custody.statements import Signer
from provenance.ids import KeyId, PartyId, StatementHash
from provenance.services.signing import Hand
from tests.cast import MAKER, SHOP, Member
from tests.founding import NOW
from tests.homes import key_of
from tests.registry_book import ORIGIN, ROOTS, founded, root_hand

FRESH = tuple(key_of(f"fresh {number}") for number in range(6))
keys = st.sampled_from((MAKER.key, SHOP.key, *FRESH))
roots = st.lists(st.sampled_from((*ROOTS, *FRESH[:2])), max_size=3, unique=True)
members = st.sampled_from((MAKER, SHOP))


class Keys(RuleBasedStateMachine):
    """Everything anyone may try with a key."""

    def __init__(self) -> None:
        super().__init__()
        self.book = founded()
        self.now = NOW
        self.owner: dict[KeyId, PartyId] = {m.key.public.id: m.party for m in (MAKER, SHOP)}
        self.root = {key.public.id for key in ROOTS}
        self.owner |= {key.public.id: PartyId(str(key.public)) for key in ROOTS}
        self.needed = 2
        self.live = set(self.owner)
        self.running: dict[StatementHash, tuple[Member, SigningKey, datetime]] = {}
        self.proposals: list[StatementHash] = [StatementHash("f" * 64)]

    # what the book says

    def agree(self, hands: list[Hand]) -> bool:
        """Whether enough live root keys sign."""
        return len({h.key.public.id for h in hands} & self.root) >= self.needed

    def all_speak(self, hands: list[Hand], new: set[KeyId]) -> bool:
        """Whether every signer that the entry does not bring may speak, as the party it says."""
        return all(
            h.key.public.id in new - self.owner.keys()
            or (h.key.public.id in self.live and self.owner.get(h.key.public.id) == h.party)
            for h in hands
        )

    def own(self, hands: list[Hand], member: Member, new: set[KeyId]) -> bool:
        """Whether a key of the member signs that the entry does not bring."""
        return any(h.party == member.party and h.key.public.id not in new for h in hands)

    def tried(self, entry: Entry, hands: list[Hand], *, allowed: bool) -> StatementHash | None:
        """The entry must be written, or refused and change nothing."""
        refusal = self.book.refusal(entry, *hands)
        assert (refusal is None) is allowed, f"{entry}: {refusal}"
        if refusal is not None:
            self.book.refuses(refusal.code, entry, *hands)
            return None
        return self.book.writes(entry, *hands)

    # what anyone may try

    @rule(member=members, old=keys, new=keys)
    def add_a_key(self, member: Member, old: SigningKey, new: SigningKey) -> None:
        brings, hands = {new.public.id}, [member.hand(key=old), member.hand(key=new)]
        allowed = self.all_speak(hands, brings) and self.own(hands, member, brings) and new.public.id not in self.owner
        if self.tried(KeyAdded(member.party, new.public), hands, allowed=allowed):
            self.owner[new.public.id] = member.party
            self.live.add(new.public.id)

    @rule(member=members, old=keys, new=keys)
    def rotate_a_key(self, member: Member, old: SigningKey, new: SigningKey) -> None:
        brings, hands = {new.public.id}, [member.hand(key=old), member.hand(key=new)]
        allowed = self.all_speak(hands, brings) and self.own(hands, member, brings) and new.public.id not in self.owner
        if self.tried(KeyRotated(member.party, old.public.id, new.public), hands, allowed=allowed):
            self.owner[new.public.id] = member.party
            self.live = self.live - {old.public.id} | {new.public.id}

    @rule(member=members, old=keys, by=keys, also=roots)
    def revoke_a_key(self, member: Member, old: SigningKey, by: SigningKey, also: list[SigningKey]) -> None:
        hands = [member.hand(key=by)] if not also else [*map(root_hand, also)]
        allowed = (
            self.all_speak(hands, set())
            and (self.own(hands, member, set()) or self.agree(hands))
            and old.public.id in self.live
            and self.owner[old.public.id] == member.party
        )
        if self.tried(KeyRevoked(member.party, old.public.id, RevocationReason.LOST), hands, allowed=allowed):
            self.live.discard(old.public.id)

    @rule(member=members, new=keys, by=roots)
    def propose_a_recovery(self, member: Member, new: SigningKey, by: list[SigningKey]) -> None:
        brings, hands = {new.public.id}, [*map(root_hand, by), member.hand(key=new)]
        allowed = (
            self.all_speak(hands, brings)
            and self.agree(hands)
            and new.public.id not in self.owner
            and all(other.party != member.party for other, _, _ in self.running.values())
        )
        if written := self.tried(RecoveryProposed(member.party, new.public, self.now), hands, allowed=allowed):
            self.running[written] = (member, new, self.now)
            self.proposals.append(written)

    @rule(data=st.data(), member=members, by=keys, also=roots)
    def veto_a_recovery(self, data: st.DataObject, member: Member, by: SigningKey, also: list[SigningKey]) -> None:
        proposal = data.draw(st.sampled_from(self.proposals))
        hands = [member.hand(key=by)] if not also else [*map(root_hand, also)]
        found = self.running.get(proposal)
        allowed = (
            self.all_speak(hands, set())
            and (self.own(hands, member, set()) or self.agree(hands))
            and found is not None
            and found[0] == member
        )
        if self.tried(RecoveryVetoed(member.party, proposal), hands, allowed=allowed):
            del self.running[proposal]

    @rule(data=st.data(), member=members, by=roots)
    def complete_a_recovery(self, data: st.DataObject, member: Member, by: list[SigningKey]) -> None:
        proposal = data.draw(st.sampled_from(self.proposals))
        hands, found = [*map(root_hand, by)], self.running.get(proposal)
        allowed = (
            bool(hands)
            and self.all_speak(hands, set())
            and self.agree(hands)
            and found is not None
            and found[0] == member
            and self.now >= found[2] + RECOVERY_WAIT
            and found[1].public.id not in self.owner
        )
        if self.tried(RecoveryCompleted(member.party, proposal, self.now), hands, allowed=allowed):
            assert found is not None
            self.live -= {key for key, party in self.owner.items() if party == member.party}
            self.owner[found[1].public.id] = member.party
            self.live.add(found[1].public.id)
            del self.running[proposal]

    @rule(by=roots, new=st.lists(st.sampled_from((*ROOTS, *FRESH[:2])), min_size=1, max_size=3, unique=True))
    def rotate_the_root(self, by: list[SigningKey], new: list[SigningKey]) -> None:
        brings = {key.public.id for key in new}
        hands = [root_hand(key) for key in dict.fromkeys((*by, *new))]
        allowed = (
            self.all_speak(hands, brings)
            and self.agree(hands)
            and all(key in self.root or key not in self.owner for key in brings)
        )
        threshold = min(2, len(new))
        entry = RootRotated(ORIGIN, tuple(key.public for key in new), threshold)
        if self.tried(entry, hands, allowed=allowed):
            self.live = (self.live - self.root) | brings
            self.owner |= {key.public.id: PartyId(str(key.public)) for key in new}
            self.root, self.needed = brings, threshold

    @precondition(lambda self: self.running)
    @rule(hours=st.integers(1, 80))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    # what always holds

    @invariant()
    def the_registry_is_what_the_book_says(self) -> None:
        registry = self.book.registry
        assert {key: record.party for key, record in registry.keys.items()} == self.owner
        assert {key for key, record in registry.keys.items() if record.ended is None} == self.live
        assert (set(registry.roots), registry.threshold) == (self.root, self.needed)
        assert self.needed <= len(self.root & self.live)
        assert registry.recoveries.keys() == self.running.keys()

    @invariant()
    def only_live_keys_speak(self) -> None:
        for member in (MAKER, SHOP):
            for key in (MAKER.key, SHOP.key, *FRESH):
                hand = member.hand(key=key)
                speaks = self.book.registry.speaks(Signer(hand.party, key.public.id, hand.role)) is None
                assert speaks is (key.public.id in self.live and self.owner[key.public.id] == member.party)


TestKeys = Keys.TestCase
TestKeys.settings = settings(max_examples=40, stateful_step_count=40)
