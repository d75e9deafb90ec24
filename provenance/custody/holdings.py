"""How much of a lot is where: double entry, so nothing appears or vanishes.

Rules:

* every movement is a posting from one account to another; the sum over a lot's accounts is always zero;
* only ``source`` may be negative: it is where a lot comes from;
* an account is ``party:{id}``, ``transit:{giver}>{receiver}``, ``unit:{SSCC}``, or one of the ends
  ``sold:{id}`` (by that party), ``used`` (up in a transformation), ``ended`` (destroyed, retired);
* amounts are exact decimals in a base unit: kilograms, litres, metres, square metres, or as counted.

UN/ECE Recommendation 20 (units).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal

from provenance.codes import Code
from provenance.errors import Refusal
from provenance.ids import PartyId, Subject

Holdings = tuple[tuple[str, str, Decimal], ...]

SOURCE, USED, FINISHED = "source", "used", "ended"

# 2^53 with 30 digits after the point, in a base unit, times a yield of as many digits.
EXACT = Context(prec=110)
_BASE: Mapping[str, tuple[str, Decimal]] = {
    "MGM": ("KGM", Decimal("0.000001")),
    "GRM": ("KGM", Decimal("0.001")),
    "KGM": ("KGM", Decimal(1)),
    "TNE": ("KGM", Decimal(1000)),
    "MLT": ("LTR", Decimal("0.001")),
    "CLT": ("LTR", Decimal("0.01")),
    "DLT": ("LTR", Decimal("0.1")),
    "LTR": ("LTR", Decimal(1)),
    "MTQ": ("LTR", Decimal(1000)),
    "MMT": ("MTR", Decimal("0.001")),
    "CMT": ("MTR", Decimal("0.01")),
    "MTR": ("MTR", Decimal(1)),
    "CMK": ("MTK", Decimal("0.0001")),
    "MTK": ("MTK", Decimal(1)),
}


def in_base_unit(amount: Decimal, unit: str) -> tuple[Decimal, str]:
    """The amount in its base unit; units we don't know stay as they are.

    >>> in_base_unit(Decimal("1500"), "GRM")
    (Decimal('1.500'), 'KGM')
    """
    base, factor = _BASE.get(unit, (unit, Decimal(1)))
    return EXACT.multiply(amount, factor), base


@dataclass(frozen=True, slots=True)
class Transit:
    """Some of a lot on its way from one party to another."""

    giver: PartyId
    receiver: PartyId
    unit: str
    amount: Decimal

    @property
    def account(self) -> str:
        """The account it stands in."""
        return transit_account(self.giver, self.receiver)


def party_account(party: PartyId) -> str:
    """What a party has in hand."""
    return f"party:{party}"


def transit_account(giver: PartyId, receiver: PartyId) -> str:
    """What is on its way from one party to another."""
    return f"transit:{giver}>{receiver}"


def sold_account(party: PartyId) -> str:
    """What a party has sold to consumers."""
    return f"sold:{party}"


def unit_account(unit: Subject) -> str:
    """What is packed in a logistic unit."""
    return f"unit:{unit}"


def balance(holdings: Holdings, account: str, unit: str) -> Decimal:
    """What an account holds, zero if it was never used."""
    return next((amount for name, of, amount in holdings if name == account and of == unit), Decimal(0))


def transits(holdings: Holdings) -> tuple[Transit, ...]:
    """Everything that is on its way.

    >>> transits((("transit:did:ex:a>did:ex:b", "KGM", Decimal(5)),))[0].receiver
    'did:ex:b'
    """
    rows = [(name.removeprefix("transit:"), unit, held) for name, unit, held in holdings if name.startswith("transit:")]
    # No PGLN and no DID holds ">".
    ends = [(*way.partition(">"), unit, held) for way, unit, held in rows]
    return tuple(Transit(PartyId(giver), PartyId(receiver), unit, held) for giver, _, receiver, unit, held in ends)


def has_any(holdings: Holdings, account: str) -> bool:
    """Whether an account holds anything in any unit."""
    return any(name == account and amount > 0 for name, _, amount in holdings)


def post(holdings: Holdings, amount: Decimal, unit: str, *, debit: str, credit: str) -> Holdings | Refusal:
    """The holdings after ``amount`` (base unit) went from ``debit`` to ``credit``, or why it can't.

    >>> post((), Decimal(5), "KGM", debit=SOURCE, credit="party:a")
    (('party:a', 'KGM', Decimal('5')), ('source', 'KGM', Decimal('-5')))
    """
    before = balance(holdings, debit, unit)
    if debit != SOURCE and before < amount:
        message = f"{debit} holds {before.normalize():f} {unit}, {amount.normalize():f} were to leave it".replace(
            "  ", " "
        )
        return Refusal(Code.NOT_ENOUGH, message)
    accounts = {(name, of): value for name, of, value in holdings}
    accounts[debit, unit] = EXACT.subtract(before, amount)
    accounts[credit, unit] = EXACT.add(accounts.get((credit, unit), Decimal(0)), amount)
    return tuple((name, of, value) for (name, of), value in sorted(accounts.items()) if value)
