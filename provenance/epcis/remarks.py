"""What its sender should know about an event that is accepted nevertheless."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know: the event is read, but others may read it differently or not at all.

    >>> str(Remark(Code.SENSOR_WITHOUT_VALUE, "no value for Mass", "/sensorElementList/0/sensorReport/0"))
    'sensor-without-value at /sensorElementList/0/sensorReport/0: no value for Mass'
    """

    code: Code
    message: str
    pointer: str = ""

    def __str__(self) -> str:
        place = f" at {self.pointer}" if self.pointer else ""
        return f"{self.code}{place}: {self.message}"
