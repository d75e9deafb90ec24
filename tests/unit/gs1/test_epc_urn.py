from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.application_identifiers import find
from provenance.gs1.elements import Elements
from provenance.gs1.epc_urn import format_urn, parse_urn
from tests.gs1_values import values

NAMED: dict[str, list[tuple[str, ...]]] = {
    "00": [()],
    "01": [(), ("21",), ("10",), ("235",)],
    "253": [()],
    "255": [()],
    "401": [()],
    "402": [()],
    "414": [(), ("254",)],
    "417": [()],
    "8003": [()],
    "8004": [()],
    "8006": [(), ("21",)],
    "8010": [(), ("8011",)],
    "8017": [()],
    "8018": [()],
}
WHOLE = {"01": 1, "00": 1, "8003": 1, "8006": 1}


@st.composite
def named(draw: st.DrawFn) -> tuple[Elements, str]:
    """Elements that have a URN, and a company prefix they begin with."""
    ai = draw(st.sampled_from(sorted(NAMED)))
    key = draw(values(find(ai)))
    qualifiers = draw(st.sampled_from(NAMED[ai]))
    digits = key[WHOLE.get(ai, 0) :]
    prefix = digits[: draw(st.integers(6, 12))]
    assume(prefix.isdecimal() and len(prefix) >= 6 and len(digits) > len(prefix))
    return ((ai, key), *((name, draw(values(find(name)))) for name in qualifiers)), prefix


@given(named())
def test_a_urn_comes_back_as_it_was(case: tuple[Elements, str]) -> None:
    elements, prefix = case
    assume(("254", "0") not in elements)

    urn = format_urn(elements, prefix=prefix)

    assert parse_urn(urn) == elements
    assert f":{prefix}." in urn


@given(
    st.text(max_size=40)
    | st.from_regex(r"urn:epc:(id|class|idpat):(sgtin|lgtin|sgln|cpi|itip):[0-9]{6}\.[0-9*.A%2F]{0,20}")
)
def test_any_text_is_taken_or_refused_in_our_words(text: str) -> None:
    try:
        elements = parse_urn(text)
    except MalformedError:
        return
    assert elements


@pytest.mark.parametrize(
    ("urn", "elements"),
    [
        ("urn:epc:id:sgtin:9521234.054321.S1", (("01", "09521234543213"), ("21", "S1"))),
        ("urn:epc:id:sgtin:9521234.954321.a%2Fb", (("01", "99521234543216"), ("21", "a/b"))),
        ("urn:epc:id:sgtin:9521234.054321.a.b", (("01", "09521234543213"), ("21", "a.b"))),
        ("urn:epc:class:lgtin:9521234.054321.L1", (("01", "09521234543213"), ("10", "L1"))),
        ("urn:epc:idpat:sgtin:9521234.054321.*", (("01", "09521234543213"),)),
        ("urn:epc:id:upui:9521234.054321.T1", (("01", "09521234543213"), ("235", "T1"))),
        ("urn:epc:id:sscc:9521234.0000000001", (("00", "095212340000000013"),)),
        ("urn:epc:id:sgln:9521234.00001.0", (("414", "9521234000013"),)),
        ("urn:epc:id:sgln:9521234.00001.7", (("414", "9521234000013"), ("254", "7"))),
        ("urn:epc:id:pgln:9521234.00000.", None),
        ("urn:epc:id:pgln:952123400000.", (("417", "9521234000006"),)),
        ("urn:epc:id:grai:9521234.00001.0A", (("8003", "095212340000130A"),)),
        ("urn:epc:idpat:grai:9521234.00001.*", (("8003", "09521234000013"),)),
        ("urn:epc:id:giai:9521234.A%2F1", (("8004", "9521234A/1"),)),
        ("urn:epc:id:cpi:9521234.A%23-%2F.17", (("8010", "9521234A#-/"), ("8011", "17"))),
        ("urn:epc:id:itip:9521234.054321.01.02.S", (("8006", "095212345432130102"), ("21", "S"))),
        ("urn:epc:idpat:itip:9521234.054321.01.02.*", (("8006", "095212345432130102"),)),
        ("urn:epc:id:gsrn:9521234.0000000001", (("8018", "952123400000000017"),)),
        ("urn:epc:id:gsrnp:9521234.0000000001", (("8017", "952123400000000017"),)),
        ("urn:epc:id:gsin:9521234.000000001", (("402", "95212340000000013"),)),
        ("urn:epc:id:ginc:9521234.X1", (("401", "9521234X1"),)),
    ],
)
def test_each_scheme_names_its_key(urn: str, elements: Elements | None) -> None:
    if elements is None:
        with pytest.raises(MalformedError):
            parse_urn(urn)
        return

    assert parse_urn(urn) == elements


@pytest.mark.parametrize(
    "urn",
    [
        "",
        "urn:epc:id:sgtin:9521234.054321",
        "urn:epc:id:sgtin:9521234.054321.",
        "urn:epc:id:sgtin:9521234.54321.S1",
        "urn:epc:id:sgtin:95212.05432123.S1",
        "urn:epc:id:sgtin:9521234567890..S1",
        "urn:epc:id:sgtin:952123A.054321.S1",
        "urn:epc:id:sgtin:9521234.054321.a/b",
        "urn:epc:id:sgtin:9521234.054321.a%2fb",
        "urn:epc:id:sgtin:9521234.054321.a%41",
        "urn:epc:id:sgtin:9521234.054321.S1\n",
        "urn:epc:idpat:sgtin:9521234.054321.S1",
        "urn:epc:idpat:sgtin:9521234.*.*",
        "urn:epc:idpat:sscc:9521234.*",
        "urn:epc:class:sgtin:9521234.054321.S1",
        "urn:epc:id:itip:9521234.054321.1.002.S",
        "urn:epc:id:gid:9521234.1.1",
        "urn:epc:tag:sgtin-96:0.9521234.054321.1",
        "URN:EPC:ID:SGTIN:9521234.054321.S1",
        "urn:epc:id:sgtin:9521234.٠٥٤٣٢١.S1",
        "urn:epc:id:sgtin:9521234.054321." + "x" * 10_000_000,
    ],
)
def test_a_broken_urn_is_refused(urn: str) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_urn(urn)

    assert caught.value.code is Code.UNKNOWN_IDENTIFIER
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("elements", "prefix", "code"),
    [
        ((("01", "09521234543213"), ("21", "S1")), "", Code.UNKNOWN_PREFIX),
        ((("01", "09521234543213"), ("21", "S1")), "952", Code.UNKNOWN_PREFIX),
        ((("01", "09521234543213"), ("21", "S1")), "0952123", Code.UNKNOWN_PREFIX),
        ((("01", "09521234543213"), ("21", "S1")), "9521234543213", Code.UNKNOWN_PREFIX),
        ((("01", "09521234543213"), ("22", "V")), "9521234", Code.UNKNOWN_IDENTIFIER),
        ((("01", "09521234543213"), ("10", "L"), ("21", "S")), "9521234", Code.UNKNOWN_IDENTIFIER),
        ((("8004", "9521234"),), "9521234", Code.UNKNOWN_PREFIX),
        ((("8004", "95212AB"),), "9521", Code.UNKNOWN_PREFIX),
        ((("414", "9521234000013"), ("254", "0")), "9521234", Code.WRONG_CONTENT),
        ((("01", "09521234543214"),), "9521234", Code.BAD_CHECK_DIGIT),
        ((), "9521234", Code.UNKNOWN_IDENTIFIER),
    ],
)
def test_a_urn_is_not_guessed(elements: Elements, prefix: str, code: Code) -> None:
    with pytest.raises(MalformedError) as caught:
        format_urn(elements, prefix=prefix)

    assert caught.value.code is code


def test_a_licence_of_four_digits_shows_six() -> None:
    urn = format_urn((("01", "09521234543213"), ("21", "S1")), prefix="9521")

    assert urn == "urn:epc:id:sgtin:952123.0454321.S1"
