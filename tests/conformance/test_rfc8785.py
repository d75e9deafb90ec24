"""The vectors of RFC 8785's author (testdata of cyberphone/json-canonicalization)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rfc8785

from provenance.codes import Code
from provenance.encoding.canonical import dump, parse, parse_any
from provenance.errors import MalformedError
from tests.vectors import vectors

CASES = [
    pytest.param(path, id=f"{folder}/{path.stem}")
    for folder in ("tlog", "credentials")
    for path in sorted(vectors(folder, "jcs", "input").iterdir())
]


def _outputs(given: Path) -> tuple[bytes, bytes]:
    """The canonical form as text and, the surer way, as hex."""
    beside = given.parents[1]
    return (
        (beside / "output" / given.name).read_bytes(),
        bytes.fromhex((beside / "outhex" / f"{given.stem}.txt").read_text()),
    )


def _with_numbers_of_ours(text: bytes) -> bytes:
    # Two numbers of the vectors no body of ours can hold: one is past 2^53, one would have to be rounded.
    for theirs, ours in ((b"1E30", b"1E3"), (b"1e+30", b"1000"), (b"333333333.33333329", b"333333333.3333333")):
        text = text.replace(theirs, ours)
    return text


@pytest.mark.parametrize("given", CASES)
def test_the_package_prints_the_canonical_form(given: Path) -> None:
    output, in_hex = _outputs(given)

    assert rfc8785.dumps(json.loads(given.read_bytes())) == output == in_hex


@pytest.mark.parametrize("given", CASES)
def test_so_do_we_and_read_it_back(given: Path) -> None:
    text = _with_numbers_of_ours(given.read_bytes())
    _, in_hex = _outputs(given)

    printed = dump(parse_any(text))

    assert printed == _with_numbers_of_ours(in_hex)
    assert parse(printed) == parse_any(text)


@pytest.mark.parametrize("given", CASES)
def test_refuses_the_same_value_in_another_spelling(given: Path) -> None:
    with pytest.raises(MalformedError) as refused:
        parse(_with_numbers_of_ours(given.read_bytes()))

    assert refused.value.code is Code.NON_CANONICAL


def test_refuses_a_number_that_is_too_large() -> None:
    values, _ = _outputs(vectors("tlog", "jcs", "input", "values.json"))

    with pytest.raises(MalformedError) as refused:
        parse(values)

    assert refused.value.code is Code.NUMBER_OUT_OF_RANGE


def test_refuses_to_round_a_number() -> None:
    with pytest.raises(MalformedError) as refused:
        dump(parse_any(b'{"numbers":[333333333.33333329]}'))

    assert (refused.value.code, refused.value.pointer) == (Code.NON_CANONICAL, "/numbers/0")
