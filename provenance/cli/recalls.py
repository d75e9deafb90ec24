"""``provenance recall``: what is called back, and where the things of a recall are now."""

from __future__ import annotations

from collections import Counter

import click

from provenance.cli import opening
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.encoding.canonical import JsonLike

_NAME = "recall:9520123000004/2026-1"

_recall = click.argument("recall")


@verb(
    "show",
    example=f"provenance recall show {_NAME}",
    prints="{recall, stage, issuer, of: {subject: statement}, reason, notice, notified, remedied, next: [kind], "
    "records: [{kind, statement, index, at}]}",
)
@_recall
def show(recall: str) -> Answer:
    """Show what a recall calls back, and how far it has come."""
    from provenance.commerce.recall_summary import recall_members
    from provenance.commerce.recalls import recall_of

    with opening.services() as services:
        dossier = services.ordering.dossier(recall)
    found = recall_of(dossier)
    lines = [
        f"{found.stage}  {found.subject}",
        f"  issuer    {found.issuer}",
        f"  reason    {found.reason}",
        f"  notified  {len(found.notified)}",
        f"  remedied  {len(found.remedied)}",
        *(f"  {subject}" for subject in found.of),
    ]
    return Answer(recall_members(dossier), lines)


@verb(
    "reach",
    example=f"provenance recall reach {_NAME}",
    prints="{recall, buckets: {bucket: n}, items: [{item, bucket, holder, order, owner, remedy}]}",
)
@_recall
def reach(recall: str) -> Answer:
    """List every item that a recall reaches, and where it is.

    An item is on hand, in an order that can still be stopped, shipped, or ended. Whoever owns one is named by the
    dossier that tells of its owner, never by their key.
    """
    with opening.services() as services:
        found, reached = services.recalling.reach(recall)
    buckets = Counter(one.bucket for one in reached)
    items: list[JsonLike] = [
        {
            "item": one.item,
            "bucket": one.bucket.value,
            "holder": one.holder,
            "order": one.order,
            "owner": one.owned_in,
            "remedy": one.remedy.value,
        }
        for one in reached
    ]
    members: dict[str, JsonLike] = {
        "recall": found.subject,
        "buckets": {bucket.value: count for bucket, count in sorted(buckets.items())},
        "items": items,
    }
    lines = [f"  {one.bucket:<10}  {one.item}  {one.order or one.holder or ''}".rstrip() for one in reached]
    return Answer(members, [f"{len(reached)} items  {found.subject}", *lines])


COMMANDS = (Workflow("recall", commands=[show, reach], help="Look at recalls, and find what they reach."),)
