"""The same trade on both databases: told, recorded, proven, audited, and the same to the last byte of the tree."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from provenance.adapters.sql_schema import CHAIN_LINKS, SIGNATURES, STANDINGS, STATEMENTS, TILES
from provenance.codes import Code
from provenance.crypto.envelope import leaf
from provenance.custody.verdict import VerdictClass
from provenance.custody.web_links import WebLinks
from provenance.errors import ConflictError
from provenance.gs1.link_types import parse_link_type
from provenance.gs1.linkset import WebLink
from provenance.ids import LeafIndex
from provenance.log.merkle import leaf_hash
from provenance.log.tiles import extend
from provenance.ports.stores import StoredCheckpoint
from provenance.services.auditing import Damage
from tests.cast import CARRIER, MAKER, SHOP, Some, gtin, item, lot, unit
from tests.oracles import assert_log_is_sound
from tests.world import World

A, B = item("A1"), item("B2")
LINK_TYPE = parse_link_type("gs1:pip")


def tell(world: World) -> None:
    """A little of everything."""
    world.made(A, B, in_lot="L1")
    world.packed(A, B, into=unit(1))
    world.handed_over(unit(1), to=CARRIER)
    world.handed_over(unit(1), by=CARRIER, to=SHOP)
    world.unpacked(out_of=unit(1), by=SHOP)
    world.made(Some("10 KGM", lot("R1")))
    world.handed_over(Some("2.5 KGM", lot("R1")), to=SHOP)
    world.recalled(B)


def test_a_trade_is_told_recorded_and_proven(shared_world: World) -> None:
    tell(shared_world)

    note = shared_world.services.checkpointing.checkpoint()

    assert note is not None
    assert shared_world.proven(A).verdict.shown is VerdictClass.CONSISTENT
    assert shared_world.proven(B).verdict.shown is VerdictClass.RECALLED
    assert shared_world.standing(A).holder == SHOP.party  # type: ignore[union-attr]
    assert_log_is_sound(shared_world.services)


def test_what_a_key_signed_is_found_newest_first_and_page_by_page(shared_world: World) -> None:
    tell(shared_world)

    with shared_world.services.store.reading() as store:
        everything = store.signed_by(MAKER.key.public.id, before=None, limit=1000)
        last = store.signed_by(MAKER.key.public.id, before=None, limit=1)
        rest = store.signed_by(MAKER.key.public.id, before=last[0].index, limit=1000)
        stored = store.statements_from(LeafIndex(0), limit=1000)

    mine = [s for s in stored if MAKER.key.public.id in {signature.key for signature in s.envelope.signatures}]
    assert [*last, *rest] == list(everything) == mine[::-1]


def test_the_newest_word_of_a_licensee_says_where_its_code_leads(shared_world: World) -> None:
    first, second = (WebLink(LINK_TYPE, f"https://olivar.example/{name}", name) for name in ("first", "second"))
    shared_world.linked(gtin(), first)
    shared_world.linked(gtin(), second, default=second.href)

    with shared_world.refuses(Code.NOT_LICENSED):
        shared_world.linked(gtin(), first, by=SHOP)

    assert shared_world.services.linking.of(gtin()) == WebLinks(gtin(), (second,), second.href)
    assert_log_is_sound(shared_world.services)


def test_a_refusal_changes_nothing_and_is_noted(shared_world: World) -> None:
    shared_world.made(A)

    with shared_world.refuses(Code.ALREADY_COMMISSIONED):
        shared_world.made(A)

    with shared_world.services.store.reading() as store:
        (entry,) = store.diary(A)
    assert (entry.code, entry.count) == (Code.ALREADY_COMMISSIONED, 1)


def test_a_second_root_for_a_size_is_refused_with_both_notes(shared_world: World) -> None:
    shared_world.made(A)
    shared_world.services.checkpointing.checkpoint()
    with shared_world.services.store.reading() as store:
        kept = store.checkpoint()
    assert kept is not None

    with pytest.raises(ConflictError) as refused, shared_world.services.store.writing() as store:
        store.put_checkpoint(StoredCheckpoint(kept.size, bytes(32), "another"))

    assert refused.value.refusal.evidence == {"kept": kept.note, "new": "another"}


def test_the_same_statement_again_gets_the_same_place(shared_world: World) -> None:
    envelope = shared_world.signed(
        {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A]}, MAKER
    )

    first, *others = shared_world.captured_together(*[envelope] * 300)

    assert {(one.index, one.is_repeat) for one in others} == {(first.index, True)}  # type: ignore[union-attr]


def damaged(world: World, kind: str) -> tuple[Damage, str]:
    """One thing changed behind the log's back, and how the audit must name it."""
    place = world.size() - 2
    with world.services.store.raw_writing() as connection:
        match kind:
            case "edited body":
                connection.execute(update(STATEMENTS).where(STATEMENTS.c.leaf_index == place).values(body=b"{}"))
                return Damage.EDITED_BODY, f"leaf {place}"
            case "edited leaf":
                connection.execute(update(SIGNATURES).where(SIGNATURES.c.leaf_index == place).values(sig=bytes(64)))
                return Damage.EDITED_LEAF, f"leaf {place}"
            case "edited tile":
                connection.execute(update(TILES).values(hashes=bytes(32 * world.size())))
                return Damage.EDITED_LEAF, "leaf 0"
            case "removed row":
                connection.execute(delete(STATEMENTS).where(STATEMENTS.c.leaf_index == place))
                return Damage.MISSING_ROW, f"leaf {place}"
            case "removed last row":
                connection.execute(delete(STATEMENTS).where(STATEMENTS.c.leaf_index == place + 1))
                return Damage.MISSING_ROW, f"leaf {place + 1}"
            case "second head":
                connection.execute(update(STANDINGS).where(STANDINGS.c.subject == A).values(head="0" * 64))
                return Damage.TWO_HEADS, A
            case "edited standing":
                connection.execute(update(STANDINGS).where(STANDINGS.c.subject == A).values(holder="did:ex:thief"))
                return Damage.WRONG_FOLD, A
            case _:
                connection.execute(delete(CHAIN_LINKS).where(CHAIN_LINKS.c.leaf_index == place))
                return Damage.WRONG_FOLD, f"leaf {place}"


@pytest.mark.parametrize(
    "kind",
    [
        *("edited body", "edited leaf", "edited tile", "removed row", "removed last row"),
        *("second head", "edited standing", "removed link"),
    ],
)
def test_the_audit_names_what_was_changed(shared_world: World, kind: str) -> None:
    tell(shared_world)
    shared_world.services.checkpointing.checkpoint()
    assert shared_world.services.auditing.audit().is_clean

    damage, where = damaged(shared_world, kind)

    assert (damage, where) in {(p.damage, p.where) for p in shared_world.services.auditing.audit().problems}


def test_two_heads_signed_into_one_chain_are_found(shared_world: World) -> None:
    """Someone with the database slips in a statement that continues from an old head."""
    shared_world.made(A)
    stale = shared_world.signed(
        {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A]}, MAKER
    )
    shared_world.observed(A, by=MAKER)
    end = shared_world.size()
    with shared_world.services.store.raw_writing() as connection:
        row = {"leaf_index": end, "hash": stale.hash, "payload_type": stale.payload_type, "body": stale.body}
        connection.execute(STATEMENTS.insert(), [row | {"event_id": None, "recorded_at": "2026-05-04T10:00:00.000Z"}])
        rows = [{"leaf_index": end, "key": s.key, "sig": s.sig} for s in stale.signatures]
        connection.execute(SIGNATURES.insert(), rows)
        connection.execute(CHAIN_LINKS.insert(), [{"subject": A, "leaf_index": end, "changes_flags": False}])
    _regrow(shared_world)

    problems = shared_world.services.auditing.audit().problems

    assert (Damage.TWO_HEADS, f"leaf {end}") in {(problem.damage, problem.where) for problem in problems}


def _regrow(world: World) -> None:
    """Tiles that fit the statements, as a careful intruder would leave them."""
    with world.services.store.writing() as store:
        stored = store.statements_from(LeafIndex(0), limit=store.size())
        store.put_tiles(extend(size=0, edge={}, leaf_hashes=[leaf_hash(leaf(s.envelope)) for s in stored]).tiles)
