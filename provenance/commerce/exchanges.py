"""What the records of one exchange say: what for what, the money on both sides, and how far it is.

Everything here is read from the dossier and nothing is kept; ``exchange_rows`` has the stages. The money::

    due  = max(price - paid, 0) + deposit     the buyer pays it before the replacement goes out
    back = max(paid - price, 0) + deposit     the seller repays it when the exchange is settled

``paid`` is what the item was bought for, ``price`` what the replacement costs.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.facts import MOST_MINOR
from provenance.commerce.records import Entered
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.commerce.vocabulary import Swap
from provenance.errors import RefusedError
from provenance.ids import PartyId, Subject


@dataclass(frozen=True, slots=True)
class Offered:
    """What a seller offers for an exchange."""

    price: int
    deposit: int
    currency: str
    swap: Swap
    expires: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange: ``claimant`` would have a ``product`` instead of the item; ``offered`` is the newest offer."""

    subject: Subject
    order: Subject
    item: Subject
    product: Subject
    claimant: PartyId
    offered: Offered | None
    stage: Stage
    reception: Stage
    payment: Stage


def exchange_of(dossier: Dossier) -> Exchange:
    """The exchange that a dossier tells of; refuses one in which nothing was asked for."""
    asked, offered = dossier.newest(Kind.EXCHANGE_ASKED), dossier.newest(Kind.EXCHANGE_OFFERED)
    if asked is None:
        raise RefusedError(Code.UNKNOWN_DOSSIER, f"{dossier.name.subject} has no exchange in it")
    members = asked.record.members
    return Exchange(
        subject=dossier.name.subject,
        order=Subject(members.text("order")),
        item=Subject(members.text("item")),
        product=Subject(members.text("product")),
        claimant=asked.signers[0].party,
        offered=offered_in(offered) if offered else None,
        stage=dossier.stage(Machine.EXCHANGE),
        reception=dossier.stage(Machine.RECEPTION),
        payment=dossier.stage(Machine.PAYMENT),
    )


def offered_in(offered: Entered) -> Offered:
    """What a seller's offer says."""
    members = offered.record.members
    return Offered(
        price=members.whole("price", 0, MOST_MINOR),
        deposit=members.whole("deposit", 0, MOST_MINOR),
        currency=members.text("currency"),
        swap=members.word("swap", Swap),
        expires=members.instant("expires"),
    )


def due(offered: Offered, paid: int) -> int:
    """What the buyer pays before the replacement goes out.

    >>> due(Offered(price=250, deposit=50, currency="CNY", swap=Swap.ADVANCE, expires=0), paid=200)
    100
    """
    return max(offered.price - paid, 0) + offered.deposit


def back(offered: Offered, paid: int) -> int:
    """What the seller repays when both have what they agreed on.

    >>> back(Offered(price=150, deposit=0, currency="CNY", swap=Swap.BACK_FIRST, expires=0), paid=200)
    50
    """
    return max(paid - offered.price, 0) + offered.deposit


def check_may_go_out(exchange: Exchange, paid: int) -> None:
    """Refuses to send a replacement that was not agreed on, is not paid, or waits for what it replaces."""
    if exchange.stage is not Stage.AGREED or exchange.offered is None:
        raise RefusedError(Code.ILLEGAL_STEP, f"{exchange.subject} is {exchange.stage}", pointer="/exchange")
    if due(exchange.offered, paid) and exchange.payment is not Stage.HELD:
        message = f"{due(exchange.offered, paid)} {exchange.offered.currency} are not paid yet"
        raise RefusedError(Code.STILL_OPEN, message, pointer="/exchange")
    if exchange.offered.swap is Swap.BACK_FIRST and exchange.reception is not Stage.MATCHED:
        raise RefusedError(Code.STILL_OPEN, f"{exchange.item} is not back yet", pointer="/exchange")
