"""The fonts of this machine that have the letters a label may need beyond Latin ones.

Rules:

* known files in the folders where systems keep fonts; which of them has a letter, and whether it may be embedded, is
  seen where it is opened;
* fonts with Chinese, Japanese and Korean letters come first: of the others none has them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

# By the file's name without its ending, as Linux, macOS and Windows install them; the first is tried first.
_KNOWN = (
    "NotoSansCJKsc-Regular", "NotoSansCJK-Regular", "NotoSansSC-Regular", "NotoSansCJKjp-Regular",
    "SourceHanSansSC-Regular", "SourceHanSans-Regular", "wqy-microhei", "wqy-zenhei", "DroidSansFallbackFull",
    "STHeiti Light", "Hiragino Sans GB", "Arial Unicode", "msyh", "simhei", "simsun", "malgun", "NotoSans-Regular",
    "DejaVuSans", "arial",
)  # fmt: skip
_ENDINGS = (".ttf", ".otf", ".ttc")
_MOST = 3  # each is read whole; more than this only costs time


def system_fonts(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """The files to try, the best first; none where this machine has none of the known ones."""
    found = {path.stem: path for folder in _folders(environ) for path in _font_files(folder)}
    return tuple(found[name] for name in _KNOWN if name in found)[:_MOST]


def _folders(environ: Mapping[str, str]) -> Iterator[Path]:
    yield from (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/System/Library/Fonts"))
    yield Path("/Library/Fonts")
    if home := environ.get("HOME"):
        yield from (Path(home, ".fonts"), Path(home, ".local/share/fonts"), Path(home, "Library/Fonts"))
    if windows := environ.get("WINDIR"):
        yield Path(windows, "Fonts")


def _font_files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS)
