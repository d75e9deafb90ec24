"""What sensors said, inside an event: one element per device or batch of readings.

Rules:

* an element has at least one report; its metadata holds for all of them;
* a report has a ``type`` or, by EPCIS 2.0 §7.3.7, an ``exception`` in its place
  (the 2.0.1 JSON schema insists on ``type``; the prose does not);
* values are exact decimals.

Contradictions between metadata, reports and event are looked for in ``rules``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from provenance.codes import Code
from provenance.encoding.canonical import Json
from provenance.epcis import members as read
from provenance.epcis.vocabulary import COMPONENT_WORDS, MEASUREMENTS, SENSOR_EXCEPTIONS, Vocabulary
from provenance.errors import MalformedError, ProvenanceError

_HEX = re.compile(r"[0-9A-Fa-f]+")
_METADATA = frozenset(
    {"time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"}
)
NUMBERS = ("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue")
_REPORT = frozenset(
    {
        *("type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules", "time"),
        *("microorganism", "chemicalSubstance", "coordinateReferenceSystem", "component", "uom"),
        *("stringValue", "booleanValue", "hexBinaryValue", "uriValue", *NUMBERS),
    }
)
_ELEMENT = frozenset({"type", "sensorMetadata", "sensorReport"})


@dataclass(frozen=True, slots=True)
class SensorMetadata:
    """When, by what and how the readings of an element were taken."""

    time: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    device_id: str | None = None
    device_metadata: str | None = None
    raw_data: str | None = None
    data_processing_method: str | None = None
    biz_rules: str | None = None
    extensions: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SensorReport:
    """One reading, or the summary of several."""

    type: str | None = None
    exception: str | None = None
    uom: str | None = None
    time: str | None = None
    value: Decimal | None = None
    min_value: Decimal | None = None
    max_value: Decimal | None = None
    mean_value: Decimal | None = None
    standard_deviation: Decimal | None = None
    percentile_rank: Decimal | None = None
    percentile_value: Decimal | None = None
    string_value: str | None = None
    boolean_value: bool | None = None
    hex_binary_value: str | None = None
    uri_value: str | None = None
    component: str | None = None
    microorganism: str | None = None
    chemical_substance: str | None = None
    coordinate_reference_system: str | None = None
    device_id: str | None = None
    device_metadata: str | None = None
    raw_data: str | None = None
    data_processing_method: str | None = None
    biz_rules: str | None = None
    extensions: Mapping[str, Json] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """True for a report that names a measurement and gives no value for it."""
        given = (self.value, self.min_value, self.max_value, self.mean_value, self.standard_deviation)
        others = (self.percentile_value, self.string_value, self.boolean_value, self.hex_binary_value, self.uri_value)
        return all(value is None for value in (*given, *others))


@dataclass(frozen=True, slots=True)
class SensorElement:
    """Reports that belong together, with what holds for all of them."""

    reports: tuple[SensorReport, ...]
    metadata: SensorMetadata | None = None
    extensions: Mapping[str, Json] = field(default_factory=dict)


def parse_sensor(members: dict[str, Json]) -> SensorElement:
    """One member of ``sensorElementList``; refuses unknown members, wrong kinds and an empty list of reports."""
    others = read.extensions(members, _ELEMENT, "a sensorElement")
    # GS1's own examples name the class of the node; anything else there would change what it is.
    if members.get("type", "epcis:SensorElement") != "epcis:SensorElement":
        raise MalformedError(Code.WRONG_VALUE, "the type of a sensorElement is epcis:SensorElement", pointer="/type")
    if "sensorReport" not in members:
        raise read.missing("sensorReport", "a sensorElement")
    reports = read.rows(members, "sensorReport", _report)
    if not reports:
        raise MalformedError(Code.EMPTY_LIST, "a sensorElement has no report", pointer="/sensorReport")
    metadata = None
    if "sensorMetadata" in members:
        try:
            metadata = _metadata(read.object_(members["sensorMetadata"], "an object"))
        except ProvenanceError as err:
            raise err.under("/sensorMetadata") from err
    return SensorElement(reports, metadata, others)


def _metadata(members: dict[str, Json]) -> SensorMetadata:
    return SensorMetadata(
        extensions=read.extensions(members, _METADATA, "sensorMetadata"),
        time=read.time(members, "time"),
        start_time=read.time(members, "startTime"),
        end_time=read.time(members, "endTime"),
        device_id=read.uri(members, "deviceID"),
        device_metadata=read.uri(members, "deviceMetadata"),
        raw_data=read.uri(members, "rawData"),
        data_processing_method=read.uri(members, "dataProcessingMethod"),
        biz_rules=read.uri(members, "bizRules"),
    )


def _report(members: dict[str, Json]) -> SensorReport:
    others = read.extensions(members, _REPORT, "a sensorReport")
    if "type" not in members and "exception" not in members:
        raise read.missing("type", "a sensorReport without exception")
    value, low, high, mean, deviation, rank, percentile = (read.number(members, name) for name in NUMBERS)
    return SensorReport(
        extensions=others,
        type=_word(members, "type", MEASUREMENTS),
        exception=_word(members, "exception", SENSOR_EXCEPTIONS),
        component=_word(members, "component", COMPONENT_WORDS),
        uom=read.text(members, "uom"),
        time=read.time(members, "time"),
        value=value,
        min_value=low,
        max_value=high,
        mean_value=mean,
        standard_deviation=deviation,
        percentile_rank=rank,
        percentile_value=percentile,
        string_value=read.text(members, "stringValue"),
        boolean_value=_boolean(members, "booleanValue"),
        hex_binary_value=_hex(members, "hexBinaryValue"),
        uri_value=read.uri(members, "uriValue"),
        microorganism=read.uri(members, "microorganism"),
        chemical_substance=read.uri(members, "chemicalSubstance"),
        coordinate_reference_system=read.uri(members, "coordinateReferenceSystem"),
        device_id=read.uri(members, "deviceID"),
        device_metadata=read.uri(members, "deviceMetadata"),
        raw_data=read.uri(members, "rawData"),
        data_processing_method=read.uri(members, "dataProcessingMethod"),
        biz_rules=read.uri(members, "bizRules"),
    )


def _word(members: dict[str, Json], name: str, words: Vocabulary) -> str | None:
    return words.read(members[name], f"/{name}") if name in members else None


def _boolean(members: dict[str, Json], name: str) -> bool | None:
    value = members.get(name, False)
    if not isinstance(value, bool):
        raise read.wrong_type(value, "true or false", f"/{name}")
    return value if name in members else None


def _hex(members: dict[str, Json], name: str) -> str | None:
    value = read.text(members, name)
    if value is not None and not _HEX.fullmatch(value):
        raise MalformedError(Code.WRONG_VALUE, f"{read.shown(value)} is not hexadecimal", pointer=f"/{name}")
    return value
