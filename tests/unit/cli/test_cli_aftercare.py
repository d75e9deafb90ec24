"""After a sale at the terminal: what is called back, exchanged, claimed, repaired or sold on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.commerce.tables import Kind
from provenance.services.signing import consumer
from tests.aftercare import Aftercare
from tests.sales import ANNA, CLAIM, EXCHANGE, ORDER, PRICE, RECALL, RETURN, A, B
from tests.terminal import Terminal
from tests.world import World


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Aftercare]:
    world = World(tmp_path / "home")
    sales = Aftercare(world)
    sales.stocked(A, B)
    sales.published()
    sales.bought(A)
    yield sales
    world.close()


def test_a_recall_is_shown_and_everything_it_reaches_is_listed(sales: Aftercare, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    sales.called_back(A, B)
    sales.warned(A)

    shown = terminal("recall", "show", RECALL, "--json").object
    reached = terminal("recall", "reach", RECALL, "--json").object

    assert (shown["stage"], shown["reason"], shown["notified"], shown["remedied"]) == ("issued", "splinters", 1, 0)
    assert reached["buckets"] == {"on-hand": 1, "shipped": 1}
    assert reached["items"] == [
        {"item": A, "bucket": "shipped", "holder": None, "order": ORDER, "owner": None, "remedy": "notified"},
        {
            "item": B,
            "bucket": "on-hand",
            "holder": sales.order().seller,
            "order": None,
            "owner": None,
            "remedy": "none",
        },
    ]
    assert terminal("recall", "show", RECALL).out.startswith(f"issued  {RECALL}\n")
    assert terminal("recall", "reach", RECALL).out.startswith(f"2 items  {RECALL}\n")


def test_a_recall_of_which_nothing_is_recorded_is_refused(sales: Aftercare, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")

    for verb in ("show", "reach"):
        said = terminal("recall", verb, RECALL)
        assert (said.code, "unknown-dossier" in said.err) == (1, True)


def test_a_claim_is_shown_with_who_answers_for_it(sales: Aftercare, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    assert terminal("claim", "show", CLAIM).code == 1
    sales.filed()

    shown = terminal("claim", "show", CLAIM, "--json").object

    assert (shown["item"], shown["ask"], shown["found"]) == (A, "inauthentic", [])
    assert shown["stages"] == {"claim": "filed"}
    assert shown["liable"]["party"] == sales.order().seller  # type: ignore[index, call-overload]  # an object
    assert "claim-admitted" in terminal("claim", "show", CLAIM).out
    sales.world.services.checkpointing.checkpoint()
    assert terminal("decision", "of", CLAIM, "-o", tmp_path / "case.json").out.startswith("wait  ")


def test_the_repairs_of_an_item_are_shown(sales: Aftercare, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    assert terminal("warranty", "show", A).code == 1
    sales.repaired_once()

    shown = terminal("warranty", "show", A, "--json").object

    assert (shown["item"], shown["order"], shown["repairs"]) == (A, ORDER, 1)
    assert (shown["stages"], shown["next"]) == ({"warranty": "closed"}, ["repair-asked", "tick"])


def test_returns_exchanges_and_resales_are_shown(sales: Aftercare, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    sales.claimed(A)
    sales.requested()
    returned = terminal("return", "show", RETURN, "--json").object
    sales.returning(Kind.RETURN_WITHDRAWN, consumer(ANNA))
    sales.exchange_asked()
    asked = terminal("exchange", "show", EXCHANGE, "--json").object
    sales.exchange_agreed()
    exchanged = terminal("exchange", "show", EXCHANGE, "--json").object
    sales.exchanging(Kind.EXCHANGE_WITHDRAWN, consumer(ANNA))
    sales.put_up()
    offered = terminal("resale", "show", A, "--json").object

    assert (returned["return"], returned["ask"], returned["stages"]) == (RETURN, "withdraw", {"request": "requested"})
    assert (asked["offered"], asked["item"]) == (None, A)
    assert exchanged["offered"]["price"] == PRICE  # type: ignore[index, call-overload]  # an object
    assert (offered["minor"], offered["buyer"], offered["seller"]) == (15_000, None, str(ANNA.public))
    for words in (("return", RETURN), ("exchange", EXCHANGE), ("resale", A)):
        assert "What may follow" in terminal(words[0], "show", words[1]).out
    assert terminal("return", "show", ORDER).code == 1
