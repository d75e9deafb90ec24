"""``provenance tag``: NFC tags that sign every tap, put on things."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE_OR_STDIN, epc
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError

if TYPE_CHECKING:
    from provenance.crypto.nfc_tag import Tag
    from provenance.ids import Subject

_EPC = "https://id.gs1.org/01/09520123000011/21/23456789ABCVP"


@verb("add", example=f"provenance tag add {_EPC} --keys tag.json", prints="{subject, uid}")
@click.argument("thing", type=epc, metavar="EPC")
@click.option("--keys", type=READABLE_OR_STDIN, required=True, help="The tag's UID and keys; - reads them from stdin.")
def add(thing: Subject, keys: Path) -> Answer:
    """Put an NTAG 424 DNA tag on a thing.

    The file holds {"uid": 14 hex digits, "file": 32, "meta": 32}: the SDM file read key, and the SDM meta read key
    (left out where the tag shows its UID in clear). They are sealed before they are kept, and never shown. The tag's
    link is the thing's own, with picc_data and cmac, or uid, ctr and cmac, filled in by the chip.
    """
    opening.require("cryptography")
    tag = _tag(canonical.parse_any(opening.read_bytes(keys)))
    passphrase = opening.passphrase_for_log()
    if not (sealing := opening.installation().key_file("tags")).exists():
        opening.seal_new(sealing, opening.new_key(), passphrase)
    with opening.services(passphrase) as services:
        services.tapping.add(thing, tag)
    return Answer({"subject": thing, "uid": tag.uid.hex().upper()}, [f"tag {tag.uid.hex().upper()} is on {thing}"])


def _tag(members: Json) -> Tag:
    from provenance.crypto.tag_keys import tag_of

    match members:
        case {"uid": str(uid), "file": str(file), **rest} if rest.keys() <= {"meta"}:
            meta = rest.get("meta", "00" * 16)
        case _:
            raise MalformedError(Code.WRONG_TYPE, "an object of uid, file and, where the UID is sealed, meta")
    return tag_of(_hex(uid, "/uid", 7), file_key=_hex(file, "/file", 16), meta_key=_hex(meta, "/meta", 16))


def _hex(value: object, pointer: str, length: int) -> bytes:
    # A key is not repeated, not even where it is misspelled.
    if not isinstance(value, str) or not re.fullmatch(f"[0-9A-Fa-f]{{{2 * length}}}", value):
        raise MalformedError(Code.MALFORMED_TEXT, f"not {2 * length} hex digits", pointer=pointer)
    return bytes.fromhex(value)


COMMANDS = (Workflow("tag", commands=[add], help="Put NFC tags on things."),)
