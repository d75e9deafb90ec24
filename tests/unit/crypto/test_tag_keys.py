from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.crypto.nfc_tag import Tag
from provenance.crypto.tag_keys import open_tag, seal_tag, tag_of
from provenance.errors import ForgedError, MalformedError
from tests.homes import key_of

UID, FILE_KEY, META_KEY = bytes.fromhex("04958caa5c5e80"), bytes(range(16)), bytes(range(2, 18))
TAG = Tag(UID, FILE_KEY, META_KEY)
KEY, NONCE = key_of("tags"), bytes(24)


keys = st.binary(min_size=16, max_size=16).filter(any)


@given(st.binary(min_size=7, max_size=7), keys, keys)
def test_what_was_sealed_opens_again_and_shows_no_key(uid: bytes, file_key: bytes, meta_key: bytes) -> None:
    tag = Tag(uid, file_key, meta_key)

    sealed = seal_tag(tag, KEY, nonce=NONCE)

    opened = open_tag(sealed, KEY, uid=uid)
    assert (opened.uid, opened.file_key, opened.meta_key) == (uid, file_key, meta_key)
    assert file_key not in sealed
    assert file_key.hex() not in repr(opened)


def test_what_was_sealed_yesterday_opens_today() -> None:
    """A format that changes silently is a tag that is lost."""
    kept = bytes(24) + bytes.fromhex(
        "fbfdb200d6938a4e06560b79b2ba8f79b9ec5f98262053c735bc7832bf3a548705a034c955e2fa897b1f182d61b79592e894fa4be36e0d"
    )

    assert seal_tag(TAG, KEY, nonce=NONCE) == kept
    assert open_tag(kept, KEY, uid=UID) == TAG


@given(st.data())
def test_a_changed_byte_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(seal_tag(TAG, KEY, nonce=NONCE))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(ForgedError) as refused:
        open_tag(bytes(sealed), KEY, uid=UID)

    assert refused.value.code is Code.RECORD_ALTERED


def test_a_row_moved_to_another_tag_or_another_installation_does_not_open() -> None:
    sealed = seal_tag(TAG, KEY, nonce=NONCE)

    for key, uid in ((KEY, bytes(7)), (key_of("other"), UID)):
        with pytest.raises(ForgedError) as refused:
            open_tag(sealed, key, uid=uid)
        assert refused.value.code is Code.RECORD_ALTERED


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(200)])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(ForgedError):
        open_tag(sealed, KEY, uid=UID)


@pytest.mark.parametrize(
    ("uid", "file_key", "meta_key", "code"),
    [
        (UID[:4], FILE_KEY, META_KEY, Code.MALFORMED_TAP),
        (UID, FILE_KEY[:8], META_KEY, Code.MALFORMED_TAP),
        (UID, FILE_KEY, b"", Code.MALFORMED_TAP),
        (UID, bytes(16), META_KEY, Code.WEAK_KEY),
    ],
)
def test_what_no_chip_should_have_is_refused(uid: bytes, file_key: bytes, meta_key: bytes, code: Code) -> None:
    with pytest.raises(MalformedError) as refused:
        tag_of(uid, file_key=file_key, meta_key=meta_key)

    assert refused.value.code is code
