"""A page in one file: the evidence about one thing, and the script that checks it, to be opened from a disk.

Rules:

* everything is in the file: bundle, trust file, verifier and style, as ``data:`` addresses or in the page itself;
* the page's own policy lets it load nothing from anywhere else;
* the trust file inside is the server's: whoever wants to be sure loads another, in the same page.
"""

from __future__ import annotations

import base64
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from provenance.bundle import Bundle, format_bundle
from provenance.trust import Trust, format_trust
from web.pages.checking import OUTCOMES, REASONS, STEPS
from web.pages.text import Text


def offline_page(bundle: Bundle, trust: Trust, text: Text) -> bytes:
    """The page about a bundle, in one language."""
    environment = Environment(
        loader=PackageLoader("web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template("offline.html").render(
        t=text,
        name=bundle.subject,
        steps=STEPS,
        outcomes=OUTCOMES,
        reasons=REASONS,
        bundle=_address(format_bundle(bundle), "application/json"),
        trust=_address(format_trust(trust), "application/json"),
        verifier=_address(_static("evidence.js"), "text/javascript"),
        style=_static("provenance.css").decode(),
        script=_static("check.js").decode(),
    )
    return page.encode()


def _address(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _static(name: str) -> bytes:
    return files("web").joinpath("static", name).read_bytes()
