"""Orders from a shop, from the terminal: looked at, taken in, offered with the seller's own key."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.adapters.sql_drafts import SqlDraftBook
from provenance.adapters.workbooks import write_workbook
from provenance.bootstrap import build
from provenance.codes import Code
from provenance.commerce.order_csv import read_csv_rows
from provenance.commerce.terms import terms_members
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.ids import Subject
from provenance.ports.drafts import DeliveryId, Trouble
from tests.after_sales import CHINESE
from tests.homes import SHOP, key_file, key_of, party_of, settings_of, write_home
from tests.shops import PERSON, sample, sample_path
from tests.terminal import Said, Terminal

CATALOGUE = ("--catalogue", sample_path("catalogue.json"))
ORDER = f"order:{SHOP}/2026-0101"
TERMS = replace(CHINESE, seller=party_of(SHOP), currency="EUR")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    write_home(tmp_path / "home")
    (tmp_path / "shop.key").write_bytes(key_file(key_of("shop")))
    return Terminal(tmp_path / "home")


def drafts(terminal: Terminal) -> list[str]:
    return [one["order"].partition("/")[2] for one in terminal("order", "drafts", "--json").object["drafts"]]


def signed_in(terminal: Terminal, folder: Path, members: Path) -> Said:
    hand: tuple[str | Path, ...] = ("--party", SHOP, "--key", folder / "shop.key")
    signed = members.with_suffix(".signed")
    said = terminal("record", "sign", members, *hand, "-o", signed)
    assert said.code == 0, said.err
    return terminal("capture", signed)


def test_a_table_is_rehearsed_then_taken_in_and_again_without_a_change(terminal: Terminal) -> None:
    table = sample_path("orders.csv")

    rehearsed = terminal("order", "import", table, *CATALOGUE, "--dry-run", "--json")
    before = drafts(terminal)
    taken = terminal("order", "import", table, *CATALOGUE)
    again = terminal("order", "import", table, *CATALOGUE, "--json")

    assert (rehearsed.code, rehearsed.object["kept"], before) == (0, False, [])
    assert [one["became"] for one in rehearsed.object["orders"]] == ["new", "new"]
    assert rehearsed.object["dropped"] == ["name", "e-mail"]
    assert taken.out == f"new  {ORDER}\nnew  order:{SHOP}/2026-0102\nkept\n"
    assert taken.err == "columns that nobody read: name, e-mail\n"
    assert [one["became"] for one in again.object["orders"]] == ["repeated", "repeated"]
    assert drafts(terminal) == ["2026-0101", "2026-0102"]


def test_a_workbook_gives_the_same_drafts(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "orders.xlsx").write_bytes(write_workbook(read_csv_rows(sample("orders.csv"))))

    said = terminal("order", "import", tmp_path / "orders.xlsx", *CATALOGUE)

    assert said.code == 0, said.err
    assert drafts(terminal) == ["2026-0101", "2026-0102"]


@pytest.mark.parametrize(
    ("shop", "line"),
    [
        ("shopify", f"order:{SHOP}/shopify-450789469  EUR 46.90  not offered  (the shop says paid)\n"),
        ("woocommerce", f"order:{SHOP}/woo-727  EUR 47.40  not offered  (the shop says paid)\n"),
    ],
)
def test_the_body_of_a_webhook_can_be_taken_in_by_hand(terminal: Terminal, shop: str, line: str) -> None:
    said = terminal("order", "import", sample_path(f"{shop}_order.json"), "--from", shop, *CATALOGUE)

    listed = terminal("order", "drafts").out

    assert said.code == 0, said.err
    assert listed == line
    assert [word for word in PERSON if word in said.out + listed] == []


def test_a_fault_is_told_with_row_column_and_next_step_and_nothing_is_kept(terminal: Terminal, tmp_path: Path) -> None:
    faulty = sample("orders.csv") + b"2026-0103,CUP,1,5.00,EUR,,,\n2026-0104,TIN-500,1,=5,EUR,,,\n"
    (tmp_path / "orders.csv").write_bytes(faulty)

    said = terminal("order", "import", tmp_path / "orders.csv", *CATALOGUE, "--json")
    people = terminal("order", "import", tmp_path / "orders.csv", *CATALOGUE)
    (tmp_path / "sku.csv").write_bytes(sample("orders.csv") + b"2026-0103,CUP,1,5.00,EUR,,,\n")
    unknown = terminal("order", "import", tmp_path / "sku.csv", *CATALOGUE, "--json")

    assert (said.code, said.object["kept"], said.object["orders"]) == (1, False, [])
    assert [(one["row"], one["column"], one["code"]) for one in said.object["refused"]] == [
        (6, "price", "formula-in-cell")
    ]
    assert "row 6, price: formula-in-cell: a spreadsheet would run '=5'\n  → Type the value itself" in people.out
    assert [(one["row"], one["column"], one["code"]) for one in unknown.object["refused"]] == [
        (5, "sku", "unknown-sku")
    ]
    assert drafts(terminal) == []


def test_a_table_that_tells_an_order_otherwise_is_refused_whole(terminal: Terminal, tmp_path: Path) -> None:
    terminal("order", "import", sample_path("orders.csv"), *CATALOGUE)
    (tmp_path / "orders.csv").write_bytes(
        sample("orders.csv").replace(b"2026-0102,TIN-500,4", b"2026-0102,TIN-500,5") + b"9,TIN-500,1,5.00,EUR,,,\n"
    )

    said = terminal("order", "import", tmp_path / "orders.csv", *CATALOGUE, "--json")

    assert [(one["row"], one["column"], one["code"]) for one in said.object["refused"]] == [
        (4, "order", "draft-differs")
    ]
    assert drafts(terminal) == ["2026-0101", "2026-0102"]


def test_a_draft_becomes_an_offer_that_the_seller_signs(terminal: Terminal, tmp_path: Path) -> None:
    terminal("order", "import", sample_path("orders.csv"), *CATALOGUE)
    published: dict[str, Json] = {
        "subject": f"terms:{SHOP}/standard", "kind": "terms-published", "terms": terms_members(TERMS)
    }  # fmt: skip
    (tmp_path / "terms.json").write_bytes(canonical.dump(published))
    made = ("order", "draft", ORDER, *CATALOGUE)

    too_early = terminal(*made, "-o", tmp_path / "early.json")
    assert signed_in(terminal, tmp_path, tmp_path / "terms.json").code == 0
    said = terminal(*made, "-o", tmp_path / "offer.json", "--json")
    captured = signed_in(terminal, tmp_path, tmp_path / "offer.json")
    shown = terminal("order", "show", ORDER, "--json").object
    again = terminal(*made, "-o", tmp_path / "again.json")

    assert (too_early.code, (tmp_path / "early.json").exists()) == (1, False)
    assert said.code == 0, said.err
    assert captured.code == 0, captured.err
    offer = canonical.parse_any((tmp_path / "offer.json").read_bytes())
    assert isinstance(offer, dict)
    assert offer["token"] == hashlib.sha256(said.object["token"].encode()).hexdigest()
    assert (shown["shown"], shown["total"], shown["currency"]) == ("offered", 3490, "EUR")
    assert [line["price"] for line in shown["lines"]] == [1250, 1250, 500]
    assert (again.code, again.err.partition("\n")[0]) == (
        1,
        f"error: illegal-step: {ORDER} is offered in the log already",
    )
    assert "offered  (the shop says open)" in terminal("order", "drafts").out.partition("\n")[0]


def test_what_no_shop_told_of_or_in_other_money_is_not_offered(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("order", "draft", ORDER, *CATALOGUE, "-o", tmp_path / "offer.json")

    assert (said.code, said.err.partition(":")[2].partition(":")[0]) == (1, " unknown-draft")
    assert not (tmp_path / "offer.json").exists()


def test_a_trouble_is_listed_with_its_place_and_the_next_step(terminal: Terminal, tmp_path: Path) -> None:
    services = build(settings_of(terminal.home))
    trouble = Trouble(Subject(ORDER), "shopify", Code.OTHER_TOTAL, "/total_price", 1000)
    SqlDraftBook(services.store).deliver(DeliveryId("shopify", "d-1"), trouble)
    services.store.close()

    listed = terminal("order", "drafts", "--json").object
    people = terminal("order", "drafts").out
    said = terminal("order", "draft", ORDER, *CATALOGUE, "-o", tmp_path / "offer.json")
    terminal("order", "import", sample_path("orders.csv"), *CATALOGUE)

    assert [(one["order"], one["code"], one["pointer"]) for one in listed["troubles"]] == [
        (ORDER, "other-total", "/total_price")
    ]
    assert people.startswith(f"{ORDER}  other-total at /total_price: it can't be offered as it was told\n  → Compare")
    assert (said.code, "other-total at /total_price" in said.err) == (1, True)
    assert terminal("order", "drafts", "--json").object["troubles"] == []


def test_the_template_can_be_taken_in_as_it_is(terminal: Terminal, tmp_path: Path) -> None:
    listed = canonical.parse_any(sample("catalogue.json"))
    assert isinstance(listed, dict)
    assert isinstance(listed["products"], dict)
    listed["products"]["JAR-500"] = listed["products"]["TIN-500"]
    (tmp_path / "own.json").write_bytes(canonical.dump(listed))

    printed = terminal("order", "template")
    (tmp_path / "printed.csv").write_text(printed.out)
    for name in ("template.csv", "template.xlsx"):
        assert terminal("order", "template", "-o", tmp_path / name).code == 0
    became = [
        terminal("order", "import", tmp_path / name, "--catalogue", tmp_path / "own.json").out.partition(" ")[0]
        for name in ("printed.csv", "template.csv", "template.xlsx")
    ]

    assert became == ["new", "repeated", "repeated"]


def test_a_file_of_no_known_kind_asks_what_made_it(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "orders.txt").write_bytes(sample("orders.csv"))

    said = terminal("order", "import", tmp_path / "orders.txt", *CATALOGUE)

    assert (said.code, said.err.partition("\n")[0].endswith("say with --from what made it")) == (2, True)
    assert terminal("order", "import", tmp_path / "orders.txt", "--from", "csv", *CATALOGUE).code == 0
