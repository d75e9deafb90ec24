from __future__ import annotations

import hashlib
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.crypto import claim_code
from provenance.crypto.claim_code import (
    RANDOM_BYTES,
    Claim,
    ClaimCode,
    claim_code_from,
    claim_key,
    format_claim_code,
    is_proven,
    parse_claim_code,
    prove,
)
from provenance.crypto.keys import PublicKey, signing_key_from_seed
from provenance.errors import MalformedError
from provenance.ids import Subject

ITEM = Subject("https://id.gs1.org/01/09521234543213/21/23456789ABCVP")
OTHER_ITEM = Subject("https://id.gs1.org/01/09521234543213/21/23456789ABD2P")
BUYER = signing_key_from_seed(bytes(range(32))).public
THIEF = signing_key_from_seed(bytes(32)).public
CODE = claim_code_from(bytes(range(1, 15)))
OTHER_CODE = claim_code_from(bytes(14))
CHALLENGE = hashlib.sha256(b"asked").digest()
CLAIM = Claim(ITEM, BUYER, CHALLENGE)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
codes = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES).map(claim_code_from)


# --- the code as text


@given(codes)
def test_a_code_is_read_as_it_is_printed(code: ClaimCode) -> None:
    text = format_claim_code(code)

    assert re.fullmatch(f"(?:[{ALPHABET}]{{4}}-){{5}}[{ALPHABET}]{{4}}", text)
    assert parse_claim_code(text) == code


@given(codes, st.data())
def test_a_code_is_read_however_it_was_typed(code: ClaimCode, data: st.DataObject) -> None:
    alike = {"0": "0Oo", "1": "1IiLl"}
    typed = ""
    for letter in format_claim_code(code).replace("-", ""):
        typed += data.draw(st.sampled_from(alike.get(letter, letter + letter.lower())))
        typed += data.draw(st.sampled_from(["", " ", "-"]))

    assert parse_claim_code(typed) == code


@given(codes, st.integers(0, 23), st.data())
def test_one_wrong_character_is_always_noticed(code: ClaimCode, at: int, data: st.DataObject) -> None:
    text = format_claim_code(code).replace("-", "")
    wrong = data.draw(st.sampled_from(ALPHABET.replace(text[at], "")))

    with pytest.raises(MalformedError) as refused:
        parse_claim_code(text[:at] + wrong + text[at + 1 :])

    assert refused.value.code is Code.MISTYPED_CLAIM_CODE


@given(codes, st.integers(0, 23), st.integers(0, 23))
def test_two_exchanged_characters_are_always_noticed(code: ClaimCode, one: int, other: int) -> None:
    letters = list(format_claim_code(code).replace("-", ""))
    letters[one], letters[other] = letters[other], letters[one]
    text = "".join(letters)

    if text == format_claim_code(code).replace("-", ""):
        assert parse_claim_code(text) == code
    else:
        with pytest.raises(MalformedError) as refused:
            parse_claim_code(text)
        assert refused.value.code is Code.MISTYPED_CLAIM_CODE


def test_no_two_places_carry_the_same_weight_in_the_check() -> None:
    # What "always noticed" rests on: each place's weight, and the difference of any two, is not zero modulo the prime.
    weights = [pow(32, place, 1021) for place in range(22)]

    assert len(set(weights)) == len(weights)
    assert 0 not in weights


PRINTED = format_claim_code(CODE)
MALFORMED = {
    "empty": "",
    "one character short": PRINTED[:-1],
    "one too many": PRINTED + "0",
    "a U": PRINTED[:-1] + "U",
    "a comma": PRINTED[:-1] + ",",
    "an underscore": PRINTED.replace("-", "_"),
    "a plus sign": "+" + PRINTED[1:],
    "a trailing newline": PRINTED + "\n",
    "digits of another script": "٠" + PRINTED[1:],
    "a small letter whose capital is ASCII": PRINTED[:-1] + "ſ",
    "a lone surrogate": PRINTED + "\ud800",
    "only hyphens": "-" * 24,
    "ten megabytes": "0" * 10_000_000,
    "ten megabytes of hyphens": "-" * 10_000_000 + PRINTED,
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_refuses_what_is_no_code(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_claim_code(text)

    assert refused.value.code is Code.MALFORMED_CLAIM_CODE


@given(st.text(max_size=60))
def test_whatever_is_accepted_is_the_code_it_prints(text: str) -> None:
    try:
        code = parse_claim_code(text)
    except MalformedError as refused:
        assert refused.code in {Code.MALFORMED_CLAIM_CODE, Code.MISTYPED_CLAIM_CODE}
        return

    assert parse_claim_code(format_claim_code(code)) == code


@pytest.mark.parametrize("typed", [PRINTED[:-1], PRINTED[:-1] + "0", PRINTED + "U", PRINTED[:-1] + "N"])
def test_a_refusal_does_not_repeat_what_may_be_nearly_a_code(typed: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_claim_code(typed)

    assert not any(group in str(refused.value) for group in PRINTED.split("-"))


def test_a_code_in_memory_does_not_show_itself() -> None:
    shown = f"{CODE!r} {CODE} {[CODE]}"

    assert CODE.secret.hex() not in shown
    assert repr(CODE.secret) not in shown
    assert PRINTED[:4] not in shown


# --- making


@given(st.binary(min_size=14, max_size=14), st.binary(min_size=14, max_size=14))
def test_other_chance_makes_another_code(some: bytes, others: bytes) -> None:
    is_same_chance = some[0] & 63 == others[0] & 63 and some[1:] == others[1:]

    assert (claim_code_from(some) == claim_code_from(others)) == is_same_chance


def test_a_code_holds_at_least_a_hundred_bits() -> None:
    highest = claim_code_from(b"\xff" * 14)

    assert int.from_bytes(highest.secret, "big") == 2**110 - 1
    assert len({claim_code_from((1 << bit).to_bytes(14, "big")).secret for bit in range(110)}) == 110


@pytest.mark.parametrize("length", [0, 13, 15, 1_000_000])
def test_refuses_to_make_a_code_of_more_or_less_chance(length: int) -> None:
    with pytest.raises(MalformedError) as refused:
        claim_code_from(bytes(length))

    assert refused.value.code is Code.RANDOM_BYTES
    assert str(length) in str(refused.value)


# --- vectors: whoever has printed codes can rely on these for ever


@pytest.mark.parametrize(
    ("random", "text", "public"),
    [
        ("00" * 14, "0000-0000-0000-0000-0000-0000", "did:key:z6MkpYj1MzGb1KQWpvQggwBDAzM1xJUwacQiv3h6yamS4YQ6"),
        ("ff" * 14, "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZG1", "did:key:z6MkmpCrRQKwWSpqDzJ4YiruHnMuvm5FLCUWF82dwFNvDW52"),
        (
            "0102030405060708090a0b0c0d0e",
            "0G40-R40M-30E2-0918-5GR3-8E6M",
            "did:key:z6MksAaV8VBWTp63Gi6EgMPTCNFJTosTNUgfd4b7Bqp5E9mF",
        ),
    ],
)
def test_the_text_and_the_key_of_a_code_never_change(random: str, text: str, public: str) -> None:
    code = claim_code_from(bytes.fromhex(random))

    assert format_claim_code(code) == text
    assert str(claim_key(code, ITEM).public) == public


def test_derives_as_rfc_5869_says() -> None:
    # RFC 5869, appendices A.1 and A.3 (first 32 bytes of each).
    short = claim_code._derive(
        bytes([11] * 22), salt=bytes(range(13)), info=bytes(range(0xF0, 0xFA))
    )  # fmt: skip
    bare = claim_code._derive(bytes([11] * 22), salt=b"", info=b"")

    assert short.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    assert bare.hex() == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"


@given(codes, st.text("/!~abcXYZ019", min_size=1, max_size=60))
def test_another_implementation_derives_the_same_key(code: ClaimCode, name: str) -> None:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=b"provenance/claim-code/v1", info=name.encode())

    other = Ed25519PrivateKey.from_private_bytes(hkdf.derive(code.secret))

    assert claim_key(code, Subject(name)).public.raw == other.public_key().public_bytes_raw()


# --- claiming


@given(codes, st.binary(min_size=32, max_size=32))
def test_whoever_has_the_code_can_claim_the_item(code: ClaimCode, challenge: bytes) -> None:
    kept = claim_key(code, ITEM).public
    claim = Claim(ITEM, BUYER, challenge)

    proof = prove(claim, parse_claim_code(format_claim_code(code)))

    assert is_proven(claim, proof, key=kept)


def test_another_implementation_accepts_what_is_signed() -> None:
    message = f"provenance/claim/v1\n{ITEM}\n{BUYER}\n{CHALLENGE.hex()}".encode()
    key = Ed25519PrivateKey.from_private_bytes(claim_key(CODE, ITEM).seed)

    assert prove(CLAIM, CODE) == key.sign(message)


def _kept(code: ClaimCode = CODE, item: Subject = ITEM) -> PublicKey:
    return claim_key(code, item).public


def test_the_code_of_another_item_opens_nothing() -> None:
    assert not is_proven(CLAIM, prove(CLAIM, OTHER_CODE), key=_kept())


def test_the_same_code_on_two_items_makes_two_keys() -> None:
    assert _kept(CODE, ITEM) != _kept(CODE, OTHER_ITEM)
    assert not is_proven(CLAIM, prove(CLAIM, CODE), key=_kept(CODE, OTHER_ITEM))


def test_a_proof_seen_on_its_way_is_of_no_use_to_another() -> None:
    proof = prove(CLAIM, CODE)

    assert is_proven(CLAIM, proof, key=_kept())
    assert not is_proven(Claim(ITEM, THIEF, CHALLENGE), proof, key=_kept())


def test_a_proof_is_not_an_answer_to_another_challenge() -> None:
    later = hashlib.sha256(b"asked again").digest()

    assert not is_proven(Claim(ITEM, BUYER, later), prove(CLAIM, CODE), key=_kept())


def test_a_proof_for_one_item_is_none_for_another() -> None:
    assert not is_proven(Claim(OTHER_ITEM, BUYER, CHALLENGE), prove(CLAIM, CODE), key=_kept())


def test_the_kept_key_alone_claims_nothing() -> None:
    kept = _kept()

    for guess in (b"", bytes(64), kept.raw * 2, kept.raw + bytes(32)):
        assert not is_proven(CLAIM, guess, key=kept)


@given(st.integers(0, 63), st.integers(1, 255))
def test_a_damaged_proof_proves_nothing(at: int, flip: int) -> None:
    proof = bytearray(prove(CLAIM, CODE))
    proof[at] ^= flip

    assert not is_proven(CLAIM, bytes(proof), key=_kept())
    assert not is_proven(CLAIM, bytes(proof[:at]), key=_kept())


@pytest.mark.parametrize("length", [0, 31, 33])
def test_refuses_a_challenge_of_another_length(length: int) -> None:
    claim = Claim(ITEM, BUYER, bytes(length))

    for ask in (lambda: prove(claim, CODE), lambda: is_proven(claim, bytes(64), key=_kept())):
        with pytest.raises(MalformedError) as refused:
            ask()
        assert refused.value.code is Code.RANDOM_BYTES


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "é", "\ud800", "a\n", "x" * 2049], ids=ascii)
def test_refuses_a_name_that_could_read_as_two_or_cannot_be_signed(name: str) -> None:
    for ask in (lambda: claim_key(CODE, Subject(name)), lambda: prove(Claim(Subject(name), BUYER, CHALLENGE), CODE)):
        with pytest.raises(MalformedError) as refused:
            ask()
        assert refused.value.code is Code.MALFORMED_TEXT
        assert len(str(refused.value)) < 200
        str(refused.value).encode()
