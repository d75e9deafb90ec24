"""What the licensee of a key says about where the readers of its code may go: all web links of one key at once.

Rules:

* one statement says all there is: the newest one about a key holds, and an empty list takes everything back;
* only the licensee of the key's company prefix may say it, alone: whoever steers shoppers must be its owner;
* a link is named by its link type, address, media type, languages and contexts, and none stands twice;
* ``default`` is the address of one of the links, or empty: then, and always for a single thing, the default is the
  page that shows its record, which is what the code on it is for;
* every member is required, and none is extra.

::

    {"about":"https://id.gs1.org/01/09521234543213","default":"https://example.com/jam","links":[
      {"context":[],"href":"https://example.com/jam","hreflang":["en"],"linkType":"gs1:pip","title":"Plum jam",
       "type":"text/html"}]}

GS1-Conformant resolver standard 1.2, section 2.10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provenance.codes import Code
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError, ProvenanceError
from provenance.gs1.identifiers import Kind, canonical_epc, read_epc
from provenance.gs1.link_types import parse_link_type
from provenance.gs1.linkset import LONGEST_TITLE, WebLink, check_context, check_href, check_language, check_media_type
from provenance.ids import Subject

MOST_LINKS = 100
MOST_CLAIMS = 20
SINGLE_THINGS = frozenset({Kind.ITEM, Kind.LOT, Kind.UNIT})

_CHAIN = "links:"
_MEMBERS = frozenset({"about", "default", "links"})
_LINK_MEMBERS = frozenset({"context", "href", "hreflang", "linkType", "title", "type"})


@dataclass(frozen=True, slots=True)
class WebLinks:
    """All web links that one key has; ``default`` is the address of one of them, or empty."""

    about: Subject
    links: tuple[WebLink, ...] = ()
    default: str = ""


def chain_of(about: Subject) -> Subject:
    """The chain of what was said about a key's web links."""
    return Subject(_CHAIN + about)


def parse_web_links(members: Mapping[str, Json]) -> WebLinks:
    """The web links in a body's members (without the three every statement has)."""
    _expect(members, _MEMBERS, "")
    about = _about(members["about"])
    stated = members["links"]
    if not isinstance(stated, list) or len(stated) > MOST_LINKS:
        raise MalformedError(Code.WRONG_TYPE, f"a list of at most {MOST_LINKS} links", pointer="/links")
    links = tuple(_link(link, f"/links/{index}") for index, link in enumerate(stated))
    if len({_name(link) for link in links}) != len(links):
        raise MalformedError(Code.WRONG_VALUE, "the same link stands there twice", pointer="/links")
    return WebLinks(about, links, _default(members["default"], about, links))


def web_links_members(stated: WebLinks) -> dict[str, Json]:
    """The members as they stand in a body; ``parse_web_links`` gives the web links back."""
    links: list[Json] = [
        {
            "linkType": link.link_type,
            "href": link.href,
            "title": link.title,
            "type": link.media_type,
            "hreflang": list(link.languages),
            "context": list(link.contexts),
        }
        for link in stated.links
    ]
    return {"about": stated.about, "links": links, "default": stated.default}


def with_link(stated: WebLinks, link: WebLink) -> WebLinks:
    """The web links with this one; one of the same name gets its title, and keeps its place."""
    links = tuple(link if _name(link) == _name(other) else other for other in stated.links)
    return WebLinks(stated.about, links if link in links else (*links, link), stated.default)


def without_links(stated: WebLinks, unwanted: Callable[[WebLink], bool]) -> WebLinks:
    """The web links without these; a default that is gone is none."""
    links = tuple(link for link in stated.links if not unwanted(link))
    default = stated.default if any(link.href == stated.default for link in links) else ""
    return WebLinks(stated.about, links, default)


def _name(link: WebLink) -> tuple[object, ...]:
    return link.link_type, link.href, link.media_type, link.languages, link.contexts


def _expect(members: Mapping[str, Json], names: frozenset[str], pointer: str) -> None:
    if missing := sorted(names - members.keys()):
        message = f"the member {missing[0]} is missing"
        raise MalformedError(Code.MISSING_MEMBER, message, pointer=f"{pointer}/{missing[0]}")
    if extra := sorted(members.keys() - names):
        raise MalformedError(Code.UNKNOWN_MEMBER, f"{extra[0]!r} has no meaning here", pointer=f"{pointer}/{extra[0]}")


def _about(value: Json) -> Subject:
    text = _text(value, "/about")
    try:
        name = canonical_epc(text)
    except ProvenanceError as err:
        raise err.under("/about") from err
    if name != text:
        raise MalformedError(Code.WRONG_VALUE, f"a key is named by its one URI, {name}", pointer="/about")
    return name


def _default(value: Json, about: Subject, links: tuple[WebLink, ...]) -> str:
    if value == "":
        return ""
    href = _text(value, "/default")
    if href not in {link.href for link in links}:
        raise MalformedError(Code.WRONG_VALUE, "the default is the address of one of the links", pointer="/default")
    if (kind := read_epc(about).kind) in SINGLE_THINGS:
        message = f"the default of a single {kind} is the page that shows its record"
        raise MalformedError(Code.WRONG_VALUE, message, pointer="/default")
    return href


def _link(value: Json, pointer: str) -> WebLink:
    if not isinstance(value, dict):
        raise MalformedError(Code.WRONG_TYPE, "a link is an object", pointer=pointer)
    _expect(value, _LINK_MEMBERS, pointer)

    def one(name: str, parse: Callable[[str], str]) -> str:
        return _parsed(value[name], parse, f"{pointer}/{name}")

    def several(name: str, parse: Callable[[str], str]) -> tuple[str, ...]:
        texts = value[name]
        if not isinstance(texts, list) or len(texts) > MOST_CLAIMS:
            raise MalformedError(Code.WRONG_TYPE, f"a list of at most {MOST_CLAIMS} texts", pointer=f"{pointer}/{name}")
        found = tuple(_parsed(text, parse, f"{pointer}/{name}/{index}") for index, text in enumerate(texts))
        if len(set(found)) != len(found):
            raise MalformedError(Code.WRONG_VALUE, "the same text stands there twice", pointer=f"{pointer}/{name}")
        return found

    link_type = parse_link_type(one("linkType", parse_link_type))
    if link_type != value["linkType"]:
        raise MalformedError(Code.WRONG_VALUE, f"it is spelled {link_type}", pointer=f"{pointer}/linkType")
    return WebLink(
        link_type,
        one("href", check_href),
        one("title", _title),
        "" if value["type"] == "" else one("type", check_media_type),
        several("hreflang", check_language),
        several("context", check_context),
    )


def _parsed(value: Json, parse: Callable[[str], str], pointer: str) -> str:
    try:
        return parse(_text(value, ""))
    except ProvenanceError as err:
        raise err.under(pointer) from err


def _text(value: Json, pointer: str) -> str:
    if not isinstance(value, str):
        raise MalformedError(Code.WRONG_TYPE, "a text", pointer=pointer)
    return value


def _title(text: str) -> str:
    if 0 < len(text) <= LONGEST_TITLE and text.isprintable() and text.strip() == text:
        return text
    raise MalformedError(Code.WRONG_TYPE, f"a printable text of 1 to {LONGEST_TITLE} letters")
