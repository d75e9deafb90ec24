"""How statements hang together: each names the heads of the chains it extends.

Rules (DESIGN §4, ``prov:previous``):

* for every subject a statement touches that already has a chain, its head is in the list;
* every entry of the list is the head of some chain the statement touches;
* one entry can serve ten thousand items: the chain is per subject, the link is per statement.

A link that is no longer the head is *stale*: someone else extended the chain first. The refusal carries the
head, so an honest signer can look at what happened, sign again and retry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provenance.codes import Code
from provenance.custody.standing import Standing
from provenance.custody.statements import PREVIOUS, Header
from provenance.errors import Refusal
from provenance.ids import StatementHash, Subject


def links(standings: Iterable[Standing | None]) -> tuple[StatementHash, ...]:
    """What ``prov:previous`` must be for a statement that touches these."""
    return tuple(sorted({standing.head for standing in standings if standing is not None}))


def check_links(header: Header, heads: Mapping[Subject, Standing | None], *, whole: bool = True) -> Refusal | None:
    """Why the links don't fit the heads of the chains touched, or ``None``.

    ``whole`` is false for a world with a scope, in which entries for subjects outside it can't be told from
    entries for nothing.
    """
    linked = set(header.previous)
    found = set()
    for subject, standing in heads.items():
        if standing is None:
            continue
        if standing.head not in linked:
            return Refusal(
                Code.STALE_LINK,
                f"the head of {subject} is {standing.head}, which prov:previous does not name",
                pointer=f"/{PREVIOUS}",
                evidence={"subject": subject, "head": standing.head},
            )
        found.add(standing.head)
    if whole and found != linked:
        foreign = min(linked - found)
        return Refusal(
            Code.STALE_LINK,
            f"{foreign} is not the head of any chain this touches",
            pointer=f"/{PREVIOUS}",
            evidence={"link": foreign},
        )
    return None
