"""``provenance order import``, ``template``, ``drafts`` and ``draft``: from a shop's own system to an offer to sign."""

from __future__ import annotations

from enum import StrEnum, unique
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, READABLE_OR_STDIN
from provenance.cli.terminal import Answer, talk, verb
from provenance.codes import NEXT_STEP, Code
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.errors import ConfigurationError, Refusal

if TYPE_CHECKING:
    from provenance.commerce.order_tables import TableReport
    from provenance.commerce.shop_orders import ShopOrder
    from provenance.services.shop_importing import Taken

_TOKEN_BYTES = 16


@unique
class _From(StrEnum):
    """What made a file."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    CSV = "csv"
    XLSX = "xlsx"


_catalogue = click.option(
    "--catalogue", "catalogue_file", type=READABLE, required=True, help="Which product each article is."
)


@verb(
    "import",
    example="provenance order import orders.csv --catalogue shop.json --dry-run",
    prints="{file, kept, orders: [{order, became}], refused: [{row, column, code, message, next}], dropped: [column]}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@click.option(
    "--from",
    "maker",
    type=click.Choice([one.value for one in _From]),
    help="What made the file.  [default: by its ending]",
)
@_catalogue
@click.option("--dry-run", is_flag=True, help="Say what would become of it, and keep nothing.")
def import_(file: Path, maker: str | None, catalogue_file: Path, dry_run: bool) -> Answer:
    """Take in orders from a shop, as drafts.

    FILE is a table (CSV in UTF-8 or GBK, or XLSX), or the body of a Shopify or WooCommerce webhook. Nothing about a
    person is kept, and nothing enters the log: 'order draft' makes an offer that the seller signs. A file is taken in
    whole or not at all; the same again changes nothing. The catalogue names seller, terms, attestor, payWithin (in
    seconds) and products: {SKU: {class, category, traits}}.
    """
    from provenance.commerce.catalogues import parse_catalogue

    catalogue = parse_catalogue(opening.read_bytes(catalogue_file))
    data = opening.read_bytes(file)
    report = _read(data, _maker(file, maker))
    with opening.services() as services:
        importing = services.shop_importing
        taken = importing.rehearse(data, report, catalogue) if dry_run else importing.take(data, report, catalogue)
    if report.dropped:
        talk(f"columns that nobody read: {', '.join(report.dropped)}")
    return _told(file, taken, report.dropped, is_kept=not (dry_run or taken.refusals))


@verb("template", example="provenance order template > orders.csv", prints="{file, columns}")
@click.option("-o", "--output", type=NEW_FILE, help="The file; ending in .xlsx, a workbook.  [default: print CSV]")
def template(output: Path | None) -> Answer:
    """Print a table to fill in, with one order as an example."""
    from provenance.commerce.order_tables import COLUMNS, EXAMPLE

    rows = [",".join(row) for row in (COLUMNS, *EXAMPLE)]
    members: dict[str, JsonLike] = {"file": None if output is None else str(output), "columns": list(COLUMNS)}
    if output is None:
        return Answer(members, rows)
    if output.suffix == ".xlsx":
        from provenance.adapters.workbooks import write_workbook

        opening.write_new(output, write_workbook((COLUMNS, *EXAMPLE)))
    else:
        opening.write_new(output, "".join(f"{row}\r\n" for row in rows).encode())
    return Answer(members, [str(output)])


@verb(
    "drafts",
    example="provenance order drafts",
    prints="{drafts: [{order, shown, said, total, currency, pieces, source}], "
    "troubles: [{order, source, code, pointer, next}]}",
)
def drafts() -> Answer:
    """List what shops told of, and how far each order is in the log.

    What a shop says of payment is its word alone: "shown" is null until the seller's signed offer is in the log.
    Troubles are orders that can't be offered as the shop told them last, with what stands in the way.
    """
    with opening.services() as services:
        waiting, troubles = services.shop_importing.waiting(), services.shop_importing.troubles()
    rows: list[JsonLike] = []
    lines = []
    for one in waiting:
        order, shown = one.draft.order, one.shown.value if one.shown else None
        rows.append(
            {
                "order": one.draft.subject, "shown": shown, "said": order.said.value, "total": order.total.minor,
                "currency": order.currency, "pieces": sum(line.quantity for line in order.lines),
                "source": one.draft.source,
            }
        )  # fmt: skip
        lines.append(f"{one.draft.subject}  {order.total}  {shown or 'not offered'}  (the shop says {order.said})")
    troubled: list[JsonLike] = []
    for trouble in troubles:
        refusal = Refusal(trouble.code, "it can't be offered as it was told", pointer=trouble.pointer)
        step = NEXT_STEP[trouble.code]
        troubled.append(
            {
                "order": trouble.subject, "source": trouble.source, "code": trouble.code.value,
                "pointer": trouble.pointer, "next": step,
            }
        )  # fmt: skip
        lines += [f"{trouble.subject}  {refusal}", f"  → {step}"]
    return Answer({"drafts": rows, "troubles": troubled}, lines or ["no drafts"])


@verb(
    "draft",
    example="provenance order draft order:9520123000004/2026-0001 --catalogue shop.json -o offer.json",
    prints="{order, file, token}",
)
@click.argument("order")
@_catalogue
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file for the offer; must not be there yet.")
def draft(order: str, catalogue_file: Path, output: Path) -> Answer:
    """Make the offer of an imported order, for its seller to sign.

    Sign it with 'record sign', with the seller's own key, and capture it. The token goes on the buyer's receipt: it is
    shown now and kept nowhere.
    """
    from provenance.adapters.outside import random_bytes
    from provenance.commerce.catalogues import parse_catalogue
    from provenance.commerce.dossier_names import parse_dossier_name
    from provenance.encoding.textual import format_base58

    catalogue = parse_catalogue(opening.read_bytes(catalogue_file))
    subject, token = parse_dossier_name(order).subject, format_base58(random_bytes(_TOKEN_BYTES))
    with opening.services() as services:
        members = services.shop_importing.offer(subject, catalogue, token=token)
    opening.write_new(output, canonical.dump(members) + b"\n")
    lines = [f"{output}  to be signed: provenance record sign {output} --party … --key …", f"token  {token}"]
    return Answer({"order": subject, "file": str(output), "token": token}, lines)


def _maker(file: Path, maker: str | None) -> _From:
    if maker is not None:
        return _From(maker)
    if file.suffix in (".csv", ".xlsx"):
        return _From(file.suffix[1:])
    raise ConfigurationError(Code.BAD_SETTING, f"{file}: say with --from what made it")


def _read(data: bytes, maker: _From) -> TableReport:
    from provenance.commerce.order_csv import read_csv_rows
    from provenance.commerce.order_tables import read_order_table
    from provenance.commerce.shopify_orders import read_shopify_order
    from provenance.commerce.woocommerce_orders import read_woocommerce_order

    match maker:
        case _From.CSV:
            return read_order_table(read_csv_rows(data))
        case _From.XLSX:
            opening.require_extra("openpyxl", "xlsx")
            from provenance.adapters.workbooks import read_workbook_rows

            return read_order_table(read_workbook_rows(data))
        case _From.SHOPIFY:
            return _single(read_shopify_order(canonical.parse_any(data)))
        case _From.WOOCOMMERCE:
            return _single(read_woocommerce_order(canonical.parse_any(data)))


def _single(order: ShopOrder) -> TableReport:
    from provenance.commerce.order_tables import TableOrder, TableReport

    return TableReport((TableOrder(1, order),), (), ())


def _told(file: Path, taken: Taken, dropped: tuple[str, ...], *, is_kept: bool) -> Answer:
    orders: list[JsonLike] = [{"order": subject, "became": kept.value} for subject, kept in taken.kept]
    members: dict[str, JsonLike] = {
        "file": str(file),
        "kept": is_kept,
        "orders": orders,
        "refused": [_row(refusal) for refusal in taken.refusals],
        "dropped": list(dropped),
    }
    lines = [f"{kept}  {subject}" for subject, kept in taken.kept]
    for refusal in taken.refusals:
        _, row, column = refusal.pointer.split("/")
        lines += [f"row {row}, {column}: {refusal.code}: {refusal.message}", f"  → {NEXT_STEP[refusal.code]}"]
    end = "kept" if is_kept else "nothing was kept"
    return Answer(members, [*lines, end], is_bad_news=bool(taken.refusals))


def _row(refusal: Refusal) -> JsonLike:
    _, row, column = refusal.pointer.split("/")
    return {
        "row": int(row), "column": column, "code": refusal.code.value, "message": refusal.message,
        "next": NEXT_STEP[refusal.code],
    }  # fmt: skip


COMMANDS = (import_, template, drafts, draft)
