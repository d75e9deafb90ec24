"""The web links of a key, and the file that lists them all: where the reader of a code may be sent.

Rules:

* a web link has a link type, an address and a title; it may say its media type, languages and contexts;
* for every key exactly one link is the default; as such it is printed with address and title alone, and it stands a
  second time under the link type that says what it is;
* one object for each level of the code, the most particular first, down to the primary key;
* an address is one that a browser can be sent to and that shows where it leads: ``https``, a host, no user, no spaces.

::

    {"linkset":[{"anchor":"https://id.example.org/01/09521234543213",
                 "itemDescription":"(01) 09521234543213",
                 "https://ref.gs1.org/voc/defaultLink":[{"href":"https://example.com/jam","title":"Plum jam"}],
                 "https://ref.gs1.org/voc/pip":[{"href":"https://example.com/jam","title":"Plum jam",
                                                 "type":"text/html","hreflang":["en"]}]}]}

RFC 9264 section 4.2; GS1-Conformant resolver standard 1.2, section 2.10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from provenance.codes import Code
from provenance.encoding.canonical import JsonLike
from provenance.errors import MalformedError
from provenance.gs1.elements import shown
from provenance.gs1.link_types import DEFAULT, LinkType, link_type_uri

LONGEST_HREF = 2000
LONGEST_TITLE = 200

_HREF = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*)?")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}")
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")
_CONTEXT = re.compile(r"[A-Za-z0-9._-]{1,40}")


@dataclass(frozen=True, slots=True)
class WebLink:
    """One page about a key; ``media_type`` may be empty, and so may ``languages`` and ``contexts``."""

    link_type: LinkType
    href: str
    title: str
    media_type: str = ""
    languages: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkContext:
    """All web links of one key: the default is one of them."""

    anchor: str
    description: str
    default: WebLink
    links: tuple[WebLink, ...]


def linkset(contexts: Iterable[LinkContext]) -> dict[str, JsonLike]:
    """The linkset of these keys, as it is sent."""
    return {"linkset": [_context(context) for context in contexts]}


def check_href(text: str) -> str:
    """An address that a reader may be sent to; refuses every other.

    >>> check_href("javascript:alert(1)")
    Traceback (most recent call last):
    provenance.errors.MalformedError: wrong-value: 'javascript:alert(1)' is no address such as https://example.com/jam
    """
    if len(text) <= LONGEST_HREF and _HREF.fullmatch(text) and _has_port(text):
        return text
    raise MalformedError(Code.WRONG_VALUE, f"{shown(text)} is no address such as https://example.com/jam")


def check_media_type(text: str) -> str:
    """A media type; refuses every other text."""
    if _MEDIA_TYPE.fullmatch(text):
        return text
    raise MalformedError(Code.WRONG_VALUE, f"{shown(text)} is no media type such as text/html")


def check_language(text: str) -> str:
    """A language as a linkset may name it, ``en`` or ``en-IE``; refuses every other."""
    if _LANGUAGE.fullmatch(text):
        return text
    raise MalformedError(Code.WRONG_VALUE, f"{shown(text)} is no language such as en or en-IE")


def check_context(text: str) -> str:
    """A context, such as a country; refuses what could not stand in a query as it is."""
    if _CONTEXT.fullmatch(text):
        return text
    raise MalformedError(Code.WRONG_VALUE, f"{shown(text)} is no context such as LK: 1 to 40 letters, digits or ._-")


def _has_port(href: str) -> bool:
    try:
        urlsplit(href).port  # noqa: B018  # it is checked when it is read
    except ValueError:
        return False
    return True


def _context(context: LinkContext) -> dict[str, JsonLike]:
    default = context.default
    members: dict[str, JsonLike] = {
        "anchor": context.anchor,
        "itemDescription": context.description,
        link_type_uri(DEFAULT): [{"href": default.href, "title": default.title}],
    }
    by_type: dict[str, list[JsonLike]] = {}
    for link in context.links:
        by_type.setdefault(link_type_uri(link.link_type), []).append(_link(link))
    return members | by_type


def _link(link: WebLink) -> dict[str, JsonLike]:
    members: dict[str, JsonLike] = {"href": link.href, "title": link.title}
    if link.media_type:
        members["type"] = link.media_type
    if link.languages:
        members["hreflang"] = list(link.languages)
    if link.contexts:
        members["context"] = list(link.contexts)
    return members
