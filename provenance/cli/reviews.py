"""``provenance review``: what buyers say of a product."""

from __future__ import annotations

import click

from provenance.cli import opening
from provenance.cli.terminal import Answer, Workflow, verb

_OPINION = (
    "{product, head, standing: {count, stars: [n], mean, score}, written: {count, stars, mean, score}, "
    "removed: {reason: n}, reviews: [{item, reviewer, stars, texts: [{text, at, statement}], answer, removedFor}], "
    "records: [{kind, statement, index, at}]}"
)


@verb("show", example="provenance review show https://id.gs1.org/01/09520123000011", prints=_OPINION)
@click.argument("product")
def show(product: str) -> Answer:
    """Show what buyers think of a product.

    The score is in hundredths of a star; "written" also counts the reviews that were removed.
    """
    from provenance.commerce.dossier_names import Family
    from provenance.commerce.review_summary import opinion_members
    from provenance.commerce.reviews import opinion_of

    with opening.services() as services:
        dossier = services.ordering.dossier(f"{Family.REVIEWS}:{product}")
    found = opinion_of(dossier)
    standing, written = found.standing, found.written
    return Answer(
        opinion_members(dossier),
        [
            f"{standing.score / 100:.2f}  {found.product}",
            f"  standing  {standing.count} reviews, score {standing.score / 100:.2f}",
            f"  written   {written.count} reviews, score {written.score / 100:.2f}",
            *(f"  removed   {count} for {reason}" for reason, count in found.removed.items()),
            f"  head      {found.head}",
            "",
            *(
                f"  {'★' * review.stars:5}  {review.item}  {review.removed_for or ''}".rstrip()
                for review in found.reviews
            ),
        ],
    )


COMMANDS = (Workflow("review", commands=[show], help="Read what buyers say."),)
