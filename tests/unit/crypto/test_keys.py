from __future__ import annotations

import hashlib
import json
import secrets

import nacl.pwhash
import nacl.signing
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.crypto import keys
from provenance.crypto.keys import (
    is_signed_by,
    open_sealed,
    parse_public,
    public_from_bytes,
    public_of_file,
    seal,
    signing_key_from_seed,
)
from provenance.encoding import canonical
from provenance.encoding.textual import format_base58, format_base64
from provenance.errors import ForgedError, MalformedError, ProvenanceError

KEY = signing_key_from_seed(bytes(range(32)))
OTHER = signing_key_from_seed(bytes(32))
SALT, NONCE = bytes(range(16)), bytes(range(24))
seeds = st.binary(min_size=32, max_size=32)


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least argon2id takes, so that hundreds of files can be tried."""
    monkeypatch.setattr(nacl.pwhash.argon2id, "MEMLIMIT_INTERACTIVE", 8192)
    monkeypatch.setattr(nacl.pwhash.argon2id, "OPSLIMIT_INTERACTIVE", 1)


# --- names


@given(seeds)
def test_a_public_key_is_read_as_it_is_shown(seed: bytes) -> None:
    key = signing_key_from_seed(seed).public

    assert parse_public(str(key)) == key
    assert public_from_bytes(key.raw) == key
    assert str(key).startswith("did:key:z6Mk")


@given(seeds)
def test_the_key_id_is_the_hash_of_the_multikey(seed: bytes) -> None:
    key = signing_key_from_seed(seed).public

    assert key.id == hashlib.sha256(b"\xed\x01" + key.raw).hexdigest()


SHOWN = str(KEY.public)
MALFORMED = {
    "empty": "",
    "another method": SHOWN.replace("did:key:", "did:web:"),
    "another base": SHOWN.replace(":z", ":u"),
    "without its prefix": SHOWN.removeprefix("did:key:"),
    "a trailing newline": SHOWN + "\n",
    "a fragment": f"{SHOWN}#{SHOWN[8:]}",
    "a letter that is not base58": SHOWN[:-1] + "0",
    "a leading one": SHOWN.replace(":z", ":z1"),
    "one letter short": SHOWN[:-1],
    "a lone surrogate": SHOWN + "\ud800",
    "ten megabytes": SHOWN + "z" * 10_000_000,
    "an X25519 key": "did:key:z" + format_base58(b"\xec\x01" + KEY.public.raw),
    "31 bytes": "did:key:z" + format_base58(b"\xed\x01" + KEY.public.raw[:31]),
    "33 bytes": "did:key:z" + format_base58(b"\xed\x01" + KEY.public.raw + b"\0"),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_refuses_what_is_no_ed25519_key(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_public(text)

    assert refused.value.code in {Code.MALFORMED_KEY, Code.WEAK_KEY}
    assert len(str(refused.value)) < 300
    str(refused.value).encode()


@given(st.text(max_size=60) | st.binary(max_size=40).map(lambda data: "did:key:z" + format_base58(data)))
def test_a_key_that_is_accepted_is_shown_the_same(text: str) -> None:
    try:
        key = parse_public(text)
    except MalformedError:
        return

    assert str(key) == text


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_refuses_keys_and_seeds_of_another_length(length: int) -> None:
    for make in (public_from_bytes, signing_key_from_seed):
        with pytest.raises(MalformedError) as refused:
            make(bytes(length))
        assert refused.value.code is Code.MALFORMED_KEY
        assert str(length) in str(refused.value)


def test_a_private_key_does_not_show_itself() -> None:
    shown = f"{KEY!r} {KEY} {[KEY]}"

    assert KEY.seed.hex() not in shown
    assert repr(KEY.seed) not in shown
    assert str(KEY.public) in shown


# --- signatures


@given(seeds, st.binary(max_size=100))
def test_a_signature_holds_for_its_key_and_message(seed: bytes, message: bytes) -> None:
    key = signing_key_from_seed(seed)

    signature = key.sign(message)

    assert is_signed_by(key.public, message, signature)
    assert signature == nacl.signing.SigningKey(seed).sign(message).signature


@given(st.binary(max_size=60), st.data())
def test_a_signature_holds_for_nothing_else(message: bytes, data: st.DataObject) -> None:
    signature = bytearray(KEY.sign(message))
    at, flip = data.draw(st.integers(0, 63)), data.draw(st.integers(1, 255))
    signature[at] ^= flip

    assert not is_signed_by(KEY.public, message, bytes(signature))
    assert not is_signed_by(OTHER.public, message, KEY.sign(message))
    assert not is_signed_by(KEY.public, message + b"\0", KEY.sign(message))


@pytest.mark.parametrize("cut", [0, 1, 63])
def test_the_border_between_signature_and_message_cannot_be_moved(cut: int) -> None:
    # libsodium is given signature ‖ message; a shorter one with a longer other is the same bytes.
    message = b"shipped"
    signed = KEY.sign(message) + message

    assert not is_signed_by(KEY.public, signed[cut:], signed[:cut])
    assert not is_signed_by(KEY.public, signed[65:], signed[:65])


@given(st.binary(max_size=80), st.binary(max_size=10))
def test_a_signature_of_any_bytes_is_an_answer_not_an_error(signature: bytes, message: bytes) -> None:
    assert not is_signed_by(KEY.public, message, signature)


# --- key files


def test_a_key_file_opens_with_its_passphrase() -> None:
    file = seal(KEY, passphrase="correct horse", salt=SALT, nonce=NONCE)

    assert open_sealed(file, passphrase="correct horse") == KEY
    assert public_of_file(file) == KEY.public
    assert canonical.parse_whole(file)  # in its one spelling
    assert KEY.seed not in file
    assert format_base64(KEY.seed).encode() not in file


def test_a_key_file_costs_an_attacker_64_megabytes_a_guess() -> None:
    file = json.loads(seal(KEY, passphrase="x", salt=SALT, nonce=NONCE))

    assert (file["kdf"], file["memory"], file["operations"]) == ("argon2id13", 67108864, 2)


@pytest.mark.usefixtures("cheap")
@given(passphrase=st.text(st.characters(exclude_categories=["Cs"]), max_size=20), seed=seeds)
def test_every_passphrase_and_key_round_trip(passphrase: str, seed: bytes) -> None:
    key = signing_key_from_seed(seed)

    file = seal(key, passphrase=passphrase, salt=SALT, nonce=NONCE)

    assert open_sealed(file, passphrase=passphrase) == key


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("wrong", ["", "Secret", "secret ", "secre", "se\u0441ret"])
def test_a_wrong_passphrase_is_said_to_be_one(wrong: str) -> None:
    file = seal(KEY, passphrase="secret", salt=SALT, nonce=NONCE)

    with pytest.raises(ForgedError) as refused:
        open_sealed(file, passphrase=wrong)

    assert refused.value.code is Code.WRONG_PASSPHRASE
    assert str(KEY.public) in str(refused.value)


@pytest.mark.usefixtures("cheap")
def test_any_flipped_bit_closes_a_key_file() -> None:
    file = seal(KEY, passphrase="secret", salt=SALT, nonce=NONCE)

    for at in range(len(file)):
        for bit in range(8):
            flipped = bytearray(file)
            flipped[at] ^= 1 << bit
            try:
                # A file that asks for much more work would only take long to refuse.
                costly = json.loads(flipped).get("memory", 0) > 90_000
            except ValueError:
                costly = False
            if not costly:
                with pytest.raises((MalformedError, ForgedError)):
                    open_sealed(bytes(flipped), passphrase="secret")


@pytest.mark.usefixtures("cheap")
def test_a_key_file_cut_anywhere_is_refused() -> None:
    file = seal(KEY, passphrase="secret", salt=SALT, nonce=NONCE)

    for length in range(len(file)):
        with pytest.raises(MalformedError):
            open_sealed(file[:length], passphrase="secret")


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("version", 2, Code.MALFORMED_KEY),
        ("version", "1", Code.MALFORMED_KEY),
        ("kdf", "scrypt", Code.MALFORMED_KEY),
        ("memory", 7168, Code.MALFORMED_KEY),
        ("memory", 8193, Code.MALFORMED_KEY),
        ("memory", (1 << 30) + 1024, Code.MALFORMED_KEY),
        ("memory", 8192.5, Code.MALFORMED_KEY),
        ("memory", True, Code.MALFORMED_KEY),
        ("operations", 0, Code.MALFORMED_KEY),
        ("operations", 17, Code.MALFORMED_KEY),
        ("public", str(OTHER.public), Code.MALFORMED_KEY),
        ("public", None, Code.MALFORMED_KEY),
        ("salt", format_base64(bytes(15)), Code.MALFORMED_TEXT),
        ("salt", "QR==", Code.MALFORMED_TEXT),
        ("sealed", "", Code.MALFORMED_TEXT),
        ("sealed", format_base64(bytes(71)), Code.MALFORMED_TEXT),
        ("sealed", format_base64(bytes(72)), Code.WRONG_PASSPHRASE),
    ],
)
def test_refuses_a_key_file_with_another_member(member: str, value: object, code: Code) -> None:
    file = json.loads(seal(KEY, passphrase="secret", salt=SALT, nonce=NONCE)) | {member: value}

    with pytest.raises(ProvenanceError) as refused:
        open_sealed(json.dumps(file).encode(), passphrase="secret")

    assert refused.value.code is code


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("member", ["version", "kdf", "memory", "operations", "public", "salt", "sealed"])
def test_refuses_a_key_file_without_a_member(member: str) -> None:
    file = json.loads(seal(KEY, passphrase="secret", salt=SALT, nonce=NONCE))
    del file[member]

    with pytest.raises(MalformedError) as refused:
        open_sealed(json.dumps(file).encode(), passphrase="secret")

    assert refused.value.code is Code.MALFORMED_KEY


@pytest.mark.parametrize("file", [b"", b"[]", b"null", b"{}", b'{"version":1}', b"\xff", b"[" * 1000])
def test_what_is_no_key_file_is_refused(file: bytes) -> None:
    for read in (lambda: open_sealed(file, passphrase="x"), lambda: public_of_file(file)):
        with pytest.raises(MalformedError) as refused:
            read()
        assert refused.value.code in {Code.MALFORMED_KEY, Code.MALFORMED_JSON}


@pytest.mark.usefixtures("cheap")
def test_a_key_file_may_be_saved_by_an_editor() -> None:
    file = seal(KEY, passphrase="secret", salt=SALT, nonce=NONCE)

    pretty = json.dumps(json.loads(file), indent=2).encode() + b"\n"

    assert open_sealed(pretty, passphrase="secret") == KEY


@pytest.mark.parametrize(("salt", "nonce"), [(15, 24), (17, 24), (16, 23), (16, 0)])
def test_refuses_to_seal_with_too_little_randomness(salt: int, nonce: int) -> None:
    with pytest.raises(MalformedError, match=f"not {salt} and {nonce}"):
        seal(KEY, passphrase="x", salt=bytes(salt), nonce=bytes(nonce))


@pytest.mark.usefixtures("cheap")
def test_a_passphrase_of_broken_letters_is_refused_on_both_sides() -> None:
    # What a terminal hands over for bytes that are no UTF-8.
    broken = b"caf\xe9".decode("utf-8", "surrogateescape")
    file = seal(KEY, passphrase="x", salt=SALT, nonce=NONCE)

    for use in (
        lambda: seal(KEY, passphrase=broken, salt=SALT, nonce=NONCE),
        lambda: open_sealed(file, passphrase=broken),
    ):
        with pytest.raises(MalformedError) as refused:
            use()
        assert refused.value.code is Code.MALFORMED_TEXT


@pytest.mark.usefixtures("cheap")
def test_a_machine_without_the_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    file = json.loads(seal(KEY, passphrase="x", salt=SALT, nonce=NONCE)) | {"memory": 1 << 50}
    monkeypatch.setattr(keys, "_MOST_MEMORY", 1 << 60)

    with pytest.raises(MalformedError) as refused:
        open_sealed(json.dumps(file).encode(), passphrase="x")

    assert refused.value.code is Code.MALFORMED_KEY
    assert "memory" in str(refused.value)


@pytest.mark.usefixtures("cheap")
def test_two_files_of_one_key_share_nothing_secret() -> None:
    first = json.loads(seal(KEY, passphrase="x", salt=secrets.token_bytes(16), nonce=secrets.token_bytes(24)))
    second = json.loads(seal(KEY, passphrase="x", salt=secrets.token_bytes(16), nonce=secrets.token_bytes(24)))

    assert first["public"] == second["public"]
    assert first["salt"] != second["salt"]
    assert first["sealed"] != second["sealed"]
