"""The checks of GS1's resolver test suite and of its Community Edition, within this process and on a running server.

What the suite reads of an answer is read here in the same way; its own code is in no part of this.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest

from provenance.custody.registry_entries import LicenceGranted
from provenance.gs1.application_identifiers import TABLE
from provenance.gs1.digital_link import parse_link
from provenance.gs1.link_types import LINK_TYPES, parse_link_type
from provenance.gs1.linkset import WebLink
from provenance.ids import Subject
from tests.cast import MAKER, ROOT_HAND, item
from tests.resolvers import Reply, Resolver, served, within
from tests.vectors import vectors
from tests.world import World

_FOLDER = vectors("gs1")
SUITE = json.loads((_FOLDER / "resolver_testsuite_checks.json").read_text())
SCHEMA = json.loads((_FOLDER / "resolver_linkset_schema.json").read_text())
CONTEXT = json.loads((_FOLDER / "resolver_linkset_context.jsonld").read_text())["@context"]
REQUESTS = json.loads((_FOLDER / "resolver_ce_requests.json").read_text())
WORDS = json.loads((_FOLDER / "resolver_ce_gs1resolver.json").read_text())["activeLinkTypes"]["en"]

VOC = "https://ref.gs1.org/voc/"
PIP, CERTIFICATE = parse_link_type("gs1:pip"), parse_link_type("gs1:certificationInfo")
GTIN = "/01/09506000164908"
DEFAULT_PAGE = "https://shop.example/risotto"
LINKS = (
    WebLink(PIP, DEFAULT_PAGE, "Risotto", "text/html", ("en",)),
    WebLink(PIP, "https://shop.example/risotto.vi", "Cơm Ý", "text/html", ("vi",)),
    WebLink(CERTIFICATE, "https://shop.example/c/1", "Certificates", "text/html"),
    WebLink(CERTIFICATE, "https://shop.example/c/2", "Certificat", "text/html", ("fr",)),
    WebLink(CERTIFICATE, "https://shop.example/c/3", "More certificates", "text/html"),
    WebLink(CERTIFICATE, "https://shop.example/c/4", "The certificate", "application/pdf"),
    WebLink(CERTIFICATE, "https://shop.example/c/5", "The certificate", "application/pdf", ("en",)),
    WebLink(CERTIFICATE, "https://shop.example/c/6", "The certificate", "application/pdf", ("en",), ("LK",)),
)
"""As the suite's own example of a linkset has them: some can be told apart, some cannot."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("resolver") / "world")
    world.entered(LicenceGranted(MAKER.party, "9506000"), ROOT_HAND)
    world.linked(Subject(f"https://id.gs1.org{GTIN}"), *LINKS, default=DEFAULT_PAGE)
    world.made(item("A1"))
    for anchor, links, default in _community():
        world.linked(anchor, *links, default=default)
    yield world
    world.close()


@pytest.fixture(scope="module", params=["within", "served"])
def resolver(
    request: pytest.FixtureRequest, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Resolver]:
    if request.param == "within":
        yield within(world.services)
    else:
        with served(world.services, tmp_path_factory.mktemp("served")) as running:
            yield running


def the_linkset(resolver: Resolver, path: str = GTIN) -> Any:
    return resolver.get(f"{path}?linkType=linkset").json["linkset"][0]


def told(resolver: Resolver, link_type: str, **link: Any) -> Reply:
    """The answer to whoever asks for this link in all its particulars, as the suite asks."""
    query = f"?linkType={quote(link_type, safe='')}" + (f"&context={link['context'][0]}" if "context" in link else "")
    headers = {"accept": link["type"]} if "type" in link else {}
    headers |= {"accept_language": link["hreflang"][0]} if "hreflang" in link else {}
    return resolver.get(GTIN + query, **headers)


def _url(resolver: Resolver) -> None:
    assert parse_link(resolver.root + GTIN).path == (("01", GTIN.removeprefix("/01/")),)


def _description(resolver: Resolver) -> None:
    said = resolver.get("/.well-known/gs1resolver", accept="application/json")

    assert (said.status, said.headers["content-type"]) == (200, "application/json")
    assert said.json["resolverRoot"] == resolver.root
    assert set(said.json["supportedPrimaryKeys"]) == {ai for ai, row in TABLE.items() if row.is_key}
    assert said.json["supportedLinkType"] == [{"namespace": VOC, "prefix": "gs1:"}]
    assert said.json["linkTypeDefaultCanBeLinkset"] is False
    context = said.json["jsonLdContextLocation"]
    assert context == f"{resolver.root}/linkset.jsonld"
    served_context = resolver.get("/linkset.jsonld")
    assert served_context.headers["content-type"] == "application/ld+json"
    ours = served_context.json["@context"]
    assert {term: ours[term] for term in ("anchor", "href", "linkset", "title", "type", "@vocab", "hreflang")} == {
        term: CONTEXT[term] for term in ("anchor", "href", "linkset", "title", "type", "@vocab", "hreflang")
    }


def _version(resolver: Resolver) -> None:
    assert resolver.get(GTIN).version == 11


def _for_every_origin(resolver: Resolver) -> None:
    for path in (
        GTIN,
        f"{GTIN}?linkType=linkset",
        f"{GTIN}?linkType=gs1:nosuchlt",
        f"{GTIN}/foo",
        "/.well-known/gs1resolver",
    ):
        assert resolver.get(path, origin="https://elsewhere.example").headers["access-control-allow-origin"] == "*"


def _link_header(resolver: Resolver) -> None:
    link = resolver.get(GTIN).headers["link"]

    assert f"<{resolver.root}{GTIN}?linkType=linkset>" in link
    assert 'rel="linkset"' in link
    assert resolver.get(link[1 : link.index(">")].removeprefix(resolver.root)).status == 200


def _no_legacy(resolver: Resolver) -> None:
    assert "gs1:" not in resolver.get(GTIN).headers["link"]
    assert resolver.get(GTIN).headers["link"].count("rel=") == 1


def _methods(resolver: Resolver) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        allowed = resolver.send(method, GTIN).headers["access-control-allow-methods"]
        assert {name.strip() for name in allowed.split(",")} >= {"GET", "HEAD", "OPTIONS"}
    assert resolver.send("HEAD", GTIN).location == resolver.get(GTIN).location
    assert resolver.send("HEAD", GTIN).body == b""
    assert resolver.send("OPTIONS", GTIN).status == 200
    assert resolver.send("POST", GTIN).status == 405


def _bad(resolver: Resolver) -> None:
    for path in (f"{GTIN}/foo", f"{GTIN[:-1]}0", f"{GTIN}/21/", f"{GTIN}?17=261399", f"{GTIN}/10/L/21/S/21/S/foo"):
        assert resolver.get(path).status == 400, path


def _slash(resolver: Resolver) -> None:
    with_slash, without = resolver.get(f"{GTIN}/"), resolver.get(GTIN)

    assert (with_slash.status, with_slash.location) == (without.status, without.location) == (307, DEFAULT_PAGE)


def _walk_up(resolver: Resolver) -> None:
    assert resolver.get(f"{GTIN}/10/KL8G").location == DEFAULT_PAGE
    assert resolver.get(f"{GTIN}/22/X/10/KL8G").location == DEFAULT_PAGE


def _linkset_asked_for(resolver: Resolver) -> None:
    for query in ("?linkType=linkset", "?linktype=linkset", "?linkType=all"):
        said = resolver.get(GTIN + query)
        assert (said.status, said.headers["content-type"]) == (200, "application/linkset+json")
        assert said.location == ""


def _linkset_accepted(resolver: Resolver) -> None:
    for accept in (
        "application/linkset+json",
        "application/linkset+json, */*;q=0.8",
        "text/html;q=0.5, application/linkset+json",
    ):
        said = resolver.get(GTIN, accept=accept)
        assert (said.status, said.headers["content-type"]) == (200, "application/linkset+json")


def _valid(resolver: Resolver) -> None:
    made = item("A1").removeprefix("https://id.gs1.org")
    for path in (GTIN, made, f"{made.partition('/21/')[0]}/10/L9/21/A1", "/417/9520123000004", f"{GTIN}/10/KL8G"):
        jsonschema.validate(resolver.get(f"{path}?linkType=linkset").json, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads((_FOLDER / "resolver_invalid-gs1-example.json").read_text()), SCHEMA)


def _json_ld(resolver: Resolver) -> None:
    link = resolver.get(f"{GTIN}?linkType=linkset").headers["link"]

    assert 'rel="http://www.w3.org/ns/json-ld#context"' in link
    assert 'type="application/ld+json"' in link
    embedded = resolver.get(f"{GTIN}?linkType=linkset", accept="application/ld+json")
    assert embedded.headers["content-type"] == "application/ld+json"
    assert embedded.json["@context"] == f"{resolver.root}/linkset.jsonld"


def _query(resolver: Resolver) -> None:
    assert resolver.get(f"{GTIN}?foo=bar").location == f"{DEFAULT_PAGE}?foo=bar"
    assert resolver.get(f"{GTIN}?17=261231&a=b%20c&a=d").location == f"{DEFAULT_PAGE}?17=261231&a=b%20c&a=d"


def _one_default(resolver: Resolver) -> None:
    made = item("A1").removeprefix("https://id.gs1.org")
    for path in (GTIN, made, "/414/9520123000004", f"{GTIN}/10/KL8G"):
        for entity in resolver.get(f"{path}?linkType=linkset").json["linkset"]:
            (default,) = entity[f"{VOC}defaultLink"]
            assert set(default) == {"href", "title"}
            typed = [link for name in entity if name.startswith(VOC) for link in entity[name] if link != default]
            assert default["href"] in {link["href"] for link in typed}


def _no_multi(resolver: Resolver) -> None:
    assert f"{VOC}defaultLinkMulti" not in the_linkset(resolver)


def _types(resolver: Resolver) -> None:
    words = {name.removeprefix(VOC) for name in the_linkset(resolver) if name.startswith("https:")}

    assert words - {"defaultLink"} <= {word.removeprefix("gs1:") for word in WORDS}


def _default_target(resolver: Resolver) -> None:
    made = item("A1").removeprefix("https://id.gs1.org")
    for path in (GTIN, made, "/417/9520123000004"):
        (default,) = the_linkset(resolver, path)[f"{VOC}defaultLink"]
        assert (resolver.get(path).status, resolver.get(path).location) == (307, default["href"])


def _each_link(resolver: Resolver) -> None:
    """Every link that its particulars tell apart is reached by asking for them, the rest are a choice."""
    entity = the_linkset(resolver)
    for name in entity:
        if not name.startswith(VOC) or name == f"{VOC}defaultLink":
            continue
        word = f"gs1:{name.removeprefix(VOC)}"
        for link in entity[name]:
            same = [other for other in entity[name] if _particulars(other) == _particulars(link)]
            said = told(resolver, word, **link)
            if len(same) == 1:
                assert (said.status, said.location.partition("?")[0]) == (307, link["href"]), link
            else:
                assert said.status == 300, link


def _particulars(link: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(link.get(name) for name in ("type", "hreflang", "context"))


def _choice(resolver: Resolver) -> None:
    said = resolver.get(f"{GTIN}?linkType=gs1:certificationInfo")
    page = resolver.get(f"{GTIN}?linkType=gs1:certificationInfo", accept="text/html")

    jsonschema.validate(said.json, SCHEMA)
    (listed,) = said.json["linkset"]
    assert (said.status, said.location) == (300, "")
    assert {link["href"][-1] for link in listed[f"{VOC}certificationInfo"]} == {"1", "3", "4"}
    assert (page.status, page.headers["content-type"]) == (300, "text/html; charset=utf-8")
    assert re.findall(r"shop\.example/c/(\d)\"", page.text) == ["1", "3"]


def _missing(resolver: Resolver) -> None:
    for word in ("gs1:nosuchlt", "gs1:recipeInfo", quote(f"{VOC}recipeInfo", safe=""), "hello"):
        assert resolver.get(f"{GTIN}?linkType={word}").status == 404


CHECKS: Mapping[str, tuple[Callable[[Resolver], None], ...]] = {
    "isURL": (_url,),
    "validDL": (_url,),
    "plausibleDL": (_url,),
    "rdFile": (_description,),
    "httpVersion": (_version,),
    "corsCheck": (_for_every_origin,),
    "linkOnRedirect": (_link_header,),
    "legacyLinkHeaders": (_no_legacy,),
    "methodsCheck": (_methods,),
    "reportWith400": (_bad,),
    "noErrorWith200": (_bad, _missing),
    "trailingSlash": (_slash,),
    "basicWalkUp": (_walk_up,),
    "ltLinksetNoRedirect": (_linkset_asked_for,),
    "ltAllNoRedirect": (_linkset_asked_for,),
    "ltAcceptHeader": (_linkset_accepted,),
    "validLinkset": (_valid,),
    "linksetJsonldCheck": (_json_ld,),
    "declaredContentType": (_linkset_accepted,),
    "qsPassedOn": (_query,),
    "defaultLinkExists": (_one_default,),
    "singleDefaulLink": (_one_default,),
    "singleMultiLink": (_no_multi,),
    "linkTypesDefined": (_types,),
    "defaultTarget": (_default_target,),
    "loFor<linktype>": (_each_link,),
    "specificLinkTypeNotFound": (_missing,),
    "loFor<linktype> 300": (_choice,),
}
LEFT_OUT = {
    "isHttps": "a server on this machine has no certificate; Strict-Transport-Security has its own test",
    "tlsOK": "TLS ends at the proxy in front of the server",
}


def test_every_check_of_the_suite_is_made_or_left_out_for_a_reason() -> None:
    assert [check["id"] for check in SUITE] == [row["id"] for row in SUITE if row["id"] in CHECKS.keys() | LEFT_OUT]
    assert CHECKS.keys() | LEFT_OUT.keys() == {check["id"] for check in SUITE}


@pytest.mark.parametrize("name", CHECKS)
def test_the_resolver_passes_the_check_of_the_suite(name: str, resolver: Resolver) -> None:
    for check in CHECKS[name]:
        check(resolver)


def test_every_ratified_link_type_is_known_and_no_other() -> None:
    assert {f"gs1:{word.removeprefix('gs1:')}" for word in WORDS} == LINK_TYPES


OTHERWISE = {
    "/8004/0950600013430000001": "an asset is a single thing: its page is its record, and nobody issued this one"
}
"""Requests of the Community Edition that are answered in another way here, and why."""


@pytest.mark.parametrize(
    "row", REQUESTS, ids=lambda row: f"{row['request']} {row['headers'].get('Accept-Language', '')}"
)
def test_a_request_to_the_community_edition_is_answered_as_it_answers(row: dict[str, Any], resolver: Resolver) -> None:
    said = resolver.ask("GET", row["request"], row["headers"])

    if row["request"] in OTHERWISE:
        assert said.status == 404
        return
    assert said.status == row["status"]
    assert all(part in said.location for part in row.get("location_contains", ()))
    if row.get("location"):
        assert said.location == row["location"]
    if "links" in row:
        (entity,) = said.json["linkset"]
        assert sum(len(entity[name]) for name in entity if name == f"{VOC}certificationInfo") == row["links"]
    if said.status == 200:
        assert said.json["linkset"][0]["anchor"] == resolver.root + row["request"]


def _community() -> Iterator[tuple[Subject, tuple[WebLink, ...], str]]:
    """The links of the Community Edition's test data, as our own statements."""
    for name in ("01_09506000134352", "01_09506000134376"):
        entries = json.loads((_FOLDER / f"resolver_ce_test_{name}.json").read_text())
        for entry in entries if isinstance(entries, list) else [entries]:
            qualifiers = entry.get("qualifiers") or []
            if any("21" in qualifier for qualifier in qualifiers):
                continue  # a template for every serial: here a serial that nobody issued has no links
            lot = "/10/LOT01" if qualifiers else ""
            links = tuple(dict.fromkeys(_community_link(link) for link in entry["links"]))
            default = next((link.href for link in links if link.link_type == entry["defaultLinktype"]), "")
            yield Subject(f"https://id.gs1.org{entry['anchor']}{lot}"), links, "" if lot else default


def _community_link(link: Mapping[str, Any]) -> WebLink:
    languages = tuple(tag for tag in link["hreflang"] if tag != "und")
    href = link["href"].replace("{lotnumber}", "LOT01")
    link_type = parse_link_type(link["linktype"])
    return WebLink(link_type, href, link["title"], link["type"], languages, tuple(link.get("context", ())))
