"""Reading somebody's published log over HTTP. See ``ports.outside.PublishedLog``.

Rules: no redirects, no retries, no cookies; certificates are checked; an answer has at most the bytes of the largest
entry bundle there can be, and at most thirty seconds, the whole of it.
"""

from __future__ import annotations

import time

import urllib3
from urllib3.exceptions import HTTPError

from provenance.adapters.http_answers import read_answer
from provenance.codes import Code
from provenance.errors import ConfigurationError, NotFoundError, UnreachableError
from provenance.log.bundles import LONGEST_ENTRY
from provenance.log.tiles import WIDTH

_SECONDS = 30.0
_LARGEST = WIDTH * (2 + LONGEST_ENTRY)


class HttpLog:
    """The log at an address; refuses one that is not of HTTP."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ConfigurationError(Code.BAD_SETTING, f"no address of a log: {url[:60]!r}; it begins with https://")
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(total=_SECONDS), retries=False, headers={"User-Agent": "provenance"}
        )

    def read(self, path: str) -> bytes:
        """The bytes under a path of the log."""
        address, deadline = f"{self._url}/{path}", time.monotonic() + _SECONDS
        try:
            response = self._pool.request("GET", address, redirect=False, preload_content=False)
            try:
                body = read_answer(response, largest=_LARGEST, deadline=deadline)
            finally:
                response.release_conn()
        except (HTTPError, OSError, ValueError) as err:
            raise UnreachableError(Code.UNREACHABLE, f"{address}: {type(err).__name__}") from err
        if response.status == 404:
            raise NotFoundError(Code.NOT_FOUND, f"{address} is not there")
        if response.status != 200:
            raise UnreachableError(Code.UNREACHABLE, f"{address}: status {response.status}")
        return body


class HttpBodies:
    """The bodies beside a copy of a log, where one is served. See ``ports.outside.BodyFiles``."""

    def __init__(self, log: HttpLog) -> None:
        self._log = log

    def read(self, path: str) -> bytes | None:
        """The bytes under the path of a body bundle."""
        try:
            return self._log.read(path)
        except NotFoundError:
            return None
