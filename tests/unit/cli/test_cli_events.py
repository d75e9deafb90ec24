from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provenance.crypto.envelope import from_json
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from tests.homes import CARRIER, CONTEXT, ITEM, MAKER, SHOP, event, handed_to, write_home
from tests.terminal import Said, Terminal

OTHER = "https://id.gs1.org/01/09520123000011/21/A2"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(write_home(tmp_path / "home"))


def sign(terminal: Terminal, data: bytes, *, by: str = MAKER, key: str = "maker", more: str = "") -> Said:
    return terminal(f"event sign - --party {by} --key {terminal.home}/keys/{key}.key {more}", stdin=data)


def envelope(terminal: Terminal, **changes: Json) -> bytes:
    said = sign(terminal, event(**changes))
    assert said.code == 0, said.err
    return said.out.encode()


def rows(said: Said) -> list[tuple[str, str]]:
    """Each statement's place, with its status or the code of its refusal."""
    return [
        (row["place"], row["refusal"]["code"] if row["receipt"] is None else row["receipt"]["status"])
        for row in said.object["results"]
    ]


class TestSigning:
    def test_a_signed_event_is_printed_as_one_line_that_capture_takes(self, terminal: Terminal) -> None:
        said = sign(terminal, event())

        captured = terminal("capture -", stdin=said.out.encode())

        assert (said.code, said.err) == (0, "")
        assert said.out.count("\n") == 1
        assert captured.code == 0
        assert captured.out.startswith("line 1  accepted  leaf 7  ")

    def test_the_object_names_the_statement_and_holds_it(self, terminal: Terminal) -> None:
        said = sign(terminal, event(), more="--json").object

        assert said["statement"] == from_json(said["envelope"]).hash
        assert said["file"] is None

    def test_a_file_for_it_is_written_once(self, terminal: Terminal, tmp_path: Path) -> None:
        first = sign(terminal, event(), more=f"-o {tmp_path}/made.signed")
        second = sign(terminal, event(), more=f"-o {tmp_path}/made.signed")

        assert (first.code, second.code) == (0, 2)
        assert first.out.startswith("signed  ")
        assert terminal(f"capture {tmp_path}/made.signed").code == 0

    def test_what_others_may_read_differently_is_remarked_on_beside_the_statement(self, terminal: Terminal) -> None:
        said = sign(terminal, event(bizStep="ex:curing", **{"own:colour": "red"}))

        assert said.code == 0
        assert from_json(canonical.parse_any(said.out.encode())).body
        assert [line.partition(": ")[2].partition(":")[0] for line in said.err.splitlines()] == [
            "undeclared-prefix at /bizStep",
            "undeclared-prefix at /own",
            "own-word at /bizStep",
        ]

    def test_an_event_that_contradicts_itself_is_not_signed(self, terminal: Terminal) -> None:
        said = sign(terminal, event(bizStep="destroying"), more="--json")

        assert (said.code, said.object["error"]["code"]) == (1, "step-against-action")

    def test_the_role_is_one_that_may_unless_another_is_asked_for(self, terminal: Terminal) -> None:
        def role_in(said: Said) -> Any:
            body: Any = canonical.parse(from_json(canonical.parse_any(said.out.encode())).body)
            return [signer["role"] for signer in body["prov:signers"]]

        sale = event(action="OBSERVE", bizStep="retail_selling")

        assert role_in(sign(terminal, event())) == ["producer"]
        assert role_in(sign(terminal, sale)) == ["seller"]
        assert role_in(sign(terminal, sale, more="--role producer")) == ["producer"]

    def test_it_is_linked_to_what_happened_before(self, terminal: Terminal) -> None:
        made = terminal("capture - --json", stdin=envelope(terminal)).object["results"][0]["receipt"]["statement"]

        seen = sign(terminal, event(action="OBSERVE", bizStep="inspecting"), more="--json").object["envelope"]

        body: Any = canonical.parse(from_json(seen).body)
        assert body["prov:previous"] == [made]

    @pytest.mark.parametrize(
        ("data", "error"),
        [
            (b"[]", "error: malformed-event: one event is signed at a time"),
            (b"{}", "error: missing-member"),
            (event(action="ADDED"), "error: wrong-value at /action: "),
            (event(epcList=["urn:x:1"], eventTime="today"), "error: "),
            (b"nonsense", "error: malformed-json: "),
        ],
    )
    def test_what_is_no_event_is_refused(self, data: bytes, error: str, terminal: Terminal) -> None:
        said = sign(terminal, data)

        assert (said.code, said.out) == (1, "")
        assert said.err.startswith(error)

    def test_an_event_without_its_context_is_refused(self, terminal: Terminal) -> None:
        without = canonical.dump({"type": "ObjectEvent"})

        assert sign(terminal, without).code == 1

    def test_a_stranger_signs_nothing(self, terminal: Terminal) -> None:
        said = sign(terminal, event(), by="9520321000004")

        assert said.code == 1
        assert said.err.startswith("error: unknown-party")

    def test_a_wrong_passphrase_opens_no_key(self, terminal: Terminal) -> None:
        said = sign(Terminal(terminal.home, passphrase="another"), event())

        assert said.code == 1
        assert said.err.startswith("error: wrong-passphrase: ")


class TestCapturing:
    def test_one_a_list_or_one_per_line(self, terminal: Terminal) -> None:
        one, two = envelope(terminal), envelope(terminal, epcList=[OTHER])

        lines = terminal("capture - --json", stdin=b"\n".join([one, b"", two]))
        listed = terminal("capture - --json", stdin=b"[%b,\n%b]" % (one, two))
        pretty = terminal("capture - --json", stdin=one.replace(b",", b",\n "))

        assert rows(lines) == [("line 1", "accepted"), ("line 4", "accepted")]
        assert rows(listed) == [("statement 1", "accepted"), ("statement 2", "accepted")]
        assert all(row["receipt"]["repeat"] for row in listed.object["results"] + pretty.object["results"])

    def test_one_that_is_refused_spoils_nothing_beside_it(self, terminal: Terminal) -> None:
        one, two = envelope(terminal), envelope(terminal, epcList=[OTHER])
        borrowed: Any = canonical.parse_any(one)
        forged: Any = canonical.parse_any(two)
        forged["signatures"] = borrowed["signatures"]

        said = terminal("capture - --json", stdin=b"".join([one, b"{]\n", canonical.dump(forged), b"\n", two]))

        assert said.code == 1
        assert [code for _, code in rows(said)] == ["accepted", "malformed-json", "bad-signature", "accepted"]
        assert (said.object["accepted"], said.object["refused"]) == (2, 2)
        assert said.err == "2 accepted, 2 refused\n"

    def test_a_refusal_stands_beside_its_place_with_the_next_step(self, terminal: Terminal) -> None:
        one = envelope(terminal)
        again = envelope(terminal, eventTime="2026-05-04T11:00:00.000Z")

        said = terminal("capture -", stdin=one + again)

        assert said.code == 1
        assert "line 2  refused   already-commissioned at /epcList/0: " in said.out
        assert "        → Use a fresh serial" in said.out

    def test_nothing_is_nothing(self, terminal: Terminal) -> None:
        said = terminal("capture - --json", stdin=b"[]")

        assert said.object == {"results": [], "accepted": 0, "refused": 0}

    def test_many_more_than_one_commit_takes(self, terminal: Terminal) -> None:
        rows_of_lines = b"".join(
            envelope(terminal, epcList=[f"https://id.gs1.org/01/09520123000011/21/N{n}"]) for n in range(3)
        )

        said = terminal("capture - --json", stdin=rows_of_lines * 200)

        assert said.object["accepted"] == 600
        assert terminal("log audit").out == "10 leaves, no problem\n"


class TestImporting:
    def import_(self, terminal: Terminal, *events: bytes, more: str = "") -> Said:
        document = canonical.dump(
            {
                "@context": CONTEXT,
                "type": "EPCISDocument",
                "schemaVersion": "2.0",
                "creationDate": "2026-05-04T12:00:00.000Z",
                "epcisBody": {"eventList": [canonical.parse_any(data) for data in events]},
            }
        )
        key = terminal.home / "keys" / "maker.key"
        return terminal(f"import-epcis - --party {MAKER} --key {key} --json {more}", stdin=document)

    def test_events_of_one_chain_follow_each_other(self, terminal: Terminal) -> None:
        said = self.import_(
            terminal,
            event(),
            event(action="OBSERVE", bizStep="inspecting", eventTime="2026-05-04T10:10:00.000Z"),
            event(action="OBSERVE", bizStep="shipping", destinationList=handed_to(CARRIER)),
            event(action="OBSERVE", bizStep="void_shipping", epcList=[ITEM]),
            event(action="OBSERVE", bizStep="retail_selling", eventID="urn:uuid:00000000-0000-4000-8000-000000000001"),
        )

        assert (said.code, said.err) == (0, "5 accepted, 0 refused\n")
        assert [row["place"] for row in said.object["events"]] == [f"event {n}" for n in range(5)]
        assert said.object["events"][4]["id"] == "urn:uuid:00000000-0000-4000-8000-000000000001"
        assert terminal("log checkpoint").code == 0
        assert terminal("trace", ITEM, "--json").object["phase"] == "sold"
        assert terminal("log audit").code == 0

    def test_what_depends_on_a_refused_event_is_refused_with_it(self, terminal: Terminal) -> None:
        said = self.import_(
            terminal,
            event(action="OBSERVE", bizStep="shipping", destinationList=handed_to("9520321000004")),
            event(epcList=["https://id.gs1.org/01/09520789000028/21/X"]),
            event(epcList=[OTHER]),
        )

        assert said.code == 1
        assert [row["refusal"] and row["refusal"]["code"] for row in said.object["events"]] == [
            "unknown-party", "not-licensed", None,
        ]  # fmt: skip

    def test_a_malformed_event_keeps_the_whole_document_out(self, terminal: Terminal) -> None:
        said = self.import_(terminal, event(), event(action="ADDED"))

        assert said.code == 1
        assert said.object["error"]["pointer"] == "/epcisBody/eventList/1/action"
        assert terminal("trace", ITEM, "--json").object["verdict"] == "not-issued"

    def test_a_carrier_signs_what_a_shop_may_not(self, terminal: Terminal) -> None:
        key = terminal.home / "keys" / "shop.key"

        said = terminal(f"import-epcis - --party {SHOP} --key {key}", stdin=event())

        assert said.code == 1
        assert "event 0  refused   wrong-role at /prov:signers/0/role: " in said.out
