"""Whatever is altered inside a file, no command stumbles: it answers or refuses, and never says ``consistent``."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.encoding import canonical
from provenance.errors import ProvenanceError
from tests.homes import CARRIER, CONTEXT, ITEM, MAKER, event, handed_to, write_home
from tests.terminal import Terminal

_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2**53 - 1),
    st.text(max_size=12),
    st.sampled_from(
        [ITEM, "urn:epc:id:sgtin:1.2.3", "https://id.gs1.org/01/1", "2026-05-04T10:00:00Z", "+99:99", "ADD", ""]
    ),
)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)


def _places(value: Any, *before: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where every value inside a value is."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield (*before, step)
        yield from _places(inner, *before, step)


def altered(data: st.DataObject, value: Any) -> bytes:
    """The value with one value inside it replaced, taken away, or doubled."""
    value = copy.deepcopy(value)
    place = data.draw(st.sampled_from(list(_places(value))), label="place")
    around = value
    for step in place[:-1]:
        around = around[step]
    match data.draw(st.sampled_from(["replace", "take away", "double"]), label="change"):
        case "replace":
            around[place[-1]] = data.draw(_VALUES, label="by")
        case "take away":
            del around[place[-1]]
        case _ if isinstance(around, list):
            around.append(copy.deepcopy(around[place[-1]]))
        case _:
            around[f"{place[-1]}2"] = around[place[-1]]
    try:
        return canonical.dump(value)
    except ProvenanceError:
        return b"null"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = write_home(tmp_path_factory.mktemp("altered") / "home")
    terminal = Terminal(home)
    for data in (event(), event(action="OBSERVE", bizStep="shipping", destinationList=handed_to(CARRIER))):
        assert terminal(f"import-epcis - --party {MAKER} --key {home}/keys/maker.key", stdin=data).code == 0
    assert terminal("log checkpoint").code == 0
    assert terminal("bundle", ITEM, "-o", home / "a.bundle").code == 0
    return home


@given(data=st.data())
def test_an_altered_bundle_is_doubted_or_refused(home: Path, data: st.DataObject) -> None:
    value: Any = canonical.parse_any((home / "a.bundle").read_bytes())
    changed = altered(data, value)

    said = Terminal(home)(f"verify - --trust {home}/trust.json", stdin=changed)

    assert said.code == 1 or changed == canonical.dump(value)
    assert "error: unexpected" not in said.err


@given(data=st.data())
def test_an_altered_trust_file_is_misuse_or_believes_less(home: Path, data: st.DataObject) -> None:
    trust = home / "altered.json"
    trust.write_bytes(altered(data, canonical.parse_any((home / "trust.json").read_bytes())))

    said = Terminal(home)(f"verify {home}/a.bundle --trust {trust}")

    assert said.code in (0, 1, 2)
    assert "error: unexpected" not in said.err


@given(data=st.data())
def test_an_altered_statement_is_refused(home: Path, data: st.DataObject) -> None:
    bundle: Any = canonical.parse_any((home / "a.bundle").read_bytes())
    statement = data.draw(st.sampled_from(bundle["statements"]))["statement"]
    changed = altered(data, statement)

    said = Terminal(home)("capture -", stdin=changed)

    assert said.code in (0, 1)
    assert changed == canonical.dump(statement) or said.code == 1
    assert "error: unexpected" not in said.err


@given(data=st.data())
def test_an_altered_document_is_imported_or_refused(home: Path, data: st.DataObject) -> None:
    amounts = [{"epcClass": "https://id.gs1.org/01/09520123000028/10/L1", "quantity": 3, "uom": "KGM"}]
    aggregation: dict[str, Any] = {
        "type": "AggregationEvent",
        "parentID": "https://id.gs1.org/00/095201230000000011",
        "childEPCs": [ITEM],
        "epcList": ...,
    }
    document = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-04T12:00:00.000Z",
        "epcisBody": {
            "eventList": [
                canonical.parse_any(event(**changes))
                for changes in (
                    {"quantityList": amounts},
                    {"action": "OBSERVE", "bizStep": "shipping", "destinationList": handed_to(CARRIER)},
                    aggregation,
                )
            ]
        },
    }

    typed = f"import-epcis - --party {MAKER} --key {home}/keys/maker.key"
    said = Terminal(home)(typed, stdin=altered(data, document))

    assert said.code in (0, 1)
    assert "error: unexpected" not in said.err
