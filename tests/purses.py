"""What members have in points, by plain sums: a second reckoning, to hold the product's books against.

Rules: it knows lots with their ends, what is pending, laid down, spent and given, and nothing of records or ledgers;
whoever calls it decides what is allowed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from provenance.ids import Subject


@dataclass(slots=True)
class Bought:
    """What the bookkeeping knows of an order."""

    name: Subject
    by: Subject
    way: str = "placed"
    at: int = 0
    in_points: int = 0
    paid_back: set[int] = field(default_factory=set)

    @property
    def number(self) -> str:
        return self.name.rpartition("/")[2]


@dataclass(slots=True)
class Purse:
    """What it knows of an account: lots with their ends, what is pending, laid down, on its way, and owed."""

    lots: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    expired: dict[str, int] = field(default_factory=dict)
    pending: dict[Subject, dict[int, int]] = field(default_factory=dict)
    earned: dict[Subject, dict[int, int]] = field(default_factory=dict)
    laid_down: dict[Subject, list[dict[str, int]]] = field(default_factory=dict)
    spent: dict[Subject, list[dict[str, int]]] = field(default_factory=dict)
    gifts: dict[str, dict[str, int]] = field(default_factory=dict)
    given: dict[int, int] = field(default_factory=dict)
    owed: int = 0

    def available(self) -> int:
        return sum(self.lots.values())

    def sweep(self, now: int) -> None:
        for lot in self.lots:
            if self.ends[lot] <= now:
                self.expired[lot] = self.expired.get(lot, 0) + self.lots[lot]
                self.lots[lot] = 0

    def settle(self) -> None:
        paid = min(self.owed, self.available())
        self.take(paid)
        self.owed -= paid

    def take(self, points: int) -> dict[str, int]:
        taken: dict[str, int] = {}
        for lot in sorted(self.lots, key=lambda lot: (self.ends[lot], lot)):
            taken[lot] = min(points, self.lots[lot])
            self.lots[lot] -= taken[lot]
            points -= taken[lot]
        assert not points
        return {lot: part for lot, part in taken.items() if part}

    def put(self, lots: dict[str, int], ends: dict[str, int]) -> None:
        for lot, points in lots.items():
            self.lots[lot] = self.lots.get(lot, 0) + points
            self.ends[lot] = max(ends[lot], self.ends.get(lot, 0))

    def revoke(self, order: Subject, points: int) -> None:
        for held in (self.lots, self.expired):
            part = min(points, held.get(order, 0))
            held[order] = held.get(order, 0) - part
            points -= part
        part = min(points, self.available())
        self.take(part)
        self.owed += points - part
