"""Whoever reads a code is sent to the right page: issued, never issued, mistyped, from elsewhere, or to a choice."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from provenance.codes import Code
from provenance.crypto.envelope import to_json
from provenance.custody.registry_entries import LicenceGranted
from provenance.custody.web_links import WebLinks
from provenance.gs1.link_types import parse_link_type
from provenance.gs1.linkset import WebLink
from provenance.ids import Subject
from tests.cast import MAKER, RIVAL, ROOT_HAND, STRANGER, Some, gtin, item, lot, unit
from tests.resolvers import Resolver, within
from tests.world import World, everything
from web.app import create_app

PIP, SUPPORT = parse_link_type("gs1:pip"), parse_link_type("gs1:support")
SHOP_PAGE = WebLink(PIP, "https://olivar.example/olives", "Our olives", "text/html", ("en",))
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
VOC = "https://ref.gs1.org/voc/"


def path_of(thing: str) -> str:
    return thing.removeprefix("https://id.gs1.org")


CLASS, ISSUED, UNISSUED = path_of(gtin()), path_of(item("A1")), path_of(item("ZZ9"))


@pytest.fixture
def resolver(world: World) -> Resolver:
    world.made(item("A1"))
    return within(world.services)


@pytest.mark.parametrize("thing", [item("A1"), lot("L1"), unit(1)], ids=["item", "lot", "unit"])
def test_what_the_label_says_leads_to_the_record(thing: Subject, world: World) -> None:
    world.made(item("A1"), unit(1))
    world.made(Some("9", lot("L1")))
    resolver = within(world.services)

    for method in ("GET", "HEAD"):
        said = resolver.send(method, path_of(thing), accept=BROWSER)

        assert (said.status, said.location) == (307, f"{resolver.root}/verify{path_of(thing)}")
        assert said.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        (ISSUED, 200, "Record consistent"),
        (UNISSUED, 404, "Never issued"),
        (f"{CLASS}/10/L7/21/ZZ9", 404, "Never issued"),
        (path_of(unit(9)), 404, "Never issued"),
        (f"{CLASS[:-1]}2/21/A1", 400, "This number was mistyped or misread"),
        (path_of(item("A1", STRANGER)), 404, "This number is not known here"),
        (path_of(gtin(STRANGER)), 404, "This number is not known here"),
        (f"/verify{path_of(item('A1', STRANGER))}", 404, "This number is not known here"),
        (CLASS, 200, "The number (01) 09520123000011 belongs to maker."),
        (f"{CLASS}/10/KL8G", 200, "The number (01) 09520123000011 belongs to maker."),
        (path_of(MAKER.party), 200, "belongs to maker."),
    ],
)
def test_a_browser_lands_on_the_page_that_fits_the_code(path: str, status: int, title: str, resolver: Resolver) -> None:
    said = resolver.get(path, accept=BROWSER)
    if said.location:
        assert said.status == 307
        said = resolver.get(said.location.removeprefix(resolver.root), accept=BROWSER)

    assert (said.status, said.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert title in said.text
    assert "https://evil" not in said.text


@pytest.mark.parametrize("query", ["", "?foo=bar", "?linkType=gs1:defaultLink", "?lang=zh"])
def test_a_serial_nobody_issued_never_leads_to_a_page_of_its_maker(
    query: str, world: World, resolver: Resolver
) -> None:
    world.linked(gtin(), SHOP_PAGE, default=SHOP_PAGE.href)
    world.linked(item("ZZ9"), SHOP_PAGE)

    assert resolver.get(UNISSUED + query).location == f"{resolver.root}/verify{UNISSUED}{query}"
    assert "link" not in resolver.get(UNISSUED + query).headers
    for asked in ("gs1:pip", "linkset", "all"):
        said = resolver.get(f"{UNISSUED}?linkType={asked}", accept="application/json")
        assert (said.status, said.json["code"]) == (404, Code.NOT_ISSUED)
        assert b"olivar" not in said.body
    assert "Nothing is on record" in resolver.get(f"{UNISSUED}?linkType=gs1:pip", accept=BROWSER).text


def test_a_product_leads_where_its_owner_says(world: World, resolver: Resolver) -> None:
    world.linked(gtin(), SHOP_PAGE, default=SHOP_PAGE.href)

    assert resolver.get(CLASS).location == SHOP_PAGE.href
    assert resolver.get(f"{CLASS}/10/KL8G").location == SHOP_PAGE.href
    assert resolver.get(ISSUED).location == f"{resolver.root}/verify{ISSUED}"
    assert resolver.get(f"{ISSUED}?linkType=gs1:pip").location == f"{SHOP_PAGE.href}?linkType=gs1:pip"

    world.linked(gtin(), SHOP_PAGE)

    assert resolver.get(CLASS).location == f"{resolver.root}/about{CLASS}"


def test_a_thing_on_record_has_links_that_nobody_can_take_away(world: World, resolver: Resolver) -> None:
    page, told = f"{resolver.root}/verify{ISSUED}", f"{resolver.root}/verify{ISSUED}.json"
    targets = {
        "gs1:traceability": page,
        "gs1:verificationService": told,
        "gs1:epcis": f"{page}/bundle",
    }

    for link_type, href in targets.items():
        assert resolver.get(f"{ISSUED}?linkType={link_type}").location == f"{href}?linkType={link_type}"
    recall = f"{ISSUED}?linkType=gs1:recallStatus"
    assert resolver.get(recall, accept="application/json").location.startswith(told)
    assert resolver.get(recall, accept=BROWSER).location.startswith(f"{page}?")
    assert resolver.get(recall).status == 300


def test_a_lot_without_a_record_but_with_links_shows_them_and_goes_where_its_product_goes(
    world: World, resolver: Resolver
) -> None:
    place = gtin(MAKER, 2)
    world.linked(lot("L1"), WebLink(SUPPORT, "https://olivar.example/lot", "About this lot"))
    assert resolver.get(path_of(lot("L1"))).location == f"{resolver.root}/about{path_of(lot('L1'))}"
    world.linked(place, SHOP_PAGE, default=SHOP_PAGE.href)

    said = resolver.get(f"{path_of(lot('L1'))}?linkType=linkset").json["linkset"]

    assert resolver.get(path_of(lot("L1"))).location == SHOP_PAGE.href
    assert [entity["anchor"] for entity in said] == [resolver.root + path_of(lot("L1")), resolver.root + path_of(place)]
    assert [entity[f"{VOC}defaultLink"] for entity in said] == [[{"href": SHOP_PAGE.href, "title": "Our olives"}]] * 2
    assert SHOP_PAGE.href in {link["href"] for link in said[0][f"{VOC}pip"]}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/linkset+json"),
        ("*/*", "application/linkset+json"),
        ("application/json", "application/json"),
        ("application/ld+json", "application/ld+json"),
        (BROWSER, "text/html; charset=utf-8"),
        ("application/json;q=0.5, text/html;q=0.4", "application/json"),
        ("application/linkset+json;q=0.1, text/html;q=0.4", "text/html; charset=utf-8"),
    ],
)
def test_the_list_comes_in_the_form_that_is_liked_best(accept: str, media_type: str, resolver: Resolver) -> None:
    said = resolver.get(f"{ISSUED}?linkType=linkset", **({"accept": accept} if accept else {}))

    assert (said.status, said.headers["content-type"]) == (200, media_type)
    assert "Accept" in said.headers["vary"]
    assert "its record" in said.text.lower()


@pytest.mark.parametrize(
    ("headers", "is_list"),
    [
        ({}, False),
        ({"accept": "*/*"}, False),
        ({"accept": BROWSER}, False),
        ({"accept": "application/linkset+json;q=0"}, False),
        ({"accept": "application/linkset+json;q=0.3, text/html"}, False),
        ({"accept": "application/json, text/plain, */*"}, True),
        ({"accept": "application/linkset+json"}, True),
    ],
)
def test_the_list_is_sent_to_who_takes_it_by_name(
    headers: Mapping[str, str], is_list: bool, resolver: Resolver
) -> None:
    assert resolver.get(ISSUED, **headers).status == (200 if is_list else 307)


def test_a_choice_shows_people_where_each_page_lies(world: World, resolver: Resolver) -> None:
    world.linked(gtin(), SHOP_PAGE, WebLink(PIP, "https://fig.example/b", "Figs & <i>more</i>", "text/html", ("en",)))

    said = resolver.get(f"{CLASS}?linkType=gs1:pip", accept=BROWSER)

    assert said.status == 300
    assert "Choose a page" in said.text
    assert re.findall(r'class="host">([^<]+)<', said.text) == ["olivar.example", "fig.example"]
    assert "Figs &amp; &lt;i&gt;more&lt;/i&gt;" in said.text
    assert "请选择页面" in resolver.get(f"{CLASS}?linkType=gs1:pip&lang=zh", accept=BROWSER).text


def test_a_kind_of_page_that_is_not_there_shows_people_what_there_is(resolver: Resolver) -> None:
    said = resolver.get(f"{ISSUED}?linkType=<script>", accept=BROWSER)

    assert said.status == 404
    assert "There is no page of this kind" in said.text
    assert "&lt;script&gt;" in said.text
    assert f'href="{resolver.root}/verify{ISSUED}"' in said.text
    told = resolver.get(f"{ISSUED}?linkType=gs1:pip", accept="application/json")
    assert (told.status, told.headers["content-type"], told.json["code"]) == (
        404,
        "application/problem+json",
        "no-such-link",
    )


def test_the_query_goes_on_whole_and_before_the_fragment(world: World, resolver: Resolver) -> None:
    world.linked(
        gtin(), WebLink(PIP, "https://olivar.example/?a=1#top", "Olives"), default="https://olivar.example/?a=1#top"
    )

    assert resolver.get(f"{CLASS}?foo=bar&x=%2F").location == "https://olivar.example/?a=1&foo=bar&x=%2F#top"
    assert resolver.get(CLASS).location == "https://olivar.example/?a=1#top"


def test_no_query_leads_to_another_host(world: World, resolver: Resolver) -> None:
    world.linked(gtin(), WebLink(PIP, "https://olivar.example", "Olives"), default="https://olivar.example")

    for query in ("?.evil.example", "?@evil.example/", "?%0d%0aLocation:%20https://evil.example", "?//evil.example"):
        assert resolver.get(CLASS + query).location.startswith("https://olivar.example?")


@pytest.mark.parametrize(
    "path",
    [
        f"{ISSUED}/foo", f"{ISSUED}/21/B2", "/01/abc", "/00/1", f"{CLASS}/235/X/21/A", f"{ISSUED}?10=%01",
        f"{ISSUED}?17=999999", "/01/09520123000011/21/" + "A" * 21, "/01/" + "9" * 9000,
    ],
)  # fmt: skip
def test_what_is_no_digital_link_is_a_bad_request(path: str, resolver: Resolver) -> None:
    for accept in (BROWSER, "application/linkset+json", "application/json"):
        said = resolver.get(path, accept=accept)

        assert said.status == 400
        assert said.headers["access-control-allow-origin"] == "*"
        assert ("json" in accept) == (said.headers["content-type"] == "application/problem+json")


def test_resolving_is_not_scanning(world: World, resolver: Resolver) -> None:
    before = everything(world.services)

    for method in ("GET", "HEAD", "OPTIONS"):
        for path in (ISSUED, UNISSUED, f"{ISSUED}?linkType=linkset", f"{CLASS}?linkType=gs1:pip", f"/about{CLASS}"):
            resolver.send(method, path, purpose="prefetch")

    assert everything(world.services) == before
    with world.services.store.reading() as store:
        assert store.diary(item("A1")) == store.diary(item("ZZ9")) == []


def test_an_entry_lists_what_the_owner_named_and_asks_for_a_serial(world: World, resolver: Resolver) -> None:
    world.linked(gtin(), SHOP_PAGE)

    said = resolver.get(f"/about{CLASS}")

    assert 'href="https://olivar.example/olives"' in said.text
    assert 'action="/scan"' in said.text
    assert resolver.get(f"/about{ISSUED}").status == 404
    assert resolver.get(f"/about{UNISSUED}").status == 404
    assert resolver.get("/about/hello").status == 400


COMPRESSED = "CxFKk4XB0MpZyemo"
"""``/01/09506000134376/10/LOT01``."""


def test_the_compressed_form_is_resolved_as_what_it_stands_for(world: World, resolver: Resolver) -> None:
    world.entered(LicenceGranted(MAKER.party, "9506000"), ROOT_HAND)
    product = "/01/09506000134376"
    world.linked(Subject(f"https://id.gs1.org{product}"), SHOP_PAGE, default=SHOP_PAGE.href)

    said, plain = resolver.get(f"/{COMPRESSED}?foo=bar"), resolver.get(f"{product}/10/LOT01?foo=bar")

    assert (said.status, said.location) == (plain.status, plain.location) == (307, f"{SHOP_PAGE.href}?foo=bar")
    same = resolver.get(f"/{COMPRESSED}?linkType=linkset")
    assert same.json["linkset"][0]["anchor"] == resolver.root + product
    for answer in (said, same):
        assert f'<{resolver.root}{product}/10/LOT01>; rel="owl:sameAs"' in answer.headers["link"]


@pytest.mark.parametrize(
    "path", ["/hi", "/no-such-page-here", "/favicon.ico", f"/{COMPRESSED[:-1]}_", "/" + "A" * 9000]
)
def test_what_is_no_compressed_form_is_simply_not_there(path: str, resolver: Resolver) -> None:
    assert resolver.get(path, accept=BROWSER).status == 404
    assert "There is nothing at this address" in resolver.get(path, accept=BROWSER).text


def test_an_address_of_another_kind_is_not_taken_for_a_compressed_link(resolver: Resolver) -> None:
    assert resolver.get("/statements").status == 405
    assert resolver.get("/trust.json").status == 200


def test_a_product_that_is_typed_leads_to_its_entry(resolver: Resolver) -> None:
    said = resolver.get("/scan?code=9520123000011&lang=en")

    assert (said.status, said.location) == (303, f"/about{CLASS}?lang=en")
    assert resolver.get("/scan?code=9526543000013").location == "/about/01/09526543000013"
    assert resolver.get("/about/01/09526543000013").status == 404


def test_what_an_owner_posts_changes_where_its_code_leads(world: World, resolver: Resolver) -> None:
    stated = WebLinks(gtin(), (SHOP_PAGE,), SHOP_PAGE.href)
    mine, foreign = (world.services.signing.web_links(stated, one.hand()) for one in (MAKER, RIVAL))
    client = create_app(world.services).test_client()

    refused = client.post("/statements", json=to_json(foreign))
    assert (refused.status_code, refused.json["code"]) == (403, "not-licensed")
    assert resolver.get(CLASS).location == f"{resolver.root}/about{CLASS}"

    assert client.post("/statements", json=to_json(mine)).status_code == 201
    assert resolver.get(CLASS).location == SHOP_PAGE.href
