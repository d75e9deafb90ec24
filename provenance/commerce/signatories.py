"""As whom those sign who sign a record: seller, buyer, owner and the others, as its dossier knows them.

Rules:

* a seller is known by the GLN in the dossier's name, everybody else by what was recorded before;
* who is nobody in a dossier signs nothing in it, however well registered;
* of a return, the owner of the item is the claimant; the order's buyer, if nobody has claimed the item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.orders import attestor_of, buyer_of, carriers_of
from provenance.commerce.ownership import CLAIMS, claim_in, dossier_of_owner, owner_of
from provenance.commerce.points import member_of, programme_of
from provenance.commerce.points_reckoning import rules_of
from provenance.commerce.refunds import granted_in
from provenance.commerce.resales import resale_of
from provenance.commerce.returns import asked_in, return_of
from provenance.commerce.reviews import review_signatory
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind, Signatory
from provenance.custody.roles import Role
from provenance.custody.statements import Signer
from provenance.errors import RefusedError
from provenance.ids import PartyId, Subject

_BY_HAND = frozenset({Kind.POINTS_GRANTED, Kind.POINTS_WITHDRAWN})


def signatories(scene: Scene) -> frozenset[Signatory]:
    """As whom a record is signed; refuses a signer who is nobody in its dossier, and signers who are not enough."""
    entered, subject = scene.entered, scene.dossier.name.subject
    seen_as = _SEEN_AS[scene.dossier.name.family]
    found = [seen_as(signer, scene) for signer in entered.signers]
    if None in found:
        index = found.index(None)
        stranger = entered.signers[index]
        message = f"{stranger.party} as {stranger.role} is nobody in {subject}"
        raise RefusedError(Code.NOT_ENTITLED, message, pointer=f"/prov:signers/{index}")
    signed_as, row = frozenset(filter(None, found)), entered.record.row
    if signed_as not in row.signed_by or len(signed_as) != len(found):
        who = " or ".join(sorted(" and ".join(sorted(some)) for some in row.signed_by))
        message = f"{row.kind} is signed by {who}, not by {' and '.join(filter(None, found))}"
        raise RefusedError(Code.NOT_ENTITLED, message, pointer="/prov:signers")
    return signed_as


def _in_order(signer: Signer, scene: Scene) -> Signatory | None:
    kind, party, dossier = scene.entered.record.kind, signer.party, scene.dossier
    if signer.role is Role.CONSUMER:
        return Signatory.BUYER if kind is Kind.ORDER_PLACED or party == buyer_of(dossier) else None
    if kind in _ATTESTED and party == attestor_of(dossier):
        return Signatory.ATTESTOR
    return _registered(signer, dossier)


def _in_refund(signer: Signer, scene: Scene) -> Signatory | None:
    granted = scene.dossier.newest(Kind.REFUND_GRANTED) or scene.entered
    refund = granted_in(granted)
    if signer.role is Role.CONSUMER:
        of = refund.item
        whose = buyer_of(scene.book.known(refund.order)) if of is None else _whose(of, refund.order, scene)
        return Signatory.CLAIMANT if signer.party == whose else None
    if scene.entered.record.kind in _ATTESTED and signer.party == attestor_of(scene.book.known(refund.order)):
        return Signatory.ATTESTOR
    return _registered(signer, scene.dossier)


def _in_ownership(signer: Signer, scene: Scene) -> Signatory | None:
    entered, dossier = scene.entered, scene.dossier
    if signer.role is Role.INSPECTOR:
        return Signatory.INSPECTOR
    if signer.role is Role.SELLER:
        claimed = entered if entered.record.kind is Kind.OWNERSHIP_GRANTED else claim_in(dossier)
        sold_by = parse_dossier_name(claimed.record.members.text("order")).seller if claimed else None
        return Signatory.SELLER if signer.party == sold_by else None
    if signer.role is not Role.CONSUMER:
        return None
    if entered.record.kind not in CLAIMS:
        return Signatory.OWNER if signer.party == owner_of(dossier) else Signatory.NEW_OWNER
    if signer.party == entered.record.members.text("owner"):
        return Signatory.NEW_OWNER
    key = scene.goods.claim_key(Subject(dossier.name.number))
    return Signatory.CLAIM_KEY if key is not None and signer.party == str(key) else None


def _in_return(signer: Signer, scene: Scene) -> Signatory | None:
    if signer.role is Role.CONSUMER:
        return Signatory.CLAIMANT if signer.party == _claimant(scene) else None
    if scene.entered.record.kind is Kind.RETURN_REFUNDED:
        attestor = attestor_of(scene.book.known(return_of(scene.dossier).order))
        if signer.party == attestor and signer.role is not Role.SELLER:
            return Signatory.ATTESTOR
    return _registered(signer, scene.dossier)


def _claimant(scene: Scene) -> PartyId | None:
    asked = return_of(scene.dossier) if scene.dossier.entries else asked_in(scene.entered)
    if scene.dossier.entries:
        return asked.claimant
    return _whose(asked.item, asked.order, scene)


def _in_case(signer: Signer, scene: Scene) -> Signatory | None:
    """Of an exchange or a claim: the first record says who began it, about which item of which order."""
    asked = scene.dossier.entries[0] if scene.dossier.entries else scene.entered
    order = Subject(asked.record.members.text("order"))
    if signer.role is Role.CONSUMER:
        (item,) = asked.record.serials
        claimant = asked.signers[0].party if scene.dossier.entries else _whose(item, order, scene)
        return Signatory.CLAIMANT if signer.party == claimant else None
    is_payment = "reference" in scene.entered.record.row.members
    if is_payment and signer.party == attestor_of(scene.book.known(order)):
        return Signatory.ATTESTOR
    return _registered(signer, scene.dossier)


def _in_warranty(signer: Signer, scene: Scene) -> Signatory | None:
    asked = scene.dossier.newest(Kind.REPAIR_ASKED)
    newest = scene.entered if asked is None or scene.entered.record.kind is Kind.REPAIR_ASKED else asked
    order = Subject(newest.record.members.text("order"))
    if signer.role is Role.CONSUMER:
        whose = _whose(Subject(scene.dossier.name.number), order, scene)
        return Signatory.CLAIMANT if signer.party == whose else None
    if signer.role is Role.SELLER:
        return Signatory.SELLER if signer.party == parse_dossier_name(order).seller else None
    return Signatory.INSPECTOR if signer.role is Role.INSPECTOR else None


def _in_resale(signer: Signer, scene: Scene) -> Signatory | None:
    kind, owning = scene.entered.record.kind, scene.book.dossier(dossier_of_owner(Subject(scene.dossier.name.number)))
    if signer.role is Role.INSPECTOR:
        return Signatory.INSPECTOR
    if kind is Kind.RESALE_OFFERED:
        return Signatory.OWNER if signer.party == owner_of(owning) else None
    resale = resale_of(scene.dossier)
    if "reference" in scene.entered.record.row.members and signer.party == resale.attestor:
        return Signatory.ATTESTOR
    if signer.role is not Role.CONSUMER:
        return None
    if signer.party == resale.seller:
        return Signatory.OWNER
    is_buyer = kind is Kind.RESALE_ACCEPTED or signer.party == resale.buyer
    return Signatory.BUYER if is_buyer else None


def _in_recall(signer: Signer, scene: Scene) -> Signatory | None:
    if signer.role in (Role.PRODUCER, Role.INSPECTOR) and signer.party == scene.dossier.name.seller:
        return Signatory.ISSUER
    members = scene.entered.record.members
    if "order" not in members.values:
        return None
    order = Subject(members.text("order"))
    if signer.role is Role.SELLER:
        return Signatory.SELLER if signer.party == parse_dossier_name(order).seller else None
    (item, *_) = scene.entered.record.serials
    return Signatory.CLAIMANT if signer.party == _whose(item, order, scene) else None


def _in_points(signer: Signer, scene: Scene) -> Signatory | None:
    kind, dossier = scene.entered.record.kind, scene.dossier
    if kind in _BY_HAND and signer.party == rules_of(programme_of(dossier), scene.book).approver:
        return Signatory.APPROVER
    if signer.role is not Role.CONSUMER:
        return _registered(signer, dossier)
    is_members = not dossier.entries or signer.party == member_of(dossier)
    return Signatory.MEMBER if is_members else Signatory.NEW_MEMBER


def _whose(item: Subject, order: Subject, scene: Scene) -> PartyId | None:
    """Who speaks for an item of an order: its owner, or its buyer while nobody has claimed it with that order."""
    owning = scene.book.dossier(dossier_of_owner(item))
    claimed = claim_in(owning)
    if claimed is None or claimed.record.members.text("order") != order:
        return buyer_of(scene.book.known(order))
    return owner_of(owning)


def _registered(signer: Signer, dossier: Dossier) -> Signatory | None:
    if signer.role is Role.INSPECTOR:
        return Signatory.INSPECTOR
    if signer.role is Role.SELLER and signer.party == dossier.name.seller:
        return Signatory.SELLER
    return Signatory.CARRIER if signer.role is Role.SHIPPER and signer.party in carriers_of(dossier) else None


_ATTESTED = frozenset(
    {
        Kind.ORDER_PAID,
        *(Kind.REFUND_ASKED, Kind.REFUND_PAID, Kind.REFUND_FAILED),
        *(Kind.CHARGEBACK_OPENED, Kind.CHARGEBACK_WON, Kind.CHARGEBACK_LOST),
    }
)

_SEEN_AS: Mapping[Family, Callable[[Signer, Scene], Signatory | None]] = {
    Family.TERMS: _in_order,
    Family.ORDER: _in_order,
    Family.OWNERSHIP: _in_ownership,
    Family.RETURN: _in_return,
    Family.EXCHANGE: _in_case,
    Family.CLAIM: _in_case,
    Family.WARRANTY: _in_warranty,
    Family.RESALE: _in_resale,
    Family.RECALL: _in_recall,
    Family.REFUND: _in_refund,
    Family.PROGRAMME: _in_order,
    Family.POINTS: _in_points,
    Family.REVIEWS: lambda signer, scene: review_signatory(signer, scene.entered, scene.dossier),
}
