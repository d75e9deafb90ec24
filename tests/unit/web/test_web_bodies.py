"""What may be posted as statements, and what is refused before anything is taken in."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError, ProvenanceError
from web.bodies import LINES, Batch, largest_request, read_batch

envelopes = st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 9)), max_size=4)


@given(envelopes)
def test_a_list_an_object_and_lines_say_the_same(sent: list[dict[str, int]]) -> None:
    batch = Batch(sent, is_single=False)

    assert read_batch("application/json", json.dumps(sent).encode()) == batch
    assert read_batch("application/json", json.dumps({"statements": sent}).encode()) == batch
    for media_type in LINES:
        assert read_batch(media_type, b"\r\n".join(json.dumps(one).encode() for one in sent)) == batch


def test_one_envelope_expects_one_answer() -> None:
    assert read_batch("application/json", b'{"payload":""}') == Batch([{"payload": ""}], is_single=True)


def test_a_bad_line_is_named() -> None:
    with pytest.raises(MalformedError) as refused:
        read_batch("application/jsonl", b"{}\n\n{]\n")

    assert refused.value.code is Code.MALFORMED_JSON
    assert refused.value.pointer == "/2"


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/xml", "multipart/form-data"])
def test_other_media_types_are_refused(media_type: str) -> None:
    with pytest.raises(MalformedError) as refused:
        read_batch(media_type, b"{}")

    assert refused.value.code is Code.WRONG_MEDIA_TYPE


@given(st.binary(max_size=60), st.sampled_from(["application/json", "application/jsonl"]))
def test_nothing_foreign_is_raised(data: bytes, media_type: str) -> None:
    try:
        batch = read_batch(media_type, data)
    except ProvenanceError:
        return
    assert batch.is_single <= (len(batch.envelopes) == 1)


@given(st.integers(1024, 200_000))
def test_a_statement_of_the_largest_size_fits_into_a_request(size: int) -> None:
    assert len(base64.b64encode(bytes(size))) < largest_request(size)
