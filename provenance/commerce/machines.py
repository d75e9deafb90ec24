"""All tables of the trade at once, and which step of them a record is.

Rules:

* each kind of record belongs to one family of dossiers, but a tick, which belongs to all that time matters to;
* where a record finds a machine at a stage from which its row knows no edge, it is refused and nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from provenance.codes import Code
from provenance.commerce.chargeback_rows import CHARGEBACK_ROWS
from provenance.commerce.claim_rows import CLAIM_ROWS
from provenance.commerce.dossier_names import Family
from provenance.commerce.exchange_rows import EXCHANGE_ROWS
from provenance.commerce.order_rows import ORDER_ROWS, TERMS_ROWS
from provenance.commerce.ownership_rows import OWNERSHIP_ROWS
from provenance.commerce.points_rows import POINTS_ROWS, PROGRAMME_ROWS
from provenance.commerce.recall_rows import RECALL_ROWS
from provenance.commerce.refund_rows import REFUND_ROWS
from provenance.commerce.resale_rows import RESALE_ROWS
from provenance.commerce.return_rows import RETURN_ROWS
from provenance.commerce.review_rows import REVIEW_ROWS
from provenance.commerce.tables import EACH_NAMED, Kind, Machine, Move, Row, Stage
from provenance.commerce.warranty_rows import WARRANTY_ROWS
from provenance.errors import RefusedError

Place = tuple[Machine, str]
"""One machine: of the dossier as a whole (``""``), or of one of its items, orders or gifts."""

TABLES: Mapping[Family, Mapping[Kind, Row]] = {
    Family.TERMS: {row.kind: row for row in TERMS_ROWS},
    Family.ORDER: {row.kind: row for row in (*ORDER_ROWS, *CHARGEBACK_ROWS)},
    Family.RETURN: {row.kind: row for row in RETURN_ROWS},
    Family.OWNERSHIP: {row.kind: row for row in OWNERSHIP_ROWS},
    Family.EXCHANGE: {row.kind: row for row in EXCHANGE_ROWS},
    Family.CLAIM: {row.kind: row for row in CLAIM_ROWS},
    Family.WARRANTY: {row.kind: row for row in WARRANTY_ROWS},
    Family.RESALE: {row.kind: row for row in RESALE_ROWS},
    Family.RECALL: {row.kind: row for row in RECALL_ROWS},
    Family.REFUND: {row.kind: row for row in REFUND_ROWS},
    Family.REVIEWS: {row.kind: row for row in REVIEW_ROWS},
    Family.PROGRAMME: {row.kind: row for row in PROGRAMME_ROWS},
    Family.POINTS: {row.kind: row for row in POINTS_ROWS},
}


def row_of(family: Family, kind: Kind) -> Row:
    """What the tables say of a kind of record; refuses one that such a dossier can't hold."""
    row = TABLES[family].get(kind)
    if row is None:
        raise RefusedError(Code.ILLEGAL_STEP, f"{kind} says nothing about {family}", pointer="/kind")
    return row


def stepped(row: Row, stages: Mapping[Place, Stage], names: Iterable[str]) -> Mapping[Place, Stage]:
    """The stages after a record; refuses, with nothing changed, where the tables know no such edge."""
    if not stages and not row.moves:
        raise RefusedError(Code.ILLEGAL_STEP, f"{row.kind} can't be the first that is said", pointer="/kind")
    after = dict(stages)
    for place, step in _places(row, tuple(names)):
        stage = stages.get(place, Stage.NONE)
        if stage not in step.sources:
            machine, name = place
            whose = f"the {machine} of {name}" if name else f"the {machine}"
            known = ", ".join(sorted(step.sources))
            message = f"{row.kind} needs {whose} to be {known}; it is {stage}"
            raise RefusedError(Code.ILLEGAL_STEP, message, pointer="/kind", evidence={"stage": stage.value})
        after[place] = step.target or stage
    return after


def open_steps(family: Family, stages: Mapping[Place, Stage]) -> tuple[Kind, ...]:
    """What may be said next of a dossier in these stages, as far as the tables know: for people and pages."""
    return tuple(kind for kind, row in TABLES[family].items() if _is_open(row, stages))


def _is_open(row: Row, stages: Mapping[Place, Stage]) -> bool:
    if not stages and not row.moves:
        return False  # what moves nothing opens nothing
    for step in row.moves:
        at = {stage for (machine, _), stage in stages.items() if machine is step.machine} or {Stage.NONE}
        if not at & step.sources:
            return False
    return True


def _places(row: Row, names: tuple[str, ...]) -> Iterator[tuple[Place, Move]]:
    for step in row.moves:
        for name in names if step.machine in EACH_NAMED else ("",):
            yield (step.machine, name), step
