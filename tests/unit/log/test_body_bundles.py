"""Bodies travel in bundles beside the entries; nothing else is read as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import MalformedError
from provenance.log.body_bundles import ENOUGH, body_path, format_bodies, parse_bodies, parse_body_path
from provenance.log.tiles import Bundle


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=20))
def test_parse_undoes_format(bodies: list[bytes]) -> None:
    assert parse_bodies(format_bodies(bodies), most=20) == tuple(bodies)


@given(st.binary(max_size=60))
def test_what_is_accepted_is_what_would_be_printed(data: bytes) -> None:
    try:
        bodies = parse_bodies(data, most=256)
    except MalformedError:
        return

    assert format_bodies(bodies) == data


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\0\1", b"\0\0\0\0\0", format_bodies([b"a", b"b", b"c"])])
def test_nothing_too_many_and_cut_off_bodies_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_bodies(data, most=2)


def test_an_answer_holds_as_many_bodies_as_fit_and_always_one() -> None:
    half = bytes(ENOUGH // 2)

    assert len(parse_bodies(format_bodies([half, half, b""]), most=3)) == 1
    assert len(parse_bodies(format_bodies([half[:-8], half, b""]), most=3)) == 2
    assert len(parse_bodies(format_bodies([bytes(ENOUGH + 1), b""]), most=3)) == 1


@given(st.integers(0, 2**55 - 1), st.integers(1, 256))
def test_a_path_names_one_place(index: int, width: int) -> None:
    place = Bundle(index, width)

    assert parse_body_path(body_path(place)) == place


@pytest.mark.parametrize("path", ["", "bodies/", "bodies/0", "bodies/x000/001", "bodies/000.p/256", "tile/entries/000"])
def test_a_path_that_is_spelled_otherwise_is_refused(path: str) -> None:
    with pytest.raises(MalformedError):
        parse_body_path(path)
