"""The browser's verifier, run under Node: the same outcomes as the product, and no signature that libsodium refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

from provenance.crypto.keys import is_signed_by, public_from_bytes
from provenance.errors import MalformedError
from tests.shared_bundles import every
from tests.vectors import ROOT, vectors
from tests.verifiers import as_base64, by_browser, by_product, needs_node, run_browser_code
from tests.world import World
from web.pages.checking import REASONS
from web.pages.text import Language, text_in


@needs_node
def test_it_agrees_with_the_product_on_every_bundle(tmp_path: Path) -> None:
    world = World(tmp_path / "world")
    cases = every(world)
    world.close()

    assert by_browser(cases) == {case.name: by_product(case) for case in cases}


def test_its_reasons_are_those_that_the_page_has_words_for() -> None:
    script = (ROOT / "web" / "static" / "evidence.js").read_text()
    table = script.partition("export const REASONS = {\n")[2].partition("};")[0]
    said = dict(re.findall(r'^  "([a-z-]+)": "(.+)",$', table, re.MULTILINE))
    words = text_in(Language.ENGLISH)

    assert tuple(said) == REASONS[1:]
    assert said == {reason: words.get(f"check.reason.{reason}") for reason in REASONS[1:]}
    assert sorted(set(re.findall(r'because\("([a-z-]+)"', script))) == sorted(said)


@needs_node
def test_it_takes_exactly_the_signatures_that_the_product_takes() -> None:
    rows = json.loads(vectors("tlog", "ed25519", "cctv_ed25519.json").read_text())

    def holds(key: bytes, message: bytes, sig: bytes) -> bool:
        try:
            return is_signed_by(public_from_bytes(key), message, sig)
        except MalformedError:
            return False

    cases = [(bytes.fromhex(row["key"]), row["msg"].encode(), bytes.fromhex(row["sig"])) for row in rows]
    asked = [{"key": as_base64(k), "message": as_base64(m), "sig": as_base64(s)} for k, m, s in cases]

    assert run_browser_code({"signatures": asked})["holding"] == [holds(*case) for case in cases]
