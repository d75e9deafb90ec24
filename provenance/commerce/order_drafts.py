"""An offer as a seller could sign it, made from what a shop told: unsigned, and with no serial bound yet.

Rules:

* a piece is a line of its own, since a line of an offer becomes one item; what a line cost is shared out exactly;
* what the shop called off is no offer any more, and what was free can't be one: both are refused;
* the price is the shop's, the terms and the product are the seller's own: nothing of the law comes from a shop;
* of two tellings of one order the newer counts; where neither says when (a table), the second may not differ.
"""

from __future__ import annotations

from enum import StrEnum, unique

from provenance.codes import Code
from provenance.commerce.catalogues import Catalogue
from provenance.commerce.money import Money, allocate
from provenance.commerce.shop_orders import Said, ShopOrder
from provenance.commerce.tables import Kind
from provenance.encoding.canonical import Json
from provenance.errors import ProvenanceError, RefusedError


@unique
class Kept(StrEnum):
    """What becomes of what was told of an order."""

    NEW = "new"
    REPEATED = "repeated"
    REPLACED = "replaced"
    OLDER = "older"
    DIFFERS = "differs"


def compare(known: ShopOrder | None, told: ShopOrder) -> Kept:
    """What becomes of this telling, beside what is kept of the same order."""
    if known is None:
        return Kept.NEW
    if known == told:
        return Kept.REPEATED
    if not told.told:
        return Kept.DIFFERS
    return Kept.REPLACED if told.told >= known.told else Kept.OLDER


def offer_members(order: ShopOrder, catalogue: Catalogue, *, terms: str, token: str, pay_by: int) -> dict[str, Json]:
    """The members of the offer; ``terms`` and ``token`` are hashes: of the terms, and of the token on the receipt."""
    if order.said is Said.CANCELLED:
        raise RefusedError(Code.CALLED_OFF, f"the shop called {order.number} off")
    return {
        "subject": catalogue.order_name(order.number),
        "kind": Kind.ORDER_OFFERED.value,
        "lines": offer_lines(order, catalogue),
        "currency": order.currency,
        "freight": order.freight,
        "terms": terms,
        "termsOf": catalogue.terms_of,
        "token": token,
        "payBy": pay_by,
        "attestor": catalogue.attestor,
    }


def offer_lines(order: ShopOrder, catalogue: Catalogue) -> list[Json]:
    """A line for each piece; refuses an article that the catalogue has not, and a piece that costs nothing."""
    lines: list[Json] = []
    for index, line in enumerate(order.lines):
        try:
            product = catalogue.product(line.sku)
        except ProvenanceError as err:
            raise err.under(f"/lines/{index}/sku") from err
        for price in allocate(Money(line.minor, order.currency), [1] * line.quantity):
            if not price.minor:
                message = f"a piece of {line.sku} costs nothing; an offer has a price for each"
                raise RefusedError(Code.WRONG_VALUE, message, pointer=f"/lines/{index}/minor")
            lines.append(
                {
                    "class": product.of,
                    "price": price.minor,
                    "category": product.category.value,
                    "traits": [trait.value for trait in product.traits],
                }
            )
    return lines
