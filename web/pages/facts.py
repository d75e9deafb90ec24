"""What the record says a thing is: its numbers, its maker, where it stands, and the maker's own description.

Rules: nothing is guessed; what the record does not say has no line; the words of the standard's master data are
translated, somebody's own words are shown as they were signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from provenance.custody.history import Happening, History
from provenance.custody.holdings import SOURCE
from provenance.custody.standing import Standing
from provenance.custody.steps import Step
from provenance.gs1.identifiers import Identifier
from web.pages.names import Names, amount, date_of, day_of, identified, plain, shortened
from web.pages.text import Text

_MOST_FACTS = 24
_NUMBERS = {"01": "fact.gtin", "21": "fact.serial", "10": "fact.lot", "00": "fact.sscc"}
_SHOWN_ELSEWHERE = frozenset({"cbvmda:descriptionShort", "@context"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the description; ``is_number`` asks for letters that can't be mistaken for each other."""

    name: str
    value: str
    is_number: bool = False


def facts(history: History, names: Names, text: Text) -> tuple[Fact, ...]:
    """The description of the thing a history is about."""
    beginning = _beginning(history)
    lines = [*_numbers(identified(history.subject), history.subject, text)]
    if beginning is not None:
        makers = names.listed([names.party(signer.party) for signer in beginning.signers])
        lines += [Fact(text("fact.maker"), makers), Fact(text("fact.made"), day_of(beginning.event, text))]
        lines += _described(beginning, text)
    if history.standing is not None:
        lines += _present(history, history.standing, names, text)
    return tuple(lines[:_MOST_FACTS])


def _beginning(history: History) -> Happening | None:
    """The step that brought the thing into the world, if it counts."""
    made = (Step.COMMISSION, Step.TRANSFORM)
    own = (h for h in history.happenings if h.step in made and h.refusal is None and not h.is_voided)
    return next((h for h in own if history.subject in _made_in(h)), None)


def _made_in(happening: Happening) -> set[str]:
    about = happening.about
    return {*about.items, *about.outputs, *(some.of for some in (*about.amounts, *about.output_amounts))}


def _numbers(identifier: Identifier | None, subject: str, text: Text) -> Iterator[Fact]:
    if identifier is None:
        yield Fact(text("fact.number"), shortened(subject), is_number=True)
        return
    for ai, value in identifier.elements:
        yield Fact(text(_NUMBERS.get(ai, "fact.number")), value, is_number=True)


def _described(beginning: Happening, text: Text) -> Iterator[Fact]:
    for key, value in (beginning.event.ilmd or {}).items():
        shown = plain(value)
        if shown and key not in _SHOWN_ELSEWHERE:
            yield Fact(
                text.get(f"fact.{key}") or shortened(key), _in_words(shown, text) if key.endswith("Date") else shown
            )


def _in_words(day: str, text: Text) -> str:
    try:
        return date_of(date.fromisoformat(day), text)
    except ValueError:
        return day  # its maker's own way of writing it


def _present(history: History, standing: Standing, names: Names, text: Text) -> Iterator[Fact]:
    if not standing.holdings and history.phase is not None:
        yield Fact(text("fact.phase"), text(f"phase.{history.phase}"))
    if history.holder is not None:
        yield Fact(text("fact.holder"), names.party(history.holder))
    if history.owner is not None and history.owner != history.holder:
        yield Fact(text("fact.owner"), names.party(history.owner))
    if history.units_around:
        yield Fact(text("fact.inside"), names.listed([names.number(unit) for unit in history.units_around]))
    if standing.offer is not None:
        yield Fact(text("fact.offer"), names.party(standing.offer.to))
    for account, unit, held in standing.holdings:
        if held and account != SOURCE:
            yield Fact(text("fact.holding"), f"{amount(held, unit)}: {_account(account, names, text)}")


def _account(account: str, names: Names, text: Text) -> str:
    kind, _, rest = account.partition(":")
    if kind == "party":
        return text("account.party", party=names.party(rest))
    if kind == "transit":
        return text("account.transit", party=names.party(rest.partition(">")[2]))
    if kind == "unit":
        return text("account.unit", unit=names.number(rest))
    return text.get(f"account.{kind}") or shortened(account)
