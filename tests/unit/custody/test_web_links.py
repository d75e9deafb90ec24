"""Who may say where the readers of a code go, what can be said, and that it is kept, audited and never in the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.bundle import Exhibit, format_bundle
from provenance.codes import Code
from provenance.crypto.envelope import from_json, to_json
from provenance.custody.registry_entries import (
    DelegationGranted,
    KeyAdded,
    KeyRevoked,
    LicenceEnded,
    LicenceGranted,
    Permission,
    StatementsReaffirmed,
)
from provenance.custody.registry_entries import RevocationReason as Reason
from provenance.custody.verdict import VerdictClass
from provenance.custody.web_links import (
    MOST_LINKS,
    WebLinks,
    parse_web_links,
    web_links_members,
    with_link,
    without_links,
)
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError
from provenance.evidence import verify_file
from provenance.gs1.link_types import LINK_TYPES, parse_link_type
from provenance.gs1.linkset import WebLink
from provenance.ids import Subject, TreeSize
from provenance.log.proofs import prove_inclusions
from provenance.services.tile_reading import StoredTiles
from tests.cast import GARDEN, INSPECTOR, MAKER, RIVAL, ROOT_HAND, gtin, item, lot, unit
from tests.homes import key_of
from tests.world import RefusedError, World

PIP, SUPPORT = parse_link_type("gs1:pip"), parse_link_type("gs1:support")
JAM = WebLink(PIP, "https://olivar.example/jam", "Plum jam", "text/html", ("en", "zh-CN"), ("LK",))
HELP = WebLink(SUPPORT, "https://olivar.example/help", "Ask us")
CLASS = gtin()


def members(**changes: Json) -> dict[str, Json]:
    return {**web_links_members(WebLinks(CLASS, (JAM, HELP), HELP.href)), **changes}


def link_members(**changes: Json) -> dict[str, Json]:
    (link,) = web_links_members(WebLinks(CLASS, (JAM,)))["links"]  # type: ignore[misc]
    return members(links=[{**link, **changes}], default="")  # type: ignore[dict-item]


def refusal(said: dict[str, Json]) -> tuple[Code, str]:
    with pytest.raises(MalformedError) as refused:
        parse_web_links(said)
    return refused.value.code, refused.value.pointer


HREFS = st.text("abc/?=&#-_.~%", max_size=10).map(lambda end: f"https://olivar.example/{end}")
LINKS = st.builds(
    WebLink,
    st.sampled_from(sorted(LINK_TYPES)),
    HREFS,
    st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20),
    st.sampled_from(["", "text/html", "application/ld+json"]),
    st.lists(st.sampled_from(["en", "zh-CN"]), unique=True).map(tuple),
    st.lists(st.sampled_from(["LK", "x.y-1"]), unique=True).map(tuple),
)


@given(st.lists(LINKS, max_size=5, unique_by=lambda link: (link.link_type, link.href)), st.data())
def test_what_is_printed_is_read_back(links: list[WebLink], data: st.DataObject) -> None:
    default = data.draw(st.sampled_from(["", *(link.href for link in links)]))
    stated = WebLinks(CLASS, tuple(links), default)

    assert parse_web_links(web_links_members(stated)) == stated


@pytest.mark.parametrize(
    ("said", "code", "pointer"),
    [
        ({k: v for k, v in members().items() if k != "default"}, Code.MISSING_MEMBER, "/default"),
        (members(more=1), Code.UNKNOWN_MEMBER, "/more"),
        (members(about=1), Code.WRONG_TYPE, "/about"),
        (members(about="https://id.gs1.org/01/09520123000012"), Code.BAD_CHECK_DIGIT, "/about"),
        (members(about="https://olivar.example/01/09520123000011"), Code.WRONG_VALUE, "/about"),
        (members(about=f"{CLASS}/10/L/21/S"), Code.UNKNOWN_IDENTIFIER, "/about"),
        (members(links={}), Code.WRONG_TYPE, "/links"),
        (members(links=["x"]), Code.WRONG_TYPE, "/links/0"),
        (members(links=members()["links"] * 2), Code.WRONG_VALUE, "/links"),  # type: ignore[operator]
        (members(default="https://elsewhere.example/"), Code.WRONG_VALUE, "/default"),
        (members(default=1), Code.WRONG_TYPE, "/default"),
        (members(about=item("A1")), Code.WRONG_VALUE, "/default"),
        (members(about=lot("L1")), Code.WRONG_VALUE, "/default"),
        (members(about=unit(1)), Code.WRONG_VALUE, "/default"),
        (link_members(extra=""), Code.UNKNOWN_MEMBER, "/links/0/extra"),
        (link_members(href="http://olivar.example/"), Code.WRONG_VALUE, "/links/0/href"),
        (link_members(href=7), Code.WRONG_TYPE, "/links/0/href"),
        (link_members(linkType="gs1:nosuchlt"), Code.WRONG_VALUE, "/links/0/linkType"),
        (link_members(linkType="https://ref.gs1.org/voc/pip"), Code.WRONG_VALUE, "/links/0/linkType"),
        (link_members(title=""), Code.WRONG_TYPE, "/links/0/title"),
        (link_members(title=" x"), Code.WRONG_TYPE, "/links/0/title"),
        (link_members(title="a\u202eb"), Code.WRONG_TYPE, "/links/0/title"),
        (link_members(title="x" * 201), Code.WRONG_TYPE, "/links/0/title"),
        (link_members(type="html"), Code.WRONG_VALUE, "/links/0/type"),
        (link_members(hreflang="en"), Code.WRONG_TYPE, "/links/0/hreflang"),
        (link_members(hreflang=["en", "en"]), Code.WRONG_VALUE, "/links/0/hreflang"),
        (link_members(hreflang=["english"]), Code.WRONG_VALUE, "/links/0/hreflang/0"),
        (link_members(context=[1]), Code.WRONG_TYPE, "/links/0/context/0"),
        (link_members(context=[f"c{n}" for n in range(21)]), Code.WRONG_TYPE, "/links/0/context"),
    ],
)
def test_what_is_not_as_it_must_be_is_refused_with_its_place(said: dict[str, Json], code: Code, pointer: str) -> None:
    assert refusal(said) == (code, pointer)


def test_a_key_has_a_hundred_links_at_most() -> None:
    links: list[Any] = [
        web_links_members(WebLinks(CLASS, (replace(HELP, href=f"{HELP.href}/{n}"),)))["links"]
        for n in range(MOST_LINKS + 1)
    ]
    flat = [link for one in links for link in one]

    assert len(parse_web_links(members(links=flat[:MOST_LINKS], default="")).links) == MOST_LINKS
    assert refusal(members(links=flat, default="")) == (Code.WRONG_TYPE, "/links")


def test_a_link_said_again_gets_its_new_title_and_keeps_its_place() -> None:
    stated = with_link(WebLinks(CLASS, (JAM, HELP)), replace(JAM, title="Jam of plums"))

    assert [link.title for link in stated.links] == ["Jam of plums", "Ask us"]
    assert with_link(stated, replace(JAM, languages=("fr",))).links[-1].languages == ("fr",)


def test_a_default_goes_with_its_link() -> None:
    stated = WebLinks(CLASS, (JAM, HELP), JAM.href)

    assert without_links(stated, lambda link: link == HELP) == WebLinks(CLASS, (JAM,), JAM.href)
    assert without_links(stated, lambda link: link == JAM) == WebLinks(CLASS, (HELP,), "")


def test_the_licensee_says_where_its_codes_lead_and_may_take_it_back(world: World) -> None:
    world.linked(CLASS, JAM)
    world.linked(CLASS, JAM, HELP, default=JAM.href)

    assert world.services.linking.of(CLASS) == WebLinks(CLASS, (JAM, HELP), JAM.href)

    world.linked(CLASS)

    assert world.services.linking.of(CLASS) == WebLinks(CLASS)
    assert world.services.auditing.audit().is_clean


@pytest.mark.parametrize("other", [RIVAL, GARDEN, INSPECTOR], ids=lambda one: one.name)
def test_nobody_else_says_where_a_code_leads(other: Any, world: World) -> None:
    for about in (CLASS, item("A1"), lot("L1"), unit(1), MAKER.party):
        with world.refuses(Code.NOT_LICENSED):
            world.linked(Subject(about), HELP, by=other)


def test_who_may_issue_a_thing_for_its_maker_may_not_say_where_its_code_leads(world: World) -> None:
    world.entered(DelegationGranted(MAKER.party, RIVAL.party, Permission.COMMISSION, ()), MAKER.hand())

    with world.refuses(Code.NOT_LICENSED):
        world.linked(CLASS, HELP, by=RIVAL)


def test_the_root_may_not_say_it_either_nor_anyone_together_with_the_licensee(world: World) -> None:
    for hands in ((ROOT_HAND,), (MAKER.hand(), RIVAL.hand())):
        envelope = world.services.signing.web_links(WebLinks(CLASS, (HELP,)), hands[0])
        assert len(envelope.signatures) == 1
    with world.refuses(Code.NOT_LICENSED):
        world.captured(world.services.signing.web_links(WebLinks(CLASS, (HELP,)), ROOT_HAND))


def test_a_number_of_nobody_here_leads_nowhere(world: World) -> None:
    with world.refuses(Code.NOT_LICENSED):
        world.linked(Subject("https://id.gs1.org/01/09506000134352"), HELP)


def test_of_two_changes_made_at_once_the_second_must_look_again(world: World) -> None:
    first = world.services.signing.web_links(WebLinks(CLASS, (JAM,)), MAKER.hand())
    second = world.services.signing.web_links(WebLinks(CLASS, (HELP,)), MAKER.hand())

    world.captured(first)
    with world.refuses(Code.STALE_LINK):
        world.captured(second)


def test_an_address_that_could_mislead_is_not_captured(world: World) -> None:
    for href in ("javascript:alert(1)", "http://olivar.example/", "https://brand.example@evil.example/"):
        with world.refuses(Code.WRONG_VALUE):
            world.linked(CLASS, replace(HELP, href=href))


def test_the_links_of_a_licence_that_ended_hold_no_more_and_its_next_holder_begins_anew(world: World) -> None:
    world.linked(CLASS, JAM, default=JAM.href)

    world.entered(LicenceEnded(MAKER.party, MAKER.prefix), ROOT_HAND)
    world.entered(LicenceGranted(RIVAL.party, MAKER.prefix), ROOT_HAND)

    assert world.services.linking.of(CLASS) == WebLinks(CLASS)
    world.linked(CLASS, HELP, by=RIVAL)
    assert world.services.linking.of(CLASS).links == (HELP,)


def test_what_a_stolen_key_said_sends_nobody_anywhere(world: World) -> None:
    said = world.linked(CLASS, JAM)

    revoked = KeyRevoked(MAKER.party, MAKER.key.public.id, Reason.COMPROMISED, TreeSize(said.index))
    world.entered(revoked, ROOT_HAND)

    assert world.services.linking.of(CLASS) == WebLinks(CLASS)


def test_a_party_may_stand_by_what_a_stolen_key_said(world: World) -> None:
    fresh = key_of("fresh")
    world.entered(KeyAdded(MAKER.party, fresh.public), MAKER.hand(), MAKER.hand(key=fresh))
    said = world.linked(CLASS, JAM)
    world.entered(
        KeyRevoked(MAKER.party, MAKER.key.public.id, Reason.COMPROMISED, TreeSize(said.index)), MAKER.hand(key=fresh)
    )
    assert world.services.linking.of(CLASS) == WebLinks(CLASS)

    world.entered(StatementsReaffirmed(MAKER.party, (said.hash,)), MAKER.hand(key=fresh))

    assert world.services.linking.of(CLASS).links == (JAM,)


def test_what_a_key_said_before_it_was_stolen_still_holds(world: World) -> None:
    said = world.linked(CLASS, JAM)

    revoked = KeyRevoked(MAKER.party, MAKER.key.public.id, Reason.COMPROMISED, TreeSize(said.index + 1))
    world.entered(revoked, ROOT_HAND)

    assert world.services.linking.of(CLASS).links == (JAM,)


def test_where_a_code_leads_is_no_part_of_the_evidence_about_the_thing(world: World) -> None:
    world.made(item("A1"))
    said = world.linked(item("A1"), HELP)
    assert world.proven(item("A1")).verdict.shown is VerdictClass.CONSISTENT

    bundle = world.services.tracing.bundle(item("A1"))
    with world.services.store.reading() as store:
        (proof,) = prove_inclusions(indexes=[said.index], size=world.size(), tiles=StoredTiles(store))
    padded = replace(
        bundle, exhibits=(*bundle.exhibits, Exhibit(said.index, world.stored(said).envelope, tuple(proof.hashes)))
    )

    assert all(exhibit.index != said.index for exhibit in bundle.exhibits)
    report = verify_file(format_bundle(padded), world.services.trust)
    assert report.verdict.shown is VerdictClass.COULD_NOT_CHECK


def test_the_statement_is_one_canonical_object_of_its_own_kind(world: World) -> None:
    said = world.linked(CLASS, HELP)

    envelope = world.stored(said).envelope
    body = canonical.parse(envelope.body)
    assert envelope.payload_type == "application/vnd.provenance.web-links+json"
    assert isinstance(body, dict)
    assert {name: body[name] for name in ("about", "default")} == {"about": CLASS, "default": ""}
    with pytest.raises(RefusedError):
        world.captured(from_json({**to_json(envelope), "payload": "e30="}))
