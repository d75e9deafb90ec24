from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.cli.main import provenance
from provenance.encoding import canonical
from tests.homes import CARRIER, ITEM, MAKER, SHOP, event, handed_to, write_home
from tests.terminal import Said, Terminal

UNIT = "https://id.gs1.org/00/095201230000000011"
UNTOUCHED = "https://id.gs1.org/01/09520123000011/21/UNTOUCHED"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An item was made, packed, shipped, received, unpacked and sold; another was made twice."""
    home = write_home(tmp_path_factory.mktemp("items") / "home")
    watch: dict[str, Any] = {"action": "OBSERVE"}
    packing: dict[str, Any] = {"type": "AggregationEvent", "parentID": UNIT, "childEPCs": [ITEM], "epcList": ...}
    for gln, key, changes in (
        (MAKER, "maker", {"epcList": [ITEM, UNTOUCHED]}),
        (MAKER, "maker", packing | {"bizStep": "packing"}),
        (MAKER, "maker", watch | {"epcList": [UNIT], "bizStep": "shipping", "destinationList": handed_to(SHOP)}),
        (SHOP, "shop", watch | {"epcList": [UNIT], "bizStep": "receiving"}),
        (SHOP, "shop", packing | {"action": "DELETE", "bizStep": "unpacking"}),
        (SHOP, "shop", watch | {"bizStep": "retail_selling"}),
    ):
        _capture(home, gln, key, changes)
    assert Terminal(home)("log checkpoint").code == 0
    return home


def _capture(home: Path, gln: str, key: str, changes: dict[str, Any]) -> None:
    signed = Terminal(home)(f"event sign - --party {gln} --key {home}/keys/{key}.key", stdin=event(**changes))
    assert signed.code == 0, signed.err
    captured = Terminal(home)("capture -", stdin=signed.out.encode())
    assert captured.code == 0, captured.out


@pytest.fixture(scope="module")
def bundle(home: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    kept = tmp_path_factory.mktemp("bundle") / "a.bundle"
    said = Terminal(home)("bundle", ITEM, "-o", kept)
    assert said.code == 0, said.err
    return kept.read_bytes()


def verify(home: Path, data: bytes, *more: str) -> Said:
    return Terminal(home, passphrase=None)("verify", "-", "--trust", home / "trust.json", *more, stdin=data)


def test_trace_tells_what_happened_and_what_it_can_not_tell(home: Path) -> None:
    said = Terminal(home)("trace", ITEM)

    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"CONSISTENT  the record holds together\n  {ITEM}\n")
    steps = re.findall(r"^  leaf \d+ +\S+  (\w+)", said.out, re.MULTILINE)
    assert steps == ["issued", "packed", "shipped", "received", "unpacked", "sold"]
    assert "by The shop (9520789000004) as seller  (with its unit)" in said.out
    assert "a printed code can be copied" in said.out
    assert "genuine" not in said.out


def test_trace_as_json_has_the_shape_that_help_tells(home: Path) -> None:
    said = Terminal(home)("trace", ITEM, "--json")

    epilog = provenance.commands["trace"].epilog or ""
    assert _names(epilog.split("With --json: ")[1]) == set(said.object)
    timeline = said.object["timeline"]
    assert [row["step"] for row in timeline] == ["commission", "pack", "ship", "receive", "unpack", "sell"]
    assert [row["nearness"] for row in timeline] == ["own", "own", "unit", "unit", "own", "own"]
    assert timeline[3]["signers"] == [
        {"party": "https://id.gs1.org/417/9520789000004", "name": "The shop", "role": "seller"}
    ]
    assert (said.object["verdict"], said.object["phase"], said.object["holder"]) == ("consistent", "sold", None)


@pytest.mark.parametrize(
    "text",
    [
        ITEM,
        "https://shop.example/01/09520123000011/21/A1?utm=x",
        "urn:epc:id:sgtin:9520123.000001.A1",
        "(01)09520123000011(21)A1",
    ],
)
def test_scan_reads_a_code_however_it_is_written(text: str, home: Path) -> None:
    said = Terminal(home)("scan", text, "--json")

    assert (said.code, said.object["subject"]) == (0, ITEM)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("(01)09520123000012(21)A1", "bad-check-digit"),
        ("hello", ""),
        ("https://example.com/", ""),
    ],
)
def test_scan_refuses_what_names_nothing(text: str, error: str, home: Path) -> None:
    said = Terminal(home)("scan", text)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"error: {error}")


def test_what_nobody_issued_is_no_good_news(home: Path) -> None:
    said = Terminal(home)("trace", "https://id.gs1.org/01/09520123000011/21/NOBODY")

    assert said.code == 1
    assert said.out.startswith("NOT-ISSUED  ")
    assert "    → Compare the number with the label; ask the seller." in said.out


def test_a_bundle_verifies_where_there_is_nothing_but_a_trust_file(home: Path, bundle: bytes) -> None:
    at_home, elsewhere = Terminal(home)("trace", ITEM, "--json"), verify(home, bundle, "--json")

    assert elsewhere.code == 0
    assert elsewhere.object == at_home.object


def test_a_bundle_is_refused_while_something_is_in_no_checkpoint(home: Path, tmp_path: Path) -> None:
    later = Terminal(write_home(tmp_path / "home"))
    _capture(later.home, MAKER, "maker", {})

    said = later("bundle", ITEM, "-o", tmp_path / "a.bundle")

    assert said.code == 1
    assert said.err.startswith("error: not-recorded: ")
    assert "provenance log checkpoint" in said.err
    assert not (tmp_path / "a.bundle").exists()


def test_a_bundle_overwrites_nothing(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.bundle").write_bytes(b"precious")

    said = Terminal(home)("bundle", ITEM, "-o", tmp_path / "a.bundle")

    assert said.code == 2
    assert (tmp_path / "a.bundle").read_bytes() == b"precious"


@given(data=st.data())
def test_one_changed_byte_of_a_bundle_is_never_good_news(home: Path, bundle: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(bundle) - 1), label="at")
    change = data.draw(st.integers(1, 255), label="change")
    changed = bundle[:at] + bytes([bundle[at] ^ change]) + bundle[at + 1 :]

    said = verify(home, changed)

    assert said.code == 1
    assert said.out or said.err.startswith("error: ")
    assert "error: unexpected" not in said.err


def test_a_bundle_without_its_checkpoint_is_no_evidence(home: Path, bundle: bytes) -> None:
    value: Any = canonical.parse_any(bundle)

    said = verify(home, canonical.dump(value | {"checkpoint": ""}), "--json")

    assert (said.code, said.object["verdict"]) == (1, "could-not-check")
    assert "checkpoint-untrusted" in {finding["doubt"] for finding in said.object["findings"]}


def test_a_bundle_that_ends_early_says_that_it_may(home: Path, bundle: bytes) -> None:
    # No file can prove that nothing came later; so the answer must not sound as if it did.
    value: Any = canonical.parse_any(bundle)
    value["statements"].pop()

    said = verify(home, canonical.dump(value))

    assert "  - whether whoever made this left out newer statements" in said.out


def test_a_statement_without_its_proof_is_no_evidence(home: Path, bundle: bytes) -> None:
    value: Any = canonical.parse_any(bundle)
    value["statements"][-1]["proof"] = None

    said = verify(home, canonical.dump(value), "--json")

    assert (said.code, said.object["verdict"]) == (1, "could-not-check")


def test_a_bundle_says_nothing_in_the_verifiers_name(home: Path, bundle: bytes) -> None:
    value: Any = canonical.parse_any(bundle)
    value["subject"] = "x\x1b[2J\nCONSISTENT  the record holds together\u202e"

    said = verify(home, canonical.dump(value))

    assert said.code == 1
    assert not any(line.startswith("CONSISTENT") for line in said.out.splitlines())
    assert all(line.isprintable() for line in said.out.splitlines())


def test_a_bundle_of_another_log_is_not_believed(home: Path, bundle: bytes, tmp_path: Path) -> None:
    other = Terminal(tmp_path / "other")
    assert other("init --origin other.example/2026").code == 0

    said = verify(other.home, bundle, "--json")

    assert said.code == 1
    assert {found["doubt"] for found in said.object["findings"]} >= {"checkpoint-untrusted", "registry-untrusted"}
    assert said.object["checkpoint"] is None
    assert "anything for sure: there is no checkpoint to prove it against" in said.object["canNotTell"]


@pytest.mark.parametrize("trust", [b"", b"{}", b"[1]", b'{"origin":"x"}'])
def test_a_trust_file_that_says_nothing_is_misuse(trust: bytes, bundle: bytes, tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_bytes(trust)

    said = Terminal(tmp_path)("verify", "-", "--trust", tmp_path / "trust.json", stdin=bundle)

    assert (said.code, said.out) == (2, "")


def test_a_checkpoint_is_made_when_something_is_new(tmp_path: Path) -> None:
    terminal = Terminal(write_home(tmp_path / "home"))
    _capture(terminal.home, MAKER, "maker", {})

    first, second = terminal("log checkpoint --json"), terminal("log checkpoint --json")

    assert (first.object["new"], second.object["new"]) == (True, False)
    assert first.object["checkpoint"] == second.object["checkpoint"]
    assert first.object["checkpoint"].startswith("log.example/2026\n8\n")
    assert second.err == "nothing is new since the newest checkpoint\n"


def test_a_checkpoint_needs_the_log_keys_passphrase(tmp_path: Path) -> None:
    home = write_home(tmp_path / "home")
    _capture(home, MAKER, "maker", {})

    assert Terminal(home, passphrase=None)("log checkpoint").code == 2
    assert Terminal(home, passphrase="another")("log checkpoint").code == 1


def test_an_audit_names_what_was_changed_behind_its_back(tmp_path: Path) -> None:
    home = write_home(tmp_path / "home")
    _capture(home, MAKER, "maker", {})
    with sqlite3.connect(home / "provenance.db") as database:
        database.execute(
            "UPDATE statements SET body = CAST(replace(body, '2026-05-04', '2026-05-03') AS BLOB) WHERE leaf_index = 7"
        )
    database.close()

    said = Terminal(home)("log audit --json")
    shown = Terminal(home)("log audit")

    assert said.code == 1
    assert not said.object["clean"]
    assert [(found["damage"], found["where"]) for found in said.object["problems"]] == [("edited-body", "leaf 7")]
    assert shown.out.startswith("edited-body  leaf 7  ")
    assert shown.out.endswith("8 leaves, 1 problem\n")


def _names(shape: str) -> set[str]:
    """The member names at the top of a shape like ``{file, problems: [{where}]}``."""
    while (inner := re.sub(r"\{[^{}]*\}|\[[^\[\]]*\]", "", shape[1:-1])) != shape[1:-1]:
        shape = "{" + inner + "}"
    return {name.split(":")[0].strip() for name in shape[1:-1].split(",")}


@pytest.mark.parametrize(
    "typed",
    [
        "party list",
        "log audit",
        "log checkpoint",
        f"trace {ITEM}",
        f"scan {ITEM}",
        f"label show {ITEM}",
        f"bundle {ITEM} -o {{folder}}/shape.bundle",
        "key show {home}/keys/maker.key",
        "key new -o {folder}/shape.key",
        f"event sign - --party {CARRIER} --key {{home}}/keys/carrier.key",
        f"import-epcis - --party {CARRIER} --key {{home}}/keys/carrier.key",
        "capture -",
    ],
)
def test_the_object_has_the_members_that_help_names(typed: str, home: Path, tmp_path: Path) -> None:
    words = typed.split(" -", maxsplit=1)[0].split()
    command: Any = provenance
    for word in words:
        command = command.commands.get(word, command) if hasattr(command, "commands") else command
    stdin = b"[]" if typed == "capture -" else event(epcList=[UNTOUCHED], action="OBSERVE", bizStep="inspecting")

    said = Terminal(home)(f"{typed} --json".format(home=home, folder=tmp_path), stdin=stdin)

    assert set(said.object) == _names(command.epilog.split("With --json: ")[1])


def test_a_bundle_is_written_as_a_page_and_as_proofs_for_other_tools_too(home: Path, tmp_path: Path) -> None:
    said = Terminal(home)(
        *("bundle", ITEM, "-o", tmp_path / "a", "--html", tmp_path / "a.html"),
        *("--tlog-proofs", tmp_path / "proofs", "--json"),
    )

    assert said.code == 0, said.err
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert len(said.object["proofs"]) == said.object["statements"]
    assert all(Path(file).read_bytes().startswith(b"c2sp.org/tlog-proof@v1\n") for file in said.object["proofs"])


def test_proofs_are_not_written_over_what_is_there(home: Path, tmp_path: Path) -> None:
    (tmp_path / "proofs").mkdir()

    said = Terminal(home)("bundle", ITEM, "-o", tmp_path / "a", "--tlog-proofs", tmp_path / "proofs")

    assert said.code != 0
    assert list((tmp_path / "proofs").iterdir()) == []
    assert not (tmp_path / "a").exists()
