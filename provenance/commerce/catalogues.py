"""A seller's own list: which product each article of the shop is, and how orders are offered.

Rules: the file holds no secret and nobody's name; an article that is not in it is refused, never guessed.

    {"attestor":"https://id.gs1.org/417/9520789000004","payWithin":86400,
     "products":{"JAR-250":{"category":"food","class":"https://id.gs1.org/01/09520123000011","traits":[]}},
     "seller":"9520789000004","terms":"standard"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.dossier_names import Family, parse_class, parse_dossier_name
from provenance.commerce.members import Members, members_of
from provenance.commerce.shop_orders import check_sku
from provenance.commerce.vocabulary import Category, Trait
from provenance.custody.roles import parse_party
from provenance.encoding import canonical
from provenance.errors import MalformedError, ProvenanceError
from provenance.ids import PartyId, Subject

_MOST_DAYS = 30
_MEMBERS = frozenset({"attestor", "payWithin", "products", "seller", "terms"})
_PRODUCT = frozenset({"class", "category", "traits"})


@dataclass(frozen=True, slots=True)
class Product:
    """What an article is."""

    of: Subject
    category: Category
    traits: tuple[Trait, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Who sells, under which terms, who vouches for payments, how long an offer stands, and what each article is."""

    seller: str
    terms_of: Subject
    attestor: PartyId
    pay_within: int
    products: Mapping[str, Product]

    def product(self, sku: str) -> Product:
        """The product of an article; refuses one that is not listed."""
        found = self.products.get(sku)
        if found is None:
            raise MalformedError(Code.UNKNOWN_SKU, f"the catalogue has no article {sku!r}")
        return found

    def order_name(self, number: str) -> Subject:
        """How the dossier of an order is named."""
        return parse_dossier_name(f"{Family.ORDER}:{self.seller}/{number}").subject


def parse_catalogue(data: bytes) -> Catalogue:
    """The catalogue in a file; refuses a member too many or too few, and says where."""
    members = members_of(canonical.parse_any(data), _MEMBERS)
    seller = members.text("seller")
    try:
        named = parse_dossier_name(f"{Family.TERMS}:{seller}/{members.text('terms')}")
    except ProvenanceError as err:
        message = f"seller is a GLN and terms the name of its published terms, not {seller!r}"
        raise MalformedError(Code.WRONG_VALUE, message, pointer="/seller") from err
    listed = members.raw("products")
    products = members.object("products", frozenset(listed) if isinstance(listed, dict) else frozenset())
    return Catalogue(
        seller,
        named.subject,
        members.read("attestor", parse_party),
        members.whole("payWithin", 60, _MOST_DAYS * 24 * 60 * 60),
        {_sku(sku, products): _product(products.object(sku, _PRODUCT)) for sku in products.values},
    )


def _sku(sku: str, products: Members) -> str:
    try:
        return check_sku(sku)
    except ProvenanceError as err:
        raise err.under(products.place(sku)) from err


def _product(members: Members) -> Product:
    return Product(
        members.read("class", parse_class), members.word("category", Category), members.words("traits", Trait)
    )
