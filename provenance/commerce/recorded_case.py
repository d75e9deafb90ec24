"""A case as everything recorded tells it: under which terms, on which facts.

Rules:

* the terms are those that the order pinned, whatever was published since;
* what counts as now is the newest record of the order or of what is asked: time passes only when a record says so;
* the same book and goods give the same case, on a server as in a file of evidence.
"""

from __future__ import annotations

from provenance.commerce.book import Book
from provenance.commerce.circumstances import circumstances_of
from provenance.commerce.claims import claim_facts, complaint_of
from provenance.commerce.dossier_names import Family
from provenance.commerce.extraction import facts_of
from provenance.commerce.facts import Facts, SeenCheckpoint
from provenance.commerce.goods import Goods
from provenance.commerce.order_guards import pinned_terms
from provenance.commerce.orders import order_of
from provenance.commerce.returns import return_of
from provenance.commerce.terms import Terms
from provenance.ids import Subject


def case_in(subject: Subject, book: Book, goods: Goods, checkpoint: SeenCheckpoint) -> tuple[Terms, Facts]:
    """The terms and facts of a return or a claim; refuses what is neither, or what nobody has asked for yet."""
    asking = book.known(subject)
    is_claim = asking.name.family is Family.CLAIM
    asked = complaint_of(asking) if is_claim else return_of(asking)
    ordered = book.known(asked.order)
    facts = (claim_facts if is_claim else facts_of)(
        ordered,
        asking,
        as_of=max(ordered.at, asking.at),
        checkpoint=checkpoint,
        beside=circumstances_of(asked.item, ordered, book, goods),
    )
    return pinned_terms(order_of(ordered), book), facts
