"""What is known of a code: the thing, its lot, its product; never its product in place of a serial nobody issued."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from provenance.adapters.sql_schema import STATEMENTS
from provenance.codes import Code
from provenance.crypto.envelope import Envelope
from provenance.errors import NotFoundError, Refusal
from provenance.gs1.identifiers import levels_in
from provenance.gs1.link_types import parse_link_type
from provenance.gs1.linkset import WebLink
from provenance.gs1.reading import read_code
from provenance.ids import Subject
from provenance.services.resolving import Known
from tests.cast import MAKER, STRANGER, Some, gtin, item, lot, unit
from tests.homes import key_of
from tests.world import World, everything

HELP = WebLink(parse_link_type("gs1:support"), "https://olivar.example/help", "Ask us")
CLASS, FOREIGN = gtin(), gtin(STRANGER)


def known(world: World, uri: str) -> Known:
    return world.services.resolving.look(levels_in(read_code(uri).elements))


def names(found: Known) -> list[str]:
    return [level.subject for level in found.levels]


def test_a_thing_its_lot_and_its_product_are_all_known(world: World) -> None:
    world.made(item("A1"), in_lot="L7")
    world.made(Some("5", Subject(f"{CLASS}/10/L7")))

    found = known(world, f"{CLASS}/10/L7/21/A1")

    assert names(found) == [item("A1"), f"{CLASS}/10/L7", CLASS]
    assert [level.has_record for level in found.levels] == [True, True, False]
    assert {level.licensee.name for level in found.levels if level.licensee} == {"maker"}


@pytest.mark.parametrize("uri", [item("ZZ"), f"{CLASS}/10/L7/21/ZZ", unit(9), "https://id.gs1.org/8004/9520123X1"])
def test_a_serial_that_nobody_issued_is_never_answered_for_by_its_product(uri: str, world: World) -> None:
    world.linked(CLASS, HELP)

    found = known(world, uri)

    assert found.levels == ()
    assert found.never_issued == levels_in(read_code(uri).elements)[0]


def test_links_do_not_issue_a_serial(world: World) -> None:
    world.linked(item("ZZ"), HELP)

    assert known(world, item("ZZ")).never_issued is not None


def test_a_lot_that_nobody_recorded_is_answered_for_by_its_product(world: World) -> None:
    assert names(known(world, f"{CLASS}/10/KL8G")) == [CLASS]


def test_a_lot_with_links_answers_for_itself_without_a_record(world: World) -> None:
    world.linked(lot("L1"), HELP)

    (first, second) = known(world, lot("L1")).levels

    assert (first.subject, first.has_record, first.web_links.links) == (lot("L1"), False, (HELP,))
    assert second.subject == gtin(MAKER, 2)


@pytest.mark.parametrize("uri", [FOREIGN, f"{FOREIGN}/21/A1", f"{FOREIGN}/10/L1", STRANGER.party, unit(1, STRANGER)])
def test_a_number_of_nobody_here_is_not_known_and_not_called_never_issued(uri: str, world: World) -> None:
    with pytest.raises(NotFoundError) as refused:
        known(world, uri)

    assert refused.value.code is Code.NOT_KNOWN_HERE


def test_a_short_gtin_carries_no_company_prefix_so_nobody_owns_it(world: World) -> None:
    with pytest.raises(NotFoundError):
        known(world, "https://id.gs1.org/01/00000095200002")


def test_a_place_or_party_is_known_by_its_company_prefix(world: World) -> None:
    assert names(known(world, MAKER.party)) == [MAKER.party]
    assert names(known(world, f"https://id.gs1.org/414/{MAKER.party[-13:]}/254/7")) == [
        f"https://id.gs1.org/414/{MAKER.party[-13:]}/254/7",
        f"https://id.gs1.org/414/{MAKER.party[-13:]}",
    ]


def test_what_was_changed_in_the_store_sends_nobody_anywhere(world: World) -> None:
    said = world.linked(CLASS, HELP)
    body = world.stored(said).envelope.body.replace(b"olivar.example", b"evilar.example")

    with world.services.store.raw_writing() as connection:
        connection.execute(update(STATEMENTS).where(STATEMENTS.c.leaf_index == said.index).values(body=body))

    assert known(world, CLASS).levels[0].web_links.links == ()
    assert not world.services.auditing.audit().is_clean


def test_the_words_of_one_key_put_under_another_send_nobody_anywhere(world: World) -> None:
    mine, other = world.linked(CLASS, HELP), world.linked(gtin(MAKER, 2), WebLink(HELP.link_type, HELP.href, "Other"))
    stored = world.stored(other).envelope
    assert isinstance(stored, Envelope)

    with world.services.store.raw_writing() as connection:
        row = STATEMENTS.c.leaf_index == mine.index
        connection.execute(update(STATEMENTS).where(row).values(body=stored.body))

    assert known(world, CLASS).levels[0].web_links.links == ()


def test_a_look_leaves_no_trace(world: World) -> None:
    world.made(item("A1"))
    before = everything(world.services)

    known(world, item("A1"))
    known(world, item("ZZ"))

    assert everything(world.services) == before
    with world.services.store.reading() as store:
        assert store.diary(item("A1")) == store.diary(item("ZZ")) == []


def test_a_key_that_speaks_for_nobody_states_no_links(world: World) -> None:
    outcome = world.services.linking.state(world.services.linking.of(CLASS), key_of("nobody"))

    assert isinstance(outcome, Refusal)
    assert outcome.code is Code.UNKNOWN_KEY
