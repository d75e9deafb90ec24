"""The documents GS1 and OpenEPCIS publish: the valid ones come back without loss, the invalid ones are refused.

Vectors: gs1/EPCIS (2023-05) examples and openepcis/openepcis-test-resources (2026-08).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.encoding import canonical
from provenance.epcis.document import read_document, single_event, write_document
from provenance.epcis.events import parse_any_event
from provenance.errors import MalformedError
from tests.vectors import vectors

EPCIS = vectors("epcis")
FOLDERS = ("gs1_examples/JSON", "gs1_examples/JSON-simple-context", "openepcis_test_resources/2.0/EPCIS/JSON")
FILES = sorted(
    path.relative_to(EPCIS).as_posix()
    for folder in FOLDERS
    for path in (EPCIS / folder).rglob("*")
    if path.suffix in {".json", ".jsonld"}
)

# Called valid by those who publish them, and refused by the 2.0.1 JSON schema as by us.
NOT_VALID_AFTER_ALL = {
    # a list of sources that is one source
    "gs1_examples/JSON-simple-context/Example-TransactionEvents-2020_07_03y.jsonld": (
        Code.WRONG_TYPE,
        "/epcisBody/eventList/1/sourceList",
    ),
    # 2.0 as a number
    "gs1_examples/JSON-simple-context/WithSensorData/SensorDataExample17.jsonld": (
        Code.FRACTION_NOT_ALLOWED,
        "/schemaVersion",
    ),
    # Molar_concentration: no word of the GS1 Web Vocabulary, and no URI
    "openepcis_test_resources/2.0/EPCIS/JSON/Capture/Documents/SensorData_with_combined_events.json": (
        Code.NOT_A_CBV_WORD,
        "/epcisBody/eventList/7/sensorElementList/0/sensorReport/1/type",
    ),
    "openepcis_test_resources/2.0/EPCIS/JSON/Query/SensorData_with_combined_events.json": (
        Code.NOT_A_CBV_WORD,
        "/epcisBody/queryResults/resultsBody/eventList/7/sensorElementList/0/sensorReport/1/type",
    ),
}
INVALID = {
    "Capture/Invalid/Combination_of_events_with_missing_mandatory_fields.json": (Code.MISSING_MEMBER, "/action"),
    "Capture/Invalid/Combination_of_multiple_invalid_fields.json": (Code.NOT_A_CBV_WORD, "/bizStep"),
    "Capture/Invalid/ObjectEvent_with_ilmd_field_without_namespace.json": (Code.UNKNOWN_MEMBER, "/ilmd/materialType"),
    "Capture/Invalid/ObjectEvent_with_invalid_action.json": (Code.WRONG_VALUE, "/action"),
    "Capture/Invalid/ObjectEvent_with_invalid_certificationInfo.json": (Code.WRONG_TYPE, "/certificationInfo/0"),
    "Capture/Invalid/ObjectEvent_with_non_standard_bizStep.json": (Code.NOT_A_CBV_WORD, "/bizStep"),
    "Capture/Invalid/ObjectEvent_with_unknown_field_in_quantityList.json": (
        Code.UNKNOWN_MEMBER,
        "/quantityList/0/weight",
    ),
    "Capture/Invalid/ObjectEvent_without_identifier_list.json": (Code.MALFORMED_EVENT, ""),
    "Query/Invalid/QueryDocument_with_invalid_eventType.json": (Code.WRONG_VALUE, "/type"),
}
VALID = [name for name in FILES if "/Invalid/" not in name and name not in NOT_VALID_AFTER_ALL]


def text(name: str) -> bytes:
    """The bytes of a vector file."""
    return Path(EPCIS / name).read_bytes()


@pytest.mark.parametrize("name", VALID)
def test_a_published_document_comes_back_without_loss(name: str) -> None:
    value, untouched = canonical.parse_any(text(name)), canonical.parse_any(text(name))

    printed = write_document(read_document(value))

    # repr, not ==: for Python 25 equals 25.0 and true equals 1, and digits are part of what must not be lost.
    assert repr(printed) == repr(untouched)


@pytest.mark.parametrize("name", VALID)
def test_each_published_event_can_stand_alone(name: str) -> None:
    document = read_document(canonical.parse_any(text(name)))

    for event in document.events:
        alone = single_event(event, document)
        [again] = read_document(alone).events

        assert "@context" in alone
        assert again == parse_any_event(alone)


@pytest.mark.parametrize(("name", "refusal"), NOT_VALID_AFTER_ALL.items())
def test_a_document_the_schema_refuses_is_refused_whoever_publishes_it(name: str, refusal: tuple[Code, str]) -> None:
    with pytest.raises(MalformedError) as caught:
        read_document(canonical.parse_any(text(name)))

    assert (caught.value.code, caught.value.pointer) == refusal


@pytest.mark.parametrize("name", [name for name in FILES if "/Invalid/" in name and "/Queries/" not in name])
def test_a_document_published_as_invalid_is_refused_for_its_fault(name: str) -> None:
    code, place = INVALID[name.removeprefix("openepcis_test_resources/2.0/EPCIS/JSON/")]

    with pytest.raises(MalformedError) as caught:
        read_document(canonical.parse_any(text(name)))

    assert caught.value.code is code
    assert caught.value.pointer.endswith(f"eventList/0{place}")


def test_a_query_is_no_document() -> None:
    [name] = [name for name in FILES if "/Queries/" in name]

    with pytest.raises(MalformedError):
        read_document(canonical.parse_any(text(name)))
