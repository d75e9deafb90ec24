"""Taking in orders from shops' own systems, as drafts that their seller may offer.

Rules:

* nothing that comes in here is signed or enters the log: the seller signs each offer, with a key that is not here;
* a delivery that was answered well is kept, durably, as a draft or as a trouble to look at; the same delivery again
  changes nothing;
* a table is taken in whole or not at all, and the same table again changes nothing;
* whether a draft was offered is read from the log when it is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.catalogues import Catalogue
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.order_drafts import Kept, offer_lines, offer_members
from provenance.commerce.order_tables import TableReport
from provenance.commerce.orders import Shown, order_of
from provenance.commerce.shop_deliveries import (
    Posted,
    Shop,
    ShopAccounts,
    TroubledOrder,
    is_ping,
    read_delivery,
)
from provenance.commerce.shop_orders import ShopOrder
from provenance.commerce.tables import Kind
from provenance.commerce.terms import Terms, read_terms
from provenance.encoding.canonical import Json
from provenance.errors import ConfigurationError, ConflictError, NotFoundError, ProvenanceError, Refusal, RefusedError
from provenance.ids import Subject
from provenance.ports.drafts import DeliveryId, Draft, DraftBook, Trouble
from provenance.ports.outside import Clock
from provenance.services.ordering import Ordering


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft, and what the log shows of its order (``None``: it was not offered)."""

    draft: Draft
    shown: Shown | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a table: of each order, or why nothing was kept."""

    kept: tuple[tuple[Subject, Kept], ...]
    refusals: tuple[Refusal, ...]


class ShopImporting:
    """What shops tell; ``accounts`` are those that may post here."""

    def __init__(
        self, book: DraftBook, ordering: Ordering, clock: Clock, *, accounts: Callable[[], ShopAccounts | None]
    ) -> None:
        self._book, self._ordering, self._clock, self._accounts = book, ordering, clock, accounts

    def deliver(self, shop: Shop, posted: Posted) -> None:
        """Take in what a shop's system posted; refuses what its secret did not make, and what can't be offered."""
        accounts = self._accounts()
        if accounts is None or shop not in accounts.secrets:
            raise NotFoundError(Code.NO_SHOP, f"no {shop} is told of here")
        if is_ping(shop, posted):
            return
        told = read_delivery(shop, posted, accounts.secrets[shop])
        delivery = DeliveryId(shop, told.id)
        if told.forget is None:
            self._book.forget_all(delivery)
            return
        kept = None if told.order is None else _kept(accounts.seller, shop, told.order)
        self._book.deliver(delivery, kept, forget=[_name(accounts.seller, number) for number in told.forget])

    def rehearse(self, data: bytes, report: TableReport, catalogue: Catalogue) -> Taken:
        """What would become of a table, and everything that is wrong with it; keeps nothing."""
        drafts, refusals = _judged(data, report, catalogue)
        return _taken(report, drafts, self._book.compare(drafts), refusals)

    def take(self, data: bytes, report: TableReport, catalogue: Catalogue) -> Taken:
        """Keep the orders of a table, all of them or none."""
        drafts, refusals = _judged(data, report, catalogue)
        found = self._book.compare(drafts) if refusals else self._book.keep(drafts)
        return _taken(report, drafts, found, refusals)

    def waiting(self) -> Sequence[Waiting]:
        """All drafts, and how far the order of each is in the log."""
        drafts = self._book.all()
        begun = self._ordering.begun(draft.subject for draft in drafts)
        return [Waiting(one, self._shown(one.subject) if one.subject in begun else None) for one in drafts]

    def troubles(self) -> Sequence[Trouble]:
        """The orders that can't be offered as they were told last."""
        return self._book.troubles()

    def offer(self, subject: Subject, catalogue: Catalogue, *, token: str) -> dict[str, Json]:
        """The offer of a draft, for its seller to sign; ``token`` is what the receipt will show.

        Refuses a draft that is not there, was called off or offered already, one that was told since in a way that
        can't be offered, and one in another currency than the terms, which must have been published.
        """
        for trouble in self._book.troubles():
            if trouble.subject == subject:
                message = f"{subject} was told last in a way that can't be offered"
                raise RefusedError(trouble.code, message, pointer=trouble.pointer)
        draft = self._book.find(subject)
        if draft is None:
            raise NotFoundError(Code.UNKNOWN_DRAFT, f"no shop told of {subject}")
        if (shown := self._shown(subject)) is not None:
            raise ConflictError(Code.ILLEGAL_STEP, f"{subject} is {shown} in the log already")
        terms = self._terms(catalogue.terms_of)
        if terms.currency != draft.order.currency:
            message = f"the terms are in {terms.currency}, the order in {draft.order.currency}"
            raise RefusedError(Code.WRONG_CURRENCY, message)
        return offer_members(
            draft.order,
            catalogue,
            terms=terms.hash,
            token=hashlib.sha256(token.encode()).hexdigest(),
            pay_by=int(self._clock.now().timestamp()) + catalogue.pay_within,
        )

    def _shown(self, subject: Subject) -> Shown | None:
        try:
            return order_of(self._ordering.dossier(subject)).shown
        except NotFoundError:
            return None

    def _terms(self, subject: Subject) -> Terms:
        published = self._ordering.dossier(subject).newest(Kind.TERMS_PUBLISHED)
        if published is None:
            raise ConfigurationError(Code.OTHER_TERMS, f"nobody published {subject}")
        return read_terms(published.record.members.raw("terms"))


def _judged(data: bytes, report: TableReport, catalogue: Catalogue) -> tuple[list[Draft], list[Refusal]]:
    """The drafts of a table, and what is wrong with it: its own faults, and articles that are no product."""
    file = hashlib.sha256(data).hexdigest()
    drafts, refusals = [], list(report.refusals)
    for found in report.orders:
        try:
            offer_lines(found.order, catalogue)
        except ProvenanceError as err:
            refusals.append(Refusal(err.code, err.refusal.message, pointer=f"/{found.row}/sku"))
        source = f"file:{file}:{found.row}"
        drafts.append(Draft(catalogue.order_name(found.order.number), source, found.order))
    return drafts, refusals


def _taken(report: TableReport, drafts: Sequence[Draft], found: Sequence[Kept], refusals: Sequence[Refusal]) -> Taken:
    differing = [
        Refusal(Code.DRAFT_DIFFERS, f"{draft.subject} was told otherwise before", pointer=f"/{order.row}/order")
        for order, draft, kept in zip(report.orders, drafts, found, strict=True)
        if kept is Kept.DIFFERS
    ]
    all_refusals = (*refusals, *differing)
    kept = () if all_refusals else tuple((d.subject, k) for d, k in zip(drafts, found, strict=True))
    return Taken(kept, all_refusals)


def _kept(seller: str, shop: Shop, told: ShopOrder | TroubledOrder) -> Draft | Trouble:
    subject = _name(seller, told.number)
    if isinstance(told, ShopOrder):
        return Draft(subject, shop.value, told)
    return Trouble(subject, shop.value, told.code, told.pointer, told.told)


def _name(seller: str, number: str) -> Subject:
    return parse_dossier_name(f"{Family.ORDER}:{seller}/{number}").subject
