"""``provenance review``: what buyers say of a product, and the words they say it in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, READABLE_OR_STDIN
from provenance.cli.terminal import Answer, Workflow, talk, verb
from provenance.codes import Code
from provenance.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provenance.commerce.review_texts import ReviewText
    from provenance.commerce.reviews import Review

_OPINION = (
    "{product, head, standing: {count, stars: [n], mean, score}, written: {count, stars, mean, score}, "
    "removed: {reason: n}, reviews: [{item, reviewer, stars, removedFor, answer, "
    "texts: [{text, at, statement, erased, document: {salt, text}}]}], "
    "records: [{kind, statement, index, at}]}"
)


@verb("show", example="provenance review show https://id.gs1.org/01/09520123000011", prints=_OPINION)
@click.argument("product")
def show(product: str) -> Answer:
    """Show what buyers think of a product.

    The score is in hundredths of a star; "written" also counts the reviews that were removed.
    """
    from provenance.commerce.dossier_names import Family, parse_class
    from provenance.commerce.review_summary import opinion_members

    with opening.services() as services:
        dossier = services.ordering.dossier(f"{Family.REVIEWS}:{product}")
        found, words = services.reviewing.opinion(parse_class(product))
    standing, written = found.standing, found.written
    return Answer(
        opinion_members(dossier, words),
        [
            f"{standing.score / 100:.2f}  {found.product}",
            f"  standing  {standing.count} reviews, score {standing.score / 100:.2f}",
            f"  written   {written.count} reviews, score {written.score / 100:.2f}",
            *(f"  removed   {count} for {reason}" for reason, count in found.removed.items()),
            f"  head      {found.head}",
            "",
            *(line for review in found.reviews for line in _lines(review, words)),
        ],
    )


def _lines(review: Review, words: Mapping[str, ReviewText]) -> Iterator[str]:
    yield f"  {'★' * review.stars:5}  {review.item}  {review.removed_for or ''}".rstrip()
    for remark in review.remarks:
        if kept := words.get(remark.text):
            yield from (f"         {line}" for line in kept.text.splitlines())


@verb(
    "word",
    example="provenance review word lovely.txt -o lovely.json",
    prints="{text, file, hints: [hint]}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file for the document.")
def word(file: Path, output: Path) -> Answer:
    """Make the document of a review's words.

    FILE holds the words as plain text. What is printed is the document's hash, which goes into the record as "text";
    the document itself is handed in with "provenance review publish" once the record is in the log.
    """
    from provenance.adapters.outside import random_bytes
    from provenance.commerce.review_texts import SALT_BYTES, format_review_text, hints, new_review_text

    try:
        words = opening.read_bytes(file).decode()
    except UnicodeDecodeError as err:
        raise MalformedError(Code.WRONG_TYPE, "the words are a text in UTF-8") from err
    document = new_review_text(words, random_bytes(SALT_BYTES))
    found = hints(document.text)
    if found:
        talk(f"everybody will read this, and it seems to hold: {', '.join(found)}")
    opening.write_new(output, format_review_text(document))
    members = {"text": document.hash, "file": str(output), "hints": [hint.value for hint in found]}
    return Answer(members, [f"text  {document.hash}", f"file  {output}"])


@verb(
    "publish",
    example="provenance review publish https://id.gs1.org/01/09520123000011 lovely.json",
    prints="{text, statement}",
)
@click.argument("product")
@click.argument("file", type=READABLE)
def publish(product: str, file: Path) -> Answer:
    """Take in the words of a review that is in the log.

    FILE is the document that "provenance review word" made. Over the network it is posted, as application/json, to
    /reviews/01/<GTIN>/texts.
    """
    from provenance.commerce.dossier_names import parse_class
    from provenance.commerce.review_texts import parse_review_text

    document = parse_review_text(opening.read_bytes(file))
    with opening.services() as services:
        remark = services.reviewing.publish(parse_class(product), document)
    return Answer({"text": remark.text, "statement": remark.by}, [f"published  {remark.text}"])


COMMANDS = (Workflow("review", commands=[show, word, publish], help="Read and write what buyers say."),)
