"""What must hold for a log whatever was done to it; called after every step of the stateful tests.

Each oracle looks at one promise and at nothing the code under test concluded:

* the audit finds nothing, so folding all statements again gives the standings that are kept;
* each checkpoint's tree begins with the one before it, by the verifier's own code;
* every chain ends in the head its standing names, and no statement stands twice;
* of every lot as much has come from its source as lies in all its accounts, and no account is below zero;
* whatever is inside something is inside something that exists, and nothing is inside itself.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction

from provenance.bootstrap import Services
from provenance.crypto.envelope import leaf
from provenance.custody.holdings import SOURCE
from provenance.custody.standing import Standing
from provenance.ids import LeafIndex, StatementHash, Subject
from provenance.log.merkle import leaf_hash
from provenance.log.proofs import prove_consistency, prove_inclusion, verify_consistency, verify_inclusion
from provenance.ports.stores import Reading, Stored
from provenance.services.tile_reading import StoredTiles
from tests.world import all_standings


def assert_log_is_sound(services: Services) -> None:
    """All of the above, for what an installation has stored."""
    assert services.auditing.audit().problems == ()
    with services.store.reading() as store:
        statements = store.statements_from(LeafIndex(0), limit=store.size())
        standings = all_standings(store)
        assert_one_leaf_each(statements)
        assert_checkpoints_follow(store, statements)
        assert_chains_end_in_heads(store, statements, standings)
    assert_nothing_appears_or_vanishes(standings)
    assert_nothing_is_inside_itself(standings)


def assert_one_leaf_each(statements: Sequence[Stored]) -> None:
    """No place is empty, and no statement has two."""
    assert [stored.index for stored in statements] == list(range(len(statements)))
    assert max(Counter(stored.hash for stored in statements).values(), default=1) == 1


def assert_checkpoints_follow(store: Reading, statements: Sequence[Stored]) -> None:
    """Each checkpoint's tree begins with the one before it, and every statement is in the newest."""
    tiles, checkpoints = StoredTiles(store), store.checkpoints()
    for old, new in itertools.pairwise(checkpoints):
        proof = prove_consistency(old_size=old.size, new_size=new.size, tiles=tiles).hashes
        verify_consistency(old_size=old.size, old_root=old.root, new_size=new.size, new_root=new.root, proof=proof)
    for newest in checkpoints[-1:]:
        for stored in statements[: newest.size : max(1, newest.size // 8)]:
            proof = prove_inclusion(index=stored.index, size=newest.size, tiles=tiles).hashes
            hashed = leaf_hash(leaf(stored.envelope))
            verify_inclusion(leaf=hashed, index=stored.index, size=newest.size, root=newest.root, proof=proof)


def assert_chains_end_in_heads(store: Reading, statements: Sequence[Stored], standings: tuple[Standing, ...]) -> None:
    """The last statement of each chain is its head, and nothing has a standing without a chain."""
    hashes: dict[int, StatementHash] = {stored.index: stored.hash for stored in statements}
    chains: defaultdict[Subject, list[int]] = defaultdict(list)
    for index, subject in store.chain_subjects(LeafIndex(0), limit=len(statements)):
        chains[subject].append(index)
    assert {row.subject: row.head for row in standings} == {s: hashes[max(chain)] for s, chain in chains.items()}


def assert_nothing_appears_or_vanishes(standings: tuple[Standing, ...]) -> None:
    """Double entry: a lot's accounts sum to zero in each unit of measure, and only its source is below zero."""
    for row in standings:
        if row.subject.startswith("transformation:"):
            continue
        sums: defaultdict[str, Fraction] = defaultdict(Fraction)
        for account, unit, amount in row.holdings:
            sums[unit] += Fraction(amount)
            assert amount > 0 or account == SOURCE, f"{row.subject}: {account} holds {amount} {unit}"
        assert not any(sums.values()), f"{row.subject}: {dict(sums)}"


def assert_nothing_is_inside_itself(standings: tuple[Standing, ...]) -> None:
    """Whatever is inside something is inside something that exists, and outward there is an end."""
    parents = {row.subject: row.parent for row in standings}
    for row in standings:
        path, current = {row.subject}, row.parent
        while current is not None:
            assert current in parents, f"{row.subject} is inside {current}, which does not exist"
            assert current not in path, f"{row.subject} is inside itself"
            path.add(current)
            current = parents[current]
        assert row.parent is None or row.holder is None, f"{row.subject} has a holder of its own in {row.parent}"
