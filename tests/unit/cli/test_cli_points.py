"""A shop and its members at the terminal: a programme, an account, points earned, counted, spent and given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.commerce.programme import format_programme
from tests.cast import SHOP
from tests.homes import key_file
from tests.loyalty import ANNAS, BOBS, PROGRAMME, RULES, Loyalty
from tests.sales import ANNA, BOB, ORDER, OTHER_ORDER, A, B
from tests.terminal import Terminal
from tests.world import World

FAR = 4_070_908_800  # 2099: nothing here may end while the tests are still run


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Loyalty]:
    world = World(tmp_path / "home")
    shop = Loyalty(world)
    shop.stocked(A, B)
    shop.published()
    shop.programme()
    shop.joined()
    shop.bought(A)
    for name, key in (("shop", SHOP.key), ("anna", ANNA), ("bob", BOB)):
        (tmp_path / f"{name}.key").write_bytes(key_file(key))
    yield shop
    world.close()


def said(folder: Path, name: str, *words: str | Path) -> int:
    """How it ended when a statement was made with these words, and captured."""
    terminal = Terminal(folder / "home")
    made = terminal("points", *words, "-o", folder / name)
    return made.code or terminal("capture", folder / name).code


def as_shop(folder: Path) -> tuple[str | Path, ...]:
    return "--key", folder / "shop.key", "--party", SHOP.party


def test_a_shop_opens_an_account_and_counts_what_an_order_earned(shop: Loyalty, tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_bytes(format_programme(replace(RULES, revision=2)))
    member = ("--card", "card 0002", "--member", tmp_path / "bob.key")

    assert said(tmp_path, "1", "programme", PROGRAMME, tmp_path / "rules.json", *as_shop(tmp_path)) == 0
    assert said(tmp_path, "2", "join", BOBS, PROGRAMME, *member, *as_shop(tmp_path)) == 0
    assert said(tmp_path, "3", "earn", ANNAS, ORDER, *as_shop(tmp_path)) == 0
    assert said(tmp_path, "4", "count", ANNAS, ORDER, *as_shop(tmp_path)) == 0
    assert said(tmp_path, "5", "count", ANNAS, ORDER, *as_shop(tmp_path)) == 1
    assert said(tmp_path, "6", "return", ANNAS, ORDER, "0", *as_shop(tmp_path)) == 1

    told = Terminal(tmp_path / "home")("points", "statement", ANNAS, "--json").object
    assert [record["kind"] for record in told["records"]] == ["points-joined", "points-pending", "points-earned"]
    assert told["available"] == 199


def test_members_give_and_accept_points_and_lay_none_down_for_an_order_of_long_ago(
    shop: Loyalty, tmp_path: Path
) -> None:
    shop.joined(BOBS, BOB)
    shop.granted(90, expires=FAR)
    shop.offered(OTHER_ORDER)
    shop.placed(OTHER_ORDER)
    anna, bob = ("--key", tmp_path / "anna.key"), ("--key", tmp_path / "bob.key")

    assert said(tmp_path, "1", "transfer", ANNAS, BOBS, "40", "--gift", "g1", *bob) == 1
    assert said(tmp_path, "2", "transfer", ANNAS, BOBS, "40", "--gift", "g1", *anna) == 0
    assert said(tmp_path, "3", "accept", BOBS, ANNAS, "g2", *bob) == 1
    assert said(tmp_path, "4", "accept", BOBS, ANNAS, "g1", *bob) == 0
    assert said(tmp_path, "5", "redeem", ANNAS, OTHER_ORDER, "10", *anna) == 1
    assert said(tmp_path, "6", "expire", ANNAS, *anna) == 0

    assert (shop.account().available, shop.account(BOBS).available) == (50, 40)
