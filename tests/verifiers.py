"""How each of the three verifiers ends every step of a case: the product, the one file, and the browser's own code."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from provenance import evidence_verifier
from provenance.errors import MalformedError
from provenance.evidence import verify_file
from provenance.proof_steps import Outcome, ProofStep
from provenance.trust import parse_trust
from tests.shared_bundles import Case
from tests.vectors import ROOT

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="there is no Node on this machine to run the browser's code")


def by_product(case: Case) -> dict[str, str]:
    try:
        outcomes = verify_file(case.bundle, parse_trust(case.trust)).steps.outcomes()
    except MalformedError:
        outcomes = dict.fromkeys(ProofStep, Outcome.NOT_CHECKED) | {ProofStep.FILE: Outcome.FAILS}
    return {step.value: outcome.value for step, outcome in outcomes.items()}


def by_file(case: Case) -> dict[str, str]:
    ended = evidence_verifier.verify(case.bundle, evidence_verifier.read_trust(case.trust))
    return {step: outcome for step, (outcome, _) in ended.items()}


def by_browser(cases: Iterable[Case]) -> Mapping[str, Mapping[str, str]]:
    """The outcomes of every case by its name, in one run of Node."""
    asked = [{"name": c.name, "bundle": as_base64(c.bundle), "trust": as_base64(c.trust)} for c in cases]
    outcomes: Mapping[str, Mapping[str, str]] = run_browser_code({"cases": asked})["outcomes"]
    return outcomes


def as_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def run_browser_code(asked: Mapping[str, Any]) -> Any:
    assert NODE is not None
    program = ROOT / "tests" / "browser_code.mjs"
    ran = subprocess.run(
        [NODE, "--no-warnings", program], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
