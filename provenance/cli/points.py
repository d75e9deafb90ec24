"""``provenance points``: a seller's programme, each member's account, and every point that was ever issued."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from provenance.cli import opening, record_files
from provenance.cli.arguments import READABLE, READABLE_OR_STDIN
from provenance.cli.record_files import Pen
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.encoding import canonical
from provenance.encoding.canonical import Json

_ACCOUNT, _ORDER = "points:9520123000004/0001", "order:9520123000004/2026-0001"
_PROGRAMME = "programme:9520123000004/club"
_SELLER = "--party https://id.gs1.org/417/9520123000004 --key seller.key"
_HEAD = "{account, sequence, statement}"

_account = click.argument("account")
_order = click.argument("order")
_points = click.argument("points", type=click.IntRange(min=1))


@verb(
    "programme",
    example=f"provenance points programme {_PROGRAMME} rules.json \\\n    {_SELLER} -o club.signed",
    prints=record_files.PRINTS,
)
@click.argument("programme")
@click.argument("file", type=READABLE_OR_STDIN)
@record_files.with_pen
def programme(programme: str, *, file: Path, pen: Pen) -> Answer:
    """Sign the rules of a programme.

    FILE holds them as a JSON object. Orders that were placed before are earned on by the rules of their time.
    """
    from provenance.commerce.programme import programme_members, read_programme

    rules = read_programme(canonical.parse_any(opening.read_bytes(file)))
    members: dict[str, Json] = {
        "subject": programme, "kind": "programme-published", "programme": programme_members(rules),
    }  # fmt: skip
    with opening.services() as services:
        return pen.sign(services, members)


@verb(
    "join",
    example=f"provenance points join {_ACCOUNT} {_PROGRAMME} --card 'card 0001' \\\n"
    f"    --member anna.key {_SELLER} -o joined.signed",
    prints=record_files.PRINTS,
)
@_account
@click.argument("programme")
@click.option("--card", required=True, help="The token on the member's card; the record holds its hash alone.")
@click.option("--member", type=READABLE, required=True, help="The member's key file.")
@record_files.with_pen
def join(account: str, programme: str, *, card: str, member: Path, pen: Pen) -> Answer:
    """Open an account for a member, signed by both."""
    members: dict[str, Json] = {
        "subject": account,
        "kind": "points-joined",
        "programmeOf": programme,
        "token": hashlib.sha256(card.encode()).hexdigest(),
    }
    with opening.services() as services:
        return pen.sign(services, members, member)


@verb(
    "earn",
    example=f"provenance points earn {_ACCOUNT} {_ORDER} \\\n    {_SELLER} -o earn.signed",
    prints=record_files.PRINTS,
)
@_account
@_order
@record_files.with_pen
def earn(account: str, order: str, *, pen: Pen) -> Answer:
    """Sign what a paid order earns.

    The points are pending until the order can't be given back any more.
    """
    with opening.services() as services:
        members = services.rewarding.pending(account, order)
        return pen.sign(services, members)


@verb(
    "count",
    example=f"provenance points count {_ACCOUNT} {_ORDER} \\\n    {_SELLER} -o count.signed",
    prints=record_files.PRINTS,
)
@_account
@_order
@record_files.with_pen
def count(account: str, order: str, *, pen: Pen) -> Answer:
    """Sign that what an order earned counts from now on."""
    with opening.services() as services:
        members = services.rewarding.earned(account, order)
        return pen.sign(services, members)


@verb(
    "redeem",
    example=f"provenance points redeem {_ACCOUNT} {_ORDER} 500 \\\n    --key anna.key -o redeem.signed",
    prints=record_files.PRINTS,
)
@_account
@_order
@_points
@record_files.with_own_pen
def redeem(account: str, order: str, points: int, *, pen: Pen) -> Answer:
    """Lay points down for an order that is placed and not paid yet.

    What then is owed in money is less by what they are worth. They are spent when the order is paid, and free again if
    it expires.
    """
    with opening.services() as services:
        members = services.rewarding.reserved(account, order, points)
        return pen.sign(services, members)


@verb(
    "return",
    example=f"provenance points return {_ACCOUNT} {_ORDER} 0 \\\n    {_SELLER} -o back.signed",
    prints=record_files.PRINTS,
)
@_account
@_order
@click.argument("line", type=click.IntRange(min=0))
@record_files.with_pen
def give_back(account: str, order: str, line: int, *, pen: Pen) -> Answer:
    """Give points back that paid a line.

    The price of the line has to be paid back first.
    """
    with opening.services() as services:
        members = services.rewarding.returned(account, order, line)
        return pen.sign(services, members)


@verb(
    "transfer",
    example=f"provenance points transfer {_ACCOUNT} points:9520123000004/0002 50 \\\n"
    "    --gift birthday --key anna.key -o gift.signed",
    prints=record_files.PRINTS,
)
@_account
@click.argument("recipient")
@_points
@click.option("--gift", required=True, help="A name for the gift, new in this account.")
@record_files.with_own_pen
def transfer(account: str, recipient: str, points: int, *, gift: str, pen: Pen) -> Answer:
    """Offer points to another member.

    They are the other's once accepted with "provenance points accept".
    """
    members: dict[str, Json] = {
        "subject": account, "kind": "points-offered", "gift": gift, "recipient": recipient, "points": points,
    }  # fmt: skip
    with opening.services() as services:
        return pen.sign(services, members)


@verb(
    "accept",
    example=f"provenance points accept points:9520123000004/0002 {_ACCOUNT} birthday \\\n"
    "    --key bob.key -o accepted.signed",
    prints=record_files.PRINTS,
)
@_account
@click.argument("giver")
@click.argument("gift")
@record_files.with_own_pen
def accept(account: str, giver: str, gift: str, *, pen: Pen) -> Answer:
    """Accept points that another member offers.

    They expire when they would have.
    """
    with opening.services() as services:
        members = services.rewarding.received(account, giver, gift)
        return pen.sign(services, members)


@verb(
    "expire",
    example=f"provenance points expire {_ACCOUNT} \\\n    {_SELLER} -o tick.signed",
    prints=record_files.PRINTS,
)
@_account
@record_files.with_pen
def expire(account: str, *, pen: Pen) -> Answer:
    """Sign that the log has reached this moment.

    What has ended by now is posted as expired.
    """
    members: dict[str, Json] = {"subject": account, "kind": "tick"}
    with opening.services() as services:
        return pen.sign(services, members)


@verb(
    "statement",
    example=f"provenance points statement {_ACCOUNT}",
    prints="{account, programme, member, available, pending, owed, lots: [{lot, points, expires}], "
    f"head: {_HEAD}, stages: {{machine: stage}}, next: [kind], "
    "records: [{sequence, kind, statement, index, at, available}]}",
)
@_account
def statement(account: str) -> Answer:
    """Show a member's account, record by record.

    Keep its head: if a later statement does not contain it at the same place, something was left out.
    """
    from provenance.commerce.points import head_of
    from provenance.commerce.points_postings import history_of
    from provenance.commerce.points_summary import account_members

    with opening.services() as services:
        dossier = services.rewarding.dossier(account)
    history, head = tuple(history_of(dossier)), head_of(dossier)
    now = history[-1]
    return Answer(
        account_members(dossier),
        [
            f"{now.available} points  {now.subject}",
            f"  owed  {now.owed}",
            f"  head  {head.sequence}  {head.hash}",
            *(
                f"  {place:>4}  {entered.record.kind:18}  {after.available:>8}"
                for place, (entered, after) in enumerate(zip(dossier.entries, history, strict=True), start=1)
            ),
        ],
    )


@verb(
    "supply",
    example=f"provenance points supply {_PROGRAMME}",
    prints="{programme, rules, issued, pending, held, reserved, given, redeemed, expired, revoked, owed, missing, "
    f"unsound: [text], liability: {{currency, minor, ends: {{month: points}}}}, accounts: [{_HEAD}]}}",
)
@click.argument("programme")
def supply(programme: str) -> Answer:
    """Reckon every point of a programme from its records.

    Points that were issued and are nowhere, and books that do not add up, make the exit code 1.
    """
    from provenance.commerce.points_summary import supply_members

    with opening.services() as services:
        found, rules = services.rewarding.supply(programme)
    names = "issued pending held reserved given redeemed expired revoked owed missing".split()
    lines = [f"  {name:9} {getattr(found, name):>12}" for name in names]
    lines += [f"  {points} end in {month}" for month, points in found.ends.items()]
    is_bad_news = bool(found.missing or found.unsound)
    return Answer(
        supply_members(found, rules),
        [f"{len(found.heads)} accounts  {found.programme}", *lines, *found.unsound],
        is_bad_news=is_bad_news,
    )


COMMANDS = (
    Workflow(
        "points",
        commands=[programme, join, earn, count, redeem, give_back, transfer, accept, expire, statement, supply],
        help="Collect, spend and give points, and reckon them all.",
    ),
)
