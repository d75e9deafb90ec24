"""``provenance link``: where the readers of a code may go, as the owner of its number says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE, ArgumentError, epc
from provenance.cli.receipts import accepted, receipt_line, receipt_members
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.codes import Code
from provenance.encoding.canonical import JsonLike
from provenance.errors import NotFoundError, ProvenanceError

if TYPE_CHECKING:
    from provenance.custody.web_links import WebLinks
    from provenance.gs1.link_types import LinkType
    from provenance.gs1.linkset import WebLink
    from provenance.ids import Subject

_EPC = "https://id.gs1.org/01/09520123000011"
_LINKS = "{about, default, links: [{linkType, href, title, type, hreflang, context}]}"
_RECEIPT = "{about, default, links: […], statement, index, status, repeat, confirmedBy}"

_about = click.argument("about", type=epc, metavar="EPC")
_key = click.option("--key", type=READABLE, required=True, help="A key file of the party whose number it is.")


def _link_type(text: str) -> LinkType:
    """A link type; a word that GS1 has not ratified is misuse."""
    from provenance.gs1.link_types import parse_link_type

    try:
        return parse_link_type(text)
    except ProvenanceError as err:
        raise ArgumentError(err.refusal) from err


@verb(
    "set",
    example=f"provenance link set {_EPC} --type gs1:pip \\\n"
    '    --href https://olivar.example/olives --title "Our olives" --language en --key maker.key',
    prints=_RECEIPT,
)
@_about
@click.option("--type", "link_type", type=_link_type, required=True, help="What kind of page it is: gs1:pip …")
@click.option("--href", required=True, help="Its address; https only.")
@click.option("--title", required=True, help="What people read before they follow it.")
@click.option("--media", default="", help="Its media type, such as text/html.")
@click.option("--language", "languages", multiple=True, help="A language it is in: en, zh-CN; may be repeated.")
@click.option("--context", "contexts", multiple=True, help="Where or for what it holds: LK; may be repeated.")
@click.option("--default", "is_default", is_flag=True, help="Send whoever asks for nothing else there.")
@_key
def set_link(
    about: Subject,
    *,
    link_type: LinkType,
    href: str,
    title: str,
    media: str,
    languages: tuple[str, ...],
    contexts: tuple[str, ...],
    is_default: bool,
    key: Path,
) -> Answer:
    """Say where the readers of a code may go.

    Only the holder of its company prefix can. A single item, lot or unit keeps its record as the default.
    """
    from dataclasses import replace

    from provenance.custody.web_links import with_link
    from provenance.gs1.linkset import WebLink

    link = WebLink(link_type, href, title, media, tuple(dict.fromkeys(languages)), tuple(dict.fromkeys(contexts)))

    def change(stated: WebLinks) -> WebLinks:
        changed = with_link(stated, link)
        return replace(changed, default=href) if is_default else changed

    return _stated(about, change, key)


@verb(
    "remove",
    example=f"provenance link remove {_EPC} --type gs1:pip --key maker.key",
    prints=_RECEIPT,
)
@_about
@click.option("--type", "link_type", type=_link_type, required=True, help="What kind of page it was.")
@click.option("--href", help="Its address.  [default: all of this type]")
@_key
def remove_link(about: Subject, link_type: LinkType, href: str | None, key: Path) -> Answer:
    """Take links of a code back."""
    from provenance.custody.web_links import without_links

    def unwanted(link: WebLink) -> bool:
        return link.link_type == link_type and href in (None, link.href)

    def change(stated: WebLinks) -> WebLinks:
        changed = without_links(stated, unwanted)
        if changed == stated:
            raise NotFoundError(Code.NO_SUCH_LINK, f"{about} has no link {link_type} {href or ''}".rstrip())
        return changed

    return _stated(about, change, key)


@verb("list", example=f"provenance link list {_EPC}", prints=_LINKS)
@_about
def list_links(about: Subject) -> Answer:
    """Show where the readers of a code may go, as its owner says.

    Every thing on record has the links to its record beside these.
    """
    with opening.services() as services:
        stated = services.linking.of(about)
    return Answer(_members(stated), [_line(link, stated) for link in stated.links])


def _stated(about: Subject, change: Callable[[WebLinks], WebLinks], key: Path) -> Answer:
    signing = opening.key_in(key)
    with opening.services() as services:
        stated = change(services.linking.of(about))
        receipt = accepted(services.linking.state(stated, signing))
    return Answer({**_members(stated), **receipt_members(receipt)}, [receipt_line(receipt)])


def _members(stated: WebLinks) -> dict[str, JsonLike]:
    from provenance.custody.web_links import web_links_members

    return dict(web_links_members(stated))


def _line(link: WebLink, stated: WebLinks) -> str:
    claims = ", ".join(filter(None, (link.media_type, *link.languages, *link.contexts)))
    default = "  default" if link.href == stated.default else ""
    return f"{link.link_type}  {link.href}  {link.title}" + (f"  ({claims})" if claims else "") + default


COMMANDS = (
    Workflow(
        "link", commands=[set_link, remove_link, list_links], help="Say where the readers of a code may go."
    ),
)  # fmt: skip
