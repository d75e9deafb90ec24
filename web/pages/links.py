"""The web links of a code: those its owner signed, those this server adds, and the page that lists them for people.

Rules:

* a thing on record has its record as the default, and beside it the answer for programs, the evidence, and whether it
  was recalled: nobody's statement can take these away;
* what only groups things has the default that its licensee chose; else its entry here, which says whose number it is;
* a level that has neither takes the default of the level above;
* a person is shown where each link leads before they follow it.

GS1-Conformant resolver standard 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from provenance.commerce.reviews import Score
from provenance.gs1.link_types import EPCIS, RECALL_STATUS, REGISTRY_ENTRY, TRACEABILITY, VERIFICATION_SERVICE
from provenance.gs1.linkset import LinkContext, WebLink
from provenance.services.resolving import Level
from web.addresses import Form, about_address, address_of, link_to
from web.pages.reviews import score_of
from web.pages.text import Language, Text

_LANGUAGES = tuple(language.value for language in Language)
_PAGE, _JSON = "text/html", "application/json"


@dataclass(frozen=True, slots=True)
class Row:
    """One link as a person sees it; ``claims`` are its languages, contexts and media type."""

    title: str
    href: str
    host: str
    link_type: str
    claims: str


@dataclass(frozen=True, slots=True)
class Group:
    """The links of one level, under its number."""

    number: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ReviewsLine:
    """What buyers say of a product in a line, and where their reviews are."""

    said: str
    address: str


@dataclass(frozen=True, slots=True)
class LinksPage:
    """Everything the template prints."""

    title: str
    lead: str
    groups: tuple[Group, ...]
    reviews: ReviewsLine | None = None


def link_contexts(levels: Sequence[Level], *, base_url: str, text: Text) -> tuple[LinkContext, ...]:
    """All links of each level, its default among them."""
    found = []
    for place, level in enumerate(levels):
        links = (*_of_this_server(level, base_url, text), *level.web_links.links)
        default = _default(levels[place:], base_url, text)
        found.append(
            LinkContext(
                link_to(level.subject, base_url),
                _description(level),
                default,
                links if default in links else (default, *links),
            )
        )
    return tuple(found)


def number_of(level: Level) -> str:
    """The number of a level as it is printed beside a code."""
    return " ".join(f"({ai}) {value}" for ai, value in level.key.elements)


def choice_page(contexts: Sequence[LinkContext], text: Text) -> LinksPage:
    """The page for a reader who has to choose: several pages fit equally well."""
    return LinksPage(text("links.choice.title"), text("links.choice.lead"), _groups(contexts, text))


def missing_page(contexts: Sequence[LinkContext], asked: str, text: Text) -> LinksPage:
    """The page for when there is no page of the kind that was asked for."""
    lead = text("links.missing.lead", asked=asked[:60])
    return LinksPage(text("links.missing.title"), lead, _groups(contexts, text))


def list_page(contexts: Sequence[LinkContext], text: Text) -> LinksPage:
    """The page with everything there is."""
    return LinksPage(text("links.list.title"), text("links.list.lead"), _groups(contexts, text))


def entry_page(levels: Sequence[Level], standing: Score | None, text: Text) -> LinksPage:
    """The page of what has no history of its own: what it is, whose number, and what there is about it.

    ``standing`` is the score of a product that was reviewed.
    """
    level = levels[0]
    if level.licensee is None:
        lead = text("links.entry.nobody", number=number_of(level))
    else:
        lead = text("links.entry.lead", number=number_of(level), owner=level.licensee.name)
    stated = [
        LinkContext("", number_of(one), one.web_links.links[0], one.web_links.links)
        for one in levels
        if one.web_links.links
    ]
    reviews = None
    if standing is not None:
        said = text("reviews.link", score=score_of(standing, text), count=standing.count)
        reviews = ReviewsLine(said, f"/reviews/01/{level.key.key_value}")
    return LinksPage(text(f"kind.{level.key.kind}"), lead, _groups(stated, text), reviews)


def _default(levels: Sequence[Level], base_url: str, text: Text) -> WebLink:
    for level in levels:
        if level.has_record:
            return _record(level, base_url, text)
        for link in level.web_links.links:
            if link.href == level.web_links.default:
                return link
    return _entry(levels[0], base_url, text)


def _of_this_server(level: Level, base_url: str, text: Text) -> Iterator[WebLink]:
    if not level.has_record:
        yield _entry(level, base_url, text)
        return
    answer = base_url + address_of(level.subject, Form.ANSWER)
    evidence = base_url + address_of(level.subject, Form.BUNDLE)
    record = _record(level, base_url, text)
    yield record
    yield WebLink(VERIFICATION_SERVICE, answer, text("links.answer"), _JSON)
    yield WebLink(EPCIS, evidence, text("links.evidence"), _JSON)
    yield WebLink(RECALL_STATUS, record.href, text("links.recall"), _PAGE)  # no language: the form decides
    yield WebLink(RECALL_STATUS, answer, text("links.recall.answer"), _JSON)


def _record(level: Level, base_url: str, text: Text) -> WebLink:
    href = base_url + address_of(level.subject)
    return WebLink(TRACEABILITY, href, text("links.record"), _PAGE, _LANGUAGES)


def _entry(level: Level, base_url: str, text: Text) -> WebLink:
    href = base_url + about_address(level.subject)
    return WebLink(REGISTRY_ENTRY, href, text("links.entry"), _PAGE, _LANGUAGES)


def _description(level: Level) -> str:
    number = number_of(level)
    return number if level.licensee is None else f"{number} · {level.licensee.name}"


def _groups(contexts: Sequence[LinkContext], text: Text) -> tuple[Group, ...]:
    return tuple(Group(context.description, tuple(_row(link, text) for link in context.links)) for context in contexts)


def _row(link: WebLink, text: Text) -> Row:
    languages = (text.get(f"links.language.{tag}") or tag for tag in link.languages)
    media = text.get(f"links.media.{link.media_type}") or link.media_type
    claims = text("list.separator").join(filter(None, (*languages, *link.contexts, media)))
    return Row(link.title, link.href, urlsplit(link.href).netloc, link.link_type, claims)
