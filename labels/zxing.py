"""Symbols drawn and read by zxing-cpp, where it is installed.

Rules:

* it is an extra: without it every function here answers None, and the caller goes the slower way;
* nothing of it is seen outside: what goes in and comes out are texts and rows of modules;
* a picture it is given to read is one dot per module, as drawn: there is nothing to search or straighten.

https://github.com/zxing-cpp/zxing-cpp
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING or importlib.util.find_spec("zxingcpp"):  # the extra "labels"
    import zxingcpp

_IS_INSTALLED = importlib.util.find_spec("zxingcpp") is not None

Rows = tuple[bytes, ...]

_DARK = bytes([True]) + bytes([False]) * 255  # a dot of its pictures is 0 for dark and 255 for light
_LIGHT = bytes([255, 0]) + bytes(254)  # and the other way round


def is_installed() -> bool:
    """It is there."""
    return _IS_INSTALLED


def draw_qr(text: str, *, level: str, quiet_zone: int) -> Rows | None:
    """The modules of the QR symbol of an ASCII text."""
    if not _IS_INSTALLED:
        return None
    return _rows(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level), quiet_zone)


def draw_gs1_data_matrix(bracketed: str, *, quiet_zone: int) -> Rows | None:
    """The modules of the square GS1 DataMatrix of elements written with brackets; None where it refuses them."""
    if not _IS_INSTALLED:
        return None
    try:
        code = zxingcpp.create_barcode(bracketed, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True)
    except ValueError:
        return None
    return _rows(code, quiet_zone)


def read_qr(rows: Sequence[bytes | bytearray]) -> str | None:
    """The text of a QR symbol; None where it reads none."""
    return _read(rows, zxingcpp.BarcodeFormat.QRCode) if _IS_INSTALLED else None


def read_gs1_data_matrix(rows: Sequence[bytes | bytearray]) -> str | None:
    """The element string of a GS1 DataMatrix; None where it reads none."""
    return _read(rows, zxingcpp.BarcodeFormat.DataMatrix) if _IS_INSTALLED else None


def _rows(code: zxingcpp.Barcode, quiet_zone: int) -> Rows:
    picture = memoryview(code.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type]  # it is a Buffer
    height, width = picture.shape or (0, 0)
    modules = picture.tobytes().translate(_DARK)
    side, above = bytes(quiet_zone), (bytes(width + 2 * quiet_zone),) * quiet_zone
    middle = (side + modules[at : at + width] + side for at in range(0, height * width, width))
    return (*above, *middle, *above)


def _read(rows: Sequence[bytes | bytearray], form: zxingcpp.BarcodeFormat) -> str | None:
    picture = memoryview(b"".join(rows).translate(_LIGHT)).cast("B", (len(rows), len(rows[0])))
    found = zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.BarcodeFormats(form),
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
        is_pure=True,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return found[0].text if len(found) == 1 else None
