"""Sending one webhook over HTTP. See ``ports.webhooks.WebhookPost``.

Rules:

* HTTPS alone, with the certificate checked for the host's name, though its address is what is connected to; plain HTTP
  only to hosts that the operator names;
* no redirects, no retries, no cookies, no proxy; a connection is used once;
* of the answer only the status counts: at most 16 KiB of it are read, and ten seconds are waited for all of it.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from urllib.parse import SplitResult, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from provenance.adapters.http_answers import read_answer
from provenance.adapters.public_addresses import resolve
from provenance.codes import Code
from provenance.errors import RefusedError, UnreachableError

SECONDS = 10.0
_LARGEST = 16 * 1024
_LONGEST_URL = 1000
_OURS = {"User-Agent": "provenance-webhooks", "Content-Type": "application/json"}


class HttpWebhookPost:
    """The way out; ``named`` are the hosts that may be private."""

    def __init__(self, named: frozenset[str]) -> None:
        self._named = named

    def check(self, url: str) -> None:
        """Refuse what is no address that webhooks go to."""
        _parts(url, self._named)

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of one try."""
        parts = _parts(url, self._named)
        host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
        deadline = time.monotonic() + SECONDS
        address = resolve(host, port, named=self._named)
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection = _connection(parts, address, port, host)
        # A timeout of the socket is for each piece; whoever answers drop by drop is cut off by the clock.
        watchdog = threading.Timer(SECONDS, _cut, [connection])
        watchdog.start()
        try:
            ours = {**_OURS, **headers, "Host": parts.netloc}
            connection.request("POST", target, body=body, headers=ours, preload_content=False)
            response = connection.getresponse()
            read_answer(response, largest=_LARGEST, deadline=deadline)
        except (HTTPError, HTTPException, OSError, ValueError) as err:
            raise UnreachableError(Code.UNREACHABLE, f"{host}: {type(err).__name__}") from err
        finally:
            watchdog.cancel()
            connection.close()
        if time.monotonic() > deadline:  # cut off among the headers, an answer looks whole
            raise UnreachableError(Code.UNREACHABLE, f"{host}: no whole answer in {SECONDS} seconds")
        return response.status


def _parts(url: str, named: frozenset[str]) -> SplitResult:
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError as err:
        raise RefusedError(Code.FORBIDDEN_ADDRESS, f"no web address: {url[:80]!r}") from err
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _LONGEST_URL
    if not is_plain or not host or port == 0 or "@" in parts.netloc or parts.fragment:
        raise RefusedError(Code.FORBIDDEN_ADDRESS, f"no web address to post to: {url[:80]!r}")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in named):
        raise RefusedError(Code.FORBIDDEN_ADDRESS, f"webhooks go to https addresses, not {url[:80]!r}")
    return parts


def _connection(parts: SplitResult, address: str, port: int, host: str) -> HTTPConnection:
    if parts.scheme == "http":
        return HTTPConnection(address, port, timeout=SECONDS)
    return HTTPSConnection(
        address, port, timeout=SECONDS, cert_reqs="CERT_REQUIRED", server_hostname=host, assert_hostname=host
    )


def _cut(connection: HTTPConnection) -> None:
    if (open_socket := connection.sock) is not None:
        with suppress(OSError):  # it was closed a moment before
            open_socket.shutdown(socket.SHUT_RDWR)
