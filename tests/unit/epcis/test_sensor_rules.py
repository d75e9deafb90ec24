"""Readings that contradict themselves or their event, and readings that only say little."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from provenance.codes import Code
from provenance.epcis.remarks import Remark
from provenance.epcis.sensor_rules import check_sensors, sensor_remarks
from provenance.epcis.sensors import parse_sensor
from provenance.errors import MalformedError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EARLIER, LATER = "2026-01-01T11:00:00Z", "2026-01-01T12:00:01Z"


def check(metadata: dict[str, Any] | None = None, **report: Any) -> list[Remark]:
    """The remarks on one report of a temperature at noon."""
    element: dict[str, Any] = {"sensorReport": [{"type": "Temperature", **report}]}
    if metadata is not None:
        element["sensorMetadata"] = metadata
    sensors = (parse_sensor(element),)
    check_sensors(sensors)
    return list(sensor_remarks(sensors, NOON))


def refused(metadata: dict[str, Any] | None = None, **report: Any) -> tuple[Code, str]:
    """The code of the refusal, and its place within the element."""
    with pytest.raises(MalformedError) as caught:
        check(metadata, **report)
    return caught.value.code, caught.value.pointer.removeprefix("/sensorElementList/0")


def test_a_complete_report_draws_no_remark() -> None:
    period: dict[str, Any] = {"startTime": EARLIER, "endTime": "2026-01-01T12:00:00Z", "deviceID": "ex:1"}

    assert check(period, minValue=2, meanValue=4, sDev=1, maxValue=6, percRank=50, percValue=4, uom="CEL") == []


@pytest.mark.parametrize("name", ["time", "startTime", "endTime"])
def test_remarks_on_what_was_seen_after_the_event(name: str) -> None:
    [remark] = check({name: LATER}, value=1, uom="CEL")

    assert (remark.code, remark.pointer) == (Code.SENSOR_TIME, f"/sensorElementList/0/sensorMetadata/{name}")


def test_remarks_on_a_report_from_after_the_event() -> None:
    [remark] = check(time=LATER, value=1, uom="CEL")

    assert (remark.code, remark.pointer) == (Code.SENSOR_TIME, "/sensorElementList/0/sensorReport/0/time")


def test_times_are_compared_as_moments_not_as_texts() -> None:
    assert check(time="2026-01-01T14:00:00+02:00", value=1, uom="CEL") == []


@pytest.mark.parametrize("start", [EARLIER, "2026-01-01T11:30:00Z"])
def test_a_period_starts_before_it_ends(start: str) -> None:
    assert refused({"startTime": start, "endTime": EARLIER}, value=1, uom="CEL") == (
        Code.SENSOR_TIME,
        "/sensorMetadata/startTime",
    )


@pytest.mark.parametrize("name", ["deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"])
def test_remarks_on_a_report_that_says_what_the_metadata_says(name: str) -> None:
    [remark] = check({name: "ex:1"}, value=1, uom="CEL", **{name: "ex:2"})

    assert (remark.code, remark.pointer) == (
        Code.SENSOR_SAID_TWICE,
        f"/sensorElementList/0/sensorReport/0/{name}",
    )


@pytest.mark.parametrize(
    ("report", "message"),
    [
        ({"value": 1, "uom": "CEL", "sDev": 1}, "sDev without meanValue"),
        ({"value": 1, "uom": "CEL", "percRank": 1}, "percRank without percValue"),
        ({"percValue": 1, "uom": "CEL"}, "percValue without percRank"),
        ({"component": "x", "value": 1}, "component without value and uom"),
        ({"minValue": 2, "maxValue": 1, "uom": "CEL"}, "2 is no least value beside 1"),
        ({"meanValue": 3, "sDev": -1, "uom": "CEL"}, "sDev is -1"),
        ({"percRank": Decimal("100.5"), "percValue": 1, "uom": "CEL"}, "percRank is 100.5"),
    ],
)
def test_a_report_does_not_contradict_itself(report: dict[str, Any], message: str) -> None:
    with pytest.raises(MalformedError, match=message) as caught:
        check(**report)

    assert caught.value.code is Code.SENSOR_CONTRADICTION


@pytest.mark.parametrize(
    ("report", "code"),
    [
        ({}, Code.SENSOR_WITHOUT_VALUE),
        ({"value": 1}, Code.UNIT_UNCLEAR),
        ({"value": 1, "uom": "°C"}, Code.UNIT_UNCLEAR),
        ({"stringValue": "warm", "uom": "CEL"}, Code.UNIT_UNCLEAR),
        ({"minValue": 2, "meanValue": 1, "uom": "CEL"}, Code.SENSOR_CONTRADICTION),
        (
            {"value": 1, "uom": "CEL", "chemicalSubstance": "ex:1", "microorganism": "ex:2"},
            Code.SENSOR_CONTRADICTION,
        ),
    ],
)
def test_remarks_on_what_says_little_or_too_much(report: dict[str, Any], code: Code) -> None:
    assert [remark.code for remark in check(**report)] == [code]


@pytest.mark.parametrize(
    "report",
    [{"booleanValue": False}, {"stringValue": "warm"}, {"exception": "ALARM_CONDITION"}, {"type": "Count", "value": 3}],
)
def test_no_number_needs_no_unit(report: dict[str, Any]) -> None:
    assert check(**report) == []


def test_an_exception_alone_is_read_with_a_remark() -> None:
    sensor = parse_sensor({"sensorReport": [{"exception": "ALARM_CONDITION"}]})

    assert [remark.code for remark in sensor_remarks((sensor,), NOON)] == [Code.SENSOR_WITHOUT_TYPE]
