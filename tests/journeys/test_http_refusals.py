"""Everything that can be wrong with a statement, handed to a running server: its answer, and that nothing is kept."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from types import EllipsisType
from typing import Any

import pytest

from provenance.bootstrap import Services, build
from provenance.config import read_settings
from provenance.crypto.envelope import Envelope, Signature, cosign, pae, sign, to_json
from provenance.custody.registry_entries import PartyEnrolled, entry_members
from provenance.custody.roles import Role
from provenance.custody.standing import Standing
from provenance.custody.statements import PayloadType, header_members, read
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.services.signing import Hand
from tests.cast import CARRIER, MAKER, RIVAL, ROOT_HAND, STRANGER, gtin, handed_to, item, lot, unit
from tests.homes import event, write_home
from tests.terminal import PASSPHRASE
from tests.vectors import ROOT

PATIENCE_SECONDS = 60.0
COPIES = int(os.environ.get("COPIES", "800"))
_LIMIT = 1 << 20
_CHECKED = gtin()
_MISTYPED = f"{_CHECKED[:-1]}{(int(_CHECKED[-1]) + 1) % 10}/21/A1"
_NO_POINT = "did:key:z6MkeTG3bFFSLYVU7VqhgZxqr6YzpaGrQtFMh1uvqGy1vDnP"  # 32 zero bytes: of small order


class Server:
    """``provenance serve`` in its own process, and its store seen from this one."""

    def __init__(self, home: Path) -> None:
        settings = {"PROVENANCE_HOME": str(home), "PROVENANCE_PASSPHRASE": PASSPHRASE}
        self.services: Services = build(read_settings(settings))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "provenance", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=os.environ | settings, cwd=ROOT, stderr=subprocess.PIPE)
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert time.monotonic() < end
            time.sleep(0.05)

    def post(self, body: bytes) -> tuple[int, str | None, Any]:
        """Status, media type and value of what is answered to a body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("POST", "/statements", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type"), json.loads(answer.read())
        finally:
            connection.close()

    def signed(self, *hands: Hand, **members: Json) -> Envelope:
        """An event against the state that the server has; the maker's, if nobody is named."""
        said = canonical.parse(event(**members))
        assert isinstance(said, dict)
        return self.services.signing.event(said, hands or [MAKER.hand()])

    def kept(self) -> tuple[int, tuple[Standing, ...]]:
        """How many statements there are, and how the things that this file tells of stand."""
        told = [item(serial) for serial in ("A1", "H1", "N0000", "N9998")]
        with self.services.store.reading() as store:
            return store.size(), tuple(store.standings([*told, lot("L1")]))

    def stop(self) -> str:
        """What it said, once it has ended."""
        self.services.store.close()
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=PATIENCE_SECONDS)[1].decode()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port)):
                return True
        except OSError:
            return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has an item ``H1``, looked at once."""
    running = Server(write_home(tmp_path_factory.mktemp("refusing") / "home"))
    for members in ({}, {"action": "OBSERVE", "bizStep": "inspecting"}):
        status, _, _ = running.post(sent(running.signed(epcList=[item("H1")], **members)))
        assert status == 201
    yield running
    assert running.services.auditing.audit().problems == ()
    assert "Traceback" not in running.stop()


def sent(envelope: Envelope, **changes: Json) -> bytes:
    """An envelope as it is posted."""
    return json.dumps(to_json(envelope) | changes).encode()


def rewritten(server: Server, old: bytes, new: bytes, **members: Json) -> bytes:
    """An event whose signed bytes were spelled otherwise before they were signed."""
    body = server.signed(**members).body
    assert body.count(old) == 1
    return sent(sign(PayloadType.CUSTODY_EVENT, body.replace(old, new), [MAKER.key]))


def padded(server: Server, size: int) -> bytes:
    """An event whose body has this many bytes."""
    short = len(server.signed(**{"ext:x": ""}).body)
    return sent(server.signed(**{"ext:x": "x" * (size - short)}))


def signed_by_another(server: Server) -> bytes:
    """The maker's signature, but made with the rival's key."""
    envelope = server.signed()
    forged = Signature(MAKER.key.public.id, RIVAL.key.sign(pae(envelope.payload_type, envelope.body)))
    return sent(replace(envelope, signatures=(forged,)))


def weak_key(server: Server) -> bytes:
    """The enrolment of a party with a key of small order."""
    entry = PartyEnrolled(STRANGER.party, "Stranger", (Role.SELLER,), (STRANGER.key.public,))
    proper = server.services.signing.entry(entry, [ROOT_HAND, STRANGER.hand()])
    body = canonical.dump(entry_members(entry) | header_members(read(proper).header) | {"keys": [_NO_POINT]})
    return sent(sign(PayloadType.REGISTRY_ENTRY, body, [ROOT_HAND.key, STRANGER.key]))


def stale(server: Server, *, links: int) -> bytes:
    """A shipment of ``H1`` that names no head, or one that is none."""
    said = canonical.parse(event(epcList=[item("H1")], action="OBSERVE", bizStep="shipping"))
    assert isinstance(said, dict)
    named = read(server.signed()).hash
    said |= {"destinationList": handed_to(CARRIER)}
    return sent(server.services.signing.event(said, [MAKER.hand()], previous=[named] * links))


def unchecked(server: Server, **members: Json | EllipsisType) -> bytes:
    """The maker's event about something new, signed without being looked at."""
    said = canonical.parse(event(**{"epcList": [item("A1")], **members}))
    assert isinstance(said, dict)
    return sent(server.services.signing.event(said, [MAKER.hand()], previous=()))


def reading(metadata: Json = None, **report: Json) -> Json:
    """One temperature."""
    element: dict[str, Json] = {"sensorReport": [{"type": "Temperature", "uom": "CEL", "value": 4, **report}]}
    return [element if metadata is None else {"sensorMetadata": metadata, **element}]


def many(last: str) -> list[Json]:
    """Ten thousand things, the last of which is this one."""
    return [*(item(f"N{number:04}") for number in range(9999)), last]


def soon() -> str:
    """Six minutes from now."""
    return (datetime.now(UTC) + timedelta(minutes=6)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


NEVER_WAS: Json = {
    "declarationTime": "2026-05-04T11:00:00.000Z",
    "reason": "did_not_occur",
    "correctiveEventIDs": ["urn:uuid:1"],
}
BACKWARDS: Json = {"startTime": "2026-05-04T09:00:00.000Z", "endTime": "2026-05-04T08:00:00.000Z"}
BOX = unit(1)
PIECES: Json = [{"epcClass": lot("L1"), "quantity": 1}]

Wrong = Callable[[Server], bytes]
WRONG: dict[str, tuple[Wrong, int, str, str]] = {
    "no JSON": (lambda s: b'{"payload":', 400, "malformed-json", ""),
    "no UTF-8": (lambda s: b"\xff", 400, "malformed-json", ""),
    "a member twice": (lambda s: b'{"payload":"","payload":""}', 400, "duplicate-key", ""),
    "a body that is no JSON": (lambda s: rewritten(s, b'"ADD"', b'"ADD'), 400, "malformed-json", "/payload"),
    "a body with a member twice": (
        lambda s: rewritten(s, b'"action":"ADD"', b'"action":"ADD","action":"ADD"'),
        *(400, "duplicate-key", "/payload"),
    ),
    "a body with a space": (lambda s: rewritten(s, b'"ADD"', b' "ADD"'), 400, "non-canonical", "/payload"),
    "a body with an escape": (lambda s: rewritten(s, b'"ADD"', b'"\\u0041DD"'), 400, "non-canonical", "/payload"),
    "a body with a mark": (lambda s: rewritten(s, b'{"@co', b'\xef\xbb\xbf{"@co'), 400, "malformed-json", "/payload"),
    "a fraction for a text": (lambda s: rewritten(s, b'"ADD"', b"1.5"), 400, "fraction-not-allowed", "/action"),
    "a fraction of a piece": (
        lambda s: rewritten(s, b'"quantity":1', b'"quantity":1.5', epcList=..., quantityList=PIECES),
        *(400, "fraction-without-uom", "/quantityList/0/quantity"),
    ),
    "a fraction of a tree": (
        lambda s: rewritten(s, b'},"prov:signers"', b'.5},"prov:signers"'),
        *(400, "fraction-not-allowed", "/prov:seen/size"),
    ),
    "a request too large": (lambda s: b" " * (2 * _LIMIT), 413, "too-large", ""),
    "a body too large": (lambda s: padded(s, _LIMIT + 1), 413, "too-large", "/payload"),
    "an unknown type": (
        lambda s: sent(s.signed(), payloadType="application/vnd.example+json"),
        *(400, "unknown-payload-type", "/payloadType"),
    ),
    "another's signature": (signed_by_another, 403, "bad-signature", "/signatures/0"),
    "a key of small order": (weak_key, 400, "weak-key", "/keys/0"),
    "a signer missing": (
        lambda s: sent(replace(both := s.signed(MAKER.hand(), CARRIER.hand()), signatures=both.signatures[:1])),
        *(400, "missing-signer", "/signatures"),
    ),
    "a signer too many": (lambda s: sent(cosign(s.signed(), CARRIER.key)), 400, "extra-signer", "/signatures"),
    "no signature": (lambda s: sent(s.signed(), signatures=[]), 400, "malformed-envelope", "/signatures"),
    "an unknown party": (lambda s: sent(s.signed(STRANGER.hand())), 403, "unknown-key", "/signatures/0"),
    "another party's key": (
        lambda s: sent(s.signed(MAKER.hand(key=CARRIER.key))),
        *(403, "unknown-key", "/prov:signers/0"),
    ),
    "a link missing": (lambda s: stale(s, links=0), 409, "stale-link", "/prov:previous"),
    "a link to nothing": (lambda s: stale(s, links=1), 409, "stale-link", "/prov:previous"),
    "a time to come": (lambda s: sent(s.signed(eventTime=soon())), 400, "future-event", "/eventTime"),
    "a wrong check digit": (
        lambda s: rewritten(s, item("A1").encode(), _MISTYPED.encode()),
        *(400, "bad-check-digit", "/epcList/0"),
    ),
    "a wrong check digit among ten thousand": (
        lambda s: rewritten(s, item("A1").encode(), _MISTYPED.encode(), epcList=many(item("A1"))),
        *(400, "bad-check-digit", "/epcList/9999"),
    ),
    "a thing made before among ten thousand": (
        lambda s: sent(s.signed(epcList=many(item("H1")))),
        *(409, "already-commissioned", "/epcList/9999"),
    ),
    "a thing twice under two spellings": (
        lambda s: unchecked(s, epcList=[item("A1"), item("A1").replace("id.gs1.org", "maker.example")]),
        *(400, "duplicate-epc", "/epcList/1"),
    ),
    "a parent among its children": (
        lambda s: unchecked(s, epcList=..., type="AggregationEvent", bizStep="packing", parentID=BOX, childEPCs=[BOX]),
        *(400, "parent-is-child", "/parentID"),
    ),
    "a disposition set and unset at once": (
        lambda s: unchecked(s, persistentDisposition={"set": ["recalled"], "unset": ["recalled"]}),
        *(400, "set-and-unset", "/persistentDisposition"),
    ),
    "a step against its action": (
        lambda s: unchecked(s, bizStep="destroying"),
        *(400, "step-against-action", "/bizStep"),
    ),
    "a unit without an amount": (
        lambda s: unchecked(s, epcList=..., quantityList=[{"epcClass": lot("L1"), "uom": "KGM"}]),
        *(400, "uom-without-quantity", "/quantityList/0/uom"),
    ),
    "a correction of what did not occur": (
        lambda s: unchecked(s, errorDeclaration=NEVER_WAS),
        *(400, "correction-of-nothing", "/errorDeclaration/correctiveEventIDs"),
    ),
    "a reading that ended before it started": (
        lambda s: unchecked(s, sensorElementList=reading(BACKWARDS)),
        *(400, "sensor-time", "/sensorElementList/0/sensorMetadata/startTime"),
    ),
    "a reading that contradicts itself": (
        lambda s: unchecked(s, sensorElementList=reading(minValue=5, maxValue=4)),
        *(400, "sensor-contradiction", "/sensorElementList/0/sensorReport/0"),
    ),
    "no statement": (lambda s: b"[]", 400, "empty-list", ""),
    "no thing": (lambda s: rewritten(s, f'"{item("A1")}"'.encode(), b""), 400, "empty-list", ""),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_refused_with_code_place_and_next_step_and_leaves_nothing(server: Server, wrong: str) -> None:
    make, status, code, pointer = WRONG[wrong]
    body, before = make(server), server.kept()

    answer = server.post(body)

    problem = answer[2]
    assert answer[:2] == (status, "application/problem+json")
    assert (problem["code"], problem["pointer"], problem["status"]) == (code, pointer, status)
    assert problem["detail"]
    assert problem["next"]
    assert server.kept() == before


def test_a_stale_link_is_answered_with_the_head_there_is(server: Server) -> None:
    (head,) = server.services.drafting.links_of([item("H1")])

    _, _, problem = server.post(stale(server, links=0))

    assert problem["evidence"] == {"subject": item("H1"), "head": head}


def test_ten_thousand_things_are_made_by_one_statement_that_fits_the_limit(server: Server) -> None:
    envelope = server.signed(epcList=[item(f"T{number:04}") for number in range(10_000)])

    status, _, receipt = server.post(sent(envelope))

    assert len(envelope.body) < _LIMIT
    assert (status, receipt["hash"], receipt["repeat"]) == (201, envelope.hash, False)
    assert server.services.drafting.links_of([item("T0000"), item("T9999")]) == (envelope.hash,)


def test_copies_that_come_all_at_once_get_one_receipt_and_one_leaf(server: Server) -> None:
    """``make soak`` sends ten thousand (``COPIES=10000``)."""
    copy = to_json(server.signed(epcList=[item("D1")]))
    body, before = json.dumps([copy] * 50).encode(), server.kept()[0]

    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(server.post, [body] * (COPIES // 50)))

    receipts = [receipt for _, _, value in answers for receipt in value["results"]]
    assert len(receipts) == COPIES
    assert {(receipt["index"], receipt["hash"]) for receipt in receipts} == {(before, receipts[0]["hash"])}
    assert [receipt["repeat"] for receipt in receipts].count(False) == 1
    assert server.kept()[0] == before + 1
