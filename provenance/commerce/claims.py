"""What the records of one claim say: what is wrong with which item, what was heard and found, and how far it is.

Everything here is read from the dossier and nothing is kept; ``claim_rows`` has the stages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.extraction import Circumstances, sold_facts
from provenance.commerce.facts import MOST_MINOR, Answer, Facts, Request, SeenCheckpoint
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.commerce.vocabulary import Ask, Claim, Ground, Payer, Says
from provenance.errors import RefusedError
from provenance.ids import PartyId, Subject

_FINDINGS = frozenset({Kind.CLAIM_ADMITTED, Kind.CLAIM_UPHELD})


@dataclass(frozen=True, slots=True)
class Complaint:
    """One claim: ``found`` is what it is in law, by admission or award; ``loss`` what it cost beside the price."""

    subject: Subject
    order: Subject
    item: Subject
    ask: Ask
    claimant: PartyId
    at: int
    found: tuple[Claim, ...]
    loss: int
    stage: Stage


def complaint_of(dossier: Dossier) -> Complaint:
    """The claim that a dossier tells of; refuses one in which nothing was filed."""
    filed = dossier.newest(Kind.CLAIM_FILED)
    if filed is None:
        raise RefusedError(Code.UNKNOWN_DOSSIER, f"{dossier.name.subject} has no claim in it")
    findings = [entered.record.members for entered in dossier.entries if entered.record.kind in _FINDINGS]
    members = filed.record.members
    return Complaint(
        subject=dossier.name.subject,
        order=Subject(members.text("order")),
        item=Subject(members.text("item")),
        ask=members.word("ask", Ask),
        claimant=filed.signers[0].party,
        at=filed.record.at,
        found=findings[-1].words("found", Claim) if findings else (),
        loss=(findings[-1] if findings else members).whole("loss", 0, MOST_MINOR),
        stage=dossier.stage(Machine.CLAIM),
    )


def claim_facts(
    ordered: Dossier, claiming: Dossier, *, as_of: int, checkpoint: SeenCheckpoint, beside: Circumstances
) -> Facts:
    """The facts of a claim."""
    complaint = complaint_of(claiming)
    sold = sold_facts(ordered, complaint.item, as_of=as_of, checkpoint=checkpoint, beside=beside)
    return replace(
        sold,
        request=Request(complaint.ask, complaint.at),
        answer=_answer(claiming),
        award=_award(claiming),
        found=complaint.found,
        loss=complaint.loss,
        sources={**sold.sources, "request": (claiming.entries[0].hash,)},
    )


def _answer(claiming: Dossier) -> Answer | None:
    for entered in reversed(claiming.entries):
        if entered.record.kind is Kind.CLAIM_ADMITTED:
            return Answer(Says.ACCEPT, None, entered.record.at)
        if entered.record.kind is Kind.CLAIM_CONTESTED:
            return Answer(Says.CONTEST, entered.record.members.word("ground", Ground), entered.record.at)
    return None


def _award(claiming: Dossier) -> Payer | None:
    if claiming.newest(Kind.CLAIM_UPHELD) is not None:
        return Payer.BUYER
    return Payer.SELLER if claiming.newest(Kind.CLAIM_DISMISSED) is not None else None
