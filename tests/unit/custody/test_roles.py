"""How a party is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.custody.roles import parse_party
from provenance.errors import MalformedError
from provenance.ids import PartyId
from tests.strategies import parties


@given(parties())
def test_a_party_is_its_own_name(party: PartyId) -> None:
    assert parse_party(party) == party


@pytest.mark.parametrize(
    "text", ["did:web:example.com", "did:web:example.com%3A8443:brand:shop", "did:key:z6Mk", "did:x:a:", "did:x::a"]
)
def test_dids_are_what_their_specification_says(text: str) -> None:
    if text.endswith(":"):
        with pytest.raises(MalformedError):
            parse_party(text)
    else:
        assert parse_party(text) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.UNKNOWN_IDENTIFIER),
        ("maker", Code.UNKNOWN_IDENTIFIER),
        ("https://id.gs1.org/417/9520123000005", Code.BAD_CHECK_DIGIT),
        ("https://id.gs1.org/414/9520123000004", Code.UNKNOWN_IDENTIFIER),
        ("https://shop.example/417/9520123000004", Code.UNKNOWN_IDENTIFIER),
        ("https://id.gs1.org/417/9520123000004?x=1", Code.UNKNOWN_IDENTIFIER),
        ("did:web:a>b", Code.UNKNOWN_IDENTIFIER),
        ("did:web:a b", Code.UNKNOWN_IDENTIFIER),
        ("did:web:a\n", Code.UNKNOWN_IDENTIFIER),
        ("did:WEB:a", Code.UNKNOWN_IDENTIFIER),
        ("did:web:ä", Code.UNKNOWN_IDENTIFIER),
        ("did:web:" + "a" * 193, Code.UNKNOWN_IDENTIFIER),
    ],
)
def test_refuses_any_other_name_or_spelling(text: str, code: Code) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_party(text, "/party")

    assert (refused.value.code, refused.value.pointer) == (code, "/party")


@given(st.text(max_size=60) | st.text(max_size=30).map("did:".__add__))
def test_only_a_malformed_error_leaves_the_reading(text: str) -> None:
    try:
        assert parse_party(text) == text
    except MalformedError:
        pass
