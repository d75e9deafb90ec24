"""Several processes at one log: what must happen once happens once, on both databases."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from provenance.codes import Code
from provenance.crypto.envelope import to_json
from tests.cast import CARRIER, MAKER, SHOP, handed_to, item
from tests.contract.racing import Told, capture_at_once, checkpoint_again_and_again
from tests.oracles import assert_log_is_sound
from tests.world import World

A = item("A1")


def raced(work: Callable[..., Told], calls: list[tuple[Any, ...]]) -> list[Told]:
    """What each call told, all of them run at the same moment in processes of their own."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(len(calls), mp_context=context) as pool:
        start = manager.Barrier(len(calls))
        return [told.result(timeout=120) for told in [pool.submit(work, *call, start) for call in calls]]


def test_of_two_racing_hand_overs_exactly_one_wins(shared_world: World, url: str, tmp_path: Path) -> None:
    rounds = 20
    items = [item(f"R{number}") for number in range(rounds)]
    for one in items:
        shared_world.made(one)
    shipping = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping"}
    to_carrier, to_shop = (
        [
            to_json(shared_world.signed({**shipping, "epcList": [one], "destinationList": handed_to(to)}, MAKER))
            for one in items
        ]
        for to in (CARRIER, SHOP)
    )

    home = str(tmp_path / "home")
    one_side, other_side = raced(capture_at_once, [(home, url, to_carrier, 1), (home, url, to_shop, 1)])

    for first, second in zip(one_side, other_side, strict=True):
        assert sorted(("-" if index < 0 else "won") for _, index in (first, second)) == ["-", "won"]
        assert {code for code, index in (first, second) if index < 0} == {Code.STALE_LINK.value}
    assert_log_is_sound(shared_world.services)


def test_ten_thousand_copies_at_once_are_one_leaf(shared_world: World, url: str, tmp_path: Path) -> None:
    event = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A]}
    copies = [to_json(shared_world.signed(event, MAKER))] * 2500
    before = shared_world.size()

    told = raced(capture_at_once, [(str(tmp_path / "home"), url, copies, 100)] * 4)

    assert Counter(index for side in told for _, index in side) == {before: 10_000}
    assert shared_world.size() == before + 1
    assert_log_is_sound(shared_world.services)


def test_racing_checkpoint_loops_sign_one_history(shared_world: World, url: str, tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    shared_world.made(*(item(f"C{number}") for number in range(5)))

    notes = raced(checkpoint_again_and_again, [(home, url)] * 2)

    assert {note for side in notes for note, _ in side}
    with shared_world.services.store.reading() as store:
        assert len({kept.size for kept in store.checkpoints()}) == len(store.checkpoints())
    assert_log_is_sound(shared_world.services)
