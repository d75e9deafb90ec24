"""A log, its witnesses and a watch over it killed so many times; a thousand orders for each payment provider's fault.

``python -m tests.soak [KILLS]``; ``make soak``.
"""

from __future__ import annotations

import logging
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.fake_provider import FAULTS, fake_provider
from tests.faults.lab import lab
from tests.faults.mirror_killing import killing as killing_mirror
from tests.faults.reckoning import assert_all_is_well, assert_everybody_gets_up_again
from tests.inbox_chaos import assert_all_is_well as assert_shop_is_well
from tests.inbox_chaos import chaos as shop_chaos
from tests.payment_chaos import assert_all_is_well as assert_books_are_well
from tests.payment_chaos import chaos


def main(kills: int) -> None:
    """Kill a log with three witnesses, and for a fifth of the kills one with none."""
    for witnesses, times in ((3, kills - kills // 5), (0, kills // 5)):
        seed, began = random.SystemRandom().randrange(10**6), time.monotonic()
        print(f"{times} kills of a log with {witnesses} witnesses, luck {seed}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            print(killed(Path(folder), random.Random(seed), witnesses=witnesses, times=times))
        print(f"  {time.monotonic() - began:.0f} seconds", flush=True)


def unwatched(kills: int) -> None:
    """Kill a watch over a log in so many of its turns, and look at the mirror after each."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    seed, began = random.SystemRandom().randrange(10**6), time.monotonic()
    print(f"{kills} kills of a watch over a log, luck {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder, killing_mirror(Path(folder), random.Random(seed)) as killing:
        killing.kill(kills, lambda done: print(f"\r{done} killed ", end="", file=sys.stderr, flush=True))
        killing.finish()
        for moment, count in sorted(killing.deaths().items()):
            print(f"{count:6} of them {moment}")
        print(f"{killing.ended} turns lived, {time.monotonic() - began:.0f} seconds", flush=True)


def mispaid(orders: int) -> None:
    """Take so many payments for each fault of a provider that misbehaves."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"{orders} orders for each fault of a payment provider, luck {seed}", flush=True)
    with fake_provider() as provider:
        for fault in FAULTS:
            began, told = time.monotonic(), chaos(provider, fault, orders=orders, seed=seed)
            assert_books_are_well(told)
            print(
                f"  {fault:9} {told.steps} steps, {told.forged} forged, {told.refused} refused, "
                f"{len(told.breaks)} breaks as injected, {len(told.left)} left, {time.monotonic() - began:.0f} seconds",
                flush=True,
            )


def mistold(orders: int) -> None:
    """The same through the doors of the product: every notice is kept, attested, paid back and compared."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"{orders} orders for each fault through the inbox, luck {seed}", flush=True)
    with fake_provider() as provider:
        for fault in FAULTS:
            began = time.monotonic()
            with tempfile.TemporaryDirectory() as folder:
                told = shop_chaos(provider, fault, Path(folder) / "home", orders=orders, seed=seed)
            assert_shop_is_well(told)
            fates = ", ".join(f"{count} {fate}" for fate, count in told.fates.items())
            print(
                f"  {fault:9} {told.statements} statements, {fates}, {told.forged} forged, "
                f"{len(told.breaks)} breaks as injected, {time.monotonic() - began:.0f} seconds",
                flush=True,
            )


def killed(folder: Path, luck: random.Random, *, witnesses: int, times: int) -> str:
    """What was killed, where those died who died by their own hand, and what was looked at."""
    with lab(folder, luck, witnesses=witnesses) as killing:
        with killing.everyone():
            killing.kill(times, lambda done: print(f"\r{done} killed ", end="", file=sys.stderr, flush=True))
            killing.calm()
            assert_everybody_gets_up_again(killing)
        looked_at = assert_all_is_well(killing)
        deaths = [f"{count:6} of them {moment}" for moment, count in sorted(killing.deaths().items())]
        return "\n".join([", ".join(f"{count} {name}" for name, count in killing.killed.items()), *deaths, looked_at])


if __name__ == "__main__":
    mispaid(1000)
    mistold(1000)
    unwatched(250)
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1250)
