"""Proof files, read, printed and checked against a policy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import ForgedError, MalformedError, ProvenanceError, RefusedError
from provenance.log.note import Note
from provenance.log.policy import parse_policy
from provenance.log.proof_file import (
    LARGEST_PROOF_FILE,
    ProofFile,
    format_proof_file,
    parse_proof_file,
    verify_proof_file,
)
from tests.cosigners import LEAVES, POLICY_2_OF_3, checkpoint_of, signed
from tests.trees import plain_inclusion

POLICY = parse_policy(POLICY_2_OF_3)
NOTE = signed(checkpoint_of(7), w1=100, w2=200)
PROOF = ProofFile(4, tuple(plain_inclusion(4, LEAVES[:7])), NOTE, b"context")
FILE = format_proof_file(PROOF)

proofs = st.builds(
    ProofFile,
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
    st.just(NOTE),
    st.none() | st.binary(max_size=40),
)


@given(proofs)
def test_parse_undoes_format(proof: ProofFile) -> None:
    assert parse_proof_file(format_proof_file(proof)) == proof


@given(st.data())
def test_a_mutated_file_is_refused_or_printed_as_it_came(data: st.DataObject) -> None:
    whole = bytearray(FILE)
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))

    try:
        proof = parse_proof_file(bytes(whole))
    except MalformedError:
        return

    assert format_proof_file(proof) == bytes(whole)


@given(st.integers(0, len(FILE) * 8 - 1))
def test_a_flipped_bit_fails_or_touches_only_what_nothing_signs(bit: int) -> None:
    flipped = (int.from_bytes(FILE, "big") ^ 1 << bit).to_bytes(len(FILE), "big")

    try:
        proof = parse_proof_file(flipped)
        state = verify_proof_file(proof, leaf=LEAVES[4], policy=POLICY)
    except ProvenanceError:
        return

    assert state.checkpoint == checkpoint_of(7)
    assert replace(proof, extra=PROOF.extra) == PROOF


@pytest.mark.parametrize("index", range(7))
def test_each_entry_of_the_log_can_be_shown_to_be_in_it(index: int) -> None:
    proof = ProofFile(index, tuple(plain_inclusion(index, LEAVES[:7])), NOTE)

    state = verify_proof_file(proof, leaf=LEAVES[index], policy=POLICY)

    assert state.checkpoint.size == 7
    assert state.as_of_seconds == 100


def test_refuses_another_leaf() -> None:
    with pytest.raises(ForgedError) as refused:
        verify_proof_file(PROOF, leaf=LEAVES[5], policy=POLICY)

    assert refused.value.code is Code.BAD_PROOF


def test_refuses_a_checkpoint_that_no_quorum_confirmed() -> None:
    with pytest.raises(RefusedError) as refused:
        verify_proof_file(replace(PROOF, checkpoint=signed(checkpoint_of(7), w1=100)), leaf=LEAVES[4], policy=POLICY)

    assert refused.value.code is Code.QUORUM_NOT_MET


def test_refuses_a_confirmed_checkpoint_of_another_size() -> None:
    other = signed(checkpoint_of(9), w1=100, w2=200)

    with pytest.raises(ForgedError) as refused:
        verify_proof_file(replace(PROOF, checkpoint=other), leaf=LEAVES[4], policy=POLICY)

    assert refused.value.code is Code.BAD_PROOF


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2"),
        (b"c2sp.org/tlog-proof@v1\n", b""),
        (b"extra ", b"extra  "),
        (b"extra ", b"Extra "),
        (b"extra ", b"extra AAAA\nextra "),
        (b"index 4", b"index 04"),
        (b"index 4", b"index -4"),
        (b"index 4", b"index +4"),
        (b"index 4", b"index 4 "),
        (b"index 4", b"index 9223372036854775808"),
        (b"index 4", b"index \xd9\xa3"),
        (b"index 4\n", b""),
        (b"index 4\n", b"index 4\r\n"),
        (b"index 4\n", b"index 4\nAAAA\n"),
        (b"index 4\n", b"index 4\n" + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 61),
        (b"\n\n", b"\n"),
        (b"\n7\n", b"\n07\n"),
    ],
)
def test_refuses_what_is_no_proof_file(part: bytes, other: bytes) -> None:
    assert part in FILE

    with pytest.raises(MalformedError):
        parse_proof_file(FILE.replace(part, other, 1))


@pytest.mark.parametrize(("index", "hashes"), [(-1, ()), (2**63, ()), (0, (LEAVES[0],) * 64), (0, (b"short",))])
def test_refuses_a_proof_that_could_not_be_read_back(index: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(MalformedError) as refused:
        ProofFile(index, hashes, NOTE)

    assert refused.value.code is Code.MALFORMED_PROOF


def test_a_proof_of_63_hashes_is_read() -> None:
    proof = ProofFile(2**63 - 1, (LEAVES[0],) * 63, NOTE)

    assert parse_proof_file(format_proof_file(proof)) == proof


def test_a_proof_around_a_note_that_is_no_checkpoint_is_none() -> None:
    with pytest.raises(MalformedError) as refused:
        ProofFile(0, (), Note("poem\n", NOTE.signatures))

    assert refused.value.code is Code.MALFORMED_CHECKPOINT


def test_a_file_has_at_most_256_kib() -> None:
    for too_large in (
        lambda: parse_proof_file(bytes(LARGEST_PROOF_FILE + 1)),
        lambda: format_proof_file(replace(PROOF, extra=bytes(LARGEST_PROOF_FILE))),
    ):
        with pytest.raises(MalformedError) as refused:
            too_large()
        assert refused.value.code is Code.TOO_LARGE
