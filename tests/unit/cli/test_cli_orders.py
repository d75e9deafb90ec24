"""What is sold, from the terminal: records signed by a shop and a customer, terms, decisions."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.commerce.evaluation import decide
from provenance.commerce.facts import format_facts
from provenance.commerce.replay import format_case
from provenance.commerce.terms import format_terms, terms_members
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from tests.after_sales import CHINESE, case, withdrawn
from tests.homes import SHOP, key_file, key_of, party_of, write_home
from tests.terminal import Terminal

TERMS = replace(CHINESE, seller=party_of(SHOP))
ORDER, TERMS_OF = f"order:{SHOP}/1", f"terms:{SHOP}/standard"
TOKEN = hashlib.sha256(b"receipt").hexdigest()


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    write_home(tmp_path / "home")
    for name in ("shop", "anna"):
        (tmp_path / f"{name}.key").write_bytes(key_file(key_of(name)))
    return Terminal(tmp_path / "home")


def written(tmp_path: Path, name: str, members: dict[str, Json]) -> Path:
    (tmp_path / name).write_bytes(canonical.dump(members))
    return tmp_path / name


def test_a_shop_offers_and_a_customer_accepts(terminal: Terminal, tmp_path: Path) -> None:
    shop: tuple[str | Path, ...] = ("--party", SHOP, "--key", tmp_path / "shop.key")
    line: Json = {"class": "https://id.gs1.org/01/09520123000011", "price": 5, "category": "food", "traits": []}
    offer: dict[str, Json] = {
        "subject": ORDER,
        "kind": "order-offered",
        "lines": [line],
        "currency": TERMS.currency,
        "freight": 0,
        "terms": TERMS.hash,
        "termsOf": TERMS_OF,
        "token": TOKEN,
        "payBy": 4_000_000_000,
        "attestor": TERMS.seller,
    }
    published: dict[str, Json] = {"subject": TERMS_OF, "kind": "terms-published", "terms": terms_members(TERMS)}
    accepted: dict[str, Json] = {"subject": ORDER, "kind": "order-placed", "confirmed": []}

    for name, members, hand in (
        ("terms", published, shop),
        ("offer", offer, shop),
        ("accepted", accepted, ("--key", tmp_path / "anna.key")),
    ):
        signed = tmp_path / f"{name}.signed"
        said = terminal("record", "sign", written(tmp_path, name, members), *hand, "-o", signed)
        assert said.code == 0, said.err
        assert terminal("capture", signed).code == 0
    shown = terminal("order", "show", ORDER)

    assert shown.code == 0
    assert shown.out.startswith(f"awaiting-payment  {ORDER}\n")
    assert str(key_of("anna").public) in shown.out
    assert terminal("order", "show", ORDER, "--json").object["next"] == [
        "order-paid",
        "order-cancelled",
        "order-expired",
        "tick",
    ]


def test_a_record_that_no_table_knows_is_refused_at_its_member(terminal: Terminal, tmp_path: Path) -> None:
    file = written(tmp_path, "odd", {"subject": ORDER, "kind": "order-wished", "at": 0})

    said = terminal("record", "sign", file, "--key", tmp_path / "anna.key")

    assert said.code == 1
    assert said.err.startswith("error: wrong-value at /kind: ")


def test_an_order_of_which_nothing_is_recorded_is_not_shown(terminal: Terminal) -> None:
    said = terminal("order", "show", ORDER)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: unknown-dossier: ")


def test_terms_below_the_law_are_named_with_the_article(terminal: Terminal, tmp_path: Path) -> None:
    mean = replace(CHINESE, withdrawal=replace(CHINESE.withdrawal, days=3))
    (tmp_path / "mean.json").write_bytes(format_terms(mean))
    (tmp_path / "fair.json").write_bytes(format_terms(CHINESE))

    said = terminal("terms", "check", tmp_path / "mean.json", "--on", "2026-10-01", "--json")
    fair = terminal("terms", "check", tmp_path / "fair.json", "--on", "2026-10-01", "--json")

    assert said.code == 1
    assert ("/withdrawal/days", "3", "7") in {(r["member"], r["said"], r["stands"]) for r in said.object["raises"]}
    assert "/withdrawal/days" not in {row["member"] for row in fair.object["raises"]}
    assert terminal("terms", "check", tmp_path / "fair.json", "--on", "yesterday").code == 2


def test_a_decision_is_made_and_made_again(terminal: Terminal, tmp_path: Path) -> None:
    facts = case(request=withdrawn())
    (tmp_path / "terms.json").write_bytes(format_terms(CHINESE))
    (tmp_path / "facts.json").write_bytes(format_facts(facts))
    made = ("decision", "make", tmp_path / "facts.json", "--terms", tmp_path / "terms.json", "-o", tmp_path / "case")

    said = terminal(*made)
    again = terminal("decision", "replay", tmp_path / "case")

    assert said.code == 0, said.err
    assert (tmp_path / "case").read_bytes() == format_case(CHINESE, facts, decide(CHINESE, facts))
    assert again.out.startswith("IDENTICAL  return\n")


def test_a_changed_input_is_named_by_the_replay(terminal: Terminal, tmp_path: Path) -> None:
    facts = case(request=withdrawn())
    whole = format_case(CHINESE, facts, decide(CHINESE, facts))
    (tmp_path / "case").write_bytes(whole.replace(b'"paid":19900', b'"paid":19901'))

    said = terminal("decision", "replay", tmp_path / "case", "--json")

    assert (said.code, said.object["identical"]) == (1, False)
    assert "/decision/facts" in {row["pointer"] for row in said.object["differences"]}
