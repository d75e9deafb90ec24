"""``provenance label``: what is printed on a thing, one of them or a hundred thousand."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, READABLE_OR_STDIN, Form, epc
from provenance.cli.terminal import Answer, Workflow, verb

if TYPE_CHECKING:
    from provenance.ids import Subject


CARRIERS = (
    "qr",
    "data-matrix",
)  # labels.design.Carrier, spelled again so that --help needs no drawing; a test compares

_EPC = "https://id.gs1.org/01/09520123000011/21/A1"
_NEEDS = ("PIL", "fontTools", "qrcode", "reportlab")
_USUAL_ROLL = (50_000, 30_000)
_LENGTH = r"([0-9]{1,4}(?:\.[0-9]{1,3})?)"
_ROLL = re.compile(f"{_LENGTH}x{_LENGTH}")
_SHIFT = re.compile(f"(-?){_LENGTH},(-?){_LENGTH}")


def roll_size(text: str) -> tuple[int, int]:
    """Width and height of a label in micrometres, given as millimetres such as 50x30."""
    match = _ROLL.fullmatch(text)
    if not match:
        raise click.BadParameter(f"{text[:40]!r} is no size in millimetres, such as 50x30")
    return _micrometres(match[1]), _micrometres(match[2])


def shift_by(text: str) -> tuple[int, int]:
    """How far to the right and down in micrometres, given as millimetres such as 0.5,-1."""
    match = _SHIFT.fullmatch(text)
    if not match:
        raise click.BadParameter(f"{text[:40]!r} is no shift in millimetres, such as 0.5,-1")
    right, down = _micrometres(match[2]), _micrometres(match[4])
    return -right if match[1] else right, -down if match[3] else down


_shift = click.option(
    "--shift", type=shift_by, metavar="X,Y", default="0,0", help="Move all to the right and down, mm: 0.5,-1."
)


@verb("show", example=f"provenance label show {_EPC}", prints="{link}")
@click.argument("thing", type=epc, metavar="EPC")
def show(thing: Subject) -> Answer:
    """Show the QR code of a thing here in the terminal."""
    opening.require(*_NEEDS)
    from labels.artwork import terminal
    from web.addresses import link_to

    link = link_to(thing, opening.settings().base_url)
    return Answer({"link": link}, [*terminal(link).splitlines(), link])


@verb(
    "print",
    example="provenance label print --from jars.txt --sheet L7160 --start-at 5 -o jars.pdf",
    prints="{files, labels, nextStart}",
)
@click.argument("things", type=epc, metavar="[EPC]...", nargs=-1)
@click.option("--from", "source", type=READABLE_OR_STDIN, help="A file with an EPC per line; - is stdin.")
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file to write; must not be there yet.")
@click.option(
    "--format", "form", type=click.Choice([form.value for form in Form]), help="[default: by the ending of the file]"
)
@click.option("--sheet", help="The sheet's format, such as L7160; 'label sheets' lists them.")
@click.option("--roll", type=roll_size, metavar="WxH", help="The size of a label on a roll, mm.  [default: 50x30]")
@click.option("--start-at", type=int, default=1, help="The first label to use of a sheet that is not new.")
@click.option("--copies", type=int, default=1, help="How often each label is printed.")
@_shift
@click.option("--dpi", type=click.Choice(("203", "300", "600")), default="203", help="The printer's dots, ZPL and PNG.")
@click.option("--carrier", type=click.Choice(CARRIERS), default="qr", help="The kind of code; phones read qr only.")
@click.option("--line", "lines", multiple=True, help="A line to print on every label; may be repeated.")
@click.option("--also", default="", help="Elements to print in letters: (10)LOT7(17)261231.")
@click.option("--hidden-line", "hidden_lines", multiple=True, help="A line over every hidden code; may be repeated.")
@click.option("--font", "fonts", type=READABLE, multiple=True, help="A font file.  [default: one of this machine]")
def print_(
    *,
    things: tuple[Subject, ...],
    source: Path | None,
    output: Path,
    form: str | None,
    sheet: str | None,
    roll: tuple[int, int] | None,
    start_at: int,
    copies: int,
    shift: tuple[int, int],
    dpi: str,
    carrier: str,
    lines: tuple[str, ...],
    also: str,
    hidden_lines: tuple[str, ...],
    fonts: tuple[Path, ...],
) -> Answer:
    """Print labels to a file.

    For a sheet or a roll, a label printer, a designer, a converter. The things are named on the command line or in a
    file, one EPC per line. After a tab a line may have a claim code: it gets a second label, to hide under a
    scratch-off or in the box. Every label is read back before it is given out. More than 5,000 labels go into several
    PDF files; several pictures into a folder.

    A printed code can be copied: a label is no proof.
    """
    opening.require(*_NEEDS)
    from provenance.cli import label_files

    chosen = _form(form, output)
    if bool(things) == (source is not None):
        raise click.UsageError("name the things as EPC..., or in a file with --from")
    if sheet is not None and roll is not None:
        raise click.UsageError("labels are on a --sheet or on a --roll, not on both")
    if sheet is None and (start_at != 1 or shift != (0, 0)):
        raise click.UsageError("--start-at and --shift need a --sheet")
    if sheet is not None and chosen is not Form.PDF:
        raise click.UsageError("a --sheet is printed as pdf; for the others give the label's size with --roll")
    if copies != 1 and chosen not in (Form.PDF, Form.ZPL):
        raise click.UsageError("--copies is for pdf and zpl")
    if output.exists():
        raise opening.exists_already(output)
    words = label_files.Words(lines, hidden_lines, carrier, fonts)
    resolution = label_files.VECTOR if chosen is Form.SVG else int(dpi)
    paper = label_files.Paper(sheet, roll or _USUAL_ROLL, start_at, copies, shift, resolution)
    text = "\n".join(things).encode() if source is None else opening.read_bytes(source)
    return label_files.write(label_files.read_labels(text, also), words, paper, form=chosen, output=output)


@verb(
    "sheets",
    example="provenance label sheets",
    prints="{sheets: [{name, page, columns, rows, width, height}]}, sizes in micrometres",
)
def sheets() -> Answer:
    """List the formats of sheets."""
    from labels.templates import SHEETS, page_name

    rows: list[dict[str, str | int]] = [
        {
            "name": sheet.name,
            "page": page_name(sheet),
            "columns": sheet.columns,
            "rows": sheet.rows,
            "width": sheet.width,
            "height": sheet.height,
        }
        for sheet in SHEETS.values()
    ]
    lines = [
        f"{sheet.name:6} {page_name(sheet):7} {sheet.columns} x {sheet.rows:<3} "
        f"{sheet.width / 1000:g} x {sheet.height / 1000:g} mm"
        for sheet in SHEETS.values()
    ]
    return Answer({"sheets": rows}, lines)


@verb("calibrate", example="provenance label calibrate --sheet L7160 -o calibration.pdf", prints="{file}")
@click.option("--sheet", required=True, help="The sheet's format, such as L7160; 'label sheets' lists them.")
@_shift
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file to write; must not be there yet.")
def calibrate(sheet: str, shift: tuple[int, int], output: Path) -> Answer:
    """Write a page that shows where a printer puts labels.

    Print it on plain paper at 100 % and hold it against a sheet of labels: what it is off by is the --shift to give.
    """
    opening.require(*_NEEDS)
    from labels.sheet import Layout, calibration
    from labels.templates import find_sheet

    opening.write_new(output, calibration(Layout(find_sheet(sheet), shift=shift)))
    return Answer({"file": str(output)}, [str(output)])


def _form(named: str | None, output: Path) -> Form:
    try:
        return Form(named or output.suffix.lower().removeprefix("."))
    except ValueError as err:
        message = f"{output} ends in none of {', '.join(f'.{form}' for form in Form)}; name one with --format"
        raise click.UsageError(message) from err


def _micrometres(millimetres: str) -> int:
    return int(Decimal(millimetres) * 1000)


COMMANDS = (
    Workflow(
        "label",
        commands=[print_, show, sheets, calibrate],
        help="Print labels.\n\nTheir codes open the thing's page on PROVENANCE_BASE_URL.",
    ),
)
