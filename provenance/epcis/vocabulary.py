"""The words of the Core Business Vocabulary, as they stand in EPCIS 2.0 JSON.

Rules:

* a standard value is a bare word (``shipping``); its Web URI and CURIE (``cbv:BizStep-shipping``)
  are read as the same word, so nobody has to compare spellings;
* the URN of the XML binding (``urn:epcglobal:cbv:bizstep:shipping``) has no place in JSON;
* an own value is a URI or CURIE and is kept as written; anything else is a misspelt word.

CBV 2.0 (ISO/IEC 19988) §7; the GS1 Web Vocabulary for measurement types and alerts.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.encoding.canonical import Json
from provenance.epcis.members import is_uri, shown, wrong_type
from provenance.errors import MalformedError


@unique
class EventType(StrEnum):
    """The five kinds of event (EPCIS 2.0 §7.4)."""

    OBJECT = "ObjectEvent"
    AGGREGATION = "AggregationEvent"
    TRANSACTION = "TransactionEvent"
    TRANSFORMATION = "TransformationEvent"
    ASSOCIATION = "AssociationEvent"


@unique
class Action(StrEnum):
    """What an event does to the life of its objects or of a link between them (§7.3.1)."""

    ADD = "ADD"
    OBSERVE = "OBSERVE"
    DELETE = "DELETE"


@unique
class BizStep(StrEnum):
    """What business was going on (CBV §7.1)."""

    ACCEPTING = "accepting"
    ARRIVING = "arriving"
    ASSEMBLING = "assembling"
    COLLECTING = "collecting"
    COMMISSIONING = "commissioning"
    CONSIGNING = "consigning"
    CREATING_CLASS_INSTANCE = "creating_class_instance"
    CYCLE_COUNTING = "cycle_counting"
    DECOMMISSIONING = "decommissioning"
    DEPARTING = "departing"
    DESTROYING = "destroying"
    DISASSEMBLING = "disassembling"
    DISPENSING = "dispensing"
    ENCODING = "encoding"
    ENTERING_EXITING = "entering_exiting"
    HOLDING = "holding"
    INSPECTING = "inspecting"
    INSTALLING = "installing"
    KILLING = "killing"
    LOADING = "loading"
    OTHER = "other"
    PACKING = "packing"
    PICKING = "picking"
    RECEIVING = "receiving"
    REMOVING = "removing"
    REPACKAGING = "repackaging"
    REPAIRING = "repairing"
    REPLACING = "replacing"
    RESERVING = "reserving"
    RETAIL_SELLING = "retail_selling"
    SAMPLING = "sampling"
    SENSOR_REPORTING = "sensor_reporting"
    SHIPPING = "shipping"
    STAGING_OUTBOUND = "staging_outbound"
    STOCK_TAKING = "stock_taking"
    STOCKING = "stocking"
    STORING = "storing"
    TRANSPORTING = "transporting"
    UNLOADING = "unloading"
    UNPACKING = "unpacking"
    VOID_SHIPPING = "void_shipping"


@unique
class Disposition(StrEnum):
    """In which business state the objects are afterwards (CBV §7.2)."""

    ACTIVE = "active"
    AVAILABLE = "available"
    COMPLETENESS_INFERRED = "completeness_inferred"
    COMPLETENESS_VERIFIED = "completeness_verified"
    CONFORMANT = "conformant"
    CONTAINER_CLOSED = "container_closed"
    CONTAINER_OPEN = "container_open"
    DAMAGED = "damaged"
    DESTROYED = "destroyed"
    DISPENSED = "dispensed"
    DISPOSED = "disposed"
    ENCODED = "encoded"
    EXPIRED = "expired"
    IN_PROGRESS = "in_progress"
    IN_TRANSIT = "in_transit"
    INACTIVE = "inactive"
    MISMATCH_CLASS = "mismatch_class"
    MISMATCH_INSTANCE = "mismatch_instance"
    MISMATCH_QUANTITY = "mismatch_quantity"
    NEEDS_REPLACEMENT = "needs_replacement"
    NO_PEDIGREE_MATCH = "no_pedigree_match"
    NON_CONFORMANT = "non_conformant"
    NON_SELLABLE_OTHER = "non_sellable_other"
    PARTIALLY_DISPENSED = "partially_dispensed"
    RECALLED = "recalled"
    RESERVED = "reserved"
    RETAIL_SOLD = "retail_sold"
    RETURNED = "returned"
    SELLABLE_ACCESSIBLE = "sellable_accessible"
    SELLABLE_NOT_ACCESSIBLE = "sellable_not_accessible"
    STOLEN = "stolen"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


@unique
class BizTransactionType(StrEnum):
    """Which kind of paper an event belongs to (CBV §7.3)."""

    BILL_OF_LADING = "bol"
    CERTIFICATE = "cert"
    DESPATCH_ADVICE = "desadv"
    INVOICE = "inv"
    PEDIGREE = "pedigree"
    PURCHASE_ORDER = "po"
    PURCHASE_ORDER_CONFIRMATION = "poc"
    PRODUCTION_ORDER = "prodorder"
    RECEIVING_ADVICE = "recadv"
    RETURN_AUTHORISATION = "rma"
    TEST_PROCEDURE = "testprd"
    TEST_RESULT = "testres"
    UPSTREAM_EVENT = "upevt"


@unique
class SourceDestType(StrEnum):
    """From whom to whom, and in which sense (CBV §7.4)."""

    OWNING_PARTY = "owning_party"
    POSSESSING_PARTY = "possessing_party"
    LOCATION = "location"


@unique
class ErrorReason(StrEnum):
    """Why an event is declared to be in error (CBV §7.5)."""

    DID_NOT_OCCUR = "did_not_occur"
    INCORRECT_DATA = "incorrect_data"


@unique
class SensorException(StrEnum):
    """What a sensor reports in place of, or beside, a measurement."""

    ALARM_CONDITION = "ALARM_CONDITION"
    ERROR_CONDITION = "ERROR_CONDITION"


MEASUREMENT_TYPES = tuple(
    """
    AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance
    AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area
    Capacitance Conductance Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate
    DynamicViscosity ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength Energy
    Exposure Force Frequency Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum
    Luminance LuminousFlux LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass
    MassConcentration MassFlowRate MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass
    MolarVolume Power Pressure Radioactivity RadiantFlux RadiantIntensity RelativeHumidity Resistance
    Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension Temperature Time Torque
    Voltage Volume VolumeFlowRate VolumeFraction VolumetricFlux Wavenumber
    """.split()
)
"""What a sensor can measure, by the GS1 Web Vocabulary; nothing here decides by them, so they are plain words."""

COMPONENTS = tuple(
    """
    x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting northing
    latitude longitude altitude
    """.split()
)
"""Which part of a position or vector a report gives (CBV §7.6)."""

_CBV_WEB = ("cbv:", "https://ref.gs1.org/cbv/", "http://ref.gs1.org/cbv/")
_GS1_WEB = ("gs1:", "https://ref.gs1.org/voc/", "http://ref.gs1.org/voc/")
_CBV_RESERVED = tuple(web + kind for web in _CBV_WEB for kind in ("BizStep-", "Disp-", "BTT-", "SDT-", "ER-", "Comp-"))
# What the 2.0.1 JSON schema looks for and refuses in CBV and in GS1 members respectively.
_CBV_REFUSED = ("urn:epcglobal:cbv", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/cbv/")
_GS1_REFUSED = tuple(f"{s}://{host}/voc/" for s in ("http", "https") for host in ("gs1.org", "www.gs1.org"))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The standard words of one member: how they are spelled, and what is refused in their place."""

    name: str
    words: tuple[str, ...]
    reserved: tuple[str, ...]
    refused: tuple[str, ...]
    spellings: Mapping[str, str] = field(repr=False)

    def read(self, value: Json, pointer: str) -> str:
        """The word a value stands for, or the own URI or CURIE as written.

        Refuses misspelt words, CBV names that do not exist, and the URNs of the XML binding.
        """
        if not isinstance(value, str):
            raise wrong_type(value, f"a {self.name} word", pointer)
        word = self.spellings.get(value)
        if word is not None:
            return word
        if value.startswith(self.refused):
            bare = value.rsplit("/", 1)[-1].rsplit(":", 1)[-1].rsplit("-", 1)[-1]
            advice = f"the word is {bare}" if bare in self.words else f"and {shown(bare)} is no {self.name} either"
            raise MalformedError(Code.NOT_A_CBV_WORD, f"{shown(value)} has no place in JSON, {advice}", pointer=pointer)
        if value.startswith(self.reserved) or not is_uri(value):
            raise MalformedError(Code.NOT_A_CBV_WORD, self._misspelt(value), pointer=pointer)
        return value

    def _misspelt(self, value: str) -> str:
        near = difflib.get_close_matches(value[:60].rsplit("-", 1)[-1], self.words, n=1)
        return f"{shown(value)} is no {self.name}" + (f"; the nearest word is {near[0]}" if near else "")


def _cbv(name: str, words: type[StrEnum] | tuple[str, ...], marker: str) -> Vocabulary:
    starts = tuple(web + marker for web in _CBV_WEB)
    return Vocabulary(name, tuple(words), _CBV_RESERVED, _CBV_REFUSED, _spellings(tuple(words), starts))


def _gs1(name: str, words: type[StrEnum] | tuple[str, ...]) -> Vocabulary:
    # The GS1 Web Vocabulary grows without EPCIS: gs1:SomethingNew is an own value, not a misspelt one.
    return Vocabulary(name, tuple(words), (), _GS1_REFUSED, _spellings(tuple(words), _GS1_WEB))


def _spellings(words: tuple[str, ...], starts: tuple[str, ...]) -> Mapping[str, str]:
    return {start + word: word for word in words for start in ("", *starts)}


ACTIONS: Mapping[str, Action] = {action.value: action for action in Action}
EVENT_TYPES: Mapping[str, EventType] = {kind.value: kind for kind in EventType}

BIZ_STEPS = _cbv("business step", BizStep, "BizStep-")
DISPOSITIONS = _cbv("disposition", Disposition, "Disp-")
BIZ_TRANSACTION_TYPES = _cbv("business transaction type", BizTransactionType, "BTT-")
SOURCE_DEST_TYPES = _cbv("source or destination type", SourceDestType, "SDT-")
ERROR_REASONS = _cbv("error reason", ErrorReason, "ER-")
COMPONENT_WORDS = _cbv("component", COMPONENTS, "Comp-")
MEASUREMENTS = _gs1("measurement type", MEASUREMENT_TYPES)
SENSOR_EXCEPTIONS = _gs1("sensor exception", SensorException)
