"""Every decision of the sample world is made again from its file alone, by two programs; any changed bit is seen."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from provenance.bootstrap import Services
from provenance.commerce.evaluation import EVALUATOR
from provenance.commerce.law_tables import LAWS
from provenance.commerce.vocabulary import Outcome
from provenance.decision_bundle import prove
from provenance.encoding import canonical
from provenance.errors import MalformedError
from provenance.trust import Trust, format_trust
from sample_data.catalogue import STEPS
from sample_data.home import decisions_of
from sample_data.selling import Said
from sample_data.stories.doubted import EDITED
from sample_data.telling import DECIDED
from tests.shared_bundles import Case
from tests.vectors import ROOT
from tests.verifiers import NODE, by_browser, by_file, by_product, needs_node

SECOND = ROOT / "tests" / "interop" / "prove.mjs"
RECORDS = [step for step in STEPS if isinstance(step, Said) and step.about.startswith(DECIDED) and not step.refused]


@pytest.fixture(scope="session")
def decisions(sample_home: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(decisions_of(sample_home).iterdir())}


def is_proven(file: bytes, trust: Trust) -> bool:
    """What the product says."""
    try:
        return prove(file, trust).is_proven
    except MalformedError:
        return False


def second_opinion(files: Sequence[bytes], trust: Trust) -> list[bool]:
    """What the JavaScript says."""
    assert NODE is not None
    believed = {"trust": as_text(format_trust(trust)), "evaluator": EVALUATOR, "laws": [law.hash for law in LAWS]}
    asked = "".join(json.dumps({"file": as_text(file), **believed}) + "\n" for file in files)
    ran = subprocess.run([NODE, "--no-warnings", SECOND], input=asked, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line)["proven"] for line in ran.stdout.splitlines()]


def as_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_every_record_of_a_return_or_claim_left_a_decision(decisions: Mapping[str, bytes]) -> None:
    assert len(decisions) == len(RECORDS) > 40


def test_every_decision_is_made_again_byte_for_byte_from_its_file_alone(
    decisions: Mapping[str, bytes], sample: Services
) -> None:
    found = {name: prove(file, sample.trust) for name, file in decisions.items()}

    assert [name for name, one in found.items() if not one.is_proven] == []
    outcomes = {one.replayed.again.outcome for one in found.values() if one.replayed.again is not None}
    assert outcomes == {Outcome.RETURN, Outcome.REFUSE, Outcome.REFUND, Outcome.HOLD, Outcome.WAIT}


@needs_node
def test_a_second_program_makes_every_decision_again(decisions: Mapping[str, bytes], sample: Services) -> None:
    assert second_opinion(list(decisions.values()), sample.trust) == [True] * len(decisions)


def _members(file: bytes) -> dict[str, Any]:
    members: Any = canonical.parse_whole(file)
    return dict(members)


def parts_of(file: bytes) -> Mapping[str, bytes]:
    """The bytes of each kind of input in a decision bundle, as they stand in the file."""
    members = _members(file)
    case, evidence = members["case"], members["evidence"]
    records = [one for one in evidence["statements"] if one["statement"]["payloadType"].endswith("record+json")]
    return {
        **{name: canonical.dump(case[name]) for name in ("terms", "facts", "law", "decision")},
        **{f"hash of the {name}": case["decision"][name].encode() for name in ("terms", "facts", "law", "evaluator")},
        "checkpoint": canonical.dump(evidence["checkpoint"]),
        "record": records[-1]["statement"]["payload"].encode(),
        "signature": records[-1]["statement"]["signatures"][0]["sig"].encode(),
        "proof": records[0]["proof"][-1].encode(),
        "chains": canonical.dump(evidence["chains"]),
    }


def flipped(file: bytes, part: bytes, *, times: int) -> list[bytes]:
    """The file with one bit of this part turned over, at so many places spread over it."""
    start = file.rindex(part)
    copies = []
    for time in range(times):
        copy = bytearray(file)
        copy[start + (2 * time + 1) * len(part) // (2 * times)] ^= 1
        copies.append(bytes(copy))
    return copies


@pytest.fixture(scope="session")
def parted(decisions: Mapping[str, bytes]) -> tuple[bytes, Mapping[str, bytes]]:
    file = decisions["1002-1-return-matched.bundle"]
    return file, parts_of(file)


def test_the_product_sees_every_bit_that_is_changed(
    parted: tuple[bytes, Mapping[str, bytes]], sample: Services
) -> None:
    file, parts = parted

    unseen = {
        name
        for name, part in parts.items()
        if any(is_proven(copy, sample.trust) for copy in flipped(file, part, times=5))
    }

    assert unseen == set()


@needs_node
def test_the_second_program_sees_every_bit_that_is_changed(
    parted: tuple[bytes, Mapping[str, bytes]], sample: Services
) -> None:
    file, parts = parted
    copies = [copy for part in parts.values() for copy in flipped(file, part, times=2)]

    assert second_opinion(copies, sample.trust) == [False] * len(copies)


@pytest.fixture(scope="session")
def evidence(parted: tuple[bytes, Mapping[str, bytes]], sample: Services) -> list[Case]:
    """The evidence of one decision, as it is and with a bit turned over in each part that every verifier checks."""
    file, parts = parted
    whole = canonical.dump(_members(file)["evidence"])
    copies = {name: flipped(whole, parts[name], times=1)[0] for name in ("checkpoint", "record", "signature", "proof")}
    trust = format_trust(sample.trust)
    return [Case(name, bundle, trust, None) for name, bundle in {"whole": whole, **copies}.items()]


def test_every_verifier_ends_each_step_over_the_records_of_a_sale_alike(evidence: list[Case]) -> None:
    ended = {case.name: by_product(case) for case in evidence}

    assert {case.name: by_file(case) for case in evidence} == ended
    assert [name for name, steps in ended.items() if set(steps.values()) <= {"holds", "not-asked"}] == ["whole"]


@needs_node
def test_the_browser_ends_each_step_over_the_records_of_a_sale_alike(evidence: list[Case]) -> None:
    assert by_browser(evidence) == {case.name: by_product(case) for case in evidence}


def test_what_was_changed_in_the_database_convinces_nobody(sample: Services, decisions: Mapping[str, bytes]) -> None:
    before = prove(decisions["1016-1-return-requested.bundle"], sample.trust)

    now = prove(sample.deciding.bundle(EDITED.returning), sample.trust)

    assert before.is_proven
    assert before.replayed.again is not None
    assert before.replayed.again.outcome is Outcome.REFUSE
    assert now.replayed.again is not None
    assert now.replayed.again.outcome is Outcome.RETURN  # so the database says
    assert [flaw.message.partition(":")[0] for flaw in now.flaws] == ["signatures", "inclusion"]


@needs_node
def test_what_was_changed_in_the_database_does_not_convince_the_second_program_either(sample: Services) -> None:
    assert second_opinion([sample.deciding.bundle(EDITED.returning)], sample.trust) == [False]
