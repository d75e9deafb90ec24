"""The processes that answer for a server of ours: gunicorn with our settings, and no command line or file of its own.

Rules: every process makes its application for itself, after it was forked: no connection is ever shared; on SIGTERM or
^C requests under way are finished.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # gunicorn ships no types

if TYPE_CHECKING:
    from flask import Flask

_THREADS = 8
GRACE_SECONDS = 20


class Workers(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """So many processes, each with the application that ``make_app`` gives it; ``run`` returns when told to stop."""

    def __init__(self, make_app: Callable[[], Flask], *, host: str, port: int, workers: int) -> None:
        self._make_app = make_app
        self._options: Mapping[str, object] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "worker_class": "gthread",
            "threads": _THREADS,
            "timeout": 60,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Our settings, for gunicorn."""
        for name, value in self._options.items():
            if name in self.cfg.settings:  # older releases lack the last
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of one process, made after the fork."""
        return self._make_app()


def keep_diary() -> None:
    """Let this process and its children say on stderr what they have to say."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
