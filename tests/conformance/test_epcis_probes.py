"""Events the JSON schema judges wrongly, or that are easy to judge wrongly: each gets the verdict agreed on.

The verdicts come from the prose of EPCIS and CBV, SHACL and the conformance requirements. Two of them we do not follow
to the end, because GS1's own valid examples break them: they are worth a remark and no refusal.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.epcis.compatibility import remarks_on
from provenance.epcis.context import read_context
from provenance.epcis.document import read_document
from provenance.epcis.remarks import Remark
from provenance.epcis.rules import check_event
from provenance.errors import MalformedError
from tests.vectors import vectors

BYTES = vectors("epcis", "semantic_probes.json").read_bytes()
PROBES: list[dict[str, Any]] = json.loads(BYTES)["probes"]
# What each is refused or remarked on for, by the number of the probe.
REASONS = {
    2: Code.CLASS_FOR_INSTANCE,
    3: Code.GTIN_NOT_PADDED,
    8: Code.MALFORMED_EVENT,
    10: Code.NOT_A_CBV_WORD,
    12: Code.WORD_AS_URI,
    14: Code.MALFORMED_EVENT,
    17: Code.MALFORMED_TEXT,
    19: Code.MALFORMED_TEXT,
    25: Code.CORRECTION_OF_NOTHING,
    27: Code.SET_AND_UNSET,
    28: Code.MISSING_MEMBER,
    29: Code.NOT_READ_BY_ALL,
    31: Code.UOM_WITHOUT_QUANTITY,
    32: Code.FRACTION_WITHOUT_UOM,
    34: Code.DUPLICATE_EPC,
    35: Code.SENSOR_TIME,
    36: Code.SENSOR_SAID_TWICE,
    37: Code.SENSOR_WITHOUT_VALUE,
    41: Code.MISSING_MEMBER,
    47: Code.MISSING_MEMBER,
    52: Code.INPUT_IS_OUTPUT,
    53: Code.MISSING_MEMBER,
    54: Code.MISSING_MEMBER,
    55: Code.NOTHING_NAMED,
    57: Code.MISSING_MEMBER,
}

MILDER = {35, 36}  # a reading from after its event; a device named in the metadata and in the report


def document_with(number: int) -> Json:
    """The template of the probes with the event of one of them."""
    value: Any = canonical.parse_any(BYTES)
    [event] = [probe["event"] for probe in value["probes"] if probe["id"] == number]
    document: Json = {**value["document_template"], "epcisBody": {"eventList": [event]}}
    return document


def judged(probe: dict[str, Any]) -> str:
    """The verdict that a probe is to get here."""
    return "warn" if probe["id"] in MILDER else str(probe["our_verdict"])


def judge(value: Json) -> tuple[Remark, ...]:
    """The remarks on the one event of a document."""
    document = read_document(value)
    [event] = document.events
    check_event(event)
    return remarks_on(event, read_context(document.context))


@pytest.mark.parametrize("probe", [p for p in PROBES if p["our_verdict"] == "accept"], ids=lambda p: str(p["name"]))
def test_accepts_without_remark(probe: dict[str, Any]) -> None:
    assert judge(document_with(probe["id"])) == ()


@pytest.mark.parametrize("probe", [p for p in PROBES if judged(p) == "warn"], ids=lambda p: str(p["name"]))
def test_accepts_with_a_remark(probe: dict[str, Any]) -> None:
    [remark] = judge(document_with(probe["id"]))

    assert remark.code is REASONS[probe["id"]]


@pytest.mark.parametrize("probe", [p for p in PROBES if judged(p) == "error"], ids=lambda p: str(p["name"]))
def test_refuses(probe: dict[str, Any]) -> None:
    with pytest.raises(MalformedError) as caught:
        judge(document_with(probe["id"]))

    assert caught.value.code is REASONS[probe["id"]]
