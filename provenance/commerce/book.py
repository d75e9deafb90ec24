"""All dossiers at one place of the log, and the slots they hold: what one of them at a time may have.

Rules:

* an item is in at most one open sale, and a payment pays one order: who comes second is refused, with whom it lost to;
* slots are folded from records like everything else; a store keeps them unique a second time, so a bug stops there;
* what was changed is remembered for the store to write, and which words (``silenced``, by hash) it has to forget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import DossierName, parse_dossier_name
from provenance.commerce.tables import Slot
from provenance.errors import ConflictError, RefusedError
from provenance.ids import Subject

SlotKey = tuple[Slot, str]


@dataclass(frozen=True, slots=True)
class SlotChanges:
    """Which slots a record takes for its dossier, and which it gives back."""

    takes: tuple[SlotKey, ...] = ()
    frees: tuple[SlotKey, ...] = ()


@dataclass(slots=True)
class Book:
    """Dossiers and slots by name; what is not in it yet, ``find_dossier`` and ``find_slot`` bring from a store."""

    find_dossier: Callable[[DossierName], Dossier] = Dossier
    find_slot: Callable[[SlotKey], Subject | None] = lambda _: None
    dossiers: dict[Subject, Dossier] = field(default_factory=dict)
    slots: dict[SlotKey, Subject | None] = field(default_factory=dict)
    taken: dict[SlotKey, Subject] = field(default_factory=dict)
    freed: set[SlotKey] = field(default_factory=set)
    silenced: set[str] = field(default_factory=set)

    def dossier(self, name: DossierName) -> Dossier:
        """The dossier of this name; an empty one if nothing was said of it."""
        if name.subject not in self.dossiers:
            self.dossiers[name.subject] = self.find_dossier(name)
        return self.dossiers[name.subject]

    def known(self, subject: Subject) -> Dossier:
        """The dossier of this name; refuses one that nobody opened."""
        dossier = self.dossier(parse_dossier_name(subject))
        if not dossier.entries:
            raise RefusedError(Code.UNKNOWN_DOSSIER, f"nothing was said of {subject}")
        return dossier

    def holder(self, slot: Slot, key: str) -> Subject | None:
        """The dossier that has a slot, if one has it."""
        name = slot, key
        if name not in self.slots:
            self.slots[name] = self.find_slot(name)
        return self.slots[name]

    def held(self, slot: Slot, keys: Iterable[str], *, by: Subject) -> tuple[SlotKey, ...]:
        """Those of these slots that a dossier has: what it may give back."""
        return tuple((slot, key) for key in keys if self.holder(slot, key) == by)

    def check_free(self, wanted: Iterable[SlotKey]) -> None:
        """Refuses what some dossier has already, with its name."""
        for slot, key in wanted:
            if (holder := self.holder(slot, key)) is not None:
                evidence = {"subject": key, "holder": holder}
                raise ConflictError(Code.SLOT_TAKEN, f"{key} has its {slot} in {holder} already", evidence=evidence)

    def change(self, changes: SlotChanges, *, of: Subject) -> None:
        """Give slots back, and take others; ``check_free`` came before."""
        for freed in changes.frees:
            self.slots[freed] = None
            if self.taken.pop(freed, None) is None:
                self.freed.add(freed)
        for taken in changes.takes:
            self.slots[taken] = self.taken[taken] = of


def slots(slot: Slot, keys: Iterable[str]) -> tuple[SlotKey, ...]:
    """One slot for each key."""
    return tuple((slot, key) for key in keys)
