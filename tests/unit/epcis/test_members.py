"""Reading single members: what counts as absent, as a URI, as a time, as a number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.encoding.canonical import Json
from provenance.encoding.textual import parse_time
from provenance.epcis import members as read
from provenance.errors import MalformedError


def test_an_absent_member_is_none_and_a_null_is_refused() -> None:
    assert read.text({}, "a") is None
    with pytest.raises(MalformedError) as caught:
        read.text({"a": None}, "a")
    assert (caught.value.code, caught.value.pointer) == (Code.WRONG_TYPE, "/a")


@pytest.mark.parametrize("value", [True, "1", None, [], {}, Decimal("NaN"), Decimal("Infinity")])
def test_refuses_as_number_what_is_none(value: Json) -> None:
    with pytest.raises(MalformedError) as caught:
        read.number({"a": value}, "a")

    assert caught.value.code is Code.WRONG_TYPE


def test_a_number_is_exact() -> None:
    assert read.number({"a": 7}, "a") == Decimal(7)
    assert read.number({"a": Decimal("2.50")}, "a") == Decimal("2.50")


def test_a_fraction_where_a_text_belongs_has_its_own_code() -> None:
    with pytest.raises(MalformedError) as caught:
        read.text({"a": Decimal("2.5")}, "a")

    assert caught.value.code is Code.FRACTION_NOT_ALLOWED


@pytest.mark.parametrize(
    "text", ["", "shipping", "ex:", ":x", "ex: y", "1x:y", "http://exämple.com/", "ex:y\n", "ex:<y>"]
)
def test_refuses_as_uri_what_is_none(text: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read.uri({"a": text}, "a")

    assert (caught.value.code, caught.value.pointer) == (Code.WRONG_VALUE, "/a")


def test_points_at_the_wrong_uri_in_a_list() -> None:
    with pytest.raises(MalformedError) as caught:
        read.uris({"a": ["ex:1", "ex:2", 3]}, "a")

    assert (caught.value.code, caught.value.pointer) == (Code.WRONG_TYPE, "/a/2")


def test_points_at_the_second_of_two_equal_uris() -> None:
    with pytest.raises(MalformedError) as caught:
        read.uris({"a": ["ex:1", "ex:2", "ex:2", "ex:1"]}, "a")

    assert (caught.value.code, caught.value.pointer) == (Code.DUPLICATE_EPC, "/a/2")


def test_a_repeated_uri_among_very_many_is_found_at_once() -> None:
    many: list[Json] = [f"ex:{number}" for number in range(100_000)]

    with pytest.raises(MalformedError) as caught:
        read.uris({"a": [*many, "ex:99999"]}, "a")

    assert caught.value.pointer == "/a/100000"


@pytest.mark.parametrize("name", ["colour", "@id", "", "ex:", ":colour", "ex:a b", "1:colour"])
def test_an_unknown_bare_name_is_no_extension(name: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read.extensions({name: 1}, frozenset(), "an event")

    assert caught.value.code is Code.UNKNOWN_MEMBER


def test_escapes_the_place_of_an_unknown_member() -> None:
    with pytest.raises(MalformedError) as caught:
        read.extensions({"a/b~c": 1}, frozenset(), "an event")

    assert caught.value.pointer == "/a~1b~0c"


_parts = st.integers(0, 99).map(lambda number: f"{number:02d}")
_written = st.builds(
    "{}-{}-{}T{}:{}:{}{}{}".format,
    st.integers(0, 9999).map(lambda year: f"{year:04d}"),
    *(_parts for _ in range(5)),
    st.sampled_from(("", ".1", ".123", ".123456", ".1234567", ".", ",5")),
    st.sampled_from(("Z", "z", "+02:00", "-14:00", "+23:59", "+24:00", "+02:60", "+0200", "", "+02:00:00")),
)


@given(_written | st.datetimes(timezones=st.timezones()).map(lambda t: t.isoformat()) | st.text(max_size=30))
def test_the_fast_reading_of_times_agrees_with_the_strict_one(written: str) -> None:
    try:
        expected = parse_time(written)
    except MalformedError as err:
        with pytest.raises(MalformedError) as caught:
            read.instant(written, "/eventTime")
        assert caught.value.refusal == err.under("/eventTime").refusal
    else:
        assert read.instant(written, "/eventTime") == expected


@settings(max_examples=40)
@given(st.recursive(st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))
def test_finds_no_fraction_where_none_is(value: Json) -> None:
    assert not read.has_fraction(value)
    assert read.has_fraction([1, {"a": [value, Decimal("0.5")]}])


def test_looks_for_fractions_no_deeper_than_json_may_be() -> None:
    value: Json = 1
    for _ in range(5000):
        value = [value]

    with pytest.raises(MalformedError, match="nested deeper than 64 levels"):
        read.has_fraction(value)
