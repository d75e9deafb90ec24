"""All records about one order, in log order, and the stages they add up to.

Rules:

* stages are folded from records and nothing else: the same records give the same stages on every machine;
* time only goes forward within a dossier;
* what does not fit is refused and leaves the dossier as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from provenance.codes import Code
from provenance.commerce.dossier_names import DossierName
from provenance.commerce.machines import Place, stepped
from provenance.commerce.records import Entered
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Dossier:
    """The records about one thing so far, and the stage of each of its machines."""

    name: DossierName
    entries: tuple[Entered, ...] = ()
    stages: Mapping[Place, Stage] = field(default_factory=dict)

    def stage(self, machine: Machine, serial: str = "") -> Stage:
        """How far one of its machines has come."""
        return self.stages.get((machine, serial), Stage.NONE)

    def all(self, kind: Kind) -> tuple[Entered, ...]:
        """Its records of a kind, in log order."""
        return tuple(entered for entered in self.entries if entered.record.kind is kind)

    def newest(self, kind: Kind) -> Entered | None:
        """Its newest record of a kind."""
        return next((entered for entered in reversed(self.entries) if entered.record.kind is kind), None)

    @property
    def at(self) -> int:
        """The newest moment that it knows of."""
        return self.entries[-1].record.at if self.entries else 0


def extended(dossier: Dossier, entered: Entered) -> Dossier:
    """The dossier with one more record; refuses an edge that the tables don't know, and time that runs back."""
    record = entered.record
    if record.at < dossier.at:
        message = f"it says {record.at}, and the record before it {dossier.at}"
        raise RefusedError(Code.NOT_NOW, message, pointer="/at")
    stages = stepped(record.row, dossier.stages, record.named)
    return Dossier(dossier.name, (*dossier.entries, entered), stages)


def folded(name: DossierName, entries: Iterable[Entered]) -> Dossier:
    """The dossier of these records, which the log has taken already."""
    dossier = Dossier(name)
    for entered in entries:
        dossier = extended(dossier, entered)
    return dossier
