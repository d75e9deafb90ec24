"""A signed request opens exactly what was signed, by whom, where and when; everything else is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.crypto.keys import is_signed_by, public_from_bytes
from provenance.crypto.signed_requests import (
    SECONDS_OFF,
    SignedRequest,
    Target,
    authority_of,
    parse_signed,
    require_signed,
    sign_request,
    signature_base,
)
from provenance.encoding.textual import parse_base64
from provenance.errors import ForgedError, MalformedError, RefusedError
from tests.homes import key_of

KEY = key_of("inspector")
TARGET = Target("GET", "shop.example", "/bodies/000.p/7", "from=3")
NOW = 1_777_888_999
HEADERS = sign_request(TARGET, key=KEY, created=NOW, nonce=bytes(16))


def asked(target: Target = TARGET, headers: dict[str, str] = HEADERS) -> SignedRequest:
    return parse_signed(target, signature_input=headers["Signature-Input"], signature=headers["Signature"])


def test_the_base_is_what_the_standard_signs_in_its_own_example() -> None:
    # RFC 9421 appendix B.2.6, with the key of appendix B.1.4.
    public = public_from_bytes(parse_base64("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="))
    components = [
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("@method", "POST"),
        ("@path", "/foo"),
        ("@authority", "example.com"),
        ("content-type", "application/json"),
        ("content-length", "18"),
    ]
    names = " ".join(f'"{name}"' for name, _ in components)
    base = signature_base(components, f'({names});created=1618884473;keyid="test-key-ed25519"')

    signature = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="

    assert is_signed_by(public, base, parse_base64(signature))


def test_what_is_signed_is_a_line_for_each_component_and_the_parameters_last() -> None:
    base = signature_base([("@method", "GET"), ("@query", "?")], '("@method" "@query");created=1')

    assert base == b'"@method": GET\n"@query": ?\n"@signature-params": ("@method" "@query");created=1'


@given(st.binary(min_size=16, max_size=16), st.integers(0, 2**62), st.integers(-SECONDS_OFF, SECONDS_OFF))
def test_a_request_is_taken_for_five_minutes_before_and_after(nonce: bytes, created: int, off: int) -> None:
    headers = sign_request(TARGET, key=KEY, created=created, nonce=nonce)

    request = asked(headers=headers)
    require_signed(request, KEY.public, now=created + off)

    assert (request.claim.created, request.claim.nonce, request.claim.key) == (created, nonce, KEY.public.id)


@pytest.mark.parametrize("off", [-SECONDS_OFF - 1, SECONDS_OFF + 1])
def test_a_request_of_another_time_is_refused(off: int) -> None:
    with pytest.raises(RefusedError) as refused:
        require_signed(asked(), KEY.public, now=NOW + off)

    assert refused.value.code is Code.STALE_REQUEST


@pytest.mark.parametrize(
    "other",
    [
        replace(TARGET, method="HEAD"),
        replace(TARGET, authority="evil.example"),
        replace(TARGET, path="/bodies/001.p/7"),
        replace(TARGET, query="from=4"),
        replace(TARGET, query=""),
    ],
)
def test_a_signature_opens_nothing_but_what_was_signed(other: Target) -> None:
    with pytest.raises(ForgedError) as refused:
        require_signed(asked(other), KEY.public, now=NOW)

    assert refused.value.code is Code.BAD_SIGNATURE


def test_nobody_elses_key_and_no_changed_claim_opens_anything() -> None:
    stranger = key_of("stranger")
    request = asked()
    others = [
        (request, stranger.public),
        (replace(request, claim=replace(request.claim, key=stranger.public.id)), stranger.public),
        (replace(request, claim=replace(request.claim, created=NOW + 1)), KEY.public),
        (replace(request, claim=replace(request.claim, nonce=b"another nonce..."[:16])), KEY.public),
    ]

    for other, public in others:
        with pytest.raises(ForgedError):
            require_signed(other, public, now=NOW)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sig1=(", "sig2=("),
        (' "@query"', ""),
        (f"created={NOW}", f"created=0{NOW}"),
        (f"created={NOW}", f"created=-{NOW}"),
        ('alg="ed25519"', 'alg="none"'),
        ("AAAAAA==", "AAAAAB=="),
        ('tag="provenance"', 'tag="provenance";expires=9'),
    ],
)
def test_another_spelling_is_not_read(old: str, new: str) -> None:
    written = HEADERS["Signature-Input"]
    assert old in written

    with pytest.raises(MalformedError):
        asked(headers=HEADERS | {"Signature-Input": written.replace(old, new)})


@pytest.mark.parametrize("signature", ["", "sig1=::", f"sig1=:{'A' * 88}:", f"sig1=:{'A' * 86}==:, sig2=:AA==:"])
def test_a_signature_that_is_none_is_not_read(signature: str) -> None:
    with pytest.raises(MalformedError):
        asked(headers=HEADERS | {"Signature": signature})


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("http://shop.example:80", "shop.example"),
        ("https://shop.example:80/x", "shop.example:80"),
        ("https://user@SHOP.example", "shop.example"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_both_sides_spell_the_authority_alike(url: str, authority: str) -> None:
    assert authority_of(url) == authority
