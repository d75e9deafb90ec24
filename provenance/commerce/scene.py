"""One record about to join: its dossier as it was, who signs it as whom, the other dossiers, and the things."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier
from provenance.commerce.goods import Goods
from provenance.commerce.orders import attestor_of, buyer_of, carriers_of
from provenance.commerce.records import Entered
from provenance.commerce.tables import Kind, Signatory
from provenance.custody.roles import Role
from provenance.custody.statements import Signer
from provenance.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Scene:
    """What a guard looks at."""

    entered: Entered
    dossier: Dossier
    signed_as: frozenset[Signatory]
    book: Book
    goods: Goods


def signatories(entered: Entered, dossier: Dossier) -> frozenset[Signatory]:
    """As whom a record is signed; refuses a signer who is nobody in this dossier, and signers who are not enough."""
    found = frozenset(_signatory(signer, index, entered, dossier) for index, signer in enumerate(entered.signers))
    row = entered.record.row
    if found not in row.signed_by or len(found) != len(entered.signers):
        who = " or ".join(sorted(" and ".join(sorted(some)) for some in row.signed_by))
        message = f"{row.kind} is signed by {who}, not by {' and '.join(sorted(found))}"
        raise RefusedError(Code.NOT_ENTITLED, message, pointer="/prov:signers")
    return found


def _signatory(signer: Signer, index: int, entered: Entered, dossier: Dossier) -> Signatory:
    kind, party = entered.record.kind, signer.party
    if signer.role is Role.CONSUMER:
        if kind is Kind.ORDER_PLACED or party == buyer_of(dossier):
            return Signatory.BUYER
    elif kind is Kind.ORDER_PAID and party == attestor_of(dossier):
        return Signatory.ATTESTOR
    elif signer.role is Role.INSPECTOR:
        return Signatory.INSPECTOR
    elif signer.role is Role.SELLER and party == dossier.name.seller:
        return Signatory.SELLER
    elif signer.role is Role.SHIPPER and party in carriers_of(dossier):
        return Signatory.CARRIER
    message = f"{party} as {signer.role} is nobody in {dossier.name.subject}"
    raise RefusedError(Code.NOT_ENTITLED, message, pointer=f"/prov:signers/{index}")
