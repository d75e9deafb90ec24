"""What may come out of what went in: the yield of a transformation.

Rules:

* in the same unit (kilograms to kilograms) no more comes out than went in;
* between different units, and for counted items, the event declares the most it can make::

      "prov:yield": [{"input":"KGM","output":"","most":"20"}]      at most 20 pieces from a kilogram

* a declaration replaces the rule for its pair of units; amounts are exact;
* over several events of one ``transformationID`` the sums count, inputs first; who began it goes on with it;
* a pair nobody declared can't be balanced: it passes, and ``checks`` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import reduce

from provenance.codes import Code
from provenance.custody.authority import Case
from provenance.custody.holdings import EXACT, Holdings
from provenance.custody.lots import total
from provenance.custody.standing import Phase, Standing
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
    if before is not None and before.phase is Phase.VOIDED:
        before = None
    if before is not None and before.owner not in case.roles:
        message = f"{before.subject} was begun by {before.owner}"
        return Refusal(Code.NOT_HOLDER, message, evidence={"subject": before.subject, "head": before.head})
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
    own = before or Standing(case.touched.transformation, case.hash, owner=min(case.roles))
    return own._replace(head=case.hash, holdings=sums, origins=(*own.origins, case.hash))


def declared_yield(event: Event) -> Ratios:
    """The most units of output per unit of input the event declares; refuses other shapes."""
    rows: Json = event.raw.get(YIELD, [])
    if not isinstance(rows, list):
        raise MalformedError(Code.WRONG_TYPE, "a list of input, output and most", pointer=f"/{YIELD}")
    ratios = {}
    for index, row in enumerate(rows):
        match row:
            case {"input": str(given), "output": str(made), "most": str(most_), **rest} if not rest:
                ratios[given, made] = _ratio(most_, f"/{YIELD}/{index}/most")
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
            shares.append(EXACT.multiply(amount, ratio))
    return reduce(EXACT.add, shares) if shares else None


def unbalanced_units(event: Event, touched: Touched, earlier: Iterable[Touched] = ()) -> tuple[str, ...]:
    """The units that came out of this event for which nothing says how much could.

    ``earlier`` are the other events of the same transformation.
    """
    ratios = declared_yield(event)
    sums = _sums((), touched)
    given = {unit: amount for account, unit, amount in sums if account == _IN}
    for other in earlier:
        given |= {unit: amount for account, unit, amount in _sums((), other) if account == _IN}
    return tuple(unit for account, unit, _ in sums if account == _OUT and most(unit, given, ratios) is None)


def inputs_of(touched: Touched) -> frozenset[Subject]:
    """Everything that went in, and the transformation it went into, if that has a chain of its own."""
    named = frozenset((*touched.inputs, *(amount.of for amount in touched.input_amounts)))
    return named if touched.transformation is None else named | {touched.transformation}


def _sums(before: Holdings, touched: Touched) -> Holdings:
    sums = {(account, unit): amount for account, unit, amount in before}
    sides = ((_IN, touched.inputs, touched.input_amounts), (_OUT, touched.outputs, touched.output_amounts))
    for account, items, amounts in sides:
        totals = total(amounts)
        if items:
            totals[""] = EXACT.add(totals.get("", Decimal(0)), Decimal(len(items)))
        for unit, amount in totals.items():
            sums[account, unit] = EXACT.add(sums.get((account, unit), Decimal(0)), amount)
    return tuple((account, unit, amount) for (account, unit), amount in sorted(sums.items()))


def _ratio(text: str, pointer: str) -> Decimal:
    try:
        return parse_decimal(text)
    except MalformedError as err:
        raise err.under(pointer) from err
