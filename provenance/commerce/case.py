"""One case under the law and the terms that apply to it, and the days on which its rights begin and end."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.commerce.calendar import day_of, end_of, months_after, rolled
from provenance.commerce.decision import Cited, Duty, Leg
from provenance.commerce.facts import Facts
from provenance.commerce.law import Law, PaidBackFrom
from provenance.commerce.terms import Terms
from provenance.commerce.vocabulary import Clause, Flag, Outcome, Purse, Share


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule says about a case: the outcome, and why, and what follows."""

    outcome: Outcome
    clauses: tuple[Cited, ...]
    legs: tuple[Leg, ...] = ()
    duties: tuple[Duty, ...] = ()
    next_tick: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """The facts, with terms already raised to the law."""

    terms: Terms
    law: Law
    facts: Facts

    def cite(self, *clauses: Clause) -> tuple[Cited, ...]:
        """The clauses with the articles the law table gives them."""
        return tuple(Cited(clause, self.law.clauses[clause]) for clause in clauses)

    def has(self, flag: Flag) -> bool:
        """Whether this stands in the record."""
        return flag in self.facts.flags

    def is_past(self, instant: int) -> bool:
        """Whether the log has reached an instant."""
        return self.facts.as_of >= instant

    def day(self, instant: int) -> int:
        """The local day of an instant."""
        return day_of(instant, self.terms.zone)

    def end(self, day: int) -> int:
        """The first instant after a local day."""
        return end_of(day, self.terms.zone)

    def buyers_last_day(self, since: int, days: int) -> int:
        """The last day of a buyer's period: days of rest lengthen it."""
        return rolled(self.day(since) + days, self.law.rest_days, self.terms.holidays)

    def withdrawal_last_day(self, received_at: int) -> int:
        """The last day on which a buyer who was told so may withdraw."""
        return self.buyers_last_day(received_at, self.terms.withdrawal.days)

    def extended_last_day(self, received_at: int) -> int:
        """The last day on which a buyer who was not told of the right may withdraw."""
        day = months_after(self.day(received_at) + self.terms.withdrawal.days, self.law.uninformed_months.value)
        return rolled(day, self.law.rest_days, self.terms.holidays)

    def sellers_end(self, since: int, days: int) -> int:
        """The end of a seller's period: days of rest lengthen nothing."""
        return self.end(self.day(since) + days)

    def release_due(self, received_at: int) -> int:
        """When the seller's money is due if nobody asks for anything: never before the buyer's time is over."""
        window = self.end(self.withdrawal_last_day(received_at))
        return max(window, self.sellers_end(received_at, self.terms.release_days - 1))

    def paid_back_by(self, asked_at: int, days: int) -> int:
        """When what is owed for a thing must be paid back, so many days after the law starts to count."""
        returned = self.facts.returned
        if self.law.paid_back_from is PaidBackFrom.RETURN and returned is not None:
            # What has not arrived yet arrives now at the earliest.
            arrived_at = self.facts.as_of if returned.received_at is None else returned.received_at
            return self.sellers_end(arrived_at, days)
        # CRD 13(3): not before the goods are back, or the buyer has shown that they were sent.
        return max(self.sellers_end(asked_at, days), returned.sent_at if returned is not None else 0)

    def refund(self, price: int, freight: int) -> tuple[Leg, ...]:
        """The legs that pay a buyer back, from wherever the money is."""
        purse = Purse.SELLER if self.has(Flag.RELEASED) else Purse.ESCROW
        amounts = ((price, Share.PRICE), (freight, Share.FREIGHT))
        return tuple(Leg(purse, Purse.BUYER, minor, share) for minor, share in amounts if minor)
