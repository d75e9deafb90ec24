"""A mirror's card is spelled in one way, and is no card with any other key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError, ProvenanceError
from provenance.log.mirror_card import MirrorCard, format_card, parse_card
from provenance.log.note import signer_key
from tests.homes import key_of
from tests.mirrors import NAME, mirror_key

CARD = MirrorCard(mirror_key(), "https://shop.example")


def test_what_is_printed_is_read_again() -> None:
    assert parse_card(format_card(CARD)) == CARD


@given(at=st.integers(0, len(format_card(CARD)) - 1), byte=st.integers(0, 255))
def test_a_card_with_a_changed_byte_is_refused_or_says_what_it_prints(at: int, byte: int) -> None:
    changed = format_card(CARD)[:at] + bytes([byte]) + format_card(CARD)[at + 1 :]

    try:
        card = parse_card(changed)
    except ProvenanceError:
        return

    assert format_card(card) == changed


def test_the_key_of_a_log_is_no_mirrors() -> None:
    data = format_card(MirrorCard(signer_key(NAME, key_of("mirror").public), "https://shop.example"))

    with pytest.raises(MalformedError) as refused:
        parse_card(data)

    assert refused.value.code is Code.MALFORMED_CARD
