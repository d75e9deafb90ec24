"""The server behind ``provenance mirror serve``: processes that answer from a copy, and none that signs.

Rules: no key is opened here, and no checkpoint is made; the watch over the log (``provenance mirror copy --every``) is
a process of its own that writes into the same folder, and the pages follow it.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from provenance.bootstrap_mirror import build_mirror
from provenance.config import Settings
from provenance.trust import Trust
from web.mirror import create_mirror_app
from web.workers import Workers, keep_diary


def serve_mirror(settings: Settings, folder: Path, trust: Trust, *, host: str, port: int, workers: int) -> None:
    """Answer until told to stop; refuses a folder whose copy nobody stands behind."""
    keep_diary()
    build_mirror(settings, folder, trust).services.store.close()

    def make_app() -> Flask:
        return create_mirror_app(build_mirror(settings, folder, trust))

    Workers(make_app, host=host, port=port, workers=workers).run()
