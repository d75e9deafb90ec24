"""Labels as others see them: read by zxing-cpp, pages as PDFium prints them, and a Chinese font to print with."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image

from labels.symbol import Symbol

LINK = "https://id.example.org/01/09521234543213/21/AB23CD45EF67G"
PRINTED = "https://ID.EXAMPLE.ORG/01/09521234543213/21/AB23CD45EF67G"
DAMAGED_LINK = "https://id.example.org/01/09521234543214/21/1"  # its check digit is wrong


def item(number: int) -> str:
    return f"https://id.example.org/01/09521234543213/21/AB23{number:04d}XYZ"


def read(picture: Image.Image) -> list[str]:
    """The QR codes in a picture, from the top and from the left."""
    found = zxingcpp.read_barcodes(np.array(picture.convert("L")), formats=zxingcpp.BarcodeFormat.QRCode)
    return [seen.text for seen in found]


def read_in_order(picture: Image.Image) -> list[str]:
    """The QR codes on a page, row by row."""
    found = zxingcpp.read_barcodes(np.array(picture.convert("L")), formats=zxingcpp.BarcodeFormat.QRCode)
    corner = {seen.text: seen.position.top_left for seen in found}
    assert len(corner) == len(found), "the same code twice; take another way to count copies"
    return sorted(corner, key=lambda text: (round(corner[text].y / 20), corner[text].x))


def matrix(symbol: Symbol) -> np.ndarray:
    """The modules of a symbol as zeros and ones."""
    return np.array([list(row) for row in symbol.rows], np.uint8)


def pages(pdf: bytes, *, dpi: int = 150) -> list[Image.Image]:
    """The pages as a printer of this resolution would put them on paper."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def texts(pdf: bytes) -> list[str]:
    """What can be selected and copied on each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    finally:
        document.close()


def chinese_font() -> bytes:
    """WenQuanYi Micro Hei: a collection with TrueType outlines."""
    found = importlib.util.find_spec("paperang_p2_fonts_cjk")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "fonts" / "wqy-microhei.ttc").read_bytes()
