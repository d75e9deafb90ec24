"""A linkset says what RFC 9264 and GS1 let it say, and no address that a browser must not be sent to is taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import MalformedError
from provenance.gs1.link_types import parse_link_type
from provenance.gs1.linkset import (
    LONGEST_HREF,
    LinkContext,
    WebLink,
    check_context,
    check_href,
    check_language,
    check_media_type,
    linkset,
)

PIP = parse_link_type("gs1:pip")
JAM = WebLink(PIP, "https://example.com/jam", "Plum jam", "text/html", ("en",), ("LK",))


def test_the_default_is_printed_bare_and_again_under_what_it_is() -> None:
    context = LinkContext("https://id.example.org/01/09521234543213", "(01) 09521234543213", JAM, (JAM,))

    assert linkset([context]) == {
        "linkset": [
            {
                "anchor": "https://id.example.org/01/09521234543213",
                "itemDescription": "(01) 09521234543213",
                "https://ref.gs1.org/voc/defaultLink": [{"href": "https://example.com/jam", "title": "Plum jam"}],
                "https://ref.gs1.org/voc/pip": [
                    {
                        "href": "https://example.com/jam",
                        "title": "Plum jam",
                        "type": "text/html",
                        "hreflang": ["en"],
                        "context": ["LK"],
                    }
                ],
            }
        ]
    }


def test_what_a_link_does_not_claim_is_not_printed() -> None:
    bare = WebLink(PIP, "https://example.com/jam", "Plum jam")

    (printed,) = linkset([LinkContext("https://id.example.org/01/1", "x", bare, (bare,))])["linkset"]  # type: ignore[misc]

    assert printed["https://ref.gs1.org/voc/pip"] == [{"href": "https://example.com/jam", "title": "Plum jam"}]


@pytest.mark.parametrize(
    "href",
    [
        "https://example.com",
        "https://example.com/jam?x=1&y=%20#top",
        "https://xn--bcher-kva.example:8443/",
        "https://example.com/~olivar/(new)/a+b",
        "https://example.com/" + "a" * (LONGEST_HREF - 20),
    ],
)
def test_a_web_address_that_shows_where_it_leads_is_taken(href: str) -> None:
    assert check_href(href) == href


@pytest.mark.parametrize(
    "href",
    [
        "http://example.com/jam",
        "HTTPS://example.com/jam",
        "//example.com/jam",
        "/verify/01/09521234543213/21/S1",
        "javascript:alert(1)",
        "data:text/html,x",
        "https:example.com",
        "https:///example.com",
        "https://brand.example@evil.example/",
        "https://evil.example\\@brand.example/",
        "https://evil.example /",
        "https://example.com/a b",
        "https://example.com/\r\nSet-Cookie: a=b",
        "https://example.com/\n",
        "https://example.com:99999/",
        "https://example.com/é",
        "https://еxample.com/",
        'https://example.com/"><script>',
        "https://[::1]/",
        "https://",
        "",
        "https://example.com/" + "a" * LONGEST_HREF,
    ],
)
def test_an_address_that_could_mislead_is_refused(href: str) -> None:
    with pytest.raises(MalformedError):
        check_href(href)


@given(st.text(max_size=60).map(lambda text: f"https://shop.example{text}"))
def test_whatever_is_taken_stays_on_the_host_it_shows(href: str) -> None:
    try:
        check_href(href)
    except MalformedError:
        return

    host = href.removeprefix("https://").split("/")[0].split("?")[0].split("#")[0]
    assert host.startswith("shop.example")
    assert href.isascii()
    assert not {" ", "\\", "@", "\r", "\n", '"', "<"} & set(host)


@pytest.mark.parametrize("tag", ["", "EN", "eng", "en-ie", "en-IE-x", "e", "und", "zh-Hant", "en\n"])
def test_a_language_that_no_linkset_can_name_is_refused(tag: str) -> None:
    assert check_language("zh-CN") == "zh-CN"
    with pytest.raises(MalformedError):
        check_language(tag)


@pytest.mark.parametrize("name", ["", "text", "text/", "/html", "text/html; q=1", "text/html\n", "te xt/html"])
def test_what_is_no_media_type_is_refused(name: str) -> None:
    assert check_media_type("application/ld+json") == "application/ld+json"
    with pytest.raises(MalformedError):
        check_media_type(name)


@pytest.mark.parametrize("word", ["", "a b", "a&b", "a=b", "x" * 41, "é", "LK\n"])
def test_a_context_that_could_not_stand_in_a_query_is_refused(word: str) -> None:
    assert check_context("LK") == "LK"
    with pytest.raises(MalformedError):
        check_context(word)
