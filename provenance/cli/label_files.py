"""From lines of EPCs to files of labels.

Rules:

* a line is an EPC, and after a tab the claim code for its second label; what is wrong with one is said with its number;
* every file is written beside its place and moved there when all of them are whole: one bad line, and none is there;
* labels are made as they are written, so a hundred thousand need no more memory than their list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from labels.composition import compose
from labels.converter import table
from labels.design import Carrier, Design, Label
from labels.drawing import Drawing, to_dots
from labels.hidden import compose_hidden
from labels.picture import png
from labels.sheet import Layout, write_sheets
from labels.templates import find_sheet, roll
from labels.thermal import zpl
from labels.vector import svg
from provenance.adapters.fonts import system_fonts
from provenance.adapters.outside import folder_written_beside, written_beside
from provenance.cli import opening
from provenance.cli.arguments import Form
from provenance.cli.terminal import Answer, progress
from provenance.codes import Code
from provenance.crypto.claim_code import format_claim_code, parse_claim_code
from provenance.encoding.canonical import JsonLike
from provenance.errors import MalformedError, ProvenanceError
from provenance.gs1.element_string import parse_bracketed
from provenance.gs1.identifiers import canonical_epc
from provenance.ids import Subject
from web.addresses import link_to

VECTOR = 300
"""Dots per inch of what has no dots."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the labels beside the things' own names."""

    lines: tuple[str, ...]
    hidden_lines: tuple[str, ...]
    carrier: str
    fonts: tuple[Path, ...]

    def design(self) -> Design:
        """The design; where a letter is not Latin and no font is named, one of this machine's is tried."""
        plain = all(text.isascii() for text in (*self.lines, *self.hidden_lines))
        files = self.fonts or (() if plain else system_fonts())
        return Design(self.lines, self.hidden_lines, Carrier(self.carrier), tuple(map(opening.read_bytes, files)))


@dataclass(frozen=True, slots=True)
class Paper:
    """What the labels are printed on."""

    sheet: str | None
    roll: tuple[int, int]
    start_at: int
    copies: int
    shift: tuple[int, int]
    dpi: int

    def layout(self) -> Layout:
        """Where on its pages labels stand."""
        width, height = self.roll
        sheet = roll(width=width, height=height) if self.sheet is None else find_sheet(self.sheet)
        return Layout(sheet, self.start_at, self.copies, self.shift)


def read_labels(text: bytes, also: str) -> tuple[Label, ...]:
    """The labels of the lines of a file; refuses the first line that names no thing, and a file without any."""
    elements = parse_bracketed(also) if also else ()
    try:
        lines = text.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as err:
        raise MalformedError(Code.MALFORMED_TEXT, f"byte {err.start} is no UTF-8") from err
    base_url, labels = opening.settings().base_url, []
    for number, line in enumerate(lines, 1):
        if line.strip():
            thing, code = _line(line.strip(), number)
            labels.append(Label(link_to(thing, base_url), elements, code))
    if not labels:
        raise MalformedError(Code.EMPTY_LIST, "there is no EPC to print")
    return tuple(labels)


def _line(line: str, number: int) -> tuple[Subject, str]:
    name, _, hidden = line.partition("\t")
    try:
        code = format_claim_code(parse_claim_code(hidden)) if hidden.strip() else ""
        return canonical_epc(name.strip()), code
    except ProvenanceError as err:
        raise type(err)(err.code, f"line {number}: {err.refusal.message}") from err


def write(labels: Sequence[Label], words: Words, paper: Paper, *, form: Form, output: Path) -> Answer:
    """Write the labels and say where."""
    design, layout = words.design(), paper.layout()
    with progress("labels", len(labels)) as show:
        watched = _counting(labels, show)
        match form:
            case Form.PDF:
                return _write_pdf(watched, design, layout, output)
            case Form.ZPL:
                programs = (zpl(drawn, design.face, copies=paper.copies) for drawn in _drawn(watched, design, paper))
                return _write_stream(programs, output, len(labels))
            case Form.CSV:
                return _write_stream(table(watched), output, len(labels))
            case Form.PNG:
                pictures = (png(drawn, design.face) for drawn in _drawn(watched, design, paper))
                return _write_pictures(pictures, output, labels)
            case Form.SVG:
                documents = (svg(drawn).encode() for drawn in _drawn(watched, design, paper))
                return _write_pictures(documents, output, labels)
            case _:
                assert_never(form)


def _counting(labels: Iterable[Label], show: Callable[[int], None]) -> Iterator[Label]:
    for number, label in enumerate(labels):
        show(number)
        yield label


def _drawn(labels: Iterable[Label], design: Design, paper: Paper) -> Iterator[Drawing]:
    width, height = (to_dots(length, paper.dpi) for length in paper.roll)
    for label in labels:
        yield compose(label, design, width=width, height=height, resolution=paper.dpi)
        if label.hidden:
            yield compose_hidden(label, design, width=width, height=height, resolution=paper.dpi)


def _write_pdf(labels: Iterable[Label], design: Design, layout: Layout, output: Path) -> Answer:
    files, count, next_start = [], 0, layout.start_at
    with ExitStack() as written:
        for number, printed in enumerate(write_sheets(labels, design, layout), 1):
            path = output if number == 1 else output.with_stem(f"{output.stem}-{number}")
            if path.exists():
                raise opening.exists_already(path)
            written.enter_context(written_beside(path)).write(printed.data)
            files.append(path)
            count, next_start = count + printed.labels, printed.next_start
    after = "" if layout.sheet.count == 1 else f"; the next run may start at label {next_start}"
    return _answer(files, count, next_start=next_start, after=after)


def _write_stream(parts: Iterable[bytes], output: Path, count: int) -> Answer:
    with written_beside(output) as file:
        for part in parts:
            file.write(part)
    return _answer([output], count)


def _write_pictures(pictures: Iterable[bytes], output: Path, labels: Sequence[Label]) -> Answer:
    count = len(labels) + sum(1 for label in labels if label.hidden)
    if count == 1:
        return _write_stream(pictures, output, count)
    with folder_written_beside(output) as folder:
        for number, picture in enumerate(pictures, 1):
            (folder / f"{number:0{len(str(count))}}{output.suffix}").write_bytes(picture)
    return _answer([output], count)


def _answer(files: Sequence[Path], count: int, *, next_start: int | None = None, after: str = "") -> Answer:
    members: dict[str, JsonLike] = {"files": [str(file) for file in files], "labels": count, "nextStart": next_start}
    return Answer(members, [*map(str, files), f"labels: {count}{after}"])
