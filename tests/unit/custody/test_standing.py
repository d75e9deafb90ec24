"""Where things stand, folded from events: units, holders, flags and what was made from what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provenance.custody.standing import Flag, Phase, Standing, Standings, classes_of
from provenance.ids import StatementHash, Subject
from tests.cast import CARRIER, MAKER, gtin, item, lot_with_items, unit

A1, A2 = item("A1"), item("A2")
BOX, PALLET = unit(1), unit(2)


def hash_of(letter: str) -> StatementHash:
    return StatementHash(letter * 64)


def test_whoever_holds_the_outermost_unit_holds_what_is_inside() -> None:
    thing = Standing(A1, hash_of("a"), parent=BOX)
    standings = Standings(
        [thing, Standing(BOX, hash_of("b"), parent=PALLET), Standing(PALLET, hash_of("c"), holder=CARRIER.party)]
    )

    assert standings.holder(thing) == CARRIER.party
    assert [outer.subject for outer in standings.around(thing)] == [BOX, PALLET]
    assert standings.outermost(thing).subject == PALLET


def test_a_thing_without_an_owner_of_its_own_is_its_units_owners() -> None:
    shared, own = Standing(A1, hash_of("a"), parent=BOX), Standing(A2, hash_of("a"), owner=CARRIER.party, parent=BOX)
    standings = Standings([shared, own, Standing(BOX, hash_of("b"), owner=MAKER.party)])

    assert (standings.owner(shared), standings.owner(own)) == (MAKER.party, CARRIER.party)


def test_what_is_inside_a_unit_that_ended_has_ended() -> None:
    thing = Standing(A1, hash_of("a"), parent=BOX)
    standings = Standings([thing, Standing(BOX, hash_of("b"), phase=Phase.DESTROYED)])

    assert standings.phase(thing) is Phase.DESTROYED
    assert standings.phase(Standing(A2, hash_of("a"))) is Phase.ACTIVE


def test_children_are_kept_in_the_order_they_went_in() -> None:
    standings = Standings()
    for thing in (A2, A1):
        standings.put(Standing(thing, hash_of("a"), parent=BOX))
    assert standings.children(BOX) == (A2, A1)

    standings.put(Standing(A2, hash_of("b"), parent=PALLET))

    assert (standings.children(BOX), standings.children(PALLET)) == ((A1,), (A2,))


def test_what_is_loaded_does_not_undo_what_has_changed() -> None:
    standings = Standings()
    newer = Standing(A1, hash_of("b"))
    standings.put(newer)

    standings.load([Standing(A1, hash_of("a"))], {})

    assert standings.of(A1) == newer
    assert standings.changed == {A1: newer}


def test_flags_lie_on_a_thing_its_lot_its_class_and_its_units() -> None:
    made_in = lot_with_items("L9")
    thing = Standing(A1, hash_of("a"), lot=made_in, parent=BOX, flags=frozenset({Flag.MISSING}))
    standings = Standings(
        [
            thing,
            Standing(made_in, hash_of("b"), flags=frozenset({Flag.RECALLED})),
            Standing(gtin(), hash_of("c"), flags=frozenset({Flag.RECALLED, Flag.STOLEN})),
            Standing(BOX, hash_of("d"), flags=frozenset({Flag.STOLEN})),
        ]
    )

    assert standings.flags(thing) == {Flag.MISSING: A1, Flag.RECALLED: made_in, Flag.STOLEN: gtin()}


def test_only_recalls_come_from_what_a_thing_was_made_from() -> None:
    both = frozenset({Flag.RECALLED, Flag.STOLEN})
    product, part = Standing(A1, hash_of("b"), origins=(hash_of("b"),)), Standing(A2, hash_of("a"), flags=both)
    standings = Standings([product, part], {hash_of("b"): frozenset({A2})})

    assert standings.flags(product) == {Flag.RECALLED: A2}


@given(st.dictionaries(st.integers(0, 6), st.frozensets(st.integers(0, 6), max_size=3), max_size=7))
def test_ancestry_ends_whatever_was_made_from_whatever(made_from: dict[int, frozenset[int]]) -> None:
    def name(number: int) -> Subject:
        return item(f"N{number}")

    rows = [Standing(name(n), hash_of("a"), origins=(StatementHash(f"{n:064}"),)) for n in range(7)]
    sources = {f"{n:064}": frozenset(map(name, inputs)) for n, inputs in made_from.items()}
    standings = Standings(rows, sources)

    found = [row.subject for row in standings.ancestry(rows[0])]

    wanted, waiting = {0}, [0]
    while waiting:
        for other in made_from.get(waiting.pop(), frozenset()) - wanted:
            wanted.add(other)
            waiting.append(other)
    assert sorted(found) == sorted(name(number) for number in wanted - {0})


def test_a_class_has_no_class_and_a_unit_has_none() -> None:
    assert classes_of(Standing(gtin(), hash_of("a"))) == ()
    assert classes_of(Standing(BOX, hash_of("a"))) == ()
    assert classes_of(Standing(A1, hash_of("a"), lot=lot_with_items("L9"))) == (lot_with_items("L9"), gtin())
