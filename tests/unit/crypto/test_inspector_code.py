from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from labels.symbol import encode
from provenance.codes import Code
from provenance.crypto.inspector_code import (
    DIGITS,
    LONGEST_LINK,
    InspectorCode,
    format_inspector_code,
    parse_inspector_code,
    sign_link,
    signer_of,
)
from provenance.crypto.keys import signing_key_from_seed
from provenance.errors import MalformedError
from provenance.gs1.reading import read_code

LINK = "https://ID.EXAMPLE.ORG/01/09521234543213/21/23456789ABCVP"
MAKER = signing_key_from_seed(bytes(range(32)))
MAKERS_OLDER = signing_key_from_seed(bytes(range(1, 33)))
SOMEONE = signing_key_from_seed(bytes(32))
CODE = sign_link(LINK, MAKER)
PRINTED = format_inspector_code(CODE)
links = st.builds(
    "https://{}/{}".format,
    st.text("abcXYZ019.-:", min_size=1, max_size=30),
    st.text("abcXYZ019-._~:/?@!$&'()*+,;=%", max_size=100),
)
signatures = st.binary(min_size=64, max_size=64)


# --- the code as text


@given(links, signatures)
def test_a_code_is_read_as_it_is_printed(link: str, signature: bytes) -> None:
    code = InspectorCode(link, signature)

    text = format_inspector_code(code)

    assert parse_inspector_code(text) == code
    assert text == f"{link}#{text[-DIGITS:]}"


@given(links, st.text("0123456789", min_size=DIGITS - 1, max_size=DIGITS + 1))
def test_what_is_accepted_is_printed_the_same(link: str, digits: str) -> None:
    text = f"{link}#{digits}"
    try:
        code = parse_inspector_code(text)
    except MalformedError as refused:
        assert refused.code is Code.MALFORMED_INSPECTOR_CODE
        return

    assert format_inspector_code(code) == text


@pytest.mark.parametrize("signature", [bytes(64), bytes(63) + b"\x01", b"\xff" * 64], ids=["zero", "one", "highest"])
def test_the_smallest_and_the_largest_signature_have_as_many_digits(signature: bytes) -> None:
    text = format_inspector_code(InspectorCode(LINK, signature))

    assert len(text) == len(LINK) + 1 + DIGITS
    assert parse_inspector_code(text).signature == signature


MALFORMED = {
    "empty": "",
    "a plain link": LINK,
    "a link with an empty fragment": LINK + "#",
    "one digit short": PRINTED[:-1],
    "one digit more": PRINTED + "0",
    "a number of more than 512 bits": f"{LINK}#{2**512:0{DIGITS}}",
    "the largest number of 155 digits": f"{LINK}#{'9' * DIGITS}",
    "digits of another script": PRINTED[:-1] + "٣",
    "an underscore": PRINTED[:-2] + "_0",
    "a sign": f"{LINK}#+{PRINTED[-DIGITS + 1 :]}",
    "a space before the digits": f"{LINK}# {PRINTED[-DIGITS + 1 :]}",
    "a trailing newline": PRINTED + "\n",
    "two number signs": PRINTED.replace("#", "##"),
    "a second number": PRINTED + PRINTED[-DIGITS - 1 :],
    "http": PRINTED.replace("https", "http"),
    "a capital scheme": PRINTED.replace("https", "HTTPS"),
    "another scheme": PRINTED.replace("https", "javascript"),
    "user information": PRINTED.replace("//", "//maker@"),
    "no host": PRINTED.replace("ID.EXAMPLE.ORG", ""),
    "no path": f"https://ID.EXAMPLE.ORG#{PRINTED[-DIGITS:]}",
    "a space in the link": PRINTED.replace("/21/", "/21 /"),
    "a line break in the link": PRINTED.replace("/21/", "/21\n/"),
    "a letter that is not ASCII": PRINTED.replace("EXAMPLE", "EXÄMPLE"),
    "a lone surrogate": PRINTED.replace("EXAMPLE", "\ud800"),
    "a link one character too long": f"https://a/{'b' * (LONGEST_LINK - 9)}#{PRINTED[-DIGITS:]}",
    "ten megabytes of link": "https://a/" + "b" * 10_000_000,
    "ten megabytes of digits": LINK + "#" + "0" * 10_000_000,
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_refuses_what_is_no_code(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_inspector_code(text)

    assert refused.value.code is Code.MALFORMED_INSPECTOR_CODE
    assert len(str(refused.value)) < 300
    str(refused.value).encode()


def test_the_longest_link_is_accepted() -> None:
    link = "https://a/" + "b" * (LONGEST_LINK - 10)

    code = parse_inspector_code(format_inspector_code(sign_link(link, MAKER)))

    assert len(link) == LONGEST_LINK
    assert signer_of(code, [MAKER.public]) == MAKER.public


@given(st.text(max_size=300))
def test_any_text_is_refused_as_malformed_or_read(text: str) -> None:
    try:
        parse_inspector_code(text)
    except MalformedError as refused:
        assert refused.code is Code.MALFORMED_INSPECTOR_CODE


@pytest.mark.parametrize(
    "link", ["", "http://a/b", LINK + "#", LINK + "\n", "https://a", "https://a/\ud800"], ids=ascii
)
def test_refuses_to_sign_to_check_and_to_print_what_is_no_link(link: str) -> None:
    code = InspectorCode(link, bytes(64))

    for ask in (
        lambda: sign_link(link, MAKER),
        lambda: signer_of(code, [MAKER.public]),
        lambda: format_inspector_code(code),
    ):
        with pytest.raises(MalformedError) as refused:
            ask()
        assert refused.value.code is Code.MALFORMED_INSPECTOR_CODE


@pytest.mark.parametrize("length", [0, 63, 65])
def test_refuses_to_print_a_signature_of_another_length(length: int) -> None:
    with pytest.raises(MalformedError) as refused:
        format_inspector_code(InspectorCode(LINK, bytes(length)))

    assert refused.value.code is Code.MALFORMED_INSPECTOR_CODE


# --- checking


@given(links, st.binary(min_size=32, max_size=32))
def test_a_printed_code_is_checked_with_the_maker_s_key_alone(link: str, seed: bytes) -> None:
    maker = signing_key_from_seed(seed)

    code = parse_inspector_code(format_inspector_code(sign_link(link, maker)))

    assert signer_of(code, [maker.public]) == maker.public


def test_any_key_of_the_maker_will_do_and_the_one_that_signed_is_named() -> None:
    keys = [MAKERS_OLDER.public, MAKER.public]

    assert signer_of(CODE, keys) == MAKER.public
    assert signer_of(sign_link(LINK, MAKERS_OLDER), keys) == MAKERS_OLDER.public


def test_a_key_of_someone_else_vouches_for_nothing() -> None:
    invented = sign_link(LINK, SOMEONE)

    assert signer_of(invented, [MAKER.public, MAKERS_OLDER.public]) is None
    assert signer_of(CODE, [SOMEONE.public]) is None
    assert signer_of(CODE, []) is None


@pytest.mark.parametrize(
    "link",
    [
        LINK.replace("23456789ABCVP", "23456789ABD2P"),
        LINK.replace("09521234543213", "19521234543210"),
        LINK.replace("ID.EXAMPLE.ORG", "ID.EXAMPLE.NET"),
        LINK.lower(),
        LINK + "?17=991231",
        LINK + "/",
    ],
)
def test_a_signature_moved_to_another_link_does_not_hold(link: str) -> None:
    moved = InspectorCode(link, CODE.signature)

    assert signer_of(moved, [MAKER.public]) is None


@given(st.integers(len(LINK) + 1, len(PRINTED) - 1), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(at: int, more: int) -> None:
    wrong = PRINTED[:at] + str((int(PRINTED[at]) + more) % 10) + PRINTED[at + 1 :]
    try:
        code = parse_inspector_code(wrong)
    except MalformedError:
        return

    assert signer_of(code, [MAKER.public]) is None


@given(st.integers(0, 63))
def test_a_shorter_signature_does_not_hold(length: int) -> None:
    assert signer_of(InspectorCode(LINK, CODE.signature[:length]), [MAKER.public]) is None


def test_the_border_between_label_and_link_cannot_be_moved() -> None:
    bare = InspectorCode(LINK, MAKER.sign(LINK.encode()))
    stretched = InspectorCode(LINK, MAKER.sign(b"provenance/inspector-code/v1\n" + LINK.encode() + b"\n"))

    assert signer_of(bare, [MAKER.public]) is None
    assert signer_of(stretched, [MAKER.public]) is None


def test_another_implementation_accepts_what_is_signed() -> None:
    key = Ed25519PublicKey.from_public_bytes(MAKER.public.raw)

    key.verify(CODE.signature, b"provenance/inspector-code/v1\n" + LINK.encode())


def test_the_code_of_a_link_never_changes() -> None:
    assert PRINTED == (
        LINK + "#"
        "121118107341567062118213054318384858759537360148925245179967425239178110270073"
        "16098458308550864943967326263332757403621176042946024705630997935731282630400"
    )  # fmt: skip


# --- on a thing


def test_whoever_reads_links_reads_the_thing_itself() -> None:
    assert read_code(PRINTED).identifier == read_code(LINK).identifier


def test_it_fits_a_symbol_of_version_seven() -> None:
    # 21 mm with its quiet zone at 0.396 mm a module; the plain link takes version 3.
    symbol = encode(PRINTED)

    assert (symbol.version, symbol.level) == (7, "M")
