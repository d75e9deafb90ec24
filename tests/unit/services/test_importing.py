from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.bootstrap import Services, build
from provenance.codes import Code
from provenance.config import read_settings
from provenance.crypto.envelope import from_json, to_json
from provenance.custody.roles import Role
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.epcis.document import Document, read_document
from provenance.errors import Refusal
from provenance.services.capturing import Receipt
from provenance.services.importing import Imported, Importer, Importing, standing_alone
from tests.homes import CONTEXT, MAKER, event, key_of, party_of, write_home
from tests.terminal import PASSPHRASE

UNIT = "https://id.gs1.org/00/095201230000000011"
IMPORTER = Importer(party_of(MAKER), key_of("maker"), (Role.PRODUCER, Role.SELLER))


def item(name: str) -> str:
    return f"https://id.gs1.org/01/09520123000011/21/{name}"


def document(*events: bytes, context: Json = CONTEXT) -> Document:
    rows: list[Any] = [canonical.parse_any(data) for data in events]
    for row in rows:
        row.pop("@context")
    return read_document(
        {
            "@context": context,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-05-04T12:00:00.000Z",
            "epcisBody": {"eventList": rows},
        }
    )


def opened(home: Path) -> Services:
    return build(read_settings({"PROVENANCE_HOME": str(write_home(home)), "PROVENANCE_PASSPHRASE": PASSPHRASE}))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = opened(tmp_path / "home")
    yield services
    services.store.close()


def import_(services: Services, taken: Document, importer: Importer = IMPORTER) -> list[Imported]:
    return list(Importing(services.signing, services.capturing).import_events(taken, importer))


def codes(imported: list[Imported]) -> list[Code | None]:
    return [row.outcome.code if isinstance(row.outcome, Refusal) else None for row in imported]


def test_an_event_stands_alone_with_the_context_of_its_document() -> None:
    taken = document(event(), context=[*CONTEXT, {"ex": "https://ns.example.com/"}])

    alone = standing_alone(taken.events[0], taken)

    assert alone["@context"] == [*CONTEXT, {"ex": "https://ns.example.com/"}]


def test_what_a_capture_ignores_is_not_signed() -> None:
    taken = document(event(recordTime="2026-05-04T10:00:01.000Z"))

    assert "recordTime" not in standing_alone(taken.events[0], taken)


def test_what_is_signed_is_the_event_as_it_came_and_our_members(services: Services) -> None:
    taken = document(event(**{"ex:colour": "red"}), context=[*CONTEXT, {"ex": "https://ns.example.com/"}])

    signed = Importing(services.signing, services.capturing).sign(taken.events[0], taken, IMPORTER)

    body: Any = canonical.parse(signed.body)
    ours = {name for name in body if name.startswith("prov:")}
    assert ours == {"prov:previous", "prov:signers", "prov:seen"}
    assert {name: body[name] for name in body if name not in {*ours, "@context"}} == {
        name: value for name, value in taken.events[0].raw.items() if name != "@context"
    }
    assert body["@context"][:-1] == [*CONTEXT, {"ex": "https://ns.example.com/"}]
    assert from_json(to_json(signed)) == signed


def test_no_event_gives_no_answer(services: Services) -> None:
    assert import_(services, document()) == []


def test_one_answer_per_event_in_order(services: Services) -> None:
    imported = import_(
        services,
        document(
            event(epcList=[item("A")], eventID="urn:uuid:00000000-0000-4000-8000-00000000000a"),
            event(epcList=["urn:epc:id:sgtin:9520999.000001.B"]),
            event(epcList=[item("A")], eventID="urn:uuid:00000000-0000-4000-8000-00000000000b"),
            event(epcList=[item("C")]),
        ),
    )

    assert [row.place for row in imported] == [0, 1, 2, 3]
    assert codes(imported) == [None, Code.NOT_LICENSED, Code.ALREADY_COMMISSIONED, None]
    assert [row.event_id is None for row in imported] == [False, True, False, True]


def test_an_event_of_somebodys_own_type_is_refused_with_its_type(services: Services) -> None:
    own = event(type="https://ns.example.com/Birthday", action=..., bizStep=..., epcList=...)

    imported = import_(services, document(own, event(epcList=[item("A")])))

    assert codes(imported) == [Code.WRONG_VALUE, None]
    assert isinstance(imported[0].outcome, Refusal)
    assert imported[0].outcome.pointer == "/type"


def test_the_role_is_the_first_that_may(services: Services) -> None:
    seller_first = Importer(IMPORTER.party, IMPORTER.key, (Role.SELLER, Role.PRODUCER))
    taken = document(event(epcList=[item("A")]), event(epcList=[item("A")], action="OBSERVE", bizStep="retail_selling"))

    imported = import_(services, taken, seller_first)

    assert codes(imported) == [None, None]


def test_the_same_document_again_says_what_is_there_already(services: Services) -> None:
    taken = document(event(epcList=[item("A")], eventID="urn:uuid:00000000-0000-4000-8000-00000000000a"))
    import_(services, taken)

    assert codes(import_(services, taken)) == [Code.EVENT_ID_TAKEN]


def test_a_unit_is_filled_emptied_by_one_word_and_filled_again(services: Services) -> None:
    def packed(action: str, **more: Any) -> bytes:
        return event(type="AggregationEvent", parentID=UNIT, action=action, epcList=..., **more)

    imported = import_(
        services,
        document(
            event(epcList=[item("A"), item("B")]),
            packed("ADD", bizStep="packing", childEPCs=[item("A")]),
            packed("ADD", bizStep="packing", childEPCs=[item("B")]),
            packed("DELETE", bizStep="unpacking"),
            event(epcList=[item("B")], action="OBSERVE", bizStep="retail_selling"),
            packed("ADD", bizStep="packing", childEPCs=[item("A")]),
        ),
    )

    assert codes(imported) == [None] * 6
    assert services.auditing.audit().is_clean


@settings(max_examples=15)
@given(touches=st.lists(st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=3, unique=True), max_size=12))
def test_however_events_share_their_things_all_are_linked(
    touches: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    services = opened(tmp_path_factory.mktemp("import") / "home")
    made = event(epcList=[item(name) for name in "ABCDE"])
    looks = [event(action="OBSERVE", bizStep="inspecting", epcList=[item(n) for n in names]) for names in touches]

    imported = import_(services, document(made, *looks))

    services.store.close()
    assert codes(imported) == [None] * len(imported)
    places = [row.outcome.index for row in imported if isinstance(row.outcome, Receipt)]
    assert places == list(range(places[0], places[0] + len(touches) + 1))
