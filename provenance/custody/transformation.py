"""What may come out of what went in: the yield of a transformation.

Rules:

* in the same unit (kilograms to kilograms) no more comes out than went in;
* between different units, and for counted items, the event declares the most it can make::

      "prov:yield": [{"input":"KGM","output":"","most":"20"}]      at most 20 pieces from a kilogram

* a declaration replaces the rule for its pair of units; amounts are exact;
* over several events of one ``transformationID`` the sums count, inputs first;
* a pair nobody declared can't be balanced: it passes, and ``checks`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from provenance.codes import Code
from provenance.custody.authority import Case
from provenance.custody.holdings import Holdings
from provenance.custody.lots import total
from provenance.custody.standing import Standing
from provenance.custody.subjects import Touched
from provenance.encoding.canonical import Json
from provenance.encoding.textual import parse_decimal
from provenance.epcis.events import Event
from provenance.errors import MalformedError, Refusal
from provenance.ids import Subject

YIELD = "prov:yield"
_IN, _OUT = "in", "out"
Ratios = Mapping[tuple[str, str], Decimal]


def balanced(case: Case, before: Standing | None) -> Standing | Refusal | None:
    """Why more comes out than the inputs allow, or the transformation's own standing if it has an id."""
    try:
        ratios = declared_yield(case.event)
    except MalformedError as err:
        return err.refusal
    sums = _sums(before.holdings if before else (), case.touched)
    given = {unit: amount for account, unit, amount in sums if account == _IN}
    for account, unit, amount in sums:
        allowed = most(unit, given, ratios)
        if account == _OUT and allowed is not None and amount > allowed:
            return Refusal(
                Code.YIELD_EXCEEDED,
                f"{amount.normalize():f} {unit or 'pieces'} came out, the inputs allow {allowed.normalize():f}",
                pointer="/outputQuantityList" if unit else "/outputEPCList",
            )
    if case.touched.transformation is None:
        return None
    fresh = Standing(case.touched.transformation, case.hash, owner=min(case.roles))
    return replace(before or fresh, head=case.hash, holdings=sums)


def declared_yield(event: Event) -> Ratios:
    """The most units of output per unit of input the event declares; refuses other shapes."""
    rows: Json = event.raw.get(YIELD, [])
    if not isinstance(rows, list):
        raise MalformedError(Code.WRONG_TYPE, "a list of input, output and most", pointer=f"/{YIELD}")
    ratios = {}
    for index, row in enumerate(rows):
        match row:
            case {"input": str(given), "output": str(made), "most": str(most_), **rest} if not rest:
                ratios[given, made] = parse_decimal(most_)
            case _:
                raise MalformedError(
                    Code.WRONG_TYPE, "an object of input, output and most", pointer=f"/{YIELD}/{index}"
                )
    return ratios


def most(unit: str, given: Mapping[str, Decimal], ratios: Ratios) -> Decimal | None:
    """The most that may come out in a unit, or ``None`` if nothing says."""
    shares = []
    for measure, amount in given.items():
        ratio = ratios.get((measure, unit), Decimal(1) if measure == unit and unit else None)
        if ratio is not None:
            shares.append(amount * ratio)
    return sum(shares, Decimal(0)) if shares else None


def unbalanced_units(event: Event, touched: Touched) -> tuple[str, ...]:
    """The units that came out of this event for which nothing says how much could."""
    ratios = declared_yield(event)
    sums = _sums((), touched)
    given = {unit: amount for account, unit, amount in sums if account == _IN}
    return tuple(unit for account, unit, _ in sums if account == _OUT and most(unit, given, ratios) is None)


def inputs_of(touched: Touched) -> frozenset[Subject]:
    """Everything that went in."""
    return frozenset((*touched.inputs, *(amount.of for amount in touched.input_amounts)))


def _sums(before: Holdings, touched: Touched) -> Holdings:
    sums = {(account, unit): amount for account, unit, amount in before}
    sides = ((_IN, touched.inputs, touched.input_amounts), (_OUT, touched.outputs, touched.output_amounts))
    for account, items, amounts in sides:
        totals = total(amounts)
        if items:
            totals[""] = totals.get("", Decimal(0)) + len(items)
        for unit, amount in totals.items():
            sums[account, unit] = sums.get((account, unit), Decimal(0)) + amount
    return tuple((account, unit, amount) for (account, unit), amount in sorted(sums.items()))
