from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import DEEPEST, Json, dump, escape, fraction_at, parse, parse_any, parse_whole
from provenance.errors import MalformedError

characters = st.characters(exclude_categories=["Cs"])
astral = st.sampled_from(["\U0001f600", "\U00010000", "\U0010ffff", "\ufb33", "\uffff", "\u20ac"])
names = st.text(characters | astral, max_size=6)
whole = st.integers(-(2**53) + 1, 2**53 - 1)


def _as_decimal(number: float) -> Decimal:
    return Decimal(repr(number))


# Within the bounds of parse_decimal, and no integer: those are read back as int.
fractions = (
    st.floats(-1e9, 1e9, allow_nan=False)
    .filter(lambda number: not number.is_integer())
    .map(_as_decimal)
    .filter(lambda number: number.as_tuple().exponent >= -30)
)
scalars = st.none() | st.booleans() | whole | fractions | names
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5), max_leaves=20
)


def as_floats(value: Any) -> Any:
    match value:
        case Decimal():
            return float(value)
        case dict():
            return {name: as_floats(member) for name, member in value.items()}
        case list():
            return [as_floats(member) for member in value]
        case _:
            return value


# --- both ways


@given(values)
def test_what_is_dumped_is_what_the_package_prints_and_is_read_back(value: Json) -> None:
    body = dump(value)

    assert body == rfc8785.dumps(as_floats(value))
    assert parse(body) == value


@given(values)
def test_the_fast_path_prints_what_the_package_prints_or_nothing(value: Json) -> None:
    fast = canonical._fast_form(value)

    assert fast is None or fast == rfc8785.dumps(as_floats(value))


@given(st.dictionaries(names, whole | names, max_size=8))
def test_the_fast_path_takes_every_body_without_fractions_and_rare_letters(value: dict[str, Json]) -> None:
    rare = any(ord(letter) > 0xFFFF for text in (*value, *value.values()) for letter in str(text))

    assert (canonical._fast_form(value) is None) == rare


def test_the_fast_path_escapes_and_sorts_every_letter_of_the_plane_as_the_package_does() -> None:
    letters = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    value: Json = {letter: f"{letter}{letter}" for letter in reversed(letters)}

    assert canonical._fast_form(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [2**53, -(2**53), 2**64, {"a": Decimal("0.5")}, "\ud800", {"\ud800": 1}, "\U00010000", {"\U0010ffff": 1}, {1: 1}],
    ids=repr,
)
def test_the_fast_path_leaves_to_the_package_what_it_would_print_otherwise(value: Any) -> None:
    assert canonical._fast_form({"a": value}) is None


SPELLINGS: list[Any] = [
    json.dumps,
    lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    lambda value: json.dumps(value, sort_keys=True, separators=(",", ":")),
    lambda value: rfc8785.dumps(value).decode(),
]


@given(values, st.sampled_from(SPELLINGS))
def test_a_body_is_accepted_exactly_when_it_is_what_the_package_would_print(value: Json, spell: Any) -> None:
    body = spell(as_floats(value)).encode()

    if rfc8785.dumps(json.loads(body)) == body:
        assert parse(body) == value
    else:
        with pytest.raises(MalformedError) as refused:
            parse(body)
        assert refused.value.code is Code.NON_CANONICAL


@given(values, st.data())
def test_no_changed_byte_gives_the_same_value(value: Json, data: st.DataObject) -> None:
    body = bytearray(dump(value))
    at = data.draw(st.integers(0, len(body) - 1))
    body[at] ^= data.draw(st.integers(1, 255))

    try:
        changed = parse(bytes(body))
    except MalformedError:
        return

    assert dump(changed) == body  # then it is the one spelling of another value


@given(
    st.binary(max_size=40) | st.text(st.sampled_from('{}[]",:0129.eE+-truefalsn\\ud8 '), max_size=24).map(str.encode)
)
@example(b'{"a":1,"a":1}')
@example(b"1e999999999999999999999999")
@example(b"-")
def test_nothing_foreign_is_raised_and_what_is_accepted_has_one_spelling(body: bytes) -> None:
    try:
        value = parse(body)
    except MalformedError:
        return

    assert dump(value) == body


# --- what is refused, each with its code

REFUSED = [
    (b"", Code.MALFORMED_JSON),
    (b"{", Code.MALFORMED_JSON),
    (b'{"a":1}x', Code.MALFORMED_JSON),
    (b'{"a":1}\n', Code.NON_CANONICAL),
    (b' {"a":1}', Code.NON_CANONICAL),
    (b'{"a": 1}', Code.NON_CANONICAL),
    (b'{"b":1,"a":1}', Code.NON_CANONICAL),
    (b'{"a":1,"a":1}', Code.DUPLICATE_KEY),
    (b'{"x":{"a":1,"b":2,"a":3}}', Code.DUPLICATE_KEY),
    (b'{"a":1,"\\u0061":1}', Code.DUPLICATE_KEY),
    (b'"\\u0061"', Code.NON_CANONICAL),
    (b'"\\u00e9"', Code.NON_CANONICAL),
    (b'"\\/"', Code.NON_CANONICAL),
    (b'"\\u000A"', Code.NON_CANONICAL),
    (b'"\\u001F"', Code.NON_CANONICAL),
    (b'"\n"', Code.MALFORMED_JSON),
    (b'"\x00"', Code.MALFORMED_JSON),
    (b'"\\ud800"', Code.MALFORMED_JSON),
    (b'{"\\udfff":1}', Code.MALFORMED_JSON),
    (b'"\xed\xa0\x80"', Code.MALFORMED_JSON),  # a lone surrogate in what is not quite UTF-8
    (b'"\xff"', Code.MALFORMED_JSON),
    (b"\xef\xbb\xbf{}", Code.MALFORMED_JSON),
    ('{"a":1}'.encode("utf-16"), Code.MALFORMED_JSON),
    ('{"a":1}'.encode("utf-16-le"), Code.MALFORMED_JSON),
    (b"NaN", Code.MALFORMED_JSON),
    (b"Infinity", Code.MALFORMED_JSON),
    (b"[-Infinity]", Code.MALFORMED_JSON),
    (b"0_1", Code.MALFORMED_JSON),
    (b"01", Code.MALFORMED_JSON),
    (b"+1", Code.MALFORMED_JSON),
    (b"1.", Code.MALFORMED_JSON),
    (b".5", Code.MALFORMED_JSON),
    (b"0x1", Code.MALFORMED_JSON),
    ("\u0661".encode(), Code.MALFORMED_JSON),  # a digit, for int()
    (b"-0", Code.NON_CANONICAL),
    (b"-0.0", Code.NON_CANONICAL),
    (b"1.0", Code.NON_CANONICAL),
    (b"2.50", Code.NON_CANONICAL),
    (b"1e2", Code.NON_CANONICAL),
    (b"0.1000000000000000055", Code.NON_CANONICAL),
    (b"9007199254740992", Code.NUMBER_OUT_OF_RANGE),
    (b"-9007199254740992", Code.NUMBER_OUT_OF_RANGE),
    (b"1e+21", Code.NUMBER_OUT_OF_RANGE),
    (b"1e+300", Code.NUMBER_OUT_OF_RANGE),
    (b"5e-324", Code.NUMBER_OUT_OF_RANGE),
    (b"1e-31", Code.NUMBER_OUT_OF_RANGE),
    (b"[" * 65 + b"]" * 65, Code.MALFORMED_JSON),
    (b'{"a":' * 65 + b"1" + b"}" * 65, Code.MALFORMED_JSON),
    (b"[" * 100_000, Code.MALFORMED_JSON),
    (b"[" * 100_000 + b"]" * 100_000, Code.MALFORMED_JSON),
]


@pytest.mark.parametrize(("body", "code"), REFUSED, ids=[repr(body[:30]) for body, _ in REFUSED])
def test_refuses_a_body_with_the_code_that_says_why(body: bytes, code: Code) -> None:
    with pytest.raises(MalformedError) as refused:
        parse(body)

    assert refused.value.code is code


@pytest.mark.parametrize(
    "body",
    [
        b"null", b"true", b"0", b"-1", b'""', b"[]", b"{}", b"0.1", b"-2.5", b"1e-7", b"0.000001", b"1e-30",
        b"9007199254740991", b"-9007199254740991", b"1.2345678901234567e-14", b'"\\u001f"', b'"\\n"', b'"/"',
        '"\u2028\u007f"'.encode(), '"\U0001f600"'.encode(), '{"\U0001f600":1,"\ufb33":2}'.encode(),
        b"[" * 64 + b"]" * 64, b"[[]," + b"[" * 63 + b"]" * 63 + b"]", b"[" + b"[1]," * 500 + b"[1]]",
    ],
)  # fmt: skip
def test_accepts_a_body_in_its_one_spelling(body: bytes) -> None:
    assert dump(parse(body)) == body


def test_names_are_sorted_by_their_utf_16_units() -> None:
    # RFC 8785 §3.2.3: the surrogates of U+1F600 come before U+FB33; by code point they would not.
    body = '{"\U0001f600":1,"\ufb33":2}'.encode()

    assert dump({"\ufb33": 2, "\U0001f600": 1}) == body
    with pytest.raises(MalformedError):
        parse('{"\ufb33":2,"\U0001f600":1}'.encode())


def test_a_body_of_ten_megabytes_is_read() -> None:
    value = {"epcList": [f"https://id.gs1.org/01/09521234543213/21/{serial:020d}" for serial in range(160_000)]}
    body = dump(value)

    assert len(body) > 9_900_000
    assert parse(body) == value


def test_ten_megabytes_of_digits_are_refused_at_once() -> None:
    for body in (b"9" * 10_000_000, b"0." + b"1" * 10_000_000, b"1e" + b"9" * 10_000_000):
        with pytest.raises(MalformedError) as refused:
            parse(body)
        assert refused.value.code is Code.NUMBER_OUT_OF_RANGE
        assert len(str(refused.value)) < 200


def test_a_repeated_name_among_very_many_is_found_at_once() -> None:
    members = ",".join(f'"{number}":0' for number in range(200_000))

    with pytest.raises(MalformedError) as refused:
        parse_any(f'{{{members},"199999":0}}'.encode())

    assert refused.value.code is Code.DUPLICATE_KEY
    assert "'199999'" in str(refused.value)


def test_the_refusal_says_at_which_byte_the_body_differs() -> None:
    with pytest.raises(MalformedError, match="at byte 5"):
        parse(b'{"a":  1}')


# --- parse_any: the same value, whatever its spelling


@given(values, st.integers(0, 4))
def test_a_document_may_be_spelled_freely(value: Json, indent: int) -> None:
    text = json.dumps(as_floats(value), indent=indent).encode()

    assert parse_any(text) == value


@pytest.mark.parametrize(
    ("body", "code"), [(body, code) for body, code in REFUSED if code is not Code.NON_CANONICAL]
)  # fmt: skip
def test_a_document_is_refused_for_all_but_its_spelling(body: bytes, code: Code) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_any(body)

    assert refused.value.code is code


def test_an_escaped_pair_of_surrogates_is_one_character() -> None:
    assert parse_any(b'"\\ud83d\\ude00"') == "\U0001f600"


# --- fractions


def test_a_fraction_is_the_exact_decimal_of_its_text() -> None:
    value = parse(b'{"quantity":0.1}')

    assert value == {"quantity": Decimal("0.1")}
    assert isinstance(value["quantity"], Decimal)


@given(values)
def test_our_own_statements_take_no_fraction(value: Json) -> None:
    place = fraction_at(value)

    if place is None:
        assert parse_whole(dump(value)) == value
    else:
        with pytest.raises(MalformedError) as refused:
            parse_whole(dump(value))
        assert refused.value.code is Code.FRACTION_NOT_ALLOWED


@given(values)
def test_the_pointer_to_a_fraction_leads_to_it(value: Json) -> None:
    place = fraction_at(value)
    if place is None:
        return

    found: Any = value
    for step in place.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        found = found[int(name)] if isinstance(found, list) else found[name]

    assert isinstance(found, Decimal)


def test_a_body_that_is_itself_a_fraction_is_refused() -> None:
    with pytest.raises(MalformedError) as refused:
        parse_whole(b"0.5")

    assert (refused.value.code, refused.value.pointer) == (Code.FRACTION_NOT_ALLOWED, "")


def test_the_steps_of_a_pointer_are_escaped() -> None:
    assert escape("a/b~c") == "a~1b~0c"
    assert fraction_at({"a/b~c": [0, Decimal("0.5")]}) == "/a~1b~0c/1"


# --- what cannot be printed

deep: list[Any] = []
for _ in range(DEEPEST):
    deep = [deep]


@pytest.mark.parametrize(
    ("value", "code", "pointer"),
    [
        ({"a": [2**53]}, Code.NON_CANONICAL, ""),
        ({"a": "\ud800"}, Code.NON_CANONICAL, ""),
        ({"\ud800": 1}, Code.NON_CANONICAL, ""),
        ({"a": [Decimal("0.1000000000000000055")]}, Code.NON_CANONICAL, "/a/0"),
        ({"a": Decimal(9007199254740993)}, Code.NUMBER_OUT_OF_RANGE, "/a"),
        ({"a": Decimal("1e-31")}, Code.NUMBER_OUT_OF_RANGE, "/a"),
        ({"a": Decimal("1e9999")}, Code.NUMBER_OUT_OF_RANGE, "/a"),
        ({"a": Decimal("NaN")}, Code.MALFORMED_TEXT, "/a"),
        ({"a": Decimal("sNaN")}, Code.MALFORMED_TEXT, "/a"),
        ({"a": Decimal("-Infinity")}, Code.MALFORMED_TEXT, "/a"),
        ({"a": 0.5}, Code.NON_CANONICAL, "/a"),
        ({"a": b"x"}, Code.NON_CANONICAL, "/a"),
        (deep, Code.NON_CANONICAL, "/0" * DEEPEST),
    ],
)
def test_refuses_to_print_what_could_not_be_read_back(value: Any, code: Code, pointer: str) -> None:
    with pytest.raises(MalformedError) as refused:
        dump(value)

    assert (refused.value.code, refused.value.pointer) == (code, pointer)


@given(st.decimals())
def test_a_decimal_is_printed_exactly_or_not_at_all(number: Decimal) -> None:
    try:
        body = dump([number])
    except MalformedError:
        return

    assert parse(body) == [number]


def test_tuples_and_mappings_print_as_lists_and_objects() -> None:
    assert dump({"b": (1, 2), "a": {"c": None}}) == b'{"a":{"c":null},"b":[1,2]}'
