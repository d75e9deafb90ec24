"""What sensors said: how elements and reports are read, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from provenance.codes import Code
from provenance.epcis.sensors import SensorReport, parse_sensor
from provenance.errors import MalformedError


def element(**report: Any) -> dict[str, Any]:
    """An element with one report of a temperature."""
    return {"sensorReport": [{"type": "Temperature", "value": Decimal("4.10"), "uom": "CEL", **report}]}


def test_reads_metadata_and_reports() -> None:
    given = {
        "sensorMetadata": {"deviceID": "urn:epc:id:giai:4000001.111", "ex:a": 1},
        **element(component="cbv:Comp-x"),
    }

    sensor = parse_sensor(given)

    assert sensor.metadata is not None
    assert sensor.metadata.device_id == "urn:epc:id:giai:4000001.111"
    assert sensor.metadata.extensions == {"ex:a": 1}
    [report] = sensor.reports
    assert (report.type, report.value, report.uom, report.component) == ("Temperature", Decimal("4.10"), "CEL", "x")


def test_an_exception_may_stand_in_place_of_a_type() -> None:
    [report] = parse_sensor({"sensorReport": [{"exception": "gs1:ALARM_CONDITION"}]}).reports

    assert (report.type, report.exception) == (None, "ALARM_CONDITION")


def test_a_report_without_value_is_empty() -> None:
    assert SensorReport(type="Mass").is_empty
    assert not SensorReport(type="Mass", boolean_value=False).is_empty
    assert not SensorReport(type="Mass", value=Decimal(0)).is_empty


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        ({}, Code.MISSING_MEMBER, "/sensorReport"),
        ({"sensorReport": []}, Code.EMPTY_LIST, "/sensorReport"),
        ({"sensorReport": [{}]}, Code.MISSING_MEMBER, "/sensorReport/0/type"),
        ({"type": "ex:Element", **element()}, Code.WRONG_VALUE, "/type"),
        ({"note": "", **element()}, Code.UNKNOWN_MEMBER, "/note"),
        ({"sensorMetadata": [], **element()}, Code.WRONG_TYPE, "/sensorMetadata"),
        ({"sensorMetadata": {"time": "noon"}, **element()}, Code.MALFORMED_TEXT, "/sensorMetadata/time"),
        ({"sensorMetadata": {"value": 1}, **element()}, Code.UNKNOWN_MEMBER, "/sensorMetadata/value"),
        (element(type="Heat"), Code.NOT_A_CBV_WORD, "/sensorReport/0/type"),
        (element(exception="FIRE"), Code.NOT_A_CBV_WORD, "/sensorReport/0/exception"),
        (element(value="4"), Code.WRONG_TYPE, "/sensorReport/0/value"),
        (element(value=True), Code.WRONG_TYPE, "/sensorReport/0/value"),
        (element(booleanValue=1), Code.WRONG_TYPE, "/sensorReport/0/booleanValue"),
        (element(hexBinaryValue="0x1"), Code.WRONG_VALUE, "/sensorReport/0/hexBinaryValue"),
        (element(uriValue="here"), Code.WRONG_VALUE, "/sensorReport/0/uriValue"),
        (element(quality=1), Code.UNKNOWN_MEMBER, "/sensorReport/0/quality"),
    ],
)
def test_refuses_with_code_and_place(given: dict[str, Any], code: Code, pointer: str) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_sensor(given)

    assert (caught.value.code, caught.value.pointer) == (code, pointer)
