"""A webhook tells what kind of statement stands where, and nothing about anybody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from provenance.crypto.envelope import Envelope
from provenance.encoding import canonical
from provenance.services.capturing import Receipt
from provenance.services.happenings import Happening, happening_of, is_wanted
from tests.cast import MAKER
from tests.sales import ANNA, ORDER, TOKEN, A, B, Sales
from tests.world import World


@pytest.fixture
def sales(world: World) -> Sales:
    sales = Sales(world)
    sales.stocked(A, B)
    sales.published()
    return sales


def heard(world: World, receipt: Receipt) -> Happening:
    return happening_of(world.stored(receipt), log="shop.example/log/2026", status="recorded")


def told(happening: Happening) -> Any:
    return canonical.parse(happening.body)


def test_a_record_is_told_by_its_kind_its_dossier_and_its_place(world: World, sales: Sales) -> None:
    receipt = sales.offered()

    happening = heard(world, receipt)

    assert happening.id == f"evt_{receipt.index}_{receipt.hash[:16]}"
    assert told(happening) == {
        "type": "order.order-offered",
        "timestamp": "2026-05-04T10:00:00.000Z",
        "data": {
            "log": "shop.example/log/2026",
            "index": receipt.index,
            "statement": receipt.hash,
            "status": "recorded",
            "kind": "order-offered",
            "dossier": ORDER,
        },
    }
    assert heard(world, receipt) == happening


def test_who_bought_and_what_they_paid_is_not_told(world: World, sales: Sales) -> None:
    sales.offered()

    bodies = [heard(world, receipt).body for receipt in (sales.placed(), sales.paid(), sales.cancelled())]

    for body in bodies:
        for word in (str(ANNA.public), ANNA.public.id, TOKEN, "21100", "fakepay", "changed my mind"):
            assert word.encode() not in body


def test_a_recall_is_told_with_the_things_and_so_is_its_end(world: World, sales: Sales) -> None:
    on, off = world.recalled(A, B), world.marked(A, by=MAKER, off=["recalled"])

    marked, lifted = told(heard(world, on)), told(heard(world, off))

    assert (marked["type"], lifted["type"]) == ("recall.marked", "recall.lifted")
    assert (marked["data"]["things"], marked["data"]["count"]) == (sorted([A, B]), 2)
    assert lifted["data"]["things"] == [A]


def test_any_other_statement_is_told_by_its_type_alone(world: World) -> None:
    receipt = world.made(A)

    happening = heard(world, receipt)

    assert told(happening)["type"] == "statement.recorded"
    assert told(happening)["data"]["kind"] == "application/vnd.provenance.custody-event+json"
    assert A.encode() not in happening.body


def test_of_a_statement_that_was_changed_in_the_database_only_the_place_is_told(world: World, sales: Sales) -> None:
    stored = world.stored(sales.offered())
    body = stored.envelope.body.replace(b"order-offered", b"order-refused")
    altered = [
        replace(stored, envelope=Envelope(stored.envelope.payload_type, changed, stored.envelope.signatures))
        for changed in (body, b"", b"{}")
    ]

    for one in altered:
        happening = happening_of(one, log="l", status="recorded")
        assert told(happening)["type"] == "statement.recorded"
        assert told(happening)["data"]["statement"] == stored.hash


@pytest.mark.parametrize(
    ("topics", "wanted"),
    [(("order",), True), (("return",), False), (("recall", "order"), True), (("statement",), True), ((), False)],
)
def test_an_endpoint_gets_what_it_asked_for(topics: tuple[str, ...], wanted: bool) -> None:
    assert is_wanted(Happening("evt_1", "order", b""), topics) is wanted
