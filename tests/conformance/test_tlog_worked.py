"""A whole small log, its witnesses, proofs and policies: a worked example that other verifiers accept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provenance.crypto.keys import public_from_bytes, signing_key_from_seed
from provenance.errors import ForgedError, MalformedError
from provenance.log.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from provenance.log.merkle import leaf_hash, root
from provenance.log.note import Note, cosign_note, cosigner_key, format_note, parse_note, signer_key
from provenance.log.policy import format_policy, parse_policy
from provenance.log.proof_file import ProofFile, format_proof_file, parse_proof_file, verify_proof_file
from provenance.log.proofs import prove_consistency, prove_inclusion, verify_consistency
from tests.trees import GrownTree
from tests.vectors import vectors

FOLDER = vectors("tlog", "worked")
WORKED: dict[str, Any] = json.loads((FOLDER / "worked.json").read_text())
LEAVES = [leaf_hash(entry.encode()) for entry in WORKED["entries"]]
TREE = GrownTree(LEAVES)
FILE = (FOLDER / "proof.tlog-proof").read_bytes()


def test_the_leaves_and_the_root_are_those_of_the_example() -> None:
    assert [leaf.hex() for leaf in LEAVES] == WORKED["leaf_hashes"]
    assert root(LEAVES).hex() == WORKED["root"]


def test_the_same_seeds_and_times_make_the_same_checkpoint_byte_for_byte() -> None:
    log = signing_key_from_seed(bytes.fromhex(WORKED["log_seed"]))
    note = sign_checkpoint(Checkpoint(WORKED["origin"], 7, root(LEAVES)), log)
    lines = list(note.signatures)
    for witness in WORKED["witness"]:
        key = signing_key_from_seed(bytes.fromhex(witness["seed"]))
        lines.append(cosign_note(note, name=witness["name"], key=key, seconds=witness["time"]))
        assert str(cosigner_key(witness["name"], key.public)) == witness["vkey"]

    assert str(signer_key(WORKED["origin"], log.public)) == WORKED["log_vkey"]
    assert format_note(Note(note.text, tuple(lines))).decode() == WORKED["checkpoint"]


def test_the_same_index_makes_the_same_proof_file_byte_for_byte() -> None:
    hashes = prove_inclusion(index=4, size=7, tiles=TREE).hashes
    note = parse_note(WORKED["checkpoint"].encode())

    proof = ProofFile(4, hashes, note, b"urn:uuid:demo")

    assert format_proof_file(proof) == FILE == WORKED["proof_index4"].encode()
    assert parse_proof_file(FILE) == proof


@pytest.mark.parametrize("old", sorted(WORKED["consistency"]))
def test_the_consistency_proofs_are_those_of_the_example(old: str) -> None:
    proof = prove_consistency(old_size=int(old), new_size=7, tiles=TREE)

    assert [hash_.hex() for hash_ in proof.hashes] == WORKED["consistency"][old]
    verify_consistency(
        old_size=int(old), old_root=root(LEAVES[: int(old)]), new_size=7, new_root=root(LEAVES), proof=proof.hashes
    )


@pytest.mark.parametrize(("name", "as_of"), [("policy", 1767225600), ("policy_2logs", 1767225605)])
def test_the_proof_holds_with_the_policies_of_the_example(name: str, as_of: int) -> None:
    data = (FOLDER / name).read_bytes()
    policy = parse_policy(data)
    leaf = leaf_hash((FOLDER / "leaf").read_bytes())

    standing = verify_proof_file(parse_proof_file(FILE), leaf=leaf, policy=policy)

    assert standing.checkpoint == parse_checkpoint(parse_note(WORKED["checkpoint"].encode()).text)
    assert standing.as_of_seconds == as_of
    assert format_policy(policy) == data.replace(b"group q 1 a b", b"group q any a b")


def test_the_proof_does_not_hold_for_another_leaf() -> None:
    policy = parse_policy((FOLDER / "policy").read_bytes())
    leaf = leaf_hash((FOLDER / "leafbad").read_bytes())

    with pytest.raises(ForgedError):
        verify_proof_file(parse_proof_file(FILE), leaf=leaf, policy=policy)


MALFORMED = json.loads(vectors("tlog", "proof", "malformed.json").read_text())


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case["name"])
def test_we_refuse_the_proof_files_that_others_refuse(case: dict[str, Any]) -> None:
    # Their checkpoint is a stand-in; with a real one the fault that gives the case its name is left alone.
    for proof in (case["proof"], case["proof"].replace("\ncheckpoint\n", "\n" + WORKED["checkpoint"])):
        with pytest.raises(MalformedError):
            parse_proof_file(proof.encode())


SIGSUM = vectors("tlog", "sigsum", "policy_builtin_sigsum-generic-2025-1.builtin-policy.txt")


def test_a_sigsum_policy_is_read_once_its_bare_keys_are_written_as_verifier_keys() -> None:
    text = SIGSUM.read_text()
    with pytest.raises(MalformedError):
        parse_policy(text.encode())

    policy = parse_policy("".join(f"{with_verifier_key(line)}\n" for line in text.splitlines()).encode())

    names = [witness.name for witness in policy.witnesses]
    assert names == ["witness.glasklar.is", "witness.mullvad.net", "tillitis.se/tillitis-witness-1"]
    assert len(policy.logs) == 2
    assert [policy.is_met_by(names[:count]) for count in range(4)] == [False, False, True, True]


def with_verifier_key(line: str) -> str:
    """A line of a Sigsum policy in the form of tlog-policy: Sigsum writes bare keys in hex."""
    match line.split():
        case ["log", key, url]:
            return f"log {signer_key('log.example', public_from_bytes(bytes.fromhex(key)))} {url}"
        case ["witness", name, key]:
            return f"witness {name} {cosigner_key(name, public_from_bytes(bytes.fromhex(key)))}"
        case _:
            return line
