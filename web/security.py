"""What every answer carries to protect its reader, and how often one client may ask.

Rules:

* no script, no style within the page, no frame around it, nothing from elsewhere: a text that slipped into a page
  could do nothing there. The page on which the reader checks the evidence, and those on which a consumer signs with
  a key of their own, have scripts: files of this server, none within the page;
* the address of a page names a thing somebody has, so it is told to nobody (``Referrer-Policy``);
* no cookies, so there is nothing for a foreign form to ride on, and no CSRF token is needed: statements carry their
  authority in their signatures;
* the limits are per process and in memory: a brake for scripts that guess serials, not a wall; a wall belongs in
  front of the server. Each client has a bucket that fills up again steadily; this machine itself has no limit.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

MOST_CLIENTS = 10_000

R = TypeVar("R", bound=AnyResponse)

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_ONE_YEAR = 365 * 24 * 60 * 60


def protect(response: Response, *, is_https: bool) -> Response:
    """The answer with the headers that every answer has."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if is_https:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_ONE_YEAR}")
    return response


def allow_checking(response: Response) -> None:
    """Let this page run our own script files, and let those fetch evidence and trust file from here."""
    response.headers["Content-Security-Policy"] = f"{_POLICY}; script-src 'self'; connect-src 'self'"


def open_to_all(response: R) -> R:
    """The answer with leave for pages of any origin to read it: what it says is public."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    return response


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once, and so many a second after that."""

    at_once: int
    per_second: float


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


@dataclass(slots=True)
class Brake:
    """One limit for every client; ``now`` is a clock in seconds that only goes forward.

    >>> brake = Brake(Limit(at_once=2, per_second=0.5), now=lambda: 0.0)
    >>> [brake.wait("198.51.100.7") for _ in range(3)]
    [0, 0, 2]
    """

    limit: Limit
    now: Callable[[], float]
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, client: str) -> int:
        """How many seconds this client must wait; 0: it may go on, and this time is counted."""
        with self._lock:
            now = self.now()
            bucket = self._buckets.pop(client, None) or _Bucket(self.limit.at_once, now)
            bucket.left = min(self.limit.at_once, bucket.left + (now - bucket.at) * self.limit.per_second)
            bucket.at = now
            self._buckets[client] = bucket
            if len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)  # who has been silent longest has a full bucket anyway
            if bucket.left >= 1:
                bucket.left -= 1
                return 0
            return math.ceil((1 - bucket.left) / self.limit.per_second)
