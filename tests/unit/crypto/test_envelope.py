from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.crypto.envelope import (
    MOST_SIGNATURES,
    Envelope,
    Leaf,
    Signature,
    from_json,
    leaf,
    leaf_of,
    pae,
    parse_leaf,
    sign,
    statement_hash,
    to_json,
)
from provenance.crypto.keys import is_signed_by, signing_key_from_seed
from provenance.encoding import canonical
from provenance.encoding.textual import format_base64
from provenance.errors import MalformedError
from provenance.ids import KeyId

TYPE = "application/vnd.provenance.custody-event+json"
KEYS = [signing_key_from_seed(bytes([number]) * 32) for number in range(4)]
SIGNED = sign(TYPE, b'{"a":1}', KEYS[:2])
WIRE = canonical.dump(to_json(SIGNED))

types = st.text(st.sampled_from("abcXYZ0189/+.-;=:_!#$&^"), min_size=1, max_size=200)
signatures = st.builds(
    Signature,
    st.binary(min_size=32, max_size=32).map(lambda data: KeyId(data.hex())),
    st.binary(min_size=64, max_size=64),
)
envelopes = st.builds(
    Envelope,
    types,
    st.binary(max_size=60),
    st.lists(signatures, min_size=1, max_size=MOST_SIGNATURES, unique_by=lambda s: s.key).map(
        lambda rows: tuple(sorted(rows))
    ),
)


def changed(path: tuple[str | int, ...], value: Any) -> Any:
    """The envelope on the wire with one member replaced; ``...`` removes it."""
    wire = json.loads(WIRE)
    *way, last = path
    inner = wire
    for step in way:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return wire


# --- what is signed


@given(types, st.binary(max_size=60))
def test_the_pae_tells_type_and_body_apart(kind: str, body: bytes) -> None:
    message = pae(kind, body)

    version, length, rest = message.split(b" ", 2)
    read_kind, rest = rest[: int(length)], rest[int(length) + 1 :]
    body_length, read_body = rest.split(b" ", 1)

    assert (version, read_kind, read_body) == (b"DSSEv1", kind.encode(), body)
    assert int(body_length) == len(body)


def test_a_body_cannot_pretend_to_be_part_of_the_type() -> None:
    assert pae("a", b"b 1 c") != pae("a/b", b"c")
    assert pae("text/a", b"x") != pae("text/ax", b"")


@given(envelopes)
def test_the_hash_is_that_of_the_pae_and_not_of_the_signatures(envelope: Envelope) -> None:
    assert envelope.hash == hashlib.sha256(pae(envelope.payload_type, envelope.body)).hexdigest()
    assert envelope.hash == statement_hash(envelope.payload_type, envelope.body)
    assert replace(envelope, signatures=()).hash == envelope.hash


def test_every_signature_is_over_the_pae_and_sorted_by_key() -> None:
    envelope = sign(TYPE, b"{}", reversed(KEYS))

    message = pae(TYPE, b"{}")
    by_id = {key.public.id: key.public for key in KEYS}

    assert [row.key for row in envelope.signatures] == sorted(by_id)
    assert all(is_signed_by(by_id[row.key], message, row.sig) for row in envelope.signatures)


def test_a_key_signs_once() -> None:
    assert len(sign(TYPE, b"{}", [KEYS[0], KEYS[0]]).signatures) == 1


@pytest.mark.parametrize(
    "kind", ["", " ", "a b", "a<b", "a'b", "a,b", 'a"', "a\\b", "a\n", "é", "\x7f", "\ud800", "a" * 201]
)
def test_refuses_a_type_that_is_no_media_type(kind: str) -> None:
    for use in (
        lambda: pae(kind, b""),
        lambda: sign(kind, b"", KEYS),
        lambda: leaf_of(SIGNED.hash, kind, SIGNED.signatures),
    ):
        with pytest.raises(MalformedError) as refused:
            use()
        assert refused.value.code is Code.UNKNOWN_PAYLOAD_TYPE
        str(refused.value).encode()


# --- the log entry


@given(envelopes)
def test_a_leaf_is_the_rfc_8785_form_of_its_parts(envelope: Envelope) -> None:
    expected = {
        "hash": envelope.hash,
        "signatures": [{"key": row.key, "sig": format_base64(row.sig)} for row in envelope.signatures],
        "type": envelope.payload_type,
    }

    assert leaf(envelope) == rfc8785.dumps(expected)
    assert canonical.parse_whole(leaf(envelope)) == expected


@given(envelopes, st.randoms())
def test_a_leaf_does_not_depend_on_the_order_of_signatures(envelope: Envelope, random: Any) -> None:
    shuffled = list(envelope.signatures)
    random.shuffle(shuffled)

    assert leaf(replace(envelope, signatures=tuple(shuffled))) == leaf(envelope)


@given(envelopes)
def test_a_leaf_and_the_body_make_the_statement_again(envelope: Envelope) -> None:
    read = parse_leaf(leaf(envelope))

    assert read == Leaf(envelope.hash, envelope.payload_type, envelope.signatures)
    assert read.with_body(envelope.body) == envelope
    assert read.with_body(envelope.body + b" ") is None


@given(data=st.data())
def test_a_changed_leaf_is_refused_or_is_another_one(data: st.DataObject) -> None:
    whole = leaf(SIGNED)
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:place] + data.draw(st.binary(max_size=1)) + whole[place + 1 :]

    try:
        read = parse_leaf(changed)
    except MalformedError as err:
        assert err.code is Code.MALFORMED_LEAF
        return

    assert leaf_of(read.hash, read.payload_type, read.signatures) == changed


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        leaf(SIGNED).replace(b'"key"', b'"keyid"'),
        leaf(replace(SIGNED, signatures=SIGNED.signatures[:1])).replace(b'"hash":"', b'"hash":"0'),
        b'{"hash":"' + b"0" * 64 + b'","signatures":[{}],"type":"a/b"}',
        b'{"hash":"' + b"0" * 64 + b'","signatures":["x"],"type":"a b"}',
        b'{"hash":"' + b"0" * 63 + b'A","signatures":[],"type":"a/b"}',
    ],
)
def test_what_is_no_leaf_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_leaf(data)

    assert refused.value.code is Code.MALFORMED_LEAF


def test_a_leaf_does_not_hold_the_body() -> None:
    envelope = sign(TYPE, b'{"name":"Ada"}', KEYS[:1])

    assert b"Ada" not in leaf(envelope)
    assert format_base64(envelope.body).encode() not in leaf(envelope)


# --- on the wire


@given(envelopes)
def test_an_envelope_is_read_as_it_is_written(envelope: Envelope) -> None:
    wire = canonical.dump(to_json(envelope))

    assert from_json(canonical.parse_whole(wire)) == envelope


def test_an_envelope_in_bytes() -> None:
    key = KEYS[0]

    envelope = sign(TYPE, b'{"a":1}', [key])

    assert to_json(envelope) == {
        "payload": "eyJhIjoxfQ==",
        "payloadType": TYPE,
        "signatures": [{"keyid": key.public.id, "sig": format_base64(key.sign(pae(TYPE, b'{"a":1}')))}],
    }


def test_signatures_may_come_in_any_order() -> None:
    wire = json.loads(WIRE)
    wire["signatures"].reverse()

    assert from_json(wire) == SIGNED


ROW = json.loads(WIRE)["signatures"][0]
REFUSED = {
    "no object": (None, Code.MALFORMED_ENVELOPE, ""),
    "a list": ([], Code.MALFORMED_ENVELOPE, ""),
    "without payload": (changed(("payload",), ...), Code.MALFORMED_ENVELOPE, ""),
    "without payloadType": (changed(("payloadType",), ...), Code.MALFORMED_ENVELOPE, ""),
    "without signatures": (changed(("signatures",), ...), Code.MALFORMED_ENVELOPE, ""),
    "with one more member": (changed(("comment",), "hi"), Code.MALFORMED_ENVELOPE, ""),
    "a payload that is no text": (changed(("payload",), {"a": 1}), Code.MALFORMED_ENVELOPE, ""),
    "signatures that are no list": (changed(("signatures",), ROW), Code.MALFORMED_ENVELOPE, ""),
    "no signature": (changed(("signatures",), []), Code.MALFORMED_ENVELOPE, "/signatures"),
    "one signature too many": (
        changed(("signatures",), [ROW | {"keyid": f"{number:064x}"} for number in range(MOST_SIGNATURES + 1)]),
        Code.MALFORMED_ENVELOPE,
        "/signatures",
    ),
    "the same key twice": (changed(("signatures",), [ROW, ROW]), Code.MALFORMED_ENVELOPE, "/signatures"),
    "a key in capitals": (
        changed(("signatures", 0, "keyid"), ROW["keyid"].upper()),
        Code.MALFORMED_TEXT,
        "/signatures/0",
    ),
    "a short key": (changed(("signatures", 1, "keyid"), "deadbeef"), Code.MALFORMED_TEXT, "/signatures/1"),
    "no key": (changed(("signatures", 0, "keyid"), ...), Code.MALFORMED_ENVELOPE, "/signatures/0"),
    "a row with one more member": (changed(("signatures", 0, "cert"), ""), Code.MALFORMED_ENVELOPE, "/signatures/0"),
    "a row that is a text": (changed(("signatures", 0), "x"), Code.MALFORMED_ENVELOPE, "/signatures/0"),
    "a short signature": (changed(("signatures", 1, "sig"), "QQ=="), Code.MALFORMED_TEXT, "/signatures/1"),
    "a loosely spelled payload": (changed(("payload",), "QR=="), Code.MALFORMED_TEXT, "/payload"),
    "a payload in the URL alphabet": (changed(("payload",), "_-8="), Code.MALFORMED_TEXT, "/payload"),
    "a payload with a lone surrogate": (changed(("payload",), "\ud800"), Code.MALFORMED_TEXT, "/payload"),
    "no type": (changed(("payloadType",), ""), Code.UNKNOWN_PAYLOAD_TYPE, "/payloadType"),
    "a type with a quote": (changed(("payloadType",), 'a"b'), Code.UNKNOWN_PAYLOAD_TYPE, "/payloadType"),
}


@pytest.mark.parametrize(("wire", "code", "pointer"), REFUSED.values(), ids=REFUSED)
def test_refuses_an_envelope(wire: Any, code: Code, pointer: str) -> None:
    with pytest.raises(MalformedError) as refused:
        from_json(wire)

    assert (refused.value.code, refused.value.pointer) == (code, pointer)


@given(st.data())
def test_no_changed_byte_leaves_statement_and_signatures_valid(data: st.DataObject) -> None:
    wire = bytearray(WIRE)
    at = data.draw(st.integers(0, len(wire) - 1))
    wire[at] ^= data.draw(st.integers(1, 255))

    try:
        envelope = from_json(canonical.parse_any(bytes(wire)))
    except MalformedError:
        return
    by_id = {key.public.id: key.public for key in KEYS}
    message = pae(envelope.payload_type, envelope.body)

    assert not all(
        row.key in by_id and is_signed_by(by_id[row.key], message, row.sig) for row in envelope.signatures
    )  # fmt: skip


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["payload", "payloadType", "signatures", "keyid", "sig"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(json_values)
def test_nothing_foreign_is_raised(value: Any) -> None:
    try:
        from_json(value)
    except MalformedError:
        return
