from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.application_identifiers import TABLE, find
from provenance.gs1.digital_link import escape
from provenance.gs1.element_string import parse_bracketed
from provenance.gs1.elements import Elements
from provenance.gs1.identifiers import Identifier, Kind, canonical_epc, identify, levels_in, name_in, read_epc
from tests.gs1_values import GTINS, SERIALS, messages, values

GTIN = "09521234543213"
QUALIFIERS = {
    "01": ("", "21", "235", "10", "22"),
    "8006": ("", "21", "10", "22"),
    "8010": ("", "8011"),
    "414": ("", "254"),
}


@st.composite
def named(draw: st.DrawFn) -> Identifier:
    """Any identifier."""
    key = draw(st.sampled_from([ai for ai, row in TABLE.items() if row.is_key]))
    qualifier = draw(st.sampled_from(QUALIFIERS.get(key, ("",))))
    rest = ((qualifier, draw(values(find(qualifier)))),) if qualifier else ()
    return Identifier(key, draw(values(find(key))), rest)


@given(named())
def test_an_identifier_comes_back_from_its_uri(identifier: Identifier) -> None:
    assert read_epc(identifier.uri) == identifier
    assert canonical_epc(identifier.uri) == identifier.uri
    assert identify(identifier.elements) == identifier


@given(named(), st.sampled_from(["http://a", "HTTPS://example.com:8443", "https://id.gs1.org/some/stem"]))
def test_one_thing_has_one_name_on_every_domain(identifier: Identifier, stem: str) -> None:
    spelled = identifier.uri.replace("https://id.gs1.org", stem, 1)

    assert read_epc(spelled) == identifier
    assert canonical_epc(spelled) == identifier.uri


@given(GTINS, SERIALS)
def test_any_legal_escaping_of_a_serial_is_the_same_name(gtin: str, serial: str) -> None:
    everything = "".join(f"%{ord(character):02x}" for character in serial)

    assert canonical_epc(f"https://id.gs1.org/01/{gtin}/21/{everything}") == (
        f"https://id.gs1.org/01/{gtin}/21/{escape(serial)}"
    )


@given(named())
def test_the_class_of_a_class_is_itself(identifier: Identifier) -> None:
    parent = read_epc(identifier.class_uri())

    assert parent.class_uri() == parent.uri
    assert identifier.kind is not Kind.TRADE_CLASS or parent.kind is Kind.TRADE_CLASS


@given(messages())
def test_a_message_names_its_first_key(elements: Elements) -> None:
    identifier = name_in(elements)

    assert identifier.elements[0] == elements[0]
    assert set(identifier.elements) <= set(elements)


@given(st.text(max_size=60) | st.from_regex(r"https://id.gs1.org/(01/[0-9]{14}/21|8004|253)/[!-~]{1,20}"))
def test_any_text_is_taken_or_refused_in_our_words(text: str) -> None:
    try:
        identifier = read_epc(text)
    except MalformedError:
        with pytest.raises(MalformedError):
            canonical_epc(text)
        return
    assert canonical_epc(text) == identifier.uri
    assert read_epc(identifier.uri) == identifier


@given(GTINS, st.data())
def test_one_wrong_digit_is_always_refused(gtin: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, 13))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != gtin[at]))
    wrong = gtin[:at] + digit + gtin[at + 1 :]

    for read in (read_epc, canonical_epc):
        with pytest.raises(MalformedError) as caught:
            read(f"https://id.gs1.org/01/{wrong}/21/S1")

        assert caught.value.code is Code.BAD_CHECK_DIGIT


@pytest.mark.parametrize(
    ("path", "kind", "parent"),
    [
        (f"01/{GTIN}/21/S1", Kind.ITEM, f"01/{GTIN}"),
        (f"01/{GTIN}/235/T1", Kind.ITEM, f"01/{GTIN}"),
        (f"01/{GTIN}/10/L1", Kind.LOT, f"01/{GTIN}"),
        (f"01/{GTIN}/22/V1", Kind.TRADE_CLASS, f"01/{GTIN}"),
        (f"01/{GTIN}", Kind.TRADE_CLASS, f"01/{GTIN}"),
        ("00/095212340000000013", Kind.UNIT, "00/095212340000000013"),
        ("253/9521234000013", Kind.TRADE_CLASS, "253/9521234000013"),
        ("253/9521234000013A", Kind.ITEM, "253/9521234000013"),
        ("255/9521234000013", Kind.TRADE_CLASS, "255/9521234000013"),
        ("255/95212340000131", Kind.ITEM, "255/9521234000013"),
        ("8003/09521234000013", Kind.TRADE_CLASS, "8003/09521234000013"),
        ("8003/09521234000013A%2F", Kind.ITEM, "8003/09521234000013"),
        ("8004/9521234A", Kind.ITEM, "8004/9521234A"),
        ("8006/095212345432130102", Kind.TRADE_CLASS, "8006/095212345432130102"),
        ("8006/095212345432130102/21/S1", Kind.ITEM, "8006/095212345432130102"),
        ("8006/095212345432130102/10/L1", Kind.LOT, "8006/095212345432130102"),
        ("8010/9521234A", Kind.TRADE_CLASS, "8010/9521234A"),
        ("8010/9521234A/8011/1", Kind.ITEM, "8010/9521234A"),
        ("414/9521234000013", Kind.LOCATION, "414/9521234000013"),
        ("414/9521234000013/254/7", Kind.LOCATION, "414/9521234000013/254/7"),
        ("417/9521234000006", Kind.PARTY, "417/9521234000006"),
        ("8017/952123400000000017", Kind.SERVICE, "8017/952123400000000017"),
        ("8018/952123400000000017", Kind.SERVICE, "8018/952123400000000017"),
        ("401/9521234X1", Kind.SHIPMENT, "401/9521234X1"),
        ("402/95212340000000013", Kind.SHIPMENT, "402/95212340000000013"),
        ("8013/1987654Ad4X4bL5ttr2310c2K", Kind.OTHER, "8013/1987654Ad4X4bL5ttr2310c2K"),
    ],
)
def test_each_identifier_names_a_kind_of_thing(path: str, kind: Kind, parent: str) -> None:
    identifier = read_epc(f"https://id.gs1.org/{path}")

    assert identifier.kind is kind
    assert identifier.uri == f"https://id.gs1.org/{path}"
    assert identifier.class_uri() == f"https://id.gs1.org/{parent}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.UNKNOWN_IDENTIFIER),
        ("hello", Code.UNKNOWN_IDENTIFIER),
        ("https://example.com/products/17", Code.UNKNOWN_IDENTIFIER),
        (f"https://id.gs1.org/01/{GTIN}/10/L1/21/S1", Code.UNKNOWN_IDENTIFIER),
        (f"https://id.gs1.org/01/{GTIN}/21/S1?17=261231", Code.UNKNOWN_IDENTIFIER),
        (f"https://id.gs1.org/01/{GTIN}/21/S1#x", Code.UNKNOWN_IDENTIFIER),
        (f"https://id.gs1.org/01/{GTIN}/21/S1/", Code.UNKNOWN_IDENTIFIER),
        (f"https://id.gs1.org/01/{GTIN}/21/S1\n", Code.WRONG_CHARACTER),
        (f"https://id.gs1.org/01/{GTIN}/21/S%201", Code.WRONG_CHARACTER),
        (f"https://id.gs1.org/01/{GTIN}/21/" + "x" * 21, Code.WRONG_LENGTH),
        (f"https://id.gs1.org/01/{GTIN[1:]}/21/S1", Code.WRONG_LENGTH),
        ("https://id.gs1.org/00/095212340000000014", Code.BAD_CHECK_DIGIT),
        ("https://id.gs1.org/02/09521234543213", Code.UNKNOWN_IDENTIFIER),
        ("urn:epc:id:sgtin:9521234.054321." + "x" * 21, Code.WRONG_LENGTH),
        ("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", Code.UNKNOWN_IDENTIFIER),
        (f"https://id.gs1.org/01/{GTIN}/21/" + "x" * 10_000_000, Code.UNKNOWN_IDENTIFIER),
        ("https://" + "a" * 10_000_000, Code.UNKNOWN_IDENTIFIER),
        ("urn:" + "a" * 10_000_000, Code.UNKNOWN_IDENTIFIER),
        ("\ud800", Code.UNKNOWN_IDENTIFIER),
    ],
)
def test_what_names_no_thing_is_refused(text: str, code: Code) -> None:
    for read in (read_epc, canonical_epc):
        with pytest.raises(MalformedError) as caught:
            read(text)

        assert caught.value.code is code
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize("elements", [(), (("21", "S1"),), (("17", "261231"), ("400", "x"))])
def test_a_message_without_a_key_names_nothing(elements: Elements) -> None:
    for name in (name_in, identify):
        with pytest.raises(MalformedError) as caught:
            name(elements)

        assert caught.value.code is Code.UNKNOWN_IDENTIFIER


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("(01)09521234543213", ["/01/09521234543213"]),
        ("(01)09521234543213(21)S1", ["/01/09521234543213/21/S1", "/01/09521234543213"]),
        (
            "(01)09521234543213(22)V(10)L1(21)S1",
            [f"/01/09521234543213{end}" for end in ("/21/S1", "/10/L1", "/22/V", "")],
        ),
        ("(414)9521234000013(254)7", ["/414/9521234000013/254/7", "/414/9521234000013"]),
        ("(8003)09521234543213S1", ["/8003/09521234543213S1", "/8003/09521234543213"]),
        ("(00)095212340000000013", ["/00/095212340000000013"]),
    ],
)
def test_the_levels_of_a_message_go_from_the_one_thing_up_to_its_key(text: str, levels: list[str]) -> None:
    found = levels_in(parse_bracketed(text))

    assert [name.uri for name in found] == [f"https://id.gs1.org{level}" for level in levels]
    assert found[0] == name_in(parse_bracketed(text))
