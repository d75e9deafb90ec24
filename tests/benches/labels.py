"""Labels: a sheet of a thousand against what its parts cost at the least, and a hundred thousand in flat memory."""

from __future__ import annotations

import gc
import io
import resource
import time
from collections.abc import Callable, Iterator

import qrcode
import zxingcpp
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from labels.design import Design, Label
from labels.sheet import Layout, write_sheets
from labels.symbol import encode
from labels.templates import SHEETS

PART = 250
LAYOUT = Layout(SHEETS["L7160"])


def link(number: int) -> str:
    return f"https://ID.EXAMPLE.ORG/01/09521234543213/21/{number * 7919 % 10**8:08d}QXZWK"


def seconds(work: Callable[[], object]) -> float:
    """What the processor worked; on a shared machine the clock also counts what others do."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def sheet_ratio(count: int = 1000) -> dict[str, float]:
    """Labels as one A4 PDF with every symbol read back, against zxing-cpp and reportlab doing the least they can.

    That is: zxing-cpp alone makes and reads the same symbols, and reportlab alone puts ready pictures of them on
    pages with the same two lines of text.
    """
    ours = bare = 0.0
    for start in (*range(0, count, PART), *range(0, count, PART)):  # in turns, and twice
        links = [link(number) for number in range(start, start + PART)]
        ours += seconds(lambda links=links: sheet(links))
        pictures: list[Image.Image] = []
        bare += seconds(lambda links=links, pictures=pictures: symbols_alone(links, pictures))
        bare += seconds(lambda links=links, pictures=pictures: pictures_alone(links, pictures))
    return {"seconds": ours / 2, "parts_seconds": bare / 2, "ratio": ours / bare}


def mask_ratio(count: int = 200) -> dict[str, float]:
    """Symbols made and their error correction raised, against ``qrcode`` with its own search for the mask."""
    links = [link(number) for number in range(count)]
    ours = seconds(lambda: [encode(text) for text in links])
    theirs = seconds(lambda: [plain_qrcode(text) for text in links])
    return {"symbols_per_second": count / ours, "qrcode_per_second": count / theirs, "ratio": theirs / ours}


def memory_ratio(small: int, large: int) -> dict[str, float]:
    """The highest memory of a long run, against that of a short one before it in the same process."""
    before = _print_and_peak(small)
    after = _print_and_peak(large)
    return {"short_MiB": before, "long_MiB": after, "growth_MiB": after - before, "ratio": after / before}


def sheet(links: list[str]) -> None:
    (printed,) = write_sheets(map(Label, links), Design(), LAYOUT)
    assert printed.labels == len(links)


def symbols_alone(links: list[str], pictures: list[Image.Image]) -> None:
    for text in links:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
        modules = memoryview(code.to_image(scale=1))
        (seen,) = zxingcpp.read_barcodes(modules, formats=zxingcpp.BarcodeFormat.QRCode)
        assert seen.text == text
        height, width = modules.shape or (0, 0)
        pictures.append(Image.frombytes("L", (width, height), modules.tobytes()).convert("1"))


def pictures_alone(links: list[str], pictures: list[Image.Image]) -> None:
    canvas = Canvas(io.BytesIO(), pageCompression=1)
    for number, (text, picture) in enumerate(zip(links, pictures, strict=True)):
        if number and number % LAYOUT.sheet.count == 0:
            canvas.showPage()
        left, top = (millimetres * 72 / 25_400 for millimetres in LAYOUT.sheet.place(number % LAYOUT.sheet.count + 1))
        canvas.drawImage(ImageReader(picture), left, 740 - top, 100, 100)
        canvas.setFont("Helvetica", 8)
        canvas.drawString(left + 105, 780 - top, "(01) 09521234543213")
        canvas.drawString(left + 105, 790 - top, f"(21) {text[-13:]}")
    canvas.showPage()
    canvas.save()


def plain_qrcode(text: str) -> object:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make()
    return code.get_matrix()


def _print_and_peak(count: int) -> float:
    def labels() -> Iterator[Label]:
        return (Label(link(number)) for number in range(count))

    printed = sum(part.labels for part in write_sheets(labels(), Design(), LAYOUT))
    assert printed == count
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
