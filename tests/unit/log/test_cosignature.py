"""Witness cosignatures: what is signed, and the time inside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.log.cosignature import cosign, is_cosigned_by, message, seconds_of
from tests.cosigners import known_key

TEXT = b"log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
KEY = known_key("w1.example")

times = st.one_of(st.integers(0, 2**63 - 1), st.sampled_from([0, 1767225600, 2**63 - 1]))


def test_the_message_is_two_lines_and_the_whole_text() -> None:
    assert message(TEXT, seconds=1679315147) == b"cosignature/v1\ntime 1679315147\n" + TEXT


@given(times)
def test_a_cosignature_holds_and_tells_its_time(seconds: int) -> None:
    signature = cosign(TEXT, seconds=seconds, key=KEY)

    assert is_cosigned_by(KEY.public, TEXT, signature)
    assert seconds_of(signature) == seconds
    assert signature[:8] == seconds.to_bytes(8, "big")


@given(times, st.integers(0, 72 * 8 - 1))
def test_any_flipped_bit_fails(seconds: int, bit: int) -> None:
    signature = cosign(TEXT, seconds=seconds, key=KEY)

    flipped = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(72, "big")

    assert not is_cosigned_by(KEY.public, TEXT, flipped)


def test_it_holds_for_no_other_text_and_no_other_key() -> None:
    signature = cosign(TEXT, seconds=5, key=KEY)

    assert not is_cosigned_by(KEY.public, TEXT + b"extension\n", signature)
    assert not is_cosigned_by(known_key("w2.example").public, TEXT, signature)


@pytest.mark.parametrize("seconds", [-1, 2**63, 2**64])
def test_refuses_a_time_that_no_cosignature_can_hold(seconds: int) -> None:
    with pytest.raises(MalformedError) as refused:
        cosign(TEXT, seconds=seconds, key=KEY)

    assert refused.value.code is Code.NUMBER_OUT_OF_RANGE


def test_a_time_of_2_to_the_63_does_not_hold_even_where_it_is_signed() -> None:
    beyond = 2**63
    signature = beyond.to_bytes(8, "big") + KEY.sign(message(TEXT, seconds=beyond))

    assert not is_cosigned_by(KEY.public, TEXT, signature)
    with pytest.raises(MalformedError):
        seconds_of(signature)


@pytest.mark.parametrize("length", [0, 8, 64, 71, 73])
def test_a_signature_of_another_length_is_none(length: int) -> None:
    assert not is_cosigned_by(KEY.public, TEXT, bytes(length))
    with pytest.raises(MalformedError):
        seconds_of(bytes(length))
