"""Asking a time-stamping authority over HTTP.

Rules: one POST, no redirect, ten seconds, no more bytes read than an answer may have; what comes back is checked by
whoever asked. RFC 3161 §3.4.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from http import HTTPStatus
from urllib.parse import urlsplit

from provenance.codes import Code
from provenance.crypto.timestamps import LARGEST_ANSWER
from provenance.errors import ConfigurationError, NotFoundError

_TIMEOUT_SECONDS = 10


class HttpTimeStamper:
    """The authority at a URL. See ``ports.outside.TimeStamper``."""

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ConfigurationError(Code.BAD_SETTING, f"no http address of an authority: {url!r}")
        self._url = url

    def stamp(self, request: bytes) -> bytes:
        """The authority's answer; ``NotFoundError`` where there is none."""
        asked = urllib.request.Request(  # noqa: S310 - the scheme was checked above
            self._url, data=request, headers={"Content-Type": "application/timestamp-query"}
        )
        try:
            with urllib.request.build_opener(_NoRedirect).open(asked, timeout=_TIMEOUT_SECONDS) as response:
                if response.status == HTTPStatus.OK:
                    return bytes(response.read(LARGEST_ANSWER + 1))
                said = f"status {response.status}"
        except (OSError, urllib.error.URLError) as err:
            said = str(err)
        raise NotFoundError(Code.ANCHOR_UNAVAILABLE, f"{self._url} did not stamp: {said}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Nobody is sent elsewhere: the authority was named."""
