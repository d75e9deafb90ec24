"""Merkle proofs against the reference leaves of RFC 6962's authors and the probes of transparency-dev/merkle."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from provenance.errors import ForgedError
from provenance.log.merkle import leaf_hash, root
from provenance.log.proofs import prove_consistency, prove_inclusion, verify_consistency, verify_inclusion
from tests.trees import GrownTree
from tests.vectors import vectors

REFERENCE = json.loads(vectors("tlog", "rfc6962", "reference.json").read_text())
REFERENCE_LEAVES = [leaf_hash(bytes.fromhex(leaf)) for leaf in REFERENCE["leaves_hex"]]
REFERENCE_TREE = GrownTree(REFERENCE_LEAVES)

PROBES = vectors("tlog", "merkle")


def probes(kind: str) -> list[Any]:
    """Every probe of this kind, named by its file.

    Of the probes of subtrees, only those of a subtree that is itself a tree: from leaf 0 on, and
    not empty. Out of scope are the others (70 of 163), because nothing here makes or takes proofs
    in other subtrees: they serve ML-DSA subtree cosignatures and mirrors that are pushed to.
    """
    files = sorted((PROBES / kind).rglob("*.json"))
    assert files
    cases = [(str(Path(*file.parts[-2:])), json.loads(file.read_text())) for file in files]
    return [pytest.param(case, id=name) for name, case in cases if case.get("start", 0) == 0 < case.get("end", 1)]


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "", validate=True)


def raw_all(texts: list[str] | None) -> list[bytes]:
    return [raw(text) for text in texts or []]


@pytest.mark.parametrize(("size", "expected"), REFERENCE["roots"].items())
def test_the_reference_tree_has_the_reference_roots(size: str, expected: str) -> None:
    assert root(REFERENCE_LEAVES[: int(size)]).hex() == expected


@pytest.mark.parametrize("case", REFERENCE["inclusion"], ids=lambda case: f"{case['index']} in {case['size']}")
def test_we_make_and_accept_the_reference_inclusion_proofs(case: dict[str, Any]) -> None:
    index, size = case["index"], case["size"]

    proof = prove_inclusion(index=index, size=size, tiles=REFERENCE_TREE)

    assert [hash_.hex() for hash_ in proof.hashes] == case["proof"]
    verify_inclusion(
        leaf=REFERENCE_LEAVES[index], index=index, size=size, root=root(REFERENCE_LEAVES[:size]), proof=proof.hashes
    )


@pytest.mark.parametrize("case", REFERENCE["consistency"], ids=lambda case: f"{case['old']} to {case['new']}")
def test_we_make_and_accept_the_reference_consistency_proofs(case: dict[str, Any]) -> None:
    old, new = case["old"], case["new"]

    proof = prove_consistency(old_size=old, new_size=new, tiles=REFERENCE_TREE)

    assert [hash_.hex() for hash_ in proof.hashes] == case["proof"]
    verify_consistency(
        old_size=old,
        old_root=root(REFERENCE_LEAVES[:old]),
        new_size=new,
        new_root=root(REFERENCE_LEAVES[:new]),
        proof=proof.hashes,
    )


@pytest.mark.parametrize("probe", probes("inclusion"))
def test_we_agree_on_every_inclusion_probe(probe: dict[str, Any]) -> None:
    assert accepts_inclusion(probe, probe["leafIdx"], probe["treeSize"]) is not probe["wantErr"]


@pytest.mark.parametrize("probe", probes("consistency"))
def test_we_agree_on_every_consistency_probe(probe: dict[str, Any]) -> None:
    accepted = accepts_consistency(probe, probe["size1"], probe["size2"])

    assert accepted is not probe["wantErr"]


@pytest.mark.parametrize("probe", probes("subtreeinclusion"))
def test_we_agree_on_inclusion_in_a_subtree_that_is_a_tree(probe: dict[str, Any]) -> None:
    assert accepts_inclusion(probe, probe["leafIdx"], probe["end"]) is not probe["wantErr"]


@pytest.mark.parametrize("probe", probes("subtreeconsistency"))
def test_we_agree_on_consistency_of_a_subtree_that_is_a_tree(probe: dict[str, Any]) -> None:
    assert accepts_consistency(probe, probe["end"], probe["size"]) is not probe["wantErr"]


def accepts_inclusion(probe: dict[str, Any], index: int, size: int) -> bool:
    try:
        verify_inclusion(
            leaf=raw(probe["leafHash"]),
            index=index,
            size=size,
            root=raw(probe["root"]),
            proof=raw_all(probe["proof"]),
        )
    except ForgedError:
        return False
    return True


def accepts_consistency(probe: dict[str, Any], old: int, new: int) -> bool:
    try:
        verify_consistency(
            old_size=old,
            old_root=raw(probe["root1"]),
            new_size=new,
            new_root=raw(probe["root2"]),
            proof=raw_all(probe["proof"]),
        )
    except ForgedError:
        return False
    return True
