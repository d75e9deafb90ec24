"""What the records of one refund say: how much goes back, of what, under which name the provider is asked.

A refund and its tries at the provider::

    refund:9520789000004/2026-0001-1        the dossier
    2026-0001-1                             the first try, by the name that the provider is given
    2026-0001-1@2                           the second, after the first failed
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family
from provenance.commerce.facts import MOST_MINOR
from provenance.commerce.money import Money
from provenance.commerce.records import Entered
from provenance.commerce.returns import refund_key
from provenance.commerce.tables import Kind
from provenance.errors import RefusedError
from provenance.ids import Subject

WHOLE_ORDER = Subject("whole")
"""In the place of an item, where everything of a cancelled order is paid back."""


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund: ``after`` names the return it ends, or the cancelled order."""

    subject: Subject
    order: Subject
    after: Subject
    item: Subject | None
    amount: Money

    @property
    def key(self) -> str:
        """The slot in which it is paid back, once and for ever."""
        return refund_key(self.order, self.item or WHOLE_ORDER)


def refund_of(dossier: Dossier) -> Refund:
    """The refund that a dossier tells of; refuses one in which nothing was granted."""
    granted = dossier.newest(Kind.REFUND_GRANTED)
    if granted is None:
        raise RefusedError(Code.UNKNOWN_DOSSIER, f"{dossier.name.subject} has no refund in it")
    return granted_in(granted)


def granted_in(granted: Entered) -> Refund:
    """The refund that a grant begins."""
    members = granted.record.members
    return Refund(
        subject=granted.record.about.subject,
        order=Subject(members.text("order")),
        after=Subject(members.text("after")),
        item=None if members.is_absent("piece") else Subject(members.text("piece")),
        amount=Money(members.whole("minor", 0, MOST_MINOR), members.text("currency")),
    )


def tries(dossier: Dossier) -> int:
    """How often the provider was asked, each time under another name."""
    return len(dossier.all(Kind.REFUND_ASKED))


def refund_after(after: Subject) -> Subject:
    """The dossier of the refund that ends a return, or that of a cancelled order.

    >>> [refund_after(Subject(f"{family}:9520789000004/2026-0001")) for family in ("return", "order")]
    ['refund:9520789000004/2026-0001', 'refund:9520789000004/2026-0001-all']
    """
    family, _, rest = after.partition(":")
    return Subject(f"{Family.REFUND}:{rest}{'-all' if family == Family.ORDER else ''}")


def name_of_try(number: str, count: int) -> str:
    """The name of a try at the provider.

    >>> name_of_try("2026-0001-1", 1), name_of_try("2026-0001-1", 2)
    ('2026-0001-1', '2026-0001-1@2')
    """
    return number if count <= 1 else f"{number}@{count}"
