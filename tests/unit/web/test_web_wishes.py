"""What a request asks a resolver for is read from its query and its headers, and nothing is read into ``*/*``."""

from __future__ import annotations

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from provenance.gs1.resolution import Preference, Wishes
from web.wishes import Asked, ListForm, read_wishes


def asked(query: str = "", **headers: str) -> Asked:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_wishes(Request(EnvironBuilder(query_string=query, headers=named).get_environ()))


def test_a_request_that_says_nothing_asks_for_the_default() -> None:
    assert asked() == Asked("", None, Wishes())
    assert asked("foo=bar&linkType=gs1:defaultLink") == Asked("", None, Wishes())


@pytest.mark.parametrize(
    ("query", "link_type"),
    [
        ("linkType=gs1:pip", "gs1:pip"),
        ("linktype=gs1:pip", "gs1:pip"),
        ("LINKTYPE=gs1%3Apip", "gs1:pip"),
        ("linkType=https://gs1.org/voc/pip", "gs1:pip"),
        ("linkType=https://ref.gs1.org/voc/pip&linkType=gs1:epcis", "gs1:pip"),
        ("linkType=nonsense", "nonsense"),
    ],
)
def test_a_kind_of_page_is_named_in_any_of_its_spellings(query: str, link_type: str) -> None:
    assert asked(query).link_type == link_type
    assert asked(query).form is None


def test_context_languages_and_media_types_are_wishes_with_their_qualities() -> None:
    found = asked("context=LK", Accept_Language="fr-CH, en;q=0.25", Accept="text/html;level=1, */*;q=0.001")

    assert found.wishes == Wishes(
        "LK",
        (Preference("fr-CH", 1000), Preference("en", 250)),
        (Preference("text/html", 1000), Preference("*/*", 1)),
    )


@pytest.mark.parametrize(
    ("query", "accept", "form"),
    [
        ("linkType=linkset", "", ListForm.LINKSET),
        ("linkType=all", "*/*", ListForm.LINKSET),
        ("linkType=linkset", "application/ld+json, application/json;q=0.9", ListForm.JSON_LD),
        ("linkType=linkset", "text/html, application/json;q=0.9", ListForm.PAGE),
        ("linkType=linkset", "text/html;q=0, application/json;q=0", ListForm.LINKSET),
        ("", "application/linkset+json", ListForm.LINKSET),
        ("", "APPLICATION/LINKSET+JSON;q=0.2, */*", ListForm.LINKSET),
        ("", "application/json", ListForm.JSON),
        ("", "application/json;q=0.1, text/html;q=0.2", None),
        ("", "application/json;q=0", None),
        ("", "text/html, */*", None),
        ("linkType=gs1:pip", "application/json", None),
        ("linkType=gs1:pip", "application/linkset+json", ListForm.LINKSET),
    ],
)
def test_the_list_is_asked_for_by_name(query: str, accept: str, form: ListForm | None) -> None:
    assert asked(query, **({"Accept": accept} if accept else {})).form is form
