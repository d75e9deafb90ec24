"""Who answers for what was wrong with an item: whoever had it when the record first shows a fault.

Rules, over the item's history in log order:

* a fault is a sensor's alarm, a finding such as ``damaged``, or a statement that the rules refuse;
* who held the item then answers, and the hand-over by which it came to them was the last with a clean thing in it;
* a clean history up to the sale leaves the seller: nobody before them handed over anything that shows a fault.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provenance.custody.history import Happening
from provenance.custody.steps import Step
from provenance.ids import PartyId, StatementHash

_FAULTY = frozenset(
    {"container_open", "damaged", "expired", "mismatch_instance", "no_pedigree_match", "non_conformant"}
)


@dataclass(frozen=True, slots=True)
class Liability:
    """The party, the statement that first shows the fault (``None``: none does), and how the party came to it."""

    party: PartyId
    fault: StatementHash | None
    received: StatementHash | None


def liability(happenings: Iterable[Happening], seller: PartyId) -> Liability:
    """Who answers, and why; ``seller`` is who sold it to a consumer."""
    holder, received = seller, None
    for happening in happenings:
        if happening.is_voided or happening.step is Step.CORRECT:
            continue
        if _is_fault(happening):
            return Liability(holder, happening.hash, received)
        if happening.holder_after is not None and (received is None or happening.holder_after != holder):
            holder, received = happening.holder_after, happening.hash
        if happening.holder_after is None and received is not None:
            break  # sold: what shows later may be the buyer's doing
    return Liability(seller, None, received)


def _is_fault(happening: Happening) -> bool:
    alarms = (report.exception == "ALARM_CONDITION" for s in happening.event.sensors for report in s.reports)
    return happening.refusal is not None or happening.event.disposition in _FAULTY or any(alarms)
