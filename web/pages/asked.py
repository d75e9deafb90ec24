"""What was asked for after the sale: each return, claim and exchange, how far it is, and what terms and law say of it.

Rules: a stage is told in words and the decision with its articles; who may act next stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.commerce.claims import complaint_of
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family
from provenance.commerce.purchase import Asked
from provenance.commerce.returns import return_of
from provenance.commerce.tables import Stage
from provenance.commerce.terms import Terms
from web.addresses import address_of
from web.pages.decisions import lines_of
from web.pages.names import numbered
from web.pages.next_steps import NextStep, next_steps
from web.pages.text import Text


@dataclass(frozen=True, slots=True)
class AskedBlock:
    """One of them; ``decision`` is empty where terms and law have nothing to say, or it is at its end."""

    title: str
    item: str
    address: str
    ask: str
    stages: tuple[str, ...]
    decision: tuple[str, ...]
    steps: tuple[NextStep, ...]


def asked_block(asked: Asked, terms: Terms, text: Text) -> AskedBlock:
    """One return, claim or exchange in words."""
    name, decision = asked.dossier.name, asked.decision if asked.is_open else None
    return AskedBlock(
        title=text(f"asked.{name.family}", number=name.number),
        item=numbered(asked.item, text),
        address=address_of(asked.item),
        ask=text(f"asked.ask.{_ask(asked.dossier)}"),
        stages=tuple(
            text(f"stage.{machine}.{stage}")
            for (machine, _), stage in asked.dossier.stages.items()
            if stage is not Stage.NONE
        ),
        decision=lines_of(decision, terms, text) if decision else (),
        steps=next_steps(asked.dossier, text) if asked.is_open else (),
    )


def _ask(dossier: Dossier) -> str:
    if dossier.name.family is Family.EXCHANGE:
        return "exchange"
    ask = complaint_of(dossier).ask if dossier.name.family is Family.CLAIM else return_of(dossier).ask
    return ask.value
