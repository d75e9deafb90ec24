"""One record about to join: its dossier as it was, who signs it as whom, the other dossiers, and the things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family
from provenance.commerce.goods import Goods
from provenance.commerce.orders import attestor_of, buyer_of, carriers_of
from provenance.commerce.ownership import owner_signatory
from provenance.commerce.records import Entered
from provenance.commerce.reviews import review_signatory
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


def signatories(entered: Entered, dossier: Dossier, goods: Goods) -> frozenset[Signatory]:
    """As whom a record is signed; refuses a signer who is nobody in this dossier, and signers who are not enough."""
    seen_as = _SEEN_AS[dossier.name.family]
    found = [seen_as(signer, entered, dossier, goods) for signer in entered.signers]
    if None in found:
        index = found.index(None)
        stranger = entered.signers[index]
        message = f"{stranger.party} as {stranger.role} is nobody in {dossier.name.subject}"
        raise RefusedError(Code.NOT_ENTITLED, message, pointer=f"/prov:signers/{index}")
    signed_as, row = frozenset(filter(None, found)), entered.record.row
    if signed_as not in row.signed_by or len(signed_as) != len(found):
        who = " or ".join(sorted(" and ".join(sorted(some)) for some in row.signed_by))
        message = f"{row.kind} is signed by {who}, not by {' and '.join(filter(None, found))}"
        raise RefusedError(Code.NOT_ENTITLED, message, pointer="/prov:signers")
    return signed_as


def _order_signatory(signer: Signer, entered: Entered, dossier: Dossier, _: Goods) -> Signatory | None:
    kind, party = entered.record.kind, signer.party
    if signer.role is Role.CONSUMER:
        return Signatory.BUYER if kind is Kind.ORDER_PLACED or party == buyer_of(dossier) else None
    if kind is Kind.ORDER_PAID and party == attestor_of(dossier):
        return Signatory.ATTESTOR
    if signer.role is Role.INSPECTOR:
        return Signatory.INSPECTOR
    if signer.role is Role.SELLER and party == dossier.name.seller:
        return Signatory.SELLER
    return Signatory.CARRIER if signer.role is Role.SHIPPER and party in carriers_of(dossier) else None


_SEEN_AS: Mapping[Family, Callable[[Signer, Entered, Dossier, Goods], Signatory | None]] = {
    Family.TERMS: _order_signatory,
    Family.ORDER: _order_signatory,
    Family.OWNERSHIP: owner_signatory,
    Family.REVIEWS: review_signatory,
}
