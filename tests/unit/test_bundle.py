"""The bundle file: one spelling, read back whole, and convertible to a proof that other tools check."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provenance.bundle import format_bundle, parse_bundle, proof_file_of
from provenance.codes import Code
from provenance.crypto.envelope import leaf
from provenance.errors import ConflictError
from provenance.log.merkle import leaf_hash
from provenance.log.policy import KnownLog, Policy
from provenance.log.proof_file import format_proof_file, parse_proof_file, verify_proof_file
from tests.shared_bundles import BAG, BOX, told
from tests.world import World


@pytest.fixture(scope="module")
def trade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("bundle") / "world")
    told(world)
    yield world
    world.close()


@pytest.fixture(scope="module")
def data(trade: World) -> bytes:
    return trade.bundle(BAG)


def test_a_bundle_is_read_back_as_it_was_written(data: bytes) -> None:
    assert format_bundle(parse_bundle(data)) == data


def test_a_bundle_names_each_chain_with_its_links(trade: World, data: bytes) -> None:
    bundle = parse_bundle(data)

    with trade.services.store.reading() as store:
        assert list(bundle.chains[BAG].indexes) == list(store.chain(BAG, None))
        assert set(bundle.chains[BOX].indexes) < set(store.chain(BOX, None)) | set(bundle.chains[BAG].indexes)
    in_chains = {index for chain in bundle.chains.values() for index in chain.indexes}
    assert in_chains == {exhibit.index for exhibit in bundle.exhibits}


def test_every_statement_converts_to_a_proof_for_other_tools_and_back(trade: World, data: bytes) -> None:
    bundle, trust = parse_bundle(data), trade.services.trust
    policy = Policy((KnownLog(trust.log),), (), (), None)

    for exhibit in bundle.exhibits:
        file = parse_proof_file(format_proof_file(proof_file_of(exhibit, bundle.checkpoint)))

        assert (file.index, file.hashes, file.extra) == (exhibit.index, exhibit.proof, leaf(exhibit.envelope))
        assert verify_proof_file(file, leaf=leaf_hash(leaf(exhibit.envelope)), policy=policy).is_confirmed


def test_what_is_not_recorded_has_no_proof_for_other_tools(data: bytes) -> None:
    bundle = parse_bundle(data)

    with pytest.raises(ConflictError) as told_why:
        proof_file_of(bundle.exhibits[0], "")

    assert told_why.value.code is Code.NOT_RECORDED
