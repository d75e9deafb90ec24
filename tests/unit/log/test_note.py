"""Signed notes and the keys that verify them."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.encoding.textual import format_base64
from provenance.errors import ForgedError, MalformedError, ProvenanceError
from provenance.log.note import (
    LARGEST_NOTE,
    Note,
    NoteSignature,
    VerifierKey,
    cosign_note,
    cosigner_key,
    format_note,
    open_note,
    parse_note,
    parse_signature_lines,
    parse_verifier_key,
    sign,
    signer_key,
)
from tests.cosigners import known_key

ANNA, BORIS = known_key("anna"), known_key("boris")
ANNA_KEY, BORIS_KEY = signer_key("anna", ANNA.public), signer_key("boris", BORIS.public)
TEXT = "If it is not in the log,\n\nit did not happen.\n"
NOTE = Note(TEXT, (sign(TEXT, name="anna", key=ANNA), sign(TEXT, name="boris", key=BORIS)))
ML_DSA = VerifierKey("pq.example", 0x06, b"\7" * 1312)

letters = st.characters(min_codepoint=0x20, exclude_categories=["Cs"])
names = st.text(letters, min_size=1, max_size=12).filter(
    lambda name: "+" not in name and not any(map(str.isspace, name))
)
texts = st.lists(st.text(letters, max_size=12), min_size=1, max_size=5).map(lambda lines: "\n".join(lines) + "\n")
lines = st.builds(NoteSignature, names, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=90))
notes = st.builds(Note, texts, st.lists(lines, min_size=1, max_size=4).map(tuple))
keys = st.builds(VerifierKey, names, st.sampled_from([0, 2, 5, 6, 255]), st.binary(min_size=1, max_size=80))


@given(notes)
def test_parse_undoes_format(note: Note) -> None:
    assert parse_note(format_note(note)) == note


@given(st.data())
def test_a_mutated_note_is_refused_or_printed_as_it_came(data: st.DataObject) -> None:
    whole = bytearray(format_note(NOTE))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))

    try:
        note = parse_note(bytes(whole))
    except MalformedError:
        return

    assert format_note(note) == bytes(whole)


@given(st.integers(0, len(format_note(NOTE)) * 8 - 1))
def test_a_flipped_bit_never_passes_for_what_both_signed(bit: int) -> None:
    whole = format_note(NOTE)
    flipped = (int.from_bytes(whole, "big") ^ 1 << bit).to_bytes(len(whole), "big")

    try:
        opened = open_note(parse_note(flipped), [ANNA_KEY, BORIS_KEY])
    except ProvenanceError:
        return

    # What a flip in a name or an id leaves is the other's signature, over the same text.
    assert opened.note.text == TEXT
    assert len(opened.verified) == 1


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_foreign(data: bytes) -> None:
    try:
        note = parse_note(data)
    except MalformedError:
        return

    assert format_note(note) == data


@given(keys)
def test_parse_undoes_str_of_a_key(key: VerifierKey) -> None:
    assert parse_verifier_key(str(key)) == key


@given(st.text(max_size=60) | st.from_regex(r"[a-z]{1,3}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{4}", fullmatch=True))
def test_str_undoes_parse_of_a_key_whenever_parse_accepts(text: str) -> None:
    try:
        key = parse_verifier_key(text)
    except MalformedError:
        return

    assert str(key) == text


def test_the_id_of_a_key_is_of_its_name_type_and_bytes() -> None:
    digest = hashlib.sha256(b"anna\n\x01" + ANNA.public.raw).digest()

    assert ANNA_KEY.id == digest[:4]
    assert cosigner_key("anna", ANNA.public).id != ANNA_KEY.id
    assert signer_key("hanna", ANNA.public).id != ANNA_KEY.id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "anna+00000000",
        str(ANNA_KEY).upper(),
        str(ANNA_KEY) + "\n",
        " " + str(ANNA_KEY),
        str(ANNA_KEY).replace("anna", "an+na"),
        str(ANNA_KEY).replace("anna", "an na"),
        str(ANNA_KEY).replace("anna", "an\u00a0na"),
        str(ANNA_KEY).replace("anna", "an\ud800na"),
        str(ANNA_KEY).replace("anna", "an\x00na"),
        str(ANNA_KEY).replace("anna", "hanna"),
        str(ANNA_KEY)[:-4],
        "anna++",
        f"anna+{hashlib.sha256(b'anna' + bytes([10])).hexdigest()[:8]}+",
        f"anna+{hashlib.sha256(b'anna' + bytes([10, 2])).hexdigest()[:8]}+{format_base64(bytes([2]))}",
        f"anna+{hashlib.sha256(b'anna' + bytes([10, 1, 5])).hexdigest()[:8]}+{format_base64(bytes([1, 5]))}",
    ],
)
def test_refuses_what_is_no_verifier_key(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_verifier_key(text)


@pytest.mark.parametrize(("kind", "public"), [(-1, b"x"), (256, b"x"), (2, b"")])
def test_refuses_a_key_without_bytes_or_with_a_type_of_more_than_one(kind: int, public: bytes) -> None:
    with pytest.raises(MalformedError) as refused:
        VerifierKey("anna", kind, public)

    assert refused.value.code is Code.MALFORMED_VERIFIER_KEY


def test_refuses_a_weak_key() -> None:
    with pytest.raises(MalformedError) as refused:
        VerifierKey("anna", 0x04, bytes(32))

    assert refused.value.code is Code.WEAK_KEY


def test_opens_a_note_with_each_known_key_that_signed() -> None:
    assert [one.key for one in open_note(NOTE, [ANNA_KEY]).verified] == [ANNA_KEY]
    assert [one.key for one in open_note(NOTE, [BORIS_KEY, ANNA_KEY]).verified] == [ANNA_KEY, BORIS_KEY]


@pytest.mark.parametrize("key", [None, signer_key("carla", ANNA.public), cosigner_key("anna", ANNA.public), ML_DSA])
def test_refuses_a_note_that_nobody_known_signed(key: VerifierKey | None) -> None:
    with pytest.raises(ForgedError) as refused:
        open_note(NOTE, [key] if key else [])

    assert refused.value.code is Code.UNTRUSTED_CHECKPOINT


def test_one_bad_line_of_a_known_key_spoils_the_note() -> None:
    bad = NoteSignature("anna", ANNA_KEY.id, BORIS.sign(TEXT.encode()))

    for lines_ in ((bad, *NOTE.signatures), (*NOTE.signatures, bad)):
        with pytest.raises(ForgedError) as refused:
            open_note(Note(TEXT, lines_), [ANNA_KEY, BORIS_KEY])
        assert refused.value.code is Code.FORGED_NOTE
        # To whoever does not know anna's key, her line is a stranger's.
        assert len(open_note(Note(TEXT, lines_), [BORIS_KEY]).verified) == 1


def test_a_key_of_a_type_that_cannot_be_checked_is_ignored_and_kept() -> None:
    line = NoteSignature(ML_DSA.name, ML_DSA.id, bytes(8 + 2420))
    note = Note(TEXT, (*NOTE.signatures, line))

    opened = open_note(note, [ANNA_KEY, ML_DSA])

    assert [one.key for one in opened.verified] == [ANNA_KEY]
    assert parse_note(format_note(opened.note)) == note


def test_two_keys_under_one_name_and_id_are_both_tried() -> None:
    # The id has 4 bytes, so anyone can find a second key for it; here the id is simply claimed.
    class Twin(VerifierKey):
        __slots__ = ()

        @property
        def id(self) -> bytes:
            return ANNA_KEY.id

    twin = Twin("anna", ANNA_KEY.type, BORIS.public.raw)

    assert open_note(NOTE, [twin, ANNA_KEY]).verified[0].key == ANNA_KEY


def test_only_a_cosignature_carries_a_time() -> None:
    line = cosign_note(NOTE, name="w", key=BORIS, seconds=1767225600)
    note = Note(TEXT, (NOTE.signatures[0], line))

    opened = open_note(note, [ANNA_KEY, cosigner_key("w", BORIS.public)])

    assert [one.seconds for one in opened.verified] == [None, 1767225600]


GOOD = format_note(NOTE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        TEXT.encode(),
        GOOD[:-1],
        GOOD + b"\n",
        GOOD + b"more\n",
        GOOD.replace(b"\xe2\x80\x94 anna", b"- anna"),
        GOOD.replace(b"\xe2\x80\x94 anna", b"\xe2\x80\x94  anna"),
        GOOD.replace(b"\xe2\x80\x94 anna", b"\xe2\x80\x94 an+na"),
        GOOD.replace(b"\xe2\x80\x94 anna", b"\xe2\x80\x94 an\xc2\xa0na"),
        GOOD.replace(b"it did", b"it\rdid"),
        GOOD.replace(b"it did", b"it\tdid"),
        GOOD.replace(b"it did", b"it\0did"),
        GOOD.replace(b"it did", b"it\xffdid"),
        GOOD.replace(b"it did", b"it\xed\xa0\x80did"),
        b"text\n\n\xe2\x80\x94 anna \n",
        b"text\n\n\xe2\x80\x94 anna AAAAAA==\n",
        b"text\n\n\xe2\x80\x94 anna AAAAAAF=\n",
        b"text\n\n\xe2\x80\x94 anna AAAAAAA\n",
        b"text\n\n\xe2\x80\x94 anna AAAAAAA= \n",
    ],
)
def test_refuses_what_is_no_note(data: bytes) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_note(data)

    assert refused.value.code is Code.MALFORMED_NOTE


def test_a_note_has_at_most_100_signatures_and_64_kib() -> None:
    line = NOTE.signatures[0]

    assert len(parse_note(format_note(Note(TEXT, (line,) * 100))).signatures) == 100
    with pytest.raises(MalformedError):
        Note(TEXT, (line,) * 101)
    with pytest.raises(MalformedError):
        parse_signature_lines(str(line) * 101)
    for too_large in (
        lambda: parse_note(GOOD.ljust(LARGEST_NOTE + 1)),
        lambda: format_note(Note("x" * 65536 + "\n", (line,))),
    ):
        with pytest.raises(MalformedError) as refused:
            too_large()
        assert refused.value.code is Code.TOO_LARGE


@pytest.mark.parametrize("text", ["", "no newline", "a\rb\n", "a\ud800b\n"])
def test_refuses_to_sign_what_can_be_no_note(text: str) -> None:
    with pytest.raises(MalformedError):
        sign(text, name="anna", key=ANNA)
