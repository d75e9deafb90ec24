"""The server behind ``provenance witness serve``: two processes that share one file.

Killed at any moment, it has either confirmed durably or not at all. Nothing of the pages or of an installation is
imported here: a witness is small, and starts at once.
"""

from __future__ import annotations

from flask import Flask

from provenance.bootstrap_witness import build_witness
from provenance.config import Settings
from web.witness import create_witness_app
from web.workers import Workers, keep_diary


def serve_witness(settings: Settings, *, host: str, port: int) -> None:
    """Answer until told to stop."""
    keep_diary()

    def make_app() -> Flask:
        return create_witness_app(build_witness(settings).confirming)

    Workers(make_app, host=host, port=port, workers=2).run()
