"""The server behind ``provenance witness serve``: two processes that share one file.

Rules: every process opens the witness for itself, after it was forked; on SIGTERM or ^C requests under way are
finished. Killed at any moment, it has either confirmed durably or not at all.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # gunicorn ships no types

from provenance.bootstrap import build_witness
from provenance.config import Settings
from web.serving import THREADS
from web.witness import create_witness_app

if TYPE_CHECKING:
    from flask import Flask


def serve_witness(settings: Settings, *, host: str, port: int) -> None:
    """Answer until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    _Server(settings, bind).run()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with our settings and no command line or file of its own."""

    def __init__(self, settings: Settings, bind: str) -> None:
        self._settings, self._bind = settings, bind
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self._bind,
            "workers": 2,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": 10,
            "keepalive": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
        }.items():
            if name in self.cfg.settings:  # older releases lack the last
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of one process, made after the fork."""
        return create_witness_app(build_witness(self._settings).confirming)
