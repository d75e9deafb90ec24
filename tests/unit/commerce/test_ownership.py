"""Who owns an item: claimed once, passed on by two signatures, blocked while missing, got back after a lost key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.ownership import ownership_of
from provenance.commerce.ownership_guards import RECOVERY_DAYS
from provenance.commerce.ownership_proof import LONGEST, Asked, check_ownership, prove_ownership
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.errors import ProvenanceError, RefusedError
from provenance.services.signing import consumer
from tests.cast import INSPECTOR, RIVAL, SHOP, item
from tests.homes import key_of
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, DAY, OTHER_ORDER, TOKEN, A, B, Sales, code_of, ownership
from tests.world import World

CARL = key_of("carl")
ANNA_OWNS, BOB_OWNS = str(ANNA.public), str(BOB.public)


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Sales]:
    world = World(tmp_path)
    sales = Sales(world)
    sales.stocked(A, B)
    sales.published()
    sales.bought(A)
    yield sales
    world.close()


def test_the_buyer_claims_with_the_hidden_code_and_the_receipt(sales: Sales) -> None:
    sales.claimed(A)

    assert sales.owner(A) == ANNA_OWNS
    assert_log_is_sound(sales.world.services)


def test_whoever_has_code_and_receipt_may_claim_be_it_a_present(sales: Sales) -> None:
    sales.claimed(A, by=BOB)

    assert sales.owner(A) == BOB_OWNS


def test_a_code_is_used_up_with_the_first_claim(sales: Sales) -> None:
    sales.claimed(A)

    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.claimed(A, by=BOB)
    assert sales.owner(A) == ANNA_OWNS


def test_a_code_that_was_seen_on_the_shelf_opens_nothing(sales: Sales) -> None:
    with sales.world.refuses(Code.NOT_SOLD):
        sales.claimed(B)


def test_a_code_without_the_receipt_opens_nothing(sales: Sales) -> None:
    with sales.world.refuses(Code.WRONG_TOKEN):
        sales.claimed(A, token="a guess")
    with sales.world.refuses(Code.UNKNOWN_DOSSIER):
        sales.claimed(A, order=OTHER_ORDER)


def test_a_receipt_without_the_code_opens_nothing(sales: Sales) -> None:
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.claimed(A, code=code_of(B))
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.claimed(A, owner=str(BOB.public))


def test_an_item_without_a_hidden_code_is_claimed_by_nobody(sales: Sales) -> None:
    plain = item("P1")
    sales.world.made(plain)
    sales.world.handed_over(plain, to=SHOP, owner=SHOP)
    sales.bought(plain, of=OTHER_ORDER)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.claimed(plain, order=OTHER_ORDER)


def test_a_claim_ends_with_its_day(sales: Sales) -> None:
    with sales.world.refuses(Code.TOO_LATE):
        sales.claimed(A, expires=sales.now - 1)


@pytest.mark.parametrize("word", ["recalled", "stolen"])
def test_a_flagged_item_is_not_claimed(sales: Sales, word: str) -> None:
    sales.world.marked(A, by=INSPECTOR, on=[word])

    with sales.world.refuses(Code.BLOCKED):
        sales.claimed(A)


def test_an_item_is_passed_on_by_two_signatures(sales: Sales) -> None:
    sales.claimed(A)
    sales.passed_on(A)
    assert sales.owner(A) == ANNA_OWNS

    sales.accepted(A)

    assert sales.owner(A) == BOB_OWNS
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.passed_on(A, by=ANNA, to=None)
    assert_log_is_sound(sales.world.services)


def test_an_offer_to_one_person_is_accepted_by_nobody_else(sales: Sales) -> None:
    sales.claimed(A)
    sales.passed_on(A, to=BOB)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.accepted(A, by=CARL)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.accepted(A, by=ANNA)


def test_of_two_who_accept_the_first_has_it(sales: Sales) -> None:
    sales.claimed(A)
    sales.passed_on(A, to=None)
    members = {"subject": ownership(A), "kind": "ownership-transferred", "at": sales.now}
    bobs, carls = (sales.world.services.signing.commerce_record(members, [consumer(key)]) for key in (BOB, CARL))

    sales.world.captured(carls)
    with sales.world.refuses(Code.STALE_LINK):
        sales.world.captured(bobs)

    assert sales.owner(A) == str(CARL.public)


def test_an_offer_ends_with_its_day_and_can_be_taken_back(sales: Sales) -> None:
    sales.claimed(A)
    sales.passed_on(A, days=1)
    sales.later(2 * DAY)

    with sales.world.refuses(Code.TOO_LATE):
        sales.accepted(A)
    sales.said(Kind.OWNERSHIP_WITHDRAWN, consumer(ANNA), of=ownership(A))

    assert sales.dossier(ownership(A)).stage(Machine.OWNERSHIP) is Stage.OWNED


def test_what_is_missing_is_passed_on_by_nobody_until_it_is_found(sales: Sales) -> None:
    sales.claimed(A)
    sales.passed_on(A)
    sales.said(Kind.ITEM_MISSED, consumer(ANNA), of=ownership(A))

    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.accepted(A)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.said(Kind.ITEM_FOUND, consumer(BOB), of=ownership(A))
    sales.said(Kind.ITEM_FOUND, consumer(ANNA), of=ownership(A))
    sales.passed_on(A)
    sales.accepted(A)

    assert sales.owner(A) == BOB_OWNS


def test_only_an_inspector_says_stolen_and_the_same_takes_it_back(sales: Sales) -> None:
    sales.claimed(A)
    report = "4e" * 32
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.said(Kind.THEFT_CONFIRMED, consumer(ANNA), of=ownership(A), report=report)

    sales.said(Kind.THEFT_CONFIRMED, INSPECTOR.hand(), of=ownership(A), report=report)

    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.passed_on(A)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.said(Kind.THEFT_CLEARED, consumer(ANNA), of=ownership(A), report=report)
    sales.said(Kind.THEFT_CLEARED, INSPECTOR.hand(), of=ownership(A), report=report)
    sales.passed_on(A)


def test_a_recalled_item_is_not_passed_on(sales: Sales) -> None:
    sales.claimed(A)
    sales.passed_on(A)
    sales.world.recalled(A)

    with sales.world.refuses(Code.BLOCKED):
        sales.accepted(A)


def asked_for(sales: Sales, **members: object) -> None:
    hands = (SHOP.hand(), consumer(CARL))
    sales.said(Kind.RECOVERY_ASKED, *hands, of=ownership(A), **({"token": TOKEN} | members))  # type: ignore[arg-type]  # Json


def test_a_lost_key_is_replaced_after_the_waiting_period(sales: Sales) -> None:
    sales.claimed(A)
    asked_for(sales)

    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.said(Kind.RECOVERY_COMPLETED, consumer(CARL), of=ownership(A))
    sales.later(RECOVERY_DAYS * DAY)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.said(Kind.RECOVERY_COMPLETED, consumer(BOB), of=ownership(A))
    sales.said(Kind.RECOVERY_COMPLETED, consumer(CARL), of=ownership(A))

    assert sales.owner(A) == str(CARL.public)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.passed_on(A, by=ANNA)
    assert_log_is_sound(sales.world.services)


def test_the_old_key_objects_and_stays_the_owners(sales: Sales) -> None:
    sales.claimed(A)
    asked_for(sales)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.passed_on(A)

    sales.said(Kind.RECOVERY_OBJECTED, consumer(ANNA), of=ownership(A))
    sales.later(RECOVERY_DAYS * DAY)

    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.said(Kind.RECOVERY_COMPLETED, consumer(CARL), of=ownership(A))
    assert sales.owner(A) == ANNA_OWNS


def test_nobody_asks_for_a_recovery_without_the_seller_who_sold_it_and_the_receipt(sales: Sales) -> None:
    sales.claimed(A)

    with sales.world.refuses(Code.WRONG_TOKEN):
        asked_for(sales, token="a guess")
    for hands in ((consumer(CARL),), (SHOP.hand(),), (RIVAL.hand(), consumer(CARL))):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.said(Kind.RECOVERY_ASKED, *hands, of=ownership(A), token=TOKEN)


# --- proof for a named verifier --------------------------------------------------------------------------------------


def for_insurer(sales: Sales, **changes: object) -> Asked:
    return Asked(**({"audience": "insurer.example", "nonce": "0d" * 32, "expires": sales.now + 600} | changes))  # type: ignore[arg-type]  # the tests' own changes


def test_the_owner_proves_it_to_one_verifier(sales: Sales) -> None:
    sales.claimed(A)
    found, asked = ownership_of(sales.dossier(ownership(A))), for_insurer(sales)

    check_ownership(prove_ownership(found, asked, ANNA), found, asked, now=sales.now)

    with pytest.raises(RefusedError):
        prove_ownership(found, asked, BOB)


def test_a_proof_proves_nothing_to_another_later_or_after_a_sale(sales: Sales) -> None:
    sales.claimed(A)
    found, asked = ownership_of(sales.dossier(ownership(A))), for_insurer(sales)
    proof = prove_ownership(found, asked, ANNA)

    def code(which: Asked, now: int) -> Code:
        with pytest.raises(ProvenanceError) as caught:
            check_ownership(proof, found, which, now=now)
        return caught.value.code

    assert code(for_insurer(sales, audience="thief.example"), sales.now) is Code.OTHER_VERIFIER
    assert code(for_insurer(sales, nonce="0e" * 32), sales.now) is Code.OTHER_VERIFIER
    assert code(asked, sales.now + 601) is Code.TOO_LATE
    assert code(asked, sales.now - LONGEST) is Code.TOO_LATE
    sales.passed_on(A)
    sales.accepted(A)
    with pytest.raises(RefusedError) as caught:
        check_ownership(proof, ownership_of(sales.dossier(ownership(A))), asked, now=sales.now)
    assert caught.value.code is Code.NOT_OWNER


def test_a_proof_with_any_bit_changed_is_refused(sales: Sales) -> None:
    sales.claimed(A)
    found, asked = ownership_of(sales.dossier(ownership(A))), for_insurer(sales)
    proof = prove_ownership(found, asked, ANNA)

    for at in range(0, len(proof), 7):
        changed = bytearray(proof)
        changed[at] ^= 1
        with pytest.raises(ProvenanceError):
            check_ownership(bytes(changed), found, asked, now=sales.now)


# --- what everybody who scans the item is told -----------------------------------------------------------------------


def test_whoever_scans_a_missing_or_stolen_item_is_told_so_and_not_by_whom(sales: Sales) -> None:
    sales.claimed(A)
    assert sales.world.trace(A).verdict.shown is VerdictClass.CONSISTENT

    sales.said(Kind.ITEM_MISSED, consumer(ANNA), of=ownership(A))
    missed = sales.world.trace(A)
    sales.said(Kind.THEFT_CONFIRMED, INSPECTOR.hand(), of=ownership(A), report="4e" * 32)
    stolen = sales.world.trace(A)
    sales.said(Kind.THEFT_CLEARED, INSPECTOR.hand(), of=ownership(A), report="4e" * 32)

    for report, doubt in ((missed, Doubt.MISSING), (stolen, Doubt.STOLEN)):
        (finding,) = [one for one in report.verdict.findings if one.doubt is doubt]
        assert report.verdict.shown is VerdictClass.STOLEN
        assert ANNA_OWNS not in str(finding)
    assert sales.world.trace(A).verdict.shown is VerdictClass.CONSISTENT
