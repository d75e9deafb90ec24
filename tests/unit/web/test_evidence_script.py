"""The browser's verifier, run under Node: the same outcomes as the product, and no signature that libsodium refuses."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from provenance.crypto.keys import is_signed_by, public_from_bytes
from provenance.errors import MalformedError
from provenance.evidence import verify_file
from provenance.proof_steps import Outcome, ProofStep
from provenance.trust import parse_trust
from tests.shared_bundles import Case, every
from tests.vectors import ROOT, vectors
from tests.world import World

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="there is no Node on this machine to run the browser's code")


def as_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def run(asked: Mapping[str, Any]) -> Any:
    assert NODE is not None
    program = ROOT / "tests" / "browser_code.mjs"
    ran = subprocess.run(
        [NODE, "--no-warnings", program], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def by_product(case: Case) -> dict[str, str]:
    try:
        outcomes = verify_file(case.bundle, parse_trust(case.trust)).steps.outcomes()
    except MalformedError:
        outcomes = dict.fromkeys(ProofStep, Outcome.NOT_CHECKED) | {ProofStep.FILE: Outcome.FAILS}
    return {step.value: outcome.value for step, outcome in outcomes.items()}


@needs_node
def test_it_agrees_with_the_product_on_every_bundle(tmp_path: Path) -> None:
    world = World(tmp_path / "world")
    cases = every(world)
    world.close()

    said = run({"cases": [{"name": c.name, "bundle": as_base64(c.bundle), "trust": as_base64(c.trust)} for c in cases]})

    assert said["outcomes"] == {case.name: by_product(case) for case in cases}


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

    assert run({"signatures": asked})["holding"] == [holds(*case) for case in cases]
