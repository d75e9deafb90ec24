"""Evidence that a log contradicted itself holds by itself, or is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import ForgedError, MalformedError, ProvenanceError
from provenance.log.conflict import Conflict, Contradiction, format_conflict, judge, parse_conflict
from provenance.log.note import signer_key
from provenance.log.proofs import prove_beginning
from tests.cosigners import LEAVES, LOG_VERIFIER, ORIGIN, checkpoint_of, known_key, signed
from tests.trees import GrownTree
from tests.witness_homes import forked

FORK = Conflict(LOG_VERIFIER, signed(checkpoint_of(7), w1=100), forked(7))


def beginning(size: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    return prove_beginning(size=size, new_size=len(leaves), tiles=GrownTree(leaves))


def grown_fork(size: int, larger: int) -> Conflict:
    """An honest checkpoint, and a larger one of a log that rewrote its first leaf."""
    proof = beginning(size, [bytes(32), *LEAVES[1:larger]])
    return Conflict(LOG_VERIFIER, signed(checkpoint_of(size)), forked(larger), proof)


def test_two_roots_for_one_size_prove_a_fork() -> None:
    judged = judge(parse_conflict(format_conflict(FORK)))

    assert judged.contradiction is Contradiction.PROVEN
    assert judged.first == checkpoint_of(7)


@given(sizes=st.tuples(st.integers(1, 40), st.integers(1, 40)).filter(lambda sizes: sizes[0] < sizes[1]))
def test_two_sizes_prove_a_fork_with_how_the_larger_tree_begins(sizes: tuple[int, int]) -> None:
    conflict = grown_fork(*sizes)
    turned = replace(conflict, first=conflict.second, second=conflict.first)

    assert judge(parse_conflict(format_conflict(conflict))).contradiction is Contradiction.PROVEN
    assert judge(parse_conflict(format_conflict(turned))).contradiction is Contradiction.PROVEN


@given(sizes=st.tuples(st.integers(1, 39), st.integers(1, 39)).filter(lambda sizes: sizes[0] < sizes[1]))
def test_an_honest_log_can_not_be_accused(sizes: tuple[int, int]) -> None:
    small, large = sizes
    notes = signed(checkpoint_of(small)), signed(checkpoint_of(large))
    forgeries = (beginning(small, [bytes(32), *LEAVES[1:large]]), beginning(small, LEAVES[: large + 1]))

    with pytest.raises(MalformedError):
        judge(Conflict(LOG_VERIFIER, *notes, beginning(small, LEAVES[:large])))
    for forged in forgeries:
        with pytest.raises(ForgedError):
            judge(Conflict(LOG_VERIFIER, *notes, forged))


@given(data=st.data())
def test_no_part_of_the_proof_can_be_another(data: st.DataObject) -> None:
    conflict = grown_fork(6, 37)
    at = data.draw(st.integers(0, len(conflict.proof) - 1))
    other = data.draw(st.sampled_from([bytes(32), b"", conflict.proof[at][:-1], conflict.proof[at - 1]]))
    parts = [*conflict.proof[:at], other, *conflict.proof[at + 1 :]]

    for forged in (parts, conflict.proof[:at], [*conflict.proof, bytes(32)]):
        if forged:
            with pytest.raises(ForgedError):
                judge(replace(conflict, proof=tuple(forged)))


def test_two_roots_for_one_size_come_without_a_proof() -> None:
    with pytest.raises(MalformedError):
        judge(replace(FORK, proof=(bytes(32),)))


def test_two_sizes_alone_are_a_claim() -> None:
    assert judge(Conflict(LOG_VERIFIER, signed(checkpoint_of(3)), forked(7))).contradiction is Contradiction.CLAIMED


def test_twice_the_same_is_no_contradiction() -> None:
    with pytest.raises(MalformedError) as refused:
        judge(Conflict(LOG_VERIFIER, signed(checkpoint_of(7)), signed(checkpoint_of(7), w1=5)))

    assert refused.value.code is Code.MALFORMED_CONFLICT


def test_what_the_log_did_not_sign_says_nothing_about_it() -> None:
    stranger = signer_key(ORIGIN, known_key("stranger").public)

    with pytest.raises(ForgedError):
        judge(Conflict(stranger, FORK.first, FORK.second))


@given(data=st.data())
def test_a_changed_byte_never_makes_another_proof(data: st.DataObject) -> None:
    whole = format_conflict(FORK)
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))

    try:
        changed = parse_conflict(whole[:place] + bytes([byte]) + whole[place + 1 :])
        judged = judge(changed)
    except ProvenanceError:
        return

    # Only the witnesses' lines below the log's own are nobody's business here.
    assert judged == judge(FORK)
    assert (changed.first.text, changed.second) == (FORK.first.text, FORK.second)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b'{"conflict":"provenance.conflict/v1"}',
        format_conflict(FORK) + b"\n",
        format_conflict(FORK).replace(b',"second"', b',"proof":[],"second"'),
        format_conflict(FORK).replace(b',"second"', b',"proof":[7],"second"'),
        format_conflict(FORK).replace(b',"second"', b',"proof":"","second"'),
    ],
)
def test_what_is_no_evidence_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_conflict(data)
