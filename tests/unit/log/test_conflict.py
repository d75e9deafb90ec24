"""Evidence that a log contradicted itself holds by itself, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import ForgedError, MalformedError, ProvenanceError
from provenance.log.conflict import Conflict, Contradiction, format_conflict, judge, parse_conflict
from provenance.log.note import signer_key
from tests.cosigners import LOG_VERIFIER, ORIGIN, checkpoint_of, known_key, signed
from tests.witness_homes import forked

FORK = Conflict(LOG_VERIFIER, signed(checkpoint_of(7), w1=100), forked(7))


def test_two_roots_for_one_size_prove_a_fork() -> None:
    judged = judge(parse_conflict(format_conflict(FORK)))

    assert judged.contradiction is Contradiction.PROVEN
    assert judged.first == checkpoint_of(7)


def test_two_sizes_are_a_claim() -> None:
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
    "data", [b"", b"{}", b"[]", b'{"conflict":"provenance.conflict/v1"}', format_conflict(FORK) + b"\n"]
)
def test_what_is_no_evidence_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_conflict(data)
