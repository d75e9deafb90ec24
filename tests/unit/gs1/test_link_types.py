"""Only ratified link types have a meaning, in whichever namespace they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.link_types import LINK_TYPES, link_type_uri, parse_link_type


@pytest.mark.parametrize("written", ["gs1:pip", "https://gs1.org/voc/pip", "https://ref.gs1.org/voc/pip"])
def test_one_link_type_is_read_in_every_namespace(written: str) -> None:
    assert parse_link_type(written) == "gs1:pip"


@given(st.sampled_from(sorted(LINK_TYPES)))
def test_a_printed_link_type_is_read_back(link_type: str) -> None:
    assert parse_link_type(link_type_uri(link_type)) == link_type


@pytest.mark.parametrize(
    "written", ["pip", "gs1:PIP", "gs1:nosuchlt", "gs1:defaultLink", "schema:url", "", "http://gs1.org/voc/pip", "gs1:"]
)
def test_a_word_that_gs1_has_not_ratified_is_refused(written: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_link_type(written)

    assert refused.value.code is Code.WRONG_VALUE
