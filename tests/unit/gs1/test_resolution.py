"""Of several links, the one that fits what a request says; several only where nothing tells them apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.gs1.link_types import parse_link_type
from provenance.gs1.linkset import WebLink
from provenance.gs1.resolution import Preference, Wishes, best

PIP = parse_link_type("gs1:pip")


def link(name: str, *languages: str, media: str = "", contexts: tuple[str, ...] = ()) -> WebLink:
    return WebLink(PIP, f"https://example.com/{name}", name, media, languages, contexts)


def wanted(*texts: str) -> tuple[Preference, ...]:
    """``en``, or ``en;500``."""
    parts = (text.partition(";") for text in texts)
    return tuple(Preference(name, int(quality or 1000)) for name, _, quality in parts)


def chosen(links: list[WebLink], wishes: Wishes) -> list[str]:
    return [link.title for link in best(links, wishes)]


@pytest.mark.parametrize(
    ("languages", "titles"),
    [
        ((), ["any"]),
        (("*",), ["any"]),
        (("fr",), ["fr"]),
        (("fr-CH",), ["fr"]),
        (("en-IE", "en;800"), ["en-IE"]),
        (("en-US;900", "fr;500"), ["en"]),
        (("en;400", "fr;500"), ["fr"]),
        (("EN-ie",), ["en-IE"]),
        (("de",), ["any"]),
        (("de", "*;100"), ["any"]),
        (("fr;0", "en;100"), ["en"]),
    ],
)
def test_the_language_liked_best_decides(languages: tuple[str, ...], titles: list[str]) -> None:
    links = [link("any"), link("en", "en"), link("en-IE", "en-IE"), link("fr", "fr")]

    assert chosen(links, Wishes(languages=wanted(*languages))) == titles


def test_where_no_language_fits_and_none_is_neutral_the_reader_chooses() -> None:
    links = [link("en", "en"), link("fr", "fr")]

    assert chosen(links, Wishes(languages=wanted("de"))) == ["en", "fr"]
    assert chosen(links, Wishes()) == ["en", "fr"]
    assert chosen(links, Wishes(languages=wanted("fr;0", "en;0"))) == ["en", "fr"]


@pytest.mark.parametrize(
    ("media", "titles"),
    [
        ((), ["any"]),
        (("*/*",), ["any"]),
        (("text/html", "*/*;800"), ["html"]),
        (("application/*",), ["pdf"]),
        (("TEXT/HTML",), ["html"]),
        (("image/png",), ["any"]),
        (("application/pdf;500", "text/html;400"), ["pdf"]),
        (("*/*", "text/html;0"), ["any"]),
    ],
)
def test_the_media_type_liked_best_decides(media: tuple[str, ...], titles: list[str]) -> None:
    links = [link("any"), link("html", media="text/html"), link("pdf", media="application/pdf")]

    assert chosen(links, Wishes(media_types=wanted(*media))) == titles


def test_a_context_counts_where_it_is_asked_for_and_only_there() -> None:
    links = [link("all"), link("LK", contexts=("LK", "IN")), link("FR", contexts=("FR",))]

    assert chosen(links, Wishes()) == ["all"]
    assert chosen(links, Wishes(context="IN")) == ["LK"]
    assert chosen(links, Wishes(context="DE")) == ["all"]
    assert chosen(links[1:], Wishes(context="DE")) == ["LK", "FR"]


def test_a_context_goes_before_a_language_and_a_language_before_a_media_type() -> None:
    links = [
        link("context", "en", media="text/html", contexts=("LK",)),
        link("language", "fr", media="application/pdf"),
        link("media", "en", media="text/html"),
    ]
    french_page = Wishes(languages=wanted("fr"), media_types=wanted("text/html"))

    assert chosen(links, Wishes("LK", french_page.languages, french_page.media_types)) == ["context"]
    assert chosen(links, french_page) == ["language"]


LINKS = st.builds(
    link,
    st.text("abc", min_size=1, max_size=3),
    st.sampled_from(["en", "en-IE", "fr", "zh-CN"]),
    media=st.sampled_from(["", "text/html", "application/pdf"]),
    contexts=st.sampled_from([(), ("LK",), ("LK", "FR")]),
)
QUALITIES = st.integers(0, 1000)
WISHES = st.builds(
    Wishes,
    st.sampled_from(["", "LK", "FR", "DE"]),
    st.lists(st.builds(Preference, st.sampled_from(["en", "en-IE", "fr", "*", "de"]), QUALITIES)).map(tuple),
    st.lists(st.builds(Preference, st.sampled_from(["text/html", "text/*", "*/*"]), QUALITIES)).map(tuple),
)


@given(st.lists(LINKS, min_size=1, max_size=6), WISHES)
def test_something_always_fits_and_choosing_again_changes_nothing(links: list[WebLink], wishes: Wishes) -> None:
    found = best(links, wishes)

    assert found
    assert set(found) <= set(links)
    assert best(found, wishes) == found


@given(st.lists(LINKS, min_size=1, max_size=6), WISHES)
def test_the_order_of_the_links_decides_nothing(links: list[WebLink], wishes: Wishes) -> None:
    assert set(best(links, wishes)) == set(best(links[::-1], wishes))
