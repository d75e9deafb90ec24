from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.digital_link import (
    canonical_link,
    escape,
    format_link,
    parse_link,
    unescape_path,
    unescape_query,
)
from provenance.gs1.elements import Elements
from tests.gs1_values import messages

GTIN = "09521234543213"


@given(messages(), st.sampled_from(["https://id.gs1.org", "http://a", "https://ID.EXAMPLE.ORG:8443/some/stem/"]))
def test_a_link_comes_back_as_it_was(elements: Elements, stem: str) -> None:
    try:
        link = format_link(elements, stem=stem)
    except MalformedError as err:
        assert err.code is Code.MALFORMED_LINK  # a qualifier of some other key
        return

    read = parse_link(link)

    assert set(read.elements) == set(elements)
    assert read.stem == stem.removesuffix("/")
    assert read.ignored == ()
    assert format_link(read.elements, stem=read.stem) == link


@given(st.text(max_size=60) | st.from_regex(r"https://a/01/[0-9]{14}(/(22|10|21|235)/[!-~]{1,5}){0,3}(\?[!-~]{0,20})?"))
def test_any_text_is_taken_or_refused_in_our_words(text: str) -> None:
    try:
        link = parse_link(text)
    except MalformedError:
        return
    assert link.path[0][0] in {"00", "01"}


@given(st.text())
def test_escaping_hides_nothing_and_breaks_nothing(text: str) -> None:
    latin = text.encode("ascii", "ignore").decode()

    assert unescape_path(escape(latin)) == latin
    assert unescape_query(escape(latin)) == latin
    assert escape(latin).isascii()


def test_a_key_further_left_is_part_of_the_stem() -> None:
    link = parse_link(f"https://a/00/faux/01/{GTIN}/10/01/21/00")

    assert link.stem == "https://a/00/faux"
    assert link.path == (("01", GTIN), ("10", "01"), ("21", "00"))


def test_foreign_parameters_are_kept_apart_and_the_fragment_is_dropped() -> None:
    link = parse_link(f"https://a/01/{GTIN}?linkType=gs1:pip&&17=261231&x#21=S")

    assert link.attributes == (("17", "261231"),)
    assert link.ignored == ("linkType=gs1:pip", "x")


def test_a_plus_is_itself_in_the_path_and_a_space_in_the_query() -> None:
    assert parse_link(f"https://a/01/{GTIN}/10/a+b?99=a%2Bb").elements[1:] == (("10", "a+b"), ("99", "a+b"))

    with pytest.raises(MalformedError):
        parse_link(f"https://a/01/{GTIN}?99=a+b")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.MALFORMED_LINK),
        ("https://example.com", Code.MALFORMED_LINK),
        (f"HtTpS://a/01/{GTIN}", Code.MALFORMED_LINK),
        (f"https://01/{GTIN}", Code.MALFORMED_LINK),
        (f"https://a$/01/{GTIN}", Code.MALFORMED_LINK),
        (f"https://a/01/{GTIN}/", Code.MALFORMED_LINK),
        (f"https://a/gtin/{GTIN}", Code.MALFORMED_LINK),
        (f"https://a/01/{GTIN[1:]}", Code.WRONG_LENGTH),
        (f"https://a/01/{GTIN[:-1]}4", Code.BAD_CHECK_DIGIT),
        (f"https://a/01/{GTIN}/21/a/10/b", Code.MALFORMED_LINK),
        (f"https://a/01/{GTIN}/21/a/21/b", Code.MALFORMED_LINK),
        (f"https://a/01/{GTIN}/10/a/235/b", Code.MALFORMED_LINK),
        (f"https://a/01/{GTIN}?10=a", Code.MALFORMED_LINK),
        (f"https://a/01/{GTIN}?8200=a", Code.MALFORMED_LINK),
        (f"https://a/01/{GTIN}?99=", Code.MALFORMED_LINK),
        (f"https://a/01/{GTIN}?99=a&99=a", Code.REPEATED_AI),
        (f"https://a/01/{GTIN}?999=a", Code.UNKNOWN_AI),
        (f"https://a/01/{GTIN}/21/a%20b", Code.WRONG_CHARACTER),
        (f"https://a/01/{GTIN}/21/%00", Code.WRONG_CHARACTER),
        (f"https://a/01/{GTIN}/21/é", Code.WRONG_CHARACTER),
        (f"https://a/01/{GTIN}\n", Code.WRONG_CHARACTER),
        (f"https://a/01/{GTIN}/21/" + "x" * 10_000_000, Code.MALFORMED_LINK),
    ],
)
def test_a_link_that_the_standard_does_not_allow_is_refused(text: str, code: Code) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_link(text)

    assert caught.value.code is code
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "stem", ["", "example.com", "ftp://a", "https://a?x=1", "https://a#x", "https://a b", "https://é"]
)
def test_a_link_begins_with_a_web_address(stem: str) -> None:
    with pytest.raises(MalformedError) as caught:
        format_link((("01", GTIN),), stem=stem)

    assert caught.value.code is Code.MALFORMED_LINK


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ((("01", GTIN), ("22", "v"), ("235", "t")), Code.MALFORMED_LINK),
        ((("01", GTIN), ("10", "v"), ("235", "t")), Code.MALFORMED_LINK),
        ((("400", "order"),), Code.MALFORMED_LINK),
        ((("21", "S"),), Code.MISSING_AI),
    ],
)
def test_a_link_is_not_written_about_nothing_or_nonsense(elements: Elements, code: Code) -> None:
    with pytest.raises(MalformedError) as caught:
        format_link(elements)

    assert caught.value.code is code


def test_a_link_keeps_the_path_it_was_read_with() -> None:
    link = f"https://id.gs1.org/01/{GTIN}/235/T?10=L"

    assert canonical_link(parse_link(link)) == link


@given(messages(), st.sampled_from(["http://a", "https://ID.EXAMPLE.ORG:8443/some/stem"]))
def test_a_canonical_link_says_the_same_under_the_one_stem(elements: Elements, stem: str) -> None:
    try:
        link = parse_link(format_link(elements, stem=stem))
    except MalformedError:
        return

    canonical = parse_link(canonical_link(link))

    assert canonical.stem == "https://id.gs1.org"
    assert (canonical.path, set(canonical.attributes)) == (link.path, set(link.attributes))
    assert canonical_link(canonical) == canonical_link(link)


def test_what_may_not_be_written_has_no_canonical_link() -> None:
    with pytest.raises(MalformedError) as caught:
        canonical_link(parse_link(f"https://a/01/{GTIN}?37=5"))

    assert caught.value.code is Code.EXCLUDED_AI
