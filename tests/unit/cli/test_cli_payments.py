"""``provenance payment``: what was received is checked and shown, and no secret and no person with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance.cli import payments
from provenance.commerce.payment_notices import Provider, salted
from provenance.ports.inbox import Fate
from tests.homes import key_file, key_of
from tests.provider_dialects import MERCHANTS, SALT, SECRET, Told, delivery
from tests.sales import ANNA, FREIGHT, ORDER, PRICE, A, Sales
from tests.terminal import Said, Terminal
from tests.tills import NUMBER, READER, TILL, account_members, attesting, told, world_with_a_till

AT = "2026-11-23T02:13:20Z"  # when what the dialects sign was signed
TOLD = Told("evt-1", "20260301-0001", 19900)


def _check(folder: Path, provider: str, *more: str, account: object = None, body: bytes | None = None) -> Said:
    came = delivery(provider, TOLD)
    (folder / "body").write_bytes(came.body if body is None else body)
    (folder / "headers.json").write_text(json.dumps({name.title(): text for name, text in came.headers.items()}))
    (folder / "account.json").write_text(json.dumps(account_members(provider) if account is None else account))
    files = [folder / "body", "--headers", folder / "headers.json", "--account", folder / "account.json"]
    return Terminal(folder / "no-home")("payment", "check", *files, *(more or ("--at", AT)))


@pytest.mark.parametrize("provider", MERCHANTS)
def test_a_true_notification_is_told_in_one_line(tmp_path: Path, provider: str) -> None:
    said = _check(tmp_path, provider)

    grade = "B" if provider == "stripe" else "A"
    told = f"paid  CNY 199.00  order 20260301-0001  merchant {MERCHANTS[provider]}  grade {grade}\n"
    assert (said.code, said.out) == (0, told)


def test_the_object_holds_the_reference_only_salted(tmp_path: Path) -> None:
    said = _check(tmp_path, "stripe", "--at", AT, "--json")

    assert said.object["notice"] == {
        "provider": "stripe", "event": "evt-1", "merchant": "acct_1ABC", "order": "20260301-0001",
        "reference": salted(TOLD.reference, SALT), "refund": None, "minor": 19900, "currency": "CNY",
        "state": "paid", "grade": "B",
    }  # fmt: skip
    assert TOLD.reference not in said.out


def test_a_changed_body_and_an_old_one_are_refused_with_what_to_do(tmp_path: Path) -> None:
    forged = _check(tmp_path, "wechat", body=b"{}")
    old = _check(tmp_path, "wechat", "--at", "2026-11-23T03:13:20Z")

    assert (forged.code, old.code) == (1, 1)
    assert "forged-notice" in forged.err
    assert "stale-notice" in old.err


@pytest.mark.parametrize(
    "changes", [{"provider": "paypal"}, {"salt": None}, {"salt": "SECRET-SALT"}, {"secrets": "whsec"}, {"merchant": 1}]
)
def test_an_account_that_lacks_something_is_misuse_and_is_not_repeated(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    said = _check(tmp_path, "stripe", account=account_members("stripe") | changes)

    assert said.code == 2
    assert "bad-setting" in said.err
    assert [secret for secret in (SECRET.decode(), SALT.hex(), "SECRET-SALT") if secret in said.err + said.out] == []


def test_headers_that_are_no_texts_are_refused(tmp_path: Path) -> None:
    said = _check(tmp_path, "stripe")
    (tmp_path / "headers.json").write_text('{"Stripe-Signature": 1}')

    files = [tmp_path / "body", "--headers", tmp_path / "headers.json", "--account", tmp_path / "account.json"]
    again = Terminal(tmp_path / "no-home")("payment", "check", *files)

    assert said.code == 0
    assert (again.code, "wrong-type" in again.err) == (1, True)


def test_the_words_of_the_options_are_those_of_the_product() -> None:
    assert payments.PROVIDERS == tuple(Provider)
    assert payments.FATES == tuple(Fate)


def test_the_inbox_shows_what_came_newest_first_and_nobody_who_paid(tmp_path: Path) -> None:
    world = world_with_a_till(tmp_path / "home")
    told(world, "wechat", TOLD)
    told(world, "stripe", Told("evt-2", "20260301-0002", 500))
    world.close()

    said = Terminal(tmp_path / "home")("payment", "inbox")
    whole = Terminal(tmp_path / "home")("payment", "inbox", "--json", "--only", "waiting")
    none = Terminal(tmp_path / "home")("payment", "inbox", "--only", "refused")

    assert (said.code, none.code, none.out) == (0, 0, "nothing\n")
    assert [line.split("  ")[-1] for line in said.out.splitlines()] == ["stripe evt-2", "wechat evt-1"]
    assert [row["order"] for row in whole.object["notices"]] == ["20260301-0002", "20260301-0001"]
    assert "oUpF8uMuAJO" not in whole.out


def test_the_reader_alone_opens_what_a_provider_sent(tmp_path: Path) -> None:
    world = world_with_a_till(tmp_path / "home")
    told(world, "alipay", TOLD)
    world.close()
    for name, key in (("reader", READER), ("anna", key_of("anna"))):
        (tmp_path / f"{name}.key").write_bytes(key_file(key))
    terminal = Terminal(tmp_path / "home")

    opened = terminal("payment", "body", "alipay", "evt-1", "--key", tmp_path / "reader.key")
    other = terminal("payment", "body", "alipay", "evt-1", "--key", tmp_path / "anna.key")
    none = terminal("payment", "body", "alipay", "evt-9", "--key", tmp_path / "reader.key")

    assert opened.code == 0
    assert "buyer_id=2088102116773037" in opened.out
    assert (other.code, none.code) == (1, 1)
    assert "record-altered" in other.err
    assert "not-found" in none.err


def test_what_waits_is_settled_by_hand_and_what_contradicts_is_bad_news(tmp_path: Path) -> None:
    world = world_with_a_till(tmp_path / "home")
    world.clock.instant = datetime.now(UTC)  # the command reads the real clock
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.offered(attestor=TILL.party)
    sales.placed()
    told(world, "wechat", Told("evt-1", NUMBER, PRICE + FREIGHT))
    told(world, "wechat", Told("evt-2", NUMBER, 1, reference="another"))
    world.close()
    terminal, accounts = Terminal(tmp_path / "home"), {"PROVENANCE_PAYMENTS": str(tmp_path / "home" / "payments.json")}

    unset = terminal("payment", "settle")
    said = terminal("payment", "settle", "--json", environ=accounts)
    again = terminal("payment", "settle", environ=accounts)

    assert (unset.code, "bad-setting" in unset.err) == (2, True)
    assert (said.code, [(row["fate"], row["why"]) for row in said.object["notices"]]) == (
        1, [("settled", None), ("refused", "paid-twice")],
    )  # fmt: skip
    assert (again.code, again.out) == (0, "nothing waits\n")


def test_a_cancelled_order_is_paid_back_by_one_command_that_may_be_typed_again(tmp_path: Path) -> None:
    world = world_with_a_till(tmp_path / "home")
    world.clock.instant = datetime.now(UTC)  # the command reads the real clock
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.offered(attestor=TILL.party)
    sales.placed()
    told(world, "wechat", Told("evt-1", NUMBER, PRICE + FREIGHT))
    attesting(world).turn()
    sales.cancelled()
    world.close()
    (tmp_path / "anna.key").write_bytes(key_file(ANNA))
    terminal, accounts = Terminal(tmp_path / "home"), {"PROVENANCE_PAYMENTS": str(tmp_path / "home" / "payments.json")}
    more = ["--amount", "CNY 211.00", "--key", tmp_path / "anna.key"]

    unset = terminal("payment", "refund", ORDER, *more)
    early = terminal("payment", "refund", ORDER, environ=accounts)
    first = terminal("payment", "refund", ORDER, *more, environ=accounts)
    again = terminal("payment", "refund", ORDER, "--json", environ=accounts)

    assert [(said.code, "bad-setting" in said.err) for said in (unset, early)] == [(2, True)] * 2
    line = "to be asked  CNY 211.00 of order 2026-0001, as refund 2026-0001-all  wechat 1900000001"
    assert (first.code, first.out) == (0, f"{line}\n")
    assert "exactly the name 2026-0001-all" in first.err
    assert (again.object["name"], again.object["told"]) == ("2026-0001-all", False)


def test_books_and_list_are_compared_and_a_difference_is_bad_news(tmp_path: Path) -> None:
    world = world_with_a_till(tmp_path / "home")
    world.close()
    line: dict[str, object] = {"order": "2026-0009", "refund": None, "minor": 500, "currency": "CNY", "state": "paid"}
    whole: dict[str, object] = {"provider": "alipay", "merchant": MERCHANTS["alipay"], "from": 0, "until": 10}
    terminal, accounts = Terminal(tmp_path / "home"), {"PROVENANCE_PAYMENTS": str(tmp_path / "home" / "payments.json")}
    (tmp_path / "some.json").write_text(json.dumps(whole | {"lines": [line]}))
    (tmp_path / "none.json").write_text(json.dumps(whole | {"lines": []}))

    unset = terminal("payment", "reconcile", tmp_path / "none.json")
    equal = terminal("payment", "reconcile", tmp_path / "none.json", environ=accounts)
    differs = terminal("payment", "reconcile", tmp_path / "some.json", "--json", environ=accounts)
    said = terminal("payment", "reconcile", tmp_path / "some.json", environ=accounts)

    assert (unset.code, equal.code, equal.out) == (2, 0, "the books agree with 0 lines\n")
    order = "order:9520789000004/2026-0009"
    assert (differs.code, differs.object["breaks"]) == (
        1,
        [{
            "difference": "not-asked", "order": order, "transfer": f"payment {order}",
            "booked": None, "listed": "CNY 5.00",
        }],
    )  # fmt: skip
    assert said.out == f"not-asked    payment {order}  booked nothing, listed CNY 5.00\n"
