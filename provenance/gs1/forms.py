"""One GS1 message in every form it has, side by side.

Rules:

* a form that the message does not have is ``None``: no link without a primary key, no URN where it names no single
  EPC or where nobody knows how long its company prefix is;
* the element string is in GS1's notation on paper, with ``^`` for FNC1, so that it can be seen and typed;
* each form is read back as the same message (``strict_reading``).

::

    ^010952123454321310L1^21S1
    https://id.gs1.org/01/09521234543213/10/L1/21/S1
    GTIN (01) 09521234543213 · BATCH/LOT (10) L1 · SERIAL (21) S1
    urn:epc:id:sgtin:9521234.054321.S1
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provenance.errors import MalformedError
from provenance.gs1.digital_link import canonical_link, format_link
from provenance.gs1.element_string import SEPARATOR, format_element_string
from provenance.gs1.elements import Elements
from provenance.gs1.epc_urn import format_urn
from provenance.gs1.human_readable import format_titled_lines
from provenance.gs1.identifiers import Identifier, name_in
from provenance.gs1.strict_reading import FNC1, Message

FindPrefix = Callable[[Identifier], str]
"""The company prefix of an identifier; refuses where nobody knows it (``company_prefix.prefix_of``)."""


@dataclass(frozen=True, slots=True)
class Forms:
    """A message as elements, link, element string, printed lines and URN."""

    elements: Elements
    digital_link: str | None
    element_string: str
    lines: tuple[str, ...]
    epc_urn: str | None


def forms_of(message: Message, find_prefix: FindPrefix) -> Forms:
    """Every form of a message; refuses one that may not be written on a thing."""
    elements = tuple(dict.fromkeys(message.elements))
    return Forms(
        elements,
        _link(message),
        FNC1 + format_element_string(elements).replace(SEPARATOR, FNC1),
        format_titled_lines(elements),
        urn_of(elements, find_prefix),
    )


def urn_of(elements: Elements, find_prefix: FindPrefix) -> str | None:
    """The EPC URN of what a message names, or ``None``."""
    try:
        identifier = name_in(elements)
        return format_urn(identifier.elements, prefix=find_prefix(identifier))
    except MalformedError:
        return None


def _link(message: Message) -> str | None:
    try:
        return format_link(message.elements) if message.link is None else canonical_link(message.link)
    except MalformedError:
        return None
