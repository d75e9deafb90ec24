"""What the schema does not say about sensor data: readings that contradict themselves, or that others read otherwise.

Rules (EPCIS 2.0 §7.3.7; conformance requirements M122 and TCR-53, step 29):

* a period starts before it ends;
* ``sDev`` comes with ``meanValue``, ``percRank`` with ``percValue``, ``component`` with ``value`` and ``uom``;
* the least value is not above the greatest.

Worth a remark: a report without any value, a number without unit, a unit that is no Rec 20 code, and
``exception`` alone, which the prose allows and the JSON schema refuses. Also what the prose rules out and
GS1's own valid examples do: a reading from after ``eventTime``, a unit without a number, a mean outside of its range,
a chemical substance and a microorganism in one report, and device, method or time in the metadata and in the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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


def check_sensors(sensors: tuple[SensorElement, ...]) -> None:
    """Refuses readings that contradict themselves."""
    for index, element in enumerate(sensors):
        place = f"/sensorElementList/{index}"
        if element.metadata is not None:
            _check_period(element.metadata, f"{place}/sensorMetadata")
        for number, report in enumerate(element.reports):
            pointer = f"{place}/sensorReport/{number}"
            _check_pairs(report, pointer)
            _check_range(report, pointer)


def sensor_remarks(sensors: tuple[SensorElement, ...], instant: datetime) -> Iterator[Remark]:
    """What is worth a remark in the sensor data of an event of that moment."""
    for index, element in enumerate(sensors):
        place = f"/sensorElementList/{index}"
        if (told := element.metadata) is not None:
            times = {"time": told.time, "startTime": told.start_time, "endTime": told.end_time}
            yield from _later(times, instant, f"{place}/sensorMetadata")
        for number, report in enumerate(element.reports):
            pointer = f"{place}/sensorReport/{number}"
            if told is not None:
                yield from _said_twice(told, report, pointer)
            yield from _later({"time": report.time}, instant, pointer)
            yield from _remarks(report, pointer)


def _later(times: Mapping[str, str | None], instant: datetime, pointer: str) -> Iterator[Remark]:
    for name, written in times.items():
        if written is not None and parse_time(written) > instant:
            yield Remark(Code.SENSOR_TIME, f"{written} is later than the event itself", f"{pointer}/{name}")


def _check_period(metadata: SensorMetadata, pointer: str) -> None:
    start, end = metadata.start_time, metadata.end_time
    if start is not None and end is not None and parse_time(start) >= parse_time(end):
        raise MalformedError(
            Code.SENSOR_TIME, f"the period starts at {start}, not before its end {end}", pointer=f"{pointer}/startTime"
        )


def _said_twice(metadata: SensorMetadata, report: SensorReport, pointer: str) -> Iterator[Remark]:
    for attribute, name in _EITHER.items():
        if None not in (getattr(metadata, attribute), getattr(report, attribute)):
            message = f"{name} stands in the metadata and in the report"
            yield Remark(Code.SENSOR_SAID_TWICE, message, f"{pointer}/{name}")


def _check_pairs(report: SensorReport, pointer: str) -> None:
    rank, percentile = report.percentile_rank, report.percentile_value
    contradictions = {
        "sDev without meanValue": report.standard_deviation is not None and report.mean_value is None,
        "percRank without percValue": rank is not None and percentile is None,
        "percValue without percRank": percentile is not None and rank is None,
        "component without value and uom": report.component is not None and None in (report.value, report.uom),
    }
    for message, holds in contradictions.items():
        if holds:
            raise MalformedError(Code.SENSOR_CONTRADICTION, message, pointer=pointer)


def _check_range(report: SensorReport, pointer: str) -> None:
    least, greatest = report.min_value, report.max_value
    if least is not None and greatest is not None and least > greatest:
        message = f"{least} is no least value beside {greatest}"
        raise MalformedError(Code.SENSOR_CONTRADICTION, message, pointer=pointer)
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
    if None not in (report.chemical_substance, report.microorganism):
        yield Remark(Code.SENSOR_CONTRADICTION, "a chemicalSubstance and a microorganism", pointer)
    inside = [value for value in (report.min_value, report.mean_value, report.max_value) if value is not None]
    if inside != sorted(inside):
        yield Remark(Code.SENSOR_CONTRADICTION, f"the mean {report.mean_value} is not among its values", pointer)
    if report.uom is None:
        if _has_number(report) and report.type not in _WITHOUT_UNIT:
            yield Remark(Code.UNIT_UNCLEAR, "a number without unit", pointer)
    elif not _has_number(report):
        yield Remark(Code.UNIT_UNCLEAR, f"the unit {report.uom[:20]!r} without a number", f"{pointer}/uom")
    elif not _UOM.fullmatch(report.uom):
        yield Remark(Code.UNIT_UNCLEAR, f"the unit {report.uom[:20]!r} is no Rec 20 code", f"{pointer}/uom")


def _has_number(report: SensorReport) -> bool:
    given = (report.value, report.min_value, report.max_value, report.mean_value, report.percentile_value)
    return any(value is not None for value in given)
