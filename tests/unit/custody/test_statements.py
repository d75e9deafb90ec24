"""From an envelope's bytes to a verified statement: everything that stops half-way, and why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.crypto.envelope import Envelope, Signature, sign
from provenance.crypto.keys import PublicKey, SigningKey
from provenance.custody.registry_entries import KeyAdded, LicenceGranted, RootEstablished, entry_members
from provenance.custody.roles import Role
from provenance.custody.statements import (
    MOST_LINKS,
    PREVIOUS,
    SEEN,
    SIGNERS,
    Header,
    PayloadType,
    Seen,
    Signer,
    header_members,
    read,
    verify,
)
from provenance.custody.steps import Step
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.encoding.textual import format_base64
from provenance.errors import ForgedError, MalformedError
from provenance.ids import KeyId, PartyId, StatementHash, TreeSize
from provenance.log.merkle import EMPTY_ROOT
from tests.cast import MAKER, ROOT, SHOP, item
from tests.homes import key_of
from tests.strategies import json_values

HASHES = tuple(f"{number:064x}" for number in range(3))
KEYS = {key.public.id: key.public for key in (MAKER.key, SHOP.key, ROOT)}
HEADER = Header(
    (StatementHash(HASHES[1]),),
    (Signer(MAKER.party, MAKER.key.public.id, Role.PRODUCER),),
    Seen("log.example/2026", TreeSize(7), EMPTY_ROOT),
)
EVENT: dict[str, Json] = {
    "type": "ObjectEvent",
    "action": "OBSERVE",
    "bizStep": "shipping",
    "eventTime": "2026-05-04T10:00:00.000Z",
    "eventTimeZoneOffset": "+00:00",
    "epcList": [item("A1")],
    "destinationList": [{"type": "possessing_party", "destination": SHOP.party}],
}


def statement(*keys: SigningKey, of: str = PayloadType.CUSTODY_EVENT, without: str = "", **members: Json) -> Envelope:
    """A statement by the maker, with these members changed; ``_`` stands for the ``:`` of a name."""
    changed = {name.replace("_", ":"): value for name, value in members.items()}
    body = {name: value for name, value in (EVENT | header_members(HEADER) | changed).items() if name != without}
    return sign(of, canonical.dump(body), keys or (MAKER.key,))


def refusal(envelope: Envelope) -> tuple[Code, str]:
    with pytest.raises(MalformedError) as refused:
        read(envelope)
    return refused.value.code, refused.value.pointer


def test_a_custody_event_says_what_it_does_to_what_and_who_says_so() -> None:
    envelope = statement()

    verified = verify(read(envelope), KEYS.get)

    assert (verified.step, verified.about.items, verified.header) == (Step.SHIP, (item("A1"),), HEADER)
    assert verified.hash == envelope.hash
    assert verified.envelope is envelope


def test_a_registry_entry_takes_no_step_and_is_about_no_thing() -> None:
    entry = LicenceGranted(MAKER.party, "9520123")
    body = canonical.dump(entry_members(entry) | header_members(HEADER))

    verified = verify(read(sign(PayloadType.REGISTRY_ENTRY, body, [MAKER.key])), KEYS.get)

    assert (verified.content, verified.step, verified.about.subjects) == (entry, None, ())


# bodies


def test_refuses_a_type_it_does_not_know() -> None:
    assert refusal(statement(of="application/json")) == (Code.UNKNOWN_PAYLOAD_TYPE, "/payloadType")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", Code.MALFORMED_JSON),
        (b"{", Code.MALFORMED_JSON),
        (b"\xff", Code.MALFORMED_JSON),
        (b'{"a":1,"a":1}', Code.DUPLICATE_KEY),
        (b'{"b":1,"a":1}', Code.NON_CANONICAL),
        (b'{"a": 1}', Code.NON_CANONICAL),
        (b'{"a":1.0}', Code.NON_CANONICAL),
        (b'{"a":9007199254740992}', Code.NUMBER_OUT_OF_RANGE),
        (b"[]", Code.WRONG_TYPE),
        (b"null", Code.WRONG_TYPE),
    ],
)
@pytest.mark.parametrize("kind", PayloadType)
def test_refuses_a_body_in_any_but_its_one_spelling(kind: PayloadType, body: bytes, code: Code) -> None:
    assert refusal(sign(kind, body, [MAKER.key])) == (code, "/payload")


def test_refuses_a_fraction_in_a_registry_entry() -> None:
    body = b'{"kind":"licence-granted","prefix":0.5}'

    assert refusal(sign(PayloadType.REGISTRY_ENTRY, body, [MAKER.key])) == (Code.FRACTION_NOT_ALLOWED, "/prefix")


def test_a_quantity_may_have_a_fraction() -> None:
    body = canonical.parse(
        b'{"action":"OBSERVE","eventTime":"2026-05-04T10:00:00.000Z","eventTimeZoneOffset":"+00:00",'
        b'"quantityList":[{"epcClass":"https://id.gs1.org/01/09520123000011/10/L1","quantity":2.5,"uom":"KGM"}],'
        b'"type":"ObjectEvent"}'
    )
    assert isinstance(body, dict)

    signed = read(sign(PayloadType.CUSTODY_EVENT, canonical.dump(body | header_members(HEADER)), [MAKER.key]))

    assert str(signed.about.amounts[0].amount) == "2.5"


@pytest.mark.parametrize("name", [PREVIOUS, SIGNERS, SEEN])
def test_refuses_a_body_without_what_every_statement_has(name: str) -> None:
    assert refusal(statement(without=name)) == (Code.MISSING_MEMBER, f"/{name}")


def test_refuses_an_event_about_nothing() -> None:
    assert refusal(statement(epcList=[])) == (Code.EMPTY_LIST, "")


def test_an_observation_of_a_place_is_about_no_thing() -> None:
    sensors: Json = [{"sensorReport": [{"type": "Temperature", "value": 4, "uom": "CEL"}]}]
    place: Json = {"id": "https://id.gs1.org/414/9520123000004"}

    signed = read(statement(without="epcList", sensorElementList=sensors, readPoint=place, bizStep="sensor_reporting"))

    assert (signed.step, signed.about.subjects) == (Step.SENSE, ())


def test_refuses_a_mistyped_thing_and_says_where() -> None:
    mistyped = item("A1").replace("09520123000011", "09520123000012")

    assert refusal(statement(epcList=[item("A1"), mistyped])) == (Code.BAD_CHECK_DIGIT, "/epcList/1")


# links


@pytest.mark.parametrize(
    ("links", "code", "pointer"),
    [
        ("", Code.WRONG_TYPE, ""),
        (None, Code.WRONG_TYPE, ""),
        ([5], Code.MALFORMED_TEXT, "/0"),
        ([HASHES[0], "xyz"], Code.MALFORMED_TEXT, "/1"),
        ([HASHES[2].replace("2", "A")], Code.MALFORMED_TEXT, "/0"),
        ([HASHES[0] + "\n"], Code.MALFORMED_TEXT, "/0"),
        ([HASHES[1], HASHES[0]], Code.WRONG_VALUE, ""),
        ([HASHES[1], HASHES[1]], Code.WRONG_VALUE, ""),
        (["0" * 64] * (MOST_LINKS + 1), Code.WRONG_TYPE, ""),
    ],
)
def test_refuses_links_that_are_not_sorted_hashes(links: Json, code: Code, pointer: str) -> None:
    assert refusal(statement(prov_previous=links)) == (code, f"/{PREVIOUS}{pointer}")


# signers


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"role": "buyer"}, Code.WRONG_VALUE, "/0/role"),
        ({"role": None}, Code.WRONG_TYPE, "/0"),
        ({"key": "5"}, Code.MALFORMED_TEXT, "/0/key"),
        ({"name": "maker"}, Code.WRONG_TYPE, "/0"),
    ],
)
def test_refuses_a_signer_of_another_shape(change: dict[str, Json], code: Code, pointer: str) -> None:
    signer: Json = {"party": MAKER.party, "key": MAKER.key.public.id, "role": "producer", **change}

    assert refusal(statement(prov_signers=[signer])) == (code, f"/{SIGNERS}{pointer}")


def test_refuses_a_statement_that_nobody_says() -> None:
    assert refusal(statement(prov_signers=[])) == (Code.MISSING_SIGNER, f"/{SIGNERS}")
    assert refusal(statement(prov_signers={})) == (Code.MISSING_SIGNER, f"/{SIGNERS}")


def test_refuses_a_key_that_is_named_twice() -> None:
    signer: Json = {"party": MAKER.party, "key": MAKER.key.public.id, "role": "producer"}
    again: Json = {"party": SHOP.party, "key": MAKER.key.public.id, "role": "seller"}

    assert refusal(statement(prov_signers=[signer, again])) == (Code.EXTRA_SIGNER, f"/{SIGNERS}")


def test_refuses_a_missing_signature() -> None:
    two = replace(HEADER, signers=(*HEADER.signers, Signer(SHOP.party, SHOP.key.public.id, Role.SELLER)))
    body = canonical.dump(EVENT | header_members(two))

    assert refusal(sign(PayloadType.CUSTODY_EVENT, body, [MAKER.key])) == (Code.MISSING_SIGNER, "/signatures")
    read(sign(PayloadType.CUSTODY_EVENT, body, [MAKER.key, SHOP.key]))


def test_refuses_a_signature_that_nobody_asked_for() -> None:
    assert refusal(statement(MAKER.key, SHOP.key)) == (Code.EXTRA_SIGNER, "/signatures")


def test_refuses_a_signature_by_a_key_that_nobody_registered() -> None:
    stranger = key_of("stranger")
    signer: Json = {"party": MAKER.party, "key": stranger.public.id, "role": "producer"}

    with pytest.raises(ForgedError) as refused:
        verify(read(statement(stranger, prov_signers=[signer])), KEYS.get)

    assert (refused.value.code, refused.value.pointer) == (Code.UNKNOWN_KEY, "/signatures/0")


@pytest.mark.parametrize("bit", [0, 7, 255, 256, 511])
def test_refuses_a_signature_that_does_not_hold(bit: int) -> None:
    envelope = statement()
    (signature,) = envelope.signatures
    flipped = bytearray(signature.sig)
    flipped[bit // 8] ^= 1 << bit % 8

    with pytest.raises(ForgedError) as refused:
        verify(read(replace(envelope, signatures=(Signature(signature.key, bytes(flipped)),))), KEYS.get)

    assert (refused.value.code, refused.value.pointer) == (Code.BAD_SIGNATURE, "/signatures/0")


def test_refuses_a_signature_over_another_type() -> None:
    entry = canonical.dump(entry_members(LicenceGranted(MAKER.party, "9520123")) | header_members(HEADER))
    signatures = sign(PayloadType.CUSTODY_EVENT, entry, [MAKER.key]).signatures

    with pytest.raises(ForgedError) as refused:
        verify(read(Envelope(PayloadType.REGISTRY_ENTRY, entry, signatures)), KEYS.get)

    assert refused.value.code is Code.BAD_SIGNATURE


def test_a_new_key_proves_itself_with_the_entry_that_brings_it() -> None:
    new = key_of("new")
    header = replace(HEADER, signers=(*HEADER.signers, Signer(MAKER.party, new.public.id, Role.PRODUCER)))
    body = canonical.dump(entry_members(KeyAdded(MAKER.party, new.public)) | header_members(header))
    envelope = sign(PayloadType.REGISTRY_ENTRY, body, [MAKER.key, new])

    verify(read(envelope), KEYS.get)

    other = sign(PayloadType.REGISTRY_ENTRY, body, [MAKER.key, SHOP.key]).signatures
    forged = tuple(Signature(new.public.id, s.sig) if s.key == SHOP.key.public.id else s for s in other)
    with pytest.raises(ForgedError):
        verify(read(replace(envelope, signatures=tuple(sorted(forged)))), KEYS.get)


def test_a_registered_key_is_not_taken_from_an_event() -> None:
    def known(key: KeyId) -> PublicKey | None:
        return SHOP.key.public if key == MAKER.key.public.id else None

    with pytest.raises(ForgedError):
        verify(read(statement()), known)


# the checkpoint seen


@pytest.mark.parametrize(
    ("seen", "code", "pointer"),
    [
        (None, Code.WRONG_TYPE, ""),
        ({"origin": "a", "size": 1}, Code.WRONG_TYPE, ""),
        ({"origin": "a", "size": True, "root": format_base64(EMPTY_ROOT)}, Code.WRONG_TYPE, ""),
        ({"origin": "a", "size": "1", "root": format_base64(EMPTY_ROOT)}, Code.WRONG_TYPE, ""),
        (
            {"origin": "a", "size": Decimal("1.5"), "root": format_base64(EMPTY_ROOT)},
            Code.FRACTION_NOT_ALLOWED,
            "/size",
        ),
        ({"origin": "a", "size": -1, "root": format_base64(EMPTY_ROOT)}, Code.WRONG_VALUE, "/size"),
        ({"origin": "a", "size": 1, "root": "QQ=="}, Code.MALFORMED_TEXT, "/root"),
        ({"origin": "a", "size": 1, "root": format_base64(EMPTY_ROOT), "time": 0}, Code.WRONG_TYPE, ""),
    ],
)
def test_refuses_a_checkpoint_of_another_shape(seen: Json, code: Code, pointer: str) -> None:
    assert refusal(statement(prov_seen=seen)) == (code, f"/{SEEN}{pointer}")


# all of it


def test_ten_thousand_things_are_read() -> None:
    things = [item(f"N{number}") for number in range(10_000)]

    assert len(read(statement(epcList=list(things))).about.subjects) == 10_000


@given(st.lists(st.sampled_from(HASHES), unique=True).map(sorted), st.integers(0, 2**53 - 1))
def test_a_header_comes_back_as_it_was_written(links: list[str], size: int) -> None:
    seen = Seen("log.example/2026", TreeSize(size), EMPTY_ROOT)
    header = Header(tuple(map(StatementHash, links)), HEADER.signers, seen)
    body = canonical.dump(EVENT | header_members(header))

    assert read(sign(PayloadType.CUSTODY_EVENT, body, [MAKER.key])).header == header


@given(st.data())
def test_only_our_errors_leave_the_reading_of_a_changed_statement(data: st.DataObject) -> None:
    whole: dict[str, Any] = EVENT | header_members(HEADER)
    name = data.draw(st.sampled_from(sorted(whole)) | st.text(max_size=8))
    body = canonical.dump(whole | {name: data.draw(json_values())})

    try:
        read(sign(data.draw(st.sampled_from(PayloadType)), body, [MAKER.key]))
    except MalformedError as err:
        assert err.pointer == "" or err.pointer.startswith("/")


def test_the_root_entry_proves_itself() -> None:
    root = PartyId(str(ROOT.public))
    header = replace(HEADER, previous=(), signers=(Signer(root, ROOT.public.id, Role.ROOT),))
    body = canonical.dump(entry_members(RootEstablished("log.example", (ROOT.public,), 1)) | header_members(header))

    verify(read(sign(PayloadType.REGISTRY_ENTRY, body, [ROOT])), lambda key: None)
