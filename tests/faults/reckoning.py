"""What must hold once the killing is over: nothing acknowledged is lost, and nobody ever signed two stories.

* every receipt that was given names a statement that is there, once, at that place;
* everything that the log or a witness ever signed, also what it died over, is the root of the one tree there is;
* what was published never went back, each piece is the beginning of the next, and a quorum had confirmed it;
* no cosignature left a witness that does not remember it;
* the audit and the other oracles find nothing;
* everybody gets up again: the log's newest checkpoint is confirmed by all.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Mapping

from provenance.adapters.witness_store import SqliteWitnessStore
from provenance.bootstrap import Services, build
from provenance.crypto.envelope import leaf
from provenance.ids import LeafIndex
from provenance.log.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from provenance.log.confirmation import require_confirmed
from provenance.log.merkle import RightEdge, append_all, leaf_hash
from provenance.log.note import parse_note
from provenance.log.proofs import prove_consistency, verify_consistency
from provenance.services.tile_reading import StoredTiles
from provenance.services.witnessing import Outcome
from tests.faults.lab import Lab
from tests.founding import StandingClock
from tests.homes import settings_of
from tests.oracles import assert_log_is_sound

_PATIENCE_SECONDS = 20.0


def assert_all_is_well(lab: Lab) -> str:
    """All of the above; what was looked at, in one line."""
    services = build(settings_of(lab.home), clock=StandingClock())
    try:
        receipts = assert_nothing_is_lost(lab, services)
        roots = roots_of(services)
        signed = assert_one_story(lab, services, roots)
        assert_published_only_grew(lab, services)
        assert_witnesses_remember(lab, services)
        assert_log_is_sound(services)
    finally:
        services.store.close()
    return f"{receipts} receipts, {signed} signatures and {len(lab.shown)} published checkpoints looked at"


def assert_everybody_gets_up_again(lab: Lab) -> None:
    """While only witnesses live: what is newest is confirmed by all of them, and published."""
    services = build(settings_of(lab.home), clock=StandingClock())
    try:
        services.guarding.require_open()
        services.checkpointing.checkpoint()
        deadline, said = time.monotonic() + _PATIENCE_SECONDS, services.witnessing.confirm()
        while {one.outcome for one in said} - {Outcome.CONFIRMED} and time.monotonic() < deadline:
            said = services.witnessing.confirm()
        assert [one.outcome for one in said] == [Outcome.CONFIRMED] * len(lab.witness_homes), said
        with services.store.reading() as store:
            assert _checkpoint(services.checkpointing.latest().encode()).size == store.size()
    finally:
        services.store.close()


def assert_nothing_is_lost(lab: Lab, services: Services) -> int:
    acknowledged = {hash_: int(index) for hash_, index in lab.diaries("capture")}
    with services.store.reading() as store:
        stored = {one.hash: one.index for one in store.statements_from(LeafIndex(0), limit=store.size())}
    assert {hash_: stored.get(hash_) for hash_ in acknowledged} == acknowledged
    assert max(Counter(stored.values()).values()) == 1
    return len(acknowledged)


def roots_of(services: Services) -> Mapping[int, bytes]:
    """The root of the first n statements as they are stored now, for every n."""
    edge, roots = RightEdge(), {}
    with services.store.reading() as store:
        for one in store.statements_from(LeafIndex(0), limit=store.size()):
            edge = append_all(edge, [leaf_hash(leaf(one.envelope))])
            roots[edge.size] = edge.root()
    return roots


def assert_one_story(lab: Lab, services: Services, roots: Mapping[int, bytes]) -> int:
    names = ("sign", *lab.witness_homes)
    said = {(int(size), bytes.fromhex(root)) for name in names for size, root in lab.diaries(name)}
    with services.store.reading() as store:
        said |= {(one.size, one.root) for one in store.checkpoints()}
    said |= {(one.size, one.root) for one in map(_checkpoint, lab.shown)}
    assert [one for one in said if roots.get(one[0]) != one[1]] == []
    return sum(1 for name in names for _ in lab.diaries(name))


def assert_published_only_grew(lab: Lab, services: Services) -> None:
    for note in lab.shown:
        require_confirmed(parse_note(note), services.trust.policy)
    with services.store.reading() as store:
        for old, new in itertools.pairwise(map(_checkpoint, lab.shown)):
            assert old.size <= new.size
            proof = prove_consistency(old_size=old.size, new_size=new.size, tiles=StoredTiles(store)).hashes
            verify_consistency(old_size=old.size, old_root=old.root, new_size=new.size, new_root=new.root, proof=proof)


def assert_witnesses_remember(lab: Lab, services: Services) -> None:
    policy, furthest = services.trust.policy, {}
    keys = {str(witness.key): witness.key for witness in policy.witnesses}
    with services.store.reading() as store:
        for kept in store.checkpoints():
            for line in store.cosignatures(kept.size):
                verify_checkpoint(
                    parse_note((kept.note + line.line).encode()),
                    log_keys=[services.trust.log],
                    witness_keys=[keys[line.witness]],
                )
                furthest[keys[line.witness].name] = kept.size
    for name, home in lab.witness_homes.items():
        latest = SqliteWitnessStore(home / "witness.db").latest(services.trust.origin)
        assert (latest.checkpoint.size if latest else 0) >= furthest.get(name, 0)


def _checkpoint(note: bytes) -> Checkpoint:
    return parse_checkpoint(parse_note(note).text)
