"""What the schema does not say about sensor data: readings that contradict themselves or the event.

Rules (EPCIS 2.0 §7.3.7; conformance requirements M122 and TCR-53, step 29):

* device, method and time stand in the metadata or in the report, never in both;
* what a sensor saw was seen by ``eventTime``; a period starts before it ends;
* ``sDev`` comes with ``meanValue``, ``percRank`` with ``percValue``, ``component`` with ``value`` and ``uom``;
* the least value is not above the greatest, and the mean lies between;
* a report is about a chemical substance or about a microorganism, not both;
* ``uom`` belongs to a number.

Worth a remark: a report without any value, a number without unit, a unit that is no Rec 20 code, and
``exception`` alone, which the prose allows and the JSON schema refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from provenance.codes import Code
from provenance.encoding.textual import parse_time
from provenance.epcis.remarks import Remark
from provenance.epcis.sensors import SensorElement, SensorMetadata, SensorReport
from provenance.errors import MalformedError

_UOM = re.compile(r"[A-Z0-9]{2,3}")
_WITHOUT_UNIT = frozenset({"Count", "Dimensionless"})
_HIGHEST_RANK = 100
_EITHER = {
    "time": "time",
    "device_id": "deviceID",
    "device_metadata": "deviceMetadata",
    "raw_data": "rawData",
    "data_processing_method": "dataProcessingMethod",
    "biz_rules": "bizRules",
}


def check_sensors(sensors: tuple[SensorElement, ...], instant: datetime) -> Iterator[Remark]:
    """What is worth a remark in the sensor data of an event of that moment; refuses contradictions."""
    for index, element in enumerate(sensors):
        place = f"/sensorElementList/{index}"
        if element.metadata is not None:
            _check_period(element.metadata, instant, f"{place}/sensorMetadata")
        for number, report in enumerate(element.reports):
            pointer = f"{place}/sensorReport/{number}"
            _check_said_once(element.metadata, report, pointer)
            _check_not_later(report.time, instant, f"{pointer}/time")
            _check_pairs(report, pointer)
            _check_range(report, pointer)
            yield from _remarks(report, pointer)


def _check_period(metadata: SensorMetadata, instant: datetime, pointer: str) -> None:
    _check_not_later(metadata.time, instant, f"{pointer}/time")
    _check_not_later(metadata.start_time, instant, f"{pointer}/startTime")
    _check_not_later(metadata.end_time, instant, f"{pointer}/endTime")
    start, end = metadata.start_time, metadata.end_time
    if start is not None and end is not None and parse_time(start) >= parse_time(end):
        raise MalformedError(
            Code.SENSOR_TIME, f"the period starts at {start}, not before its end {end}", pointer=f"{pointer}/startTime"
        )


def _check_not_later(written: str | None, instant: datetime, pointer: str) -> None:
    if written is not None and parse_time(written) > instant:
        raise MalformedError(Code.SENSOR_TIME, f"{written} is later than the event itself", pointer=pointer)


def _check_said_once(metadata: SensorMetadata | None, report: SensorReport, pointer: str) -> None:
    for attribute, name in _EITHER.items():
        if metadata is not None and None not in (getattr(metadata, attribute), getattr(report, attribute)):
            raise MalformedError(
                Code.SENSOR_SAID_TWICE,
                f"{name} stands in the metadata and in the report",
                pointer=f"{pointer}/{name}",
            )


def _check_pairs(report: SensorReport, pointer: str) -> None:
    rank, percentile = report.percentile_rank, report.percentile_value
    contradictions = {
        "sDev without meanValue": report.standard_deviation is not None and report.mean_value is None,
        "percRank without percValue": rank is not None and percentile is None,
        "percValue without percRank": percentile is not None and rank is None,
        "component without value and uom": report.component is not None and None in (report.value, report.uom),
        "a chemicalSubstance and a microorganism": None not in (report.chemical_substance, report.microorganism),
        "uom without a number": report.uom is not None and not _has_number(report),
    }
    for message, holds in contradictions.items():
        if holds:
            raise MalformedError(Code.SENSOR_CONTRADICTION, message, pointer=pointer)


def _check_range(report: SensorReport, pointer: str) -> None:
    inside = [v for v in (report.min_value, report.mean_value, report.max_value) if v is not None]
    if inside != sorted(inside):
        raise MalformedError(
            Code.SENSOR_CONTRADICTION, f"{inside[0]} is no least value beside {inside[-1]}", pointer=pointer
        )
    if report.standard_deviation is not None and report.standard_deviation < 0:
        raise MalformedError(
            Code.SENSOR_CONTRADICTION, f"sDev is {report.standard_deviation}", pointer=f"{pointer}/sDev"
        )
    if report.percentile_rank is not None and not 0 <= report.percentile_rank <= _HIGHEST_RANK:
        raise MalformedError(
            Code.SENSOR_CONTRADICTION, f"percRank is {report.percentile_rank}", pointer=f"{pointer}/percRank"
        )


def _remarks(report: SensorReport, pointer: str) -> Iterator[Remark]:
    if report.type is None:
        yield Remark(Code.SENSOR_WITHOUT_TYPE, "other systems refuse a report without type", pointer)
    elif report.is_empty and report.exception is None:
        yield Remark(Code.SENSOR_WITHOUT_VALUE, f"the report names {report.type} and no value", pointer)
    if report.uom is None:
        if _has_number(report) and report.type not in _WITHOUT_UNIT:
            yield Remark(Code.UNIT_UNCLEAR, "a number without unit", pointer)
    elif not _UOM.fullmatch(report.uom):
        yield Remark(Code.UNIT_UNCLEAR, f"the unit {report.uom[:20]!r} is no Rec 20 code", f"{pointer}/uom")


def _has_number(report: SensorReport) -> bool:
    given = (report.value, report.min_value, report.max_value, report.mean_value, report.percentile_value)
    return any(value is not None for value in given)
