"""What a request says about itself: which services answer it, in which language, from whom, and for which path.

Rules: nothing a client sends is believed further than it must be; only a proxy on this very machine may say for whom
it asks; no cookie is read, as there is none.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from flask import Request, current_app, request

from provenance.codes import Code
from provenance.errors import NotFoundError
from web.pages.text import Language, Text, language_named, text_in

if TYPE_CHECKING:
    from provenance.bootstrap import Services

EXTENSION = "provenance"

_TAP_NAMES = frozenset({"picc_data", "enc", "uid", "ctr", "cmac"})

_PAST_THE_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://[^/]*)?([^?#]*)")


def services() -> Services:
    """The services behind this application."""
    return cast("Services", current_app.extensions[EXTENSION])


def chosen_language() -> Language | None:
    """The language that the address asks for (``?lang=``), or ``None``."""
    return language_named(request.args.get("lang", ""))


def text() -> Text:
    """The text in the visitor's language: the address decides, then the browser, then English."""
    wanted = (language_named(tag) for tag, quality in request.accept_languages if quality > 0)
    return text_in(chosen_language() or next(filter(None, wanted), Language.ENGLISH))


def receipt_token() -> str:
    """The token on an order's receipt, from ``Authorization: Bearer …``; without one there is nothing to see."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise NotFoundError(Code.UNKNOWN_DOSSIER, "it is shown to whoever sends the token on the receipt")
    return token


def raw_path(asked: Request) -> str:
    """The path as it was sent, percent signs and all: a serial may have a slash in it, spelled ``%2F``."""
    raw = asked.environ.get("RAW_URI") or asked.environ.get("REQUEST_URI") or quote(asked.path)
    match = _PAST_THE_HOST.match(raw)
    return match[1] if match else quote(asked.path)


def tap_query(asked: Request) -> str:
    """What an NFC tag wrote into the link's query; empty where nobody touched one to see this page.

    Touching is not previewing: what only looks ahead must not use the tap up before its owner sees it.
    """
    purpose = asked.headers.get("Sec-Purpose", "") + asked.headers.get("Purpose", "")
    if asked.method != "GET" or "prefetch" in purpose:
        return ""
    parameters = asked.query_string.decode("latin-1").split("&")
    written = [each for each in parameters if each.partition("=")[0] in _TAP_NAMES]
    return "&".join(written) if any(each.startswith("cmac=") for each in written) else ""


def client(asked: Request) -> str | None:
    """Who asks: an IPv4 address or an IPv6 network of 64 bits; ``None`` for this machine itself."""
    address = asked.remote_addr or ""
    if _is_here(address):
        address = asked.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        parsed = ip_address(address)
    except ValueError:
        return None if not address else address[:64]
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ip_network((parsed, 64), strict=False))
        parsed = parsed.ipv4_mapped
    return None if parsed.is_loopback else str(parsed)


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return not address  # a Unix socket has none
