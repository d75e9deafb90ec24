"""What one dossier at a time may have, on both databases: kept unique a second time, and fought over by processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.tables import Slot
from provenance.crypto.envelope import to_json
from provenance.errors import ConflictError
from tests.cast import SHOP
from tests.contract.racing import capture_at_once
from tests.contract.test_racing_processes import raced
from tests.oracles import assert_log_is_sound
from tests.sales import ORDER, OTHER_ORDER, A, B, Sales
from tests.world import World

SALE_OF_A = (Slot.SALE, A)


def test_a_slot_is_taken_once_until_it_is_given_back(shared_world: World) -> None:
    store = shared_world.services.store
    with store.writing() as writing:
        writing.change_slots(taken={SALE_OF_A: ORDER}, freed=())

    with pytest.raises(ConflictError) as caught, store.writing() as writing:
        writing.change_slots(taken={(Slot.SALE, B): OTHER_ORDER, SALE_OF_A: OTHER_ORDER}, freed=())

    assert caught.value.code is Code.SLOT_TAKEN
    with store.writing() as writing:
        assert writing.slots() == {SALE_OF_A: ORDER}
        writing.change_slots(taken={SALE_OF_A: OTHER_ORDER}, freed=[SALE_OF_A])
        assert writing.slot(SALE_OF_A) == OTHER_ORDER
        assert writing.slot((Slot.SALE, B)) is None


def test_of_two_orders_that_race_for_an_item_exactly_one_gets_it(shared_world: World, url: str, tmp_path: Path) -> None:
    sales = Sales(shared_world)
    sales.stocked(A)
    sales.published()
    sides = []
    for order in (ORDER, OTHER_ORDER):
        sales.offered(order)
        sales.placed(order)
        sales.paid(order)
        event = sales.picked(A, of=order).hash
        members = {"subject": order, "kind": "order-allocated", "at": sales.now, "serials": [A], "event": event}
        envelope = shared_world.services.signing.commerce_record(members, [SHOP.hand()])
        sides.append((str(tmp_path / "home"), url, [to_json(envelope)], 1))

    told = [answer for side in raced(capture_at_once, sides) for answer in side]

    assert sorted(index >= 0 for _, index in told) == [False, True]
    assert {code for code, index in told if index < 0} == {Code.SLOT_TAKEN.value}
    with shared_world.services.store.reading() as store:
        assert list(store.slots().keys() & {SALE_OF_A}) == [SALE_OF_A]
    assert_log_is_sound(shared_world.services)
