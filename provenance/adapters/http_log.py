"""Reading somebody's published log over HTTP. See ``ports.outside.PublishedLog``.

Rules: no redirects, no retries, no cookies; certificates are checked; an answer has at most the bytes of the largest
entry bundle there can be, and at most thirty seconds, the whole of it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from provenance.adapters.http_answers import read_answer
from provenance.codes import Code
from provenance.crypto.signed_requests import authority_of
from provenance.encoding import canonical
from provenance.errors import ConfigurationError, NotFoundError, ProvenanceError, RefusedError, UnreachableError
from provenance.log.bundles import LONGEST_ENTRY
from provenance.log.tiles import WIDTH

_SECONDS = 30.0
_LARGEST = WIDTH * (2 + LONGEST_ENTRY)
_OURS = {"User-Agent": "provenance"}
_MOST_SAID = 300


class HttpLog:
    """The log at an address; refuses one that is not of HTTP."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ConfigurationError(Code.BAD_SETTING, f"no address of a log: {url[:60]!r}; it begins with https://")
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(total=_SECONDS), retries=False)

    @property
    def authority(self) -> str:
        """Host and port, as a signed request names them."""
        return authority_of(self._url)

    def path_of(self, path: str) -> str:
        """The whole path of what lies under a path of the log."""
        return f"{urlsplit(self._url).path}/{path}"

    def read(self, path: str) -> bytes:
        """The bytes under a path of the log."""
        return self.ask(path, headers={}, largest=_LARGEST)

    def ask(self, path: str, *, headers: Mapping[str, str], largest: int) -> bytes:
        """The answer to a request with these headers besides our own; its bytes are limited."""
        address, deadline = f"{self._url}/{path}", time.monotonic() + _SECONDS
        try:
            response = self._pool.request(
                "GET", address, headers={**_OURS, **headers}, redirect=False, preload_content=False
            )
            try:
                body = read_answer(response, largest=largest, deadline=deadline)
            finally:
                response.release_conn()
        except (HTTPError, OSError, ValueError) as err:
            raise UnreachableError(Code.UNREACHABLE, f"{address}: {type(err).__name__}") from err
        if response.status == 404:
            raise NotFoundError(Code.NOT_FOUND, f"{address} is not there")
        if response.status == 403:
            raise RefusedError(Code.REFUSED_THERE, f"{address}: {_said(body)}")
        if response.status != 200:
            raise UnreachableError(Code.UNREACHABLE, f"{address}: status {response.status}")
        return body


def _said(body: bytes) -> str:
    """Why a server refused, in its own words; they are only repeated."""
    try:
        match canonical.parse_any(body):
            case {"code": str(code), "detail": str(detail)}:
                return f"{code}: {detail}"[:_MOST_SAID]
            case _:
                return "status 403"
    except ProvenanceError:
        return "status 403"
