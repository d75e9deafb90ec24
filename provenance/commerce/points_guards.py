"""What the records of points must keep beyond their table: whose order it is, what the rules make of it, and when.

Rules:

* every number in a record is the one that ``points_reckoning`` makes of the rules and the order, or it is refused;
* points are earned once on a paid order by its own buyer, and count when no line of it can be given back any more;
* points pay a part of an order that its own buyer has placed, and nobody has paid yet;
* a line is taken or given back only where its price was paid back, or the order called off;
* a gift goes to another account of the same programme, within the day's limit, and is received or kept, once;
* the book of the account takes what the record moves, or the record is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.commerce.book import SlotChanges, SlotKey, slots
from provenance.commerce.calendar import SECONDS_A_DAY, day_of
from provenance.commerce.dossier import Dossier
from provenance.commerce.forms import MOST_LINES, lots_of, shares_of
from provenance.commerce.money import share_rounded_down
from provenance.commerce.orders import Order, buyer_of, order_of
from provenance.commerce.ownership_guards import RECOVERY_DAYS
from provenance.commerce.points import keys_of, member_in, member_of, programme_of
from provenance.commerce.points_postings import account_of, entered_into
from provenance.commerce.points_reckoning import earned_by, is_undone, kept_from, laid_down, rules_for, rules_of
from provenance.commerce.programme import MOST_POINTS, Programme, read_programme
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.errors import ProvenanceError, RefusedError
from provenance.ids import PartyId, Subject

_NOTHING = SlotChanges()


def _published(scene: Scene) -> SlotChanges:
    try:
        rules = read_programme(scene.entered.record.members.raw("programme"))
    except ProvenanceError as err:
        raise err.under("/programme") from err
    if rules.seller != scene.dossier.name.seller:
        raise RefusedError(Code.OTHER_TERMS, f"this is a programme of {rules.seller}", pointer="/programme/seller")
    before = scene.dossier.newest(Kind.PROGRAMME_PUBLISHED)
    if before is None:
        return _NOTHING
    last = read_programme(before.record.members.raw("programme"))
    if rules.revision <= last.revision:
        message = f"revision {last.revision} was published before this one"
        raise RefusedError(Code.OTHER_TERMS, message, pointer="/programme/revision")
    if rules.currency != last.currency:
        message = f"its points are worth {last.currency}"
        raise RefusedError(Code.WRONG_CURRENCY, message, pointer="/programme/currency")
    return _NOTHING


def _joined(scene: Scene) -> SlotChanges:
    programme = Subject(scene.entered.record.members.text("programmeOf"))
    if rules_of(programme, scene.book).seller != scene.dossier.name.seller:
        raise RefusedError(Code.OTHER_TERMS, f"{programme} is another seller's", pointer="/programmeOf")
    return SlotChanges(takes=(_member_slot(programme, member_in(scene.entered)),))


def _pending(scene: Scene) -> SlotChanges:
    ordered = _own_order(scene)
    if ordered.stage(Machine.PAYMENT) is not Stage.HELD or ordered.stage(Machine.ORDER) is Stage.CANCELLED:
        raise RefusedError(Code.BEFORE_ITS_TIME, f"{ordered.name.subject} is not paid", pointer="/order")
    order, members = order_of(ordered), scene.entered.record.members
    rules = rules_for(ordered, programme_of(scene.dossier), scene.book)
    _check_rules(rules, order)
    if members.hash("programme") != rules.hash:
        message = f"the rules when it was placed have the hash {rules.hash}"
        raise RefusedError(Code.OTHER_TERMS, message, pointer="/programme")
    shares = earned_by(order, rules, scene.book)
    if shares_of(members, "shares") != shares or not sum(shares):
        raise RefusedError(Code.OTHER_AMOUNT, f"it earns {list(shares)}", pointer="/shares")
    return SlotChanges(takes=slots(Slot.EARNING, [order.subject]))


def _earned(scene: Scene) -> SlotChanges:
    ordered, at = _ordered(scene), scene.entered.record.at
    account = account_of(scene.dossier)
    earning = account.earnings[ordered.name.subject]
    if not earning.points:
        raise RefusedError(Code.NOT_ENOUGH, f"nothing is left of what {ordered.name.subject} earned")
    for line in range(len(earning.shares)):
        if line not in earning.revoked and at < (end := kept_from(ordered, line, scene.book)):
            message = f"line {line} can be given back until {end}"
            raise RefusedError(Code.BEFORE_ITS_TIME, message, pointer="/at")
    ends = rules_for(ordered, account.programme, scene.book).expiry(at)
    return _expected(scene, "expires", ends)


def _undone(scene: Scene) -> SlotChanges:
    ordered, line = _ordered(scene), scene.entered.record.members.whole("line", 0, MOST_LINES)
    if not is_undone(ordered, line, scene.book):
        message = f"the price of line {line} was not paid back"
        raise RefusedError(Code.BEFORE_ITS_TIME, message, pointer="/line")
    return _NOTHING


def _returned(scene: Scene) -> SlotChanges:
    _undone(scene)
    return _expected(scene, "until", _rules(scene).grace(scene.entered.record.at))


def _reserved(scene: Scene) -> SlotChanges:
    ordered, members = _own_order(scene), scene.entered.record.members
    order, rules = order_of(ordered), _rules(scene)
    if ordered.stage(Machine.ORDER) is not Stage.PLACED or scene.entered.record.at > order.pay_by:
        raise RefusedError(Code.ILLEGAL_STEP, f"{order.subject} waits for no payment", pointer="/order")
    _check_rules(rules, order)
    points, minor = members.whole("points", 1, MOST_POINTS), members.raw("minor")
    most = min(share_rounded_down(sum(line.price for line in order.lines), rules.most_share), order.total - 1)
    if minor != (value := rules.value_of(points)) or value > most:
        message = f"{points} points pay {value} {rules.currency}, and {most} at most may be paid in points"
        raise RefusedError(Code.OTHER_AMOUNT, message, pointer="/minor")
    if shares_of(members, "shares") != (shares := laid_down(order, points)):
        raise RefusedError(Code.OTHER_AMOUNT, f"the lines have {list(shares)}", pointer="/shares")
    return SlotChanges(takes=slots(Slot.TENDER, [order.subject]))


def _redeemed(scene: Scene) -> SlotChanges:
    if (ordered := _ordered(scene)).stage(Machine.PAYMENT) is Stage.NONE:
        raise RefusedError(Code.BEFORE_ITS_TIME, f"{ordered.name.subject} is not paid", pointer="/order")
    return _NOTHING


def _released(scene: Scene) -> SlotChanges:
    ordered = _ordered(scene)
    is_off = ordered.stage(Machine.ORDER) in {Stage.CANCELLED, Stage.EXPIRED}
    if not is_off or ordered.stage(Machine.PAYMENT) is not Stage.NONE:
        message = f"{ordered.name.subject} can still be paid, or was"
        raise RefusedError(Code.BEFORE_ITS_TIME, message, pointer="/order")
    return _NOTHING


def _offered(scene: Scene) -> SlotChanges:
    account, members, rules = account_of(scene.dossier), scene.entered.record.members, _rules(scene)
    recipient = Subject(members.text("recipient"))
    if recipient == account.subject or programme_of(scene.book.known(recipient)) != account.programme:
        message = f"{recipient} is no other account of {account.programme}"
        raise RefusedError(Code.WRONG_VALUE, message, pointer="/recipient")
    today = day_of(scene.entered.record.at, rules.zone)
    given = sum(gift.points for gift in account.gifts.values() if day_of(gift.at, rules.zone) == today)
    if given + members.whole("points", 1, MOST_POINTS) > rules.gifts_a_day:
        message = f"{rules.gifts_a_day} points a day may be given, and {given} are"
        raise RefusedError(Code.OVER_DAILY_LIMIT, message, pointer="/points")
    after = entered_into(account, scene.entered)
    if len(after.gifts[members.text("gift")].parts) > MOST_LINES:
        message = f"a gift is of {MOST_LINES} lots at most"
        raise RefusedError(Code.WRONG_VALUE, message, pointer="/points")
    return _NOTHING


def _kept(scene: Scene) -> SlotChanges:
    return SlotChanges(takes=(_gift_slot(scene.dossier.name.subject, scene.entered.record.members.text("gift")),))


def _received(scene: Scene) -> SlotChanges:
    members = scene.entered.record.members
    giver = account_of(scene.book.known(Subject(members.text("giver"))))
    gift = giver.gifts.get(members.text("gift"))
    if gift is None or gift.recipient != scene.dossier.name.subject:
        message = f"{giver.subject} has no such gift for {scene.dossier.name.subject}"
        raise RefusedError(Code.NOT_ENTITLED, message, pointer="/gift")
    lots = tuple((end, part.points) for end, part in zip(gift.ends, gift.parts, strict=True))
    if lots_of(members, "lots") != lots:
        raise RefusedError(Code.OTHER_AMOUNT, f"the gift is {list(lots)}", pointer="/lots")
    return SlotChanges(takes=(_gift_slot(giver.subject, members.text("gift")),))


def _granted(scene: Scene) -> SlotChanges:
    if scene.entered.record.members.instant("expires") <= scene.entered.record.at:
        raise RefusedError(Code.WRONG_VALUE, "what is granted has not ended yet", pointer="/expires")
    return _NOTHING


def _key_changed(scene: Scene) -> SlotChanges:
    programme, old = programme_of(scene.dossier), member_of(scene.dossier)
    new = next(signer.party for signer in scene.entered.signers if signer.party != old)
    return SlotChanges(takes=(_member_slot(programme, new),), frees=(_member_slot(programme, old),))


def _key_replaced(scene: Scene) -> SlotChanges:
    lost = scene.dossier.newest(Kind.KEY_LOST)
    assert lost is not None, "the table lets nobody replace a key that is not lost"
    due, mine = lost.record.at + RECOVERY_DAYS * SECONDS_A_DAY, scene.entered.signers[0].party
    if mine not in {signer.party for signer in lost.signers}:
        raise RefusedError(Code.NOT_ENTITLED, f"{mine} did not ask for it", pointer="/prov:signers/0")
    if scene.entered.record.at < due:
        raise RefusedError(Code.BEFORE_ITS_TIME, f"the old key may object until {due}", pointer="/at")
    return _key_changed(scene)


def _booked(guard: Callable[[Scene], SlotChanges]) -> Callable[[Scene], SlotChanges]:
    """A guard after which the account's book is asked, too."""

    def check(scene: Scene) -> SlotChanges:
        changes = guard(scene)
        entered_into(account_of(scene.dossier), scene.entered)
        return changes

    return check


def _ordered(scene: Scene) -> Dossier:
    return scene.book.known(Subject(scene.entered.record.members.text("order")))


def _own_order(scene: Scene) -> Dossier:
    """The order that a record names; refuses one of another seller or of another buyer than the member."""
    ordered, subject = _ordered(scene), scene.dossier.name.subject
    if ordered.name.seller != scene.dossier.name.seller or buyer_of(ordered) not in keys_of(scene.dossier):
        message = f"the member of {subject} did not buy {ordered.name.subject} from {scene.dossier.name.seller}"
        raise RefusedError(Code.NOT_ENTITLED, message, pointer="/order")
    return ordered


def _rules(scene: Scene) -> Programme:
    return rules_of(programme_of(scene.dossier), scene.book)


def _check_rules(rules: Programme, order: Order) -> None:
    if rules.currency != order.currency:
        raise RefusedError(Code.WRONG_CURRENCY, f"its points are worth {rules.currency}", pointer="/order")


def _expected(scene: Scene, name: str, instant: int) -> SlotChanges:
    if scene.entered.record.members.instant(name) != instant:
        raise RefusedError(Code.WRONG_VALUE, f"by the rules it is {instant}", pointer=f"/{name}")
    return _NOTHING


def _member_slot(programme: Subject, member: PartyId) -> SlotKey:
    return Slot.MEMBER, f"{programme} {member}"


def _gift_slot(giver: Subject, name: str) -> SlotKey:
    return Slot.GIFT, f"{giver} {name}"


POINTS_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.PROGRAMME_PUBLISHED: _published,
    Kind.POINTS_JOINED: _joined,
    Kind.KEY_CHANGED: _key_changed,
    Kind.KEY_REPLACED: _key_replaced,
    Kind.POINTS_OFFERED: _offered,
    **{
        kind: _booked(guard)
        for kind, guard in (
            (Kind.POINTS_PENDING, _pending),
            (Kind.POINTS_EARNED, _earned),
            (Kind.POINTS_REVOKED, _undone),
            (Kind.POINTS_RESERVED, _reserved),
            (Kind.POINTS_REDEEMED, _redeemed),
            (Kind.POINTS_RELEASED, _released),
            (Kind.POINTS_RETURNED, _returned),
            (Kind.POINTS_KEPT, _kept),
            (Kind.POINTS_RECEIVED, _received),
            (Kind.POINTS_GRANTED, _granted),
            (Kind.POINTS_WITHDRAWN, lambda _: _NOTHING),
        )
    },
}
