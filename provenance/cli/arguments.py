"""What may stand on the command line: parties, things, roles, files and what is in them.

Rules:

* an argument that is malformed is misuse (exit code 2), with the same code and next step as anywhere else;
* ``-`` is stdin where a file may stand.
"""

from __future__ import annotations

from enum import StrEnum, unique
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.codes import Code
from provenance.errors import MalformedError, ProvenanceError, Refusal

if TYPE_CHECKING:
    from provenance.ids import PartyId, Subject

# The words of custody.roles and custody.registry_entries, spelled again so that --help needs neither; a test compares.
ROLES = ("producer", "shipper", "seller", "inspector", "reporter")
PERMISSIONS = ("commission", "observe")
REASONS = ("superseded", "lost", "compromised")

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)
READABLE_OR_STDIN = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@unique
class Form(StrEnum):
    """What a file of labels is for: a sheet or roll, a label printer, a screen, a designer, a converter."""

    PDF = "pdf"
    ZPL = "zpl"
    PNG = "png"
    SVG = "svg"
    CSV = "csv"


class ArgumentError(click.UsageError):
    """An argument that the trade's own parser refuses."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def party(text: str) -> PartyId:
    """The party with this name; a bare GLN is short for its Digital Link."""
    from provenance.custody.roles import parse_party

    try:
        return parse_party(f"https://id.gs1.org/417/{text}" if text.isascii() and text.isdigit() else text)
    except ProvenanceError as err:
        raise ArgumentError(err.refusal) from err


def epc(text: str) -> Subject:
    """The thing with this name: a GS1 Digital Link on any host, or an EPC URN."""
    from provenance.gs1.identifiers import canonical_epc

    try:
        return canonical_epc(text)
    except ProvenanceError as err:
        raise ArgumentError(err.refusal) from err


def gtin(text: str) -> str:
    """The 14 digits of a product's number, however it is written; refuses what names a single thing or something else.

    >>> gtin("9520123000011")
    '09520123000011'
    """
    from provenance.gs1.reading import read_code

    try:
        identifier = read_code(text).identifier
        if [ai for ai, _ in identifier.elements] != ["01"]:
            raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"{identifier.uri} is no product's number alone")
    except ProvenanceError as err:
        raise ArgumentError(err.refusal) from err
    return identifier.key_value


def hex_id(text: str) -> str:
    """A key id or statement hash, 64 hex digits."""
    from provenance.encoding.textual import parse_hex

    try:
        parse_hex(text, length=32)
    except ProvenanceError as err:
        raise ArgumentError(err.refusal) from err
    return text
