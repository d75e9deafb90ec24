"""``provenance gs1``: reading GS1 numbers and messages, and writing them in every form they have.

Rules:

* one answer for each line read, in order, as soon as it is known; a line that is refused spoils nothing beside it;
* a line is read as far as any GS1 message goes and no further: what is longer is refused without being kept;
* where a company prefix ends is told by a licence of this installation, or else by the published list; otherwise the
  URN is left out, never guessed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

import click

from provenance.cli import opening
from provenance.cli.terminal import Answer, Workflow, result, talk, verb, wants_json
from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.errors import ProvenanceError, Refusal

if TYPE_CHECKING:
    from provenance.gs1.forms import FindPrefix, Forms

_LONGEST_LINE = 32 * 1024  # bytes; the parsers take 8192 characters, of up to four bytes
_AT_ONCE = 1 << 20
_ROW = (
    "{ok: true, values: [[ai, value]], digital_link, element_string, hri: [line], epc_urn} or "
    "{ok: false, code, at, message}"
)

Read = Callable[[str], Mapping[str, JsonLike]]


@verb(
    "parse",
    example="provenance gs1 parse '(01)09521234543213(21)S1'",
    prints=f"{{lines: [{_ROW}], understood, refused}}",
)
@click.argument("text", default="-", metavar="[TEXT | -]")
@click.option(
    "--strict/--tolerant",
    "is_strict",
    default=True,
    show_default=True,
    help="Take only what may stand on a thing, or also what leaves no doubt: 'normalised' says what was forgiven.",
)
def parse(text: str, is_strict: bool) -> Answer:
    """Say what GS1 texts say.

    TEXT is a GS1 Digital Link, an EPC URN, an element string, a text with (01)… in brackets, or what a scanner sent;
    - reads one from each line of stdin. In element strings ^ stands for FNC1. Prints one JSON object for each: its
    elements and every form it has, or the code, the identifier it is about (at) and the fact. The exit code is 1 if
    any was refused.
    """
    read = _reading(is_strict=is_strict)
    rows: list[JsonLike] = []
    understood = refused = 0
    for line in _lines(sys.stdin.buffer) if text == "-" else [text]:
        row = _row(read, line)
        understood, refused = (understood + 1, refused) if row["ok"] else (understood, refused + 1)
        if wants_json():
            rows.append(row)
        else:
            result(canonical.dump(row).decode())
    talk(f"{understood} understood, {refused} refused")
    return Answer({"lines": rows, "understood": understood, "refused": refused}, is_bad_news=refused > 0)


@verb("check-digit", example="provenance gs1 check-digit 0952123454321", prints="{number, check}")
@click.argument("number")
@click.option("--pair", "is_pair", is_flag=True, help="Two characters, as a GMN has, instead of a digit.")
def check_digit(number: str, is_pair: bool) -> Answer:
    """Complete a number with its check digit.

    NUMBER is all of it but the digit: 13 digits of a GTIN, 17 of an SSCC, 12 of a GLN.
    """
    from provenance.gs1 import check_digits

    check = (check_digits.check_pair if is_pair else check_digits.check_digit)(number)
    return Answer({"number": number + check, "check": check}, [number + check])


@verb("urn", example="provenance gs1 urn urn:epc:id:sgtin:9521234.054321.S1", prints="{urn, digital_link, prefix}")
@click.argument("text")
@click.option("--prefix", help="The company prefix.  [default: that of a licence here, or of the published list]")
def urn(text: str, prefix: str | None) -> Answer:
    """Translate between EPC URN and GS1 Digital Link.

    TEXT is either of them, or the same thing in any other GS1 form. A URN shows where its company prefix ends; to
    write one that must be known.
    """
    from provenance.gs1.epc_urn import format_urn
    from provenance.gs1.identifiers import name_in
    from provenance.gs1.strict_reading import read_strictly

    identifier = name_in(read_strictly(text).elements)
    if text.startswith("urn:"):
        prefix = text.split(":")[4].partition(".")[0]
        members = {"urn": text, "digital_link": identifier.uri, "prefix": prefix}
        return Answer(members, [identifier.uri])
    prefix = prefix or _find_prefix()(identifier)
    written = format_urn(identifier.elements, prefix=prefix)
    return Answer({"urn": written, "digital_link": identifier.uri, "prefix": prefix}, [written])


def _reading(*, is_strict: bool) -> Read:
    """What makes the row of a text; the parsers are loaded here, once for all lines."""
    from provenance.gs1.forms import forms_of
    from provenance.gs1.reading import read_code
    from provenance.gs1.strict_reading import Message, read_strictly

    find_prefix = _find_prefix()

    def strictly(text: str) -> Mapping[str, JsonLike]:
        return _members(forms_of(read_strictly(text), find_prefix))

    def patiently(text: str) -> Mapping[str, JsonLike]:
        reading = read_code(text)
        notes: list[JsonLike] = [note.value for note in reading.notes]
        return {**_members(forms_of(Message(reading.elements), find_prefix)), "normalised": notes}

    return strictly if is_strict else patiently


def _find_prefix() -> FindPrefix:
    from provenance.adapters.prefix_list import listed_prefix
    from provenance.gs1.company_prefix import prefix_of

    licensed = frozenset(opening.licences())
    return lambda identifier: prefix_of(identifier, licensed, listed_prefix)


def _row(read: Read, line: str | Refusal) -> Mapping[str, JsonLike]:
    if isinstance(line, str):
        try:
            return read(line)
        except ProvenanceError as err:
            line = err.refusal
    return {"ok": False, "code": line.code.value, "at": line.evidence.get("ai"), "message": line.message}


def _members(forms: Forms) -> dict[str, JsonLike]:
    return {
        "ok": True,
        "values": [[ai, value] for ai, value in forms.elements],
        "digital_link": forms.digital_link,
        "element_string": forms.element_string,
        "hri": list(forms.lines),
        "epc_urn": forms.epc_urn,
    }


def _lines(stream: BinaryIO) -> Iterator[str | Refusal]:
    while line := stream.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            size = len(line) if line.endswith(b"\n") else len(line) + _skip_line(stream)
            yield Refusal(Code.MALFORMED_TEXT, f"a line of {size} bytes is no GS1 message")
            continue
        try:
            yield line.removesuffix(b"\n").removesuffix(b"\r").decode()
        except UnicodeDecodeError:
            yield Refusal(Code.MALFORMED_TEXT, "the line is not in UTF-8")


def _skip_line(stream: BinaryIO) -> int:
    """Read to the end of the line and keep nothing of it; how many bytes that were."""
    size = 0
    while part := stream.readline(_AT_ONCE):
        size += len(part)
        if part.endswith(b"\n"):
            break
    return size


COMMANDS = (Workflow("gs1", commands=[parse, check_digit, urn], help="Read and write GS1 numbers."),)
