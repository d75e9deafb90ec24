"""Every JSON example of GS1 that the standard calls valid goes through signing, capture, trace and scan.

One party holds the licences of all prefixes in the examples; each document gets an installation of its own.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from provenance.custody.registry_entries import LicenceGranted, PartyEnrolled
from provenance.custody.roles import Role
from provenance.encoding import canonical
from provenance.epcis.document import read_document
from provenance.errors import ProvenanceError
from provenance.gs1.company_prefix import prefixes_of
from provenance.gs1.identifiers import Kind, read_epc
from provenance.services.capturing import Receipt
from tests.homes import MAKER, enrolling, files_in, founded, key_of, party_of, write_files
from tests.terminal import Terminal
from tests.vectors import vectors

FOLDER = vectors("epcis", "gs1_examples")
EXAMPLES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.jsonld"))

NOT_VALID = {
    "JSON-simple-context/Example-TransactionEvents-2020_07_03y.jsonld": "sourceList is an object, not a list",
    "JSON-simple-context/WithSensorData/SensorDataExample17.jsonld": "schemaVersion is a number",
}

_NOTHING_TO_CORRECT = "it takes back an event that is not in the document, so there is nothing to take back"
REFUSED: Mapping[str, Mapping[int, tuple[str, str]]] = {
    name: {0: ("no-such-event", _NOTHING_TO_CORRECT)}
    for name in (
        "JSON/WithErrorDeclaration/Example_9.6.1-ObjectEvent-with-error-declaration.jsonld",
        "JSON/WithFullCombinationOfFields/aggregation_event_all_possible_fields.jsonld",
        "JSON/WithFullCombinationOfFields/transformation_event_all_possible_fields.jsonld",
        "JSON-simple-context/WithErrorDeclaration/Example_9.6.1-ObjectEvent-with-error-declaration.jsonld",
    )
}


@cache
def _schema() -> Any:
    schema = json.loads(vectors("epcis", "schema", "ratified_copies", "epcis-json-schema-2.0.1.json").read_text())
    return jsonschema.validators.validator_for(schema)(schema)


@cache
def _installation() -> Mapping[str, bytes]:
    party, own = party_of(MAKER), key_of("maker")
    with tempfile.TemporaryDirectory() as folder:
        services = founded(Path(folder) / "home")
        registry = enrolling(services)
        entry = PartyEnrolled(party, "All of them", (Role.PRODUCER, Role.SHIPPER, Role.SELLER), (own.public,))
        assert isinstance(registry.by_root(entry, [key_of("root")], new=[own]), Receipt)
        for prefix in _prefixes():
            assert isinstance(registry.by_root(LicenceGranted(party, prefix), [key_of("root")]), Receipt)
        services.checkpointing.checkpoint()
        services.store.close()
        return files_in(Path(folder) / "home")


def _prefixes() -> list[str]:
    """The shortest company prefix that each identifier in the examples may have, none beginning another."""
    texts = {text for name in EXAMPLES for text in _texts(json.loads((FOLDER / name).read_bytes()))}
    found = sorted({min(prefixes_of(read_epc(text)), key=len) for text in texts if _is_named(text)}, key=len)
    return [prefix for prefix in found if not any(prefix.startswith(other) for other in found if other != prefix)]


def _is_named(text: str) -> bool:
    try:
        return bool(prefixes_of(read_epc(text)))
    except ProvenanceError:
        return False


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for member in value.values() for text in _texts(member))
        case list():
            yield from (text for member in value for text in _texts(member))
        case _:
            return


def _things(event: Mapping[str, Any]) -> list[str]:
    """The names of things and lots in an event, as they are written there; a place things are fixed to is none."""
    parent = event.get("parentID", "")
    singles = [parent] if parent and read_epc(parent).kind is not Kind.LOCATION else []
    lists = [epc for name, value in event.items() if name.lower().endswith(("epclist", "epcs")) for epc in value]
    amounts = [
        row["epcClass"] for name, value in event.items() if name.lower().endswith("quantitylist") for row in value
    ]
    return [*singles, *lists, *amounts]


def test_there_are_as_many_examples_as_were_counted() -> None:
    assert len(EXAMPLES) == 51


@pytest.mark.parametrize("name", sorted(NOT_VALID))
def test_what_the_standard_does_not_call_valid_is_refused_as_a_whole(name: str, tmp_path: Path) -> None:
    data = (FOLDER / name).read_bytes()
    home = write_files(_installation(), tmp_path / "home")

    said = Terminal(home)(f"import-epcis - --party {MAKER} --key {home}/keys/maker.key", stdin=data)

    assert list(_schema().iter_errors(json.loads(data)))
    assert (said.code, said.out) == (1, "")


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in NOT_VALID])
def test_a_valid_example_is_signed_captured_traced_and_scanned(name: str, tmp_path: Path) -> None:
    data = (FOLDER / name).read_bytes()
    events = [event.raw for event in read_document(canonical.parse_any(data)).events]
    home = write_files(_installation(), tmp_path / "home")
    terminal = Terminal(home)

    said = terminal(f"import-epcis - --party {MAKER} --key {home}/keys/maker.key --json", stdin=data)

    if "EPCISQueryDocument" not in name:
        assert not list(_schema().iter_errors(json.loads(data)))
    expected = {place: code for place, (code, _) in REFUSED.get(name, {}).items()}
    refused = {n: row["refusal"]["code"] for n, row in enumerate(said.object["events"]) if row["refusal"]}
    assert (refused, len(said.object["events"])) == (expected, len(events))
    assert terminal("log checkpoint").code == 0

    things = {thing for place, event in enumerate(events) if place not in refused for thing in _things(event)}
    for thing in sorted(things):
        traced, scanned = terminal("trace", thing, "--json"), terminal("scan", thing, "--json")
        assert scanned.object == traced.object
        assert traced.object["verdict"] in ("consistent", "unusual", "ended")
        assert {row["refusal"] for row in traced.object["timeline"]} == {None}
    assert terminal("log audit").code == 0
