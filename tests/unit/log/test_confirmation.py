"""How far a checkpoint can be relied on."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.errors import ForgedError, RefusedError
from provenance.log.confirmation import Confirmation, confirmation_of, require_confirmed
from provenance.log.note import Note, NoteSignature, VerifierKey
from provenance.log.policy import parse_policy
from tests.cosigners import LOG_VERIFIER, POLICY_2_OF_3, checkpoint_of, cosigned, signed

POLICY = parse_policy(POLICY_2_OF_3)


def test_two_of_three_confirm() -> None:
    state = confirmation_of(signed(checkpoint_of(7), w3=300, w1=100), POLICY)

    assert state.checkpoint == checkpoint_of(7)
    assert state.is_confirmed
    assert state.confirmations == (Confirmation("w1.example", 100), Confirmation("w3.example", 300))


def test_one_of_three_is_recorded_and_not_confirmed() -> None:
    note = signed(checkpoint_of(7), w1=100)

    state = confirmation_of(note, POLICY)

    assert not state.is_confirmed
    assert state.as_of_seconds is None
    with pytest.raises(RefusedError) as refused:
        require_confirmed(note, POLICY)
    assert refused.value.code is Code.QUORUM_NOT_MET


def test_it_is_as_of_the_latest_time_at_which_a_quorum_had_spoken() -> None:
    assert confirmation_of(signed(checkpoint_of(7), w1=100, w2=200, w3=300), POLICY).as_of_seconds == 200
    assert confirmation_of(signed(checkpoint_of(7), w1=100, w3=300), POLICY).as_of_seconds == 100


def test_a_witness_that_confirmed_twice_counts_once_with_its_newest_time() -> None:
    note = cosigned(signed(checkpoint_of(7), w1=500), w1=100)

    state = confirmation_of(note, POLICY)

    assert state.confirmations == (Confirmation("w1.example", 500),)
    assert not state.is_confirmed


def test_where_nobody_need_confirm_there_is_no_time() -> None:
    policy = parse_policy(POLICY_2_OF_3.replace(b"quorum enough", b"quorum none"))

    state = require_confirmed(signed(checkpoint_of(7), w1=100), policy)

    assert state.is_confirmed
    assert state.confirmations == (Confirmation("w1.example", 100),)
    assert state.as_of_seconds is None


def test_without_the_logs_signature_a_quorum_confirms_nothing() -> None:
    note = signed(checkpoint_of(7), w1=100, w2=200)

    with pytest.raises(ForgedError):
        confirmation_of(Note(note.text, note.signatures[1:]), POLICY)


def test_a_policy_without_logs_believes_no_checkpoint() -> None:
    policy = parse_policy(b"quorum none\n")

    with pytest.raises(ForgedError) as refused:
        confirmation_of(signed(checkpoint_of(7)), policy)

    assert refused.value.code is Code.UNTRUSTED_CHECKPOINT


def test_a_line_of_a_type_that_cannot_be_checked_does_not_count() -> None:
    key = VerifierKey("pq.example", 0x06, bytes(1312))
    policy = parse_policy(f"log {LOG_VERIFIER}\nwitness pq {key}\nquorum pq\n".encode())
    note = signed(checkpoint_of(7))
    note = Note(note.text, (*note.signatures, NoteSignature(key.name, key.id, bytes(2428))))

    state = confirmation_of(note, policy)

    assert not state.is_confirmed
