"""Whatever is changed behind the log's back is found and named, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from provenance.adapters.sql_schema import (
    CHAIN_LINKS,
    CHECKPOINTS,
    SIGNATURES,
    SLOTS,
    SOURCES,
    STANDINGS,
    STATEMENTS,
    TILES,
)
from provenance.codes import Code
from provenance.commerce.tables import Kind
from provenance.custody.registry_entries import LicenceGranted
from provenance.encoding.canonical import Json
from provenance.errors import Refusal, StorageError
from provenance.ids import Subject
from provenance.services.auditing import Damage
from provenance.services.capturing import Receipt
from tests.cast import CARRIER, INSPECTOR, MAKER, ROOT_HAND, SHOP, Some, item, lot, unit
from tests.sales import OTHER_ORDER, A, Sales
from tests.world import World

A1, A2 = item("A1"), item("A2")
LOT = lot("L1")
BOX = unit(1)


@pytest.fixture
def told(world: World) -> dict[str, Receipt]:
    """A little of everything, all of it recorded."""
    found = {"made": world.made(A1, A2), "lot": world.made(Some("9 KGM", LOT))}
    found["blended"] = world.blended([Some("1 KGM", LOT)], [item("T1")], at_most=[("KGM", "", "1")])
    found["packed"] = world.packed(A1, A2, into=BOX)
    found["shipped"] = world.shipped(BOX, to=SHOP)
    found["received"] = world.received(BOX, by=SHOP)
    found["unpacked"] = world.unpacked(out_of=BOX, by=SHOP)
    found["sold"] = world.sold(A1)
    world.services.checkpointing.checkpoint()
    return found


def damage(world: World, *statements: Any) -> None:
    with world.services.store.raw_writing() as connection:
        for statement in statements:
            connection.execute(statement)


def found(world: World) -> list[tuple[Damage, str]]:
    return [(problem.damage, problem.where) for problem in world.services.auditing.audit().problems]


def test_an_honest_log_is_clean(world: World, told: dict[str, Receipt]) -> None:
    report = world.services.auditing.audit()

    assert report.is_clean
    assert report.leaves == world.size() == told["sold"].index + 1


def test_an_empty_log_is_clean(world: World) -> None:
    damage(world, *(delete(table) for table in (STATEMENTS, SIGNATURES, CHAIN_LINKS, STANDINGS, TILES)))

    assert world.services.auditing.audit().is_clean


def test_progress_is_told_tile_by_tile(world: World) -> None:
    world.captured_together(
        *(
            world.signed(
                {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [item(f"N{number}")]},
                MAKER,
            )
            for number in range(300)
        )
    )
    steps: list[tuple[int, int]] = []

    world.services.auditing.audit(lambda done, total: steps.append((done, total)))

    assert steps == [(256, 315), (315, 315)]


# one damage, one problem


def at(told: dict[str, Receipt], name: str) -> str:
    return f"leaf {told[name].index}"


@pytest.mark.parametrize("name", ["made", "packed", "received", "sold"])
def test_an_edited_body_is_named_once_whatever_follows_from_it(
    world: World, told: dict[str, Receipt], name: str
) -> None:
    body = world.stored(told[name]).envelope.body.replace(b"2026", b"2025")
    damage(world, update(STATEMENTS).where(STATEMENTS.c.hash == told[name].hash).values(body=body))

    assert found(world) == [(Damage.EDITED_BODY, at(told, name))]


@pytest.mark.parametrize("name", ["made", "packed", "received", "sold"])
def test_an_edited_signature_is_named_once(world: World, told: dict[str, Receipt], name: str) -> None:
    place = SIGNATURES.c.leaf_index == told[name].index
    damage(world, update(SIGNATURES).where(place).values(sig=bytes(64)))

    assert found(world) == [(Damage.EDITED_LEAF, at(told, name))]


def test_a_removed_signature_is_an_edited_leaf(world: World, told: dict[str, Receipt]) -> None:
    damage(world, delete(SIGNATURES).where(SIGNATURES.c.leaf_index == told["made"].index))

    assert found(world) == [(Damage.EDITED_LEAF, at(told, "made"))]


def test_an_added_signature_is_an_edited_leaf(world: World, told: dict[str, Receipt]) -> None:
    row = {"leaf_index": told["made"].index, "key": SHOP.key.public.id, "sig": bytes(64)}
    damage(world, insert(SIGNATURES).values(row))

    assert found(world) == [(Damage.EDITED_LEAF, at(told, "made"))]


@pytest.mark.parametrize("kind", ["application/json", "no media type at all", ""])
def test_an_edited_type_is_an_edited_body(world: World, told: dict[str, Receipt], kind: str) -> None:
    damage(world, update(STATEMENTS).where(STATEMENTS.c.hash == told["made"].hash).values(payload_type=kind))

    assert found(world) == [(Damage.EDITED_BODY, at(told, "made"))]


def test_an_edited_hash_is_an_edited_body(world: World, told: dict[str, Receipt]) -> None:
    damage(world, update(STATEMENTS).where(STATEMENTS.c.hash == told["made"].hash).values(hash="0" * 64))

    assert found(world) == [(Damage.EDITED_BODY, at(told, "made"))]


@pytest.mark.parametrize("name", ["made", "packed", "received"])
def test_a_row_taken_out_of_the_middle_is_named_once(world: World, told: dict[str, Receipt], name: str) -> None:
    damage(world, delete(STATEMENTS).where(STATEMENTS.c.hash == told[name].hash))

    assert found(world) == [(Damage.MISSING_ROW, at(told, name))]


def test_a_row_cut_off_the_end_is_named(world: World, told: dict[str, Receipt]) -> None:
    damage(world, delete(STATEMENTS).where(STATEMENTS.c.hash == told["sold"].hash))

    assert found(world) == [(Damage.MISSING_ROW, at(told, "sold"))]


def test_a_row_cut_off_the_end_before_a_checkpoint_saw_it_is_named(world: World, told: dict[str, Receipt]) -> None:
    last = world.observed(A2, by=INSPECTOR)
    damage(world, delete(STATEMENTS).where(STATEMENTS.c.hash == last.hash))

    assert found(world) == [(Damage.MISSING_ROW, f"leaf {last.index}")]


def test_an_end_cut_off_with_all_its_traces_shows_against_the_checkpoint(
    world: World, told: dict[str, Receipt]
) -> None:
    size = told["sold"].index
    damage(
        world,
        delete(STATEMENTS).where(STATEMENTS.c.leaf_index >= size),
        delete(SIGNATURES).where(SIGNATURES.c.leaf_index >= size),
        delete(CHAIN_LINKS).where(CHAIN_LINKS.c.leaf_index >= size),
    )

    assert (Damage.MISSING_ROW, at(told, "sold")) in found(world)


def test_an_edited_registry_entry_is_named_once_and_not_everyone_who_leans_on_it(
    world: World, told: dict[str, Receipt]
) -> None:
    with world.services.store.reading() as store:
        place = store.chain(Subject(MAKER.party), None)[0]
        body = store.statements([place])[0].envelope.body
    edited = body.replace(b'"maker"', b'"faker"')
    damage(world, update(STATEMENTS).where(STATEMENTS.c.leaf_index == place).values(body=edited))

    assert found(world) == [(Damage.EDITED_BODY, f"leaf {place}")]


# the tree


def test_an_edited_tile_shows_in_its_leaf_and_in_the_checkpoint(world: World, told: dict[str, Receipt]) -> None:
    with world.services.store.reading() as store:
        hashes = bytearray(store.tiles([(0, 0)])[0, 0])
    hashes[32 * 5] ^= 1
    damage(world, update(TILES).values(hashes=bytes(hashes)))

    assert found(world) == [(Damage.EDITED_LEAF, "leaf 5"), (Damage.BAD_CHECKPOINT, f"checkpoint {world.size()}")]


def test_a_missing_tile_is_found(world: World, told: dict[str, Receipt]) -> None:
    damage(world, delete(TILES))

    assert (Damage.EDITED_LEAF, "leaf 0") in found(world)


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: {"root": bytes(32)},
        lambda kept: {"note": kept.note.replace("world.example", "other.example")},
        lambda kept: {"note": "nothing of the kind"},
    ],
)
def test_an_edited_checkpoint_is_found(
    world: World, told: dict[str, Receipt], change: Callable[[Any], dict[str, Any]]
) -> None:
    with world.services.store.reading() as store:
        kept = store.checkpoint()
    damage(world, update(CHECKPOINTS).values(**change(kept)))

    assert (Damage.BAD_CHECKPOINT, f"checkpoint {world.size()}") in found(world)


# the folds


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"holder": "did:ex:thief"}, "holder"),
        ({"owner": "did:ex:thief"}, "owner"),
        ({"phase": "sold"}, "phase"),
        ({"flags": "recalled"}, "flags"),
        ({"parent": BOX}, "parent"),
        ({"origins": "0" * 64}, "origins"),
        ({"lot": LOT}, "lot"),
    ],
)
def test_an_edited_standing_is_named_with_what_differs(
    world: World, told: dict[str, Receipt], change: dict[str, str], name: str
) -> None:
    damage(world, update(STANDINGS).where(STANDINGS.c.subject == A2).values(**change))

    (problem,) = world.services.auditing.audit().problems
    assert (problem.damage, problem.where) == (Damage.WRONG_FOLD, A2)
    assert problem.message.startswith(f"the store says {name} ")


def test_another_head_is_a_second_head(world: World, told: dict[str, Receipt]) -> None:
    damage(world, update(STANDINGS).where(STANDINGS.c.subject == A2).values(head="0" * 64))

    assert found(world) == [(Damage.TWO_HEADS, A2)]


def test_a_standing_that_is_gone_and_one_that_nobody_made_are_found(world: World, told: dict[str, Receipt]) -> None:
    with world.services.store.raw_writing() as connection:
        connection.execute(update(STANDINGS).where(STANDINGS.c.subject == A2).values(subject=item("X1")))

    assert sorted(found(world)) == [(Damage.WRONG_FOLD, A2), (Damage.WRONG_FOLD, item("X1"))]


@pytest.mark.parametrize("change", [{"phase": "new"}, {"holdings": "[[["}, {"offer": "{}"}, {"flags": "cursed"}])
def test_a_standing_that_none_can_read_is_found(world: World, told: dict[str, Receipt], change: dict[str, str]) -> None:
    damage(world, update(STANDINGS).where(STANDINGS.c.subject == A2).values(**change))

    (problem,) = world.services.auditing.audit().problems
    assert (problem.damage, A2 in problem.message) == (Damage.WRONG_FOLD, True)
    with pytest.raises(StorageError) as refused:
        world.shipped(A2, by=SHOP, to=CARRIER)
    assert refused.value.code is Code.RECORD_ALTERED


def test_a_removed_chain_link_is_found(world: World, told: dict[str, Receipt]) -> None:
    damage(
        world,
        delete(CHAIN_LINKS).where(CHAIN_LINKS.c.subject == A2, CHAIN_LINKS.c.leaf_index == told["packed"].index),
    )

    assert found(world) == [(Damage.WRONG_FOLD, at(told, "packed"))]


def test_an_added_chain_link_is_found(world: World, told: dict[str, Receipt]) -> None:
    row = {"subject": A2, "leaf_index": told["lot"].index, "changes_flags": False}
    damage(world, insert(CHAIN_LINKS).values(row))

    assert found(world) == [(Damage.WRONG_FOLD, at(told, "lot"))]


def test_a_source_that_was_taken_out_is_found(world: World, told: dict[str, Receipt]) -> None:
    damage(world, delete(SOURCES))

    assert found(world) == [(Damage.WRONG_FOLD, item("T1"))]


def test_a_source_that_was_slipped_in_is_found(world: World, told: dict[str, Receipt]) -> None:
    damage(world, insert(SOURCES).values(made_by=told["made"].hash, input=LOT))

    assert (Damage.WRONG_FOLD, A1) in found(world)


# what the sequencer would never have let in


def slipped_in(world: World, event: dict[str, Json], previous: list[str]) -> str:
    """A statement that someone with the database and the rules switched off has captured."""
    envelope = world.signed_blindly(event, MAKER, previous=previous)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("provenance.custody.admission.check_links", lambda *_, **__: None)
        patch.setattr("provenance.custody.admission._second_commissioning", lambda *_: None)
        patch.setattr("provenance.custody.movements.may_touch", lambda *_: None)
        outcome = world.tried(envelope)
    assert not isinstance(outcome, Refusal), str(outcome)
    return f"leaf {outcome.index}"


def test_two_heads_for_one_thing_are_found(world: World) -> None:
    made = world.made(A1)
    world.shipped(A1, to=SHOP)
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A1]}

    where = slipped_in(world, event, [made.hash])

    assert found(world)[0] == (Damage.TWO_HEADS, where)


def test_what_the_rules_forbid_is_found(world: World) -> None:
    world.made(A1)
    world.handed_over(A1, to=SHOP)
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "destroying", "epcList": [A1]}

    where = slipped_in(world, event, world.heads(A1))

    assert found(world)[0] == (Damage.RULE_BROKEN, where)


def test_a_statement_for_another_log_is_found(world: World) -> None:
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A1]}
    seen: Json = {"origin": "other.example/log", "size": 0, "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("provenance.services.sequencing.Batch._check_seen", lambda *_: None)
        receipt = world.captured(world.signed_blindly({**event, "prov:seen": seen}, MAKER))

    assert found(world) == [(Damage.RULE_BROKEN, f"leaf {receipt.index}")]


def test_corrections_and_entries_audit_like_the_rest(world: World) -> None:
    world.corrected(world.made(A1))
    world.entered(LicenceGranted(SHOP.party, "9520001"), ROOT_HAND)
    world.made(A1)
    world.packed(A1, into=BOX)
    world.corrected(world.unpacked(out_of=BOX))
    world.services.checkpointing.checkpoint()

    assert world.services.auditing.audit().is_clean


def test_a_slot_that_the_records_do_not_give_is_found(world: World) -> None:
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.bought(A)

    damage(world, update(SLOTS).where(SLOTS.c.slot == "sale").values(holder=OTHER_ORDER))

    assert found(world) == [(Damage.WRONG_FOLD, A)]


def test_a_record_of_commerce_that_was_changed_is_found_and_named_once(world: World) -> None:
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.bought(A)
    paid = next(entered for entered in sales.dossier().entries if entered.record.kind is Kind.ORDER_PAID)

    damage(world, update(STATEMENTS).where(STATEMENTS.c.leaf_index == paid.index).values(body=b"{}"))

    assert found(world) == [(Damage.EDITED_BODY, f"leaf {paid.index}")]


def test_what_rests_on_a_changed_record_of_commerce_is_not_named_beside_it(world: World) -> None:
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.bought(A)
    sales.claimed(A)
    sales.requested(A)
    arrived = sales.dossier().newest(Kind.PARCEL_DELIVERED)
    assert arrived is not None

    damage(world, update(STATEMENTS).where(STATEMENTS.c.leaf_index == arrived.index).values(body=b"{}"))

    assert found(world) == [(Damage.EDITED_BODY, f"leaf {arrived.index}")]
