from __future__ import annotations

import builtins
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

import pytest

from provenance.codes import Code
from provenance.crypto import nfc_tag
from provenance.crypto.aes import cmac, decrypt_cbc, encrypt_block
from provenance.errors import ConfigurationError, MalformedError

# NIST SP 800-38A, appendix F (key and blocks of all its AES-128 examples).
KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
PLAIN = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)


@pytest.mark.parametrize(
    ("length", "mac"),
    [
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"),
        (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ],
)
def test_cmac_is_that_of_rfc_4493(length: int, mac: str) -> None:
    assert cmac(KEY, PLAIN[:length]).hex() == mac


def test_a_block_is_encrypted_as_in_sp_800_38a_f_1_1() -> None:
    assert encrypt_block(KEY, PLAIN[:16]).hex() == "3ad77bb40d7a3660a89ecaf32466ef97"


def test_cbc_is_decrypted_as_in_sp_800_38a_f_2_2() -> None:
    encrypted = bytes.fromhex("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2")

    assert decrypt_cbc(KEY, encrypted, iv=bytes(range(16))) == PLAIN[:32]
    assert decrypt_cbc(KEY, b"", iv=bytes(16)) == b""


@pytest.mark.parametrize("length", [0, 15, 17, 24, 32])
def test_refuses_a_key_that_is_not_of_128_bits(length: int) -> None:
    key = bytes(length)

    asks: tuple[Callable[[], bytes], ...] = (
        lambda: cmac(key, b""),
        lambda: decrypt_cbc(key, b"", iv=bytes(16)),
        lambda: encrypt_block(key, KEY),
    )

    for ask in asks:
        with pytest.raises(MalformedError) as refused:
            ask()
        assert refused.value.code is Code.MALFORMED_KEY
        assert str(length) in str(refused.value)


@pytest.mark.parametrize("length", [1, 15, 17])
def test_refuses_what_is_not_in_whole_blocks(length: int) -> None:
    data = bytes(length)

    asks: tuple[Callable[[], bytes], ...] = (
        lambda: decrypt_cbc(KEY, data, iv=bytes(16)),
        lambda: decrypt_cbc(KEY, bytes(16), iv=data),
        lambda: encrypt_block(KEY, data),
    )

    for ask in asks:
        with pytest.raises(MalformedError) as refused:
            ask()
        assert refused.value.code is Code.MALFORMED_TAP


def test_refuses_two_blocks_where_one_is_meant() -> None:
    asks: tuple[Callable[[], bytes], ...] = (
        lambda: encrypt_block(KEY, bytes(32)),
        lambda: decrypt_cbc(KEY, b"", iv=bytes(32)),
    )

    for ask in asks:
        with pytest.raises(MalformedError):
            ask()


# --- where the package is absent


@pytest.fixture
def without_cryptography(monkeypatch: pytest.MonkeyPatch) -> None:
    actual = builtins.__import__

    def refuse(
        name: str,
        globals_: Mapping[str, object] | None = None,
        locals_: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if name.partition(".")[0] == "cryptography":
            raise ModuleNotFoundError(name)
        return actual(name, globals_, locals_, fromlist or (), level)

    monkeypatch.setattr(builtins, "__import__", refuse)


@pytest.mark.usefixtures("without_cryptography")
def test_says_what_to_install_where_the_package_is_absent() -> None:
    for ask in (
        lambda: cmac(KEY, b""),
        lambda: decrypt_cbc(KEY, bytes(16), iv=bytes(16)),
        lambda: encrypt_block(KEY, bytes(16)),
        lambda: nfc_tag.unseal(bytes(16), meta_key=KEY),
    ):
        with pytest.raises(ConfigurationError) as refused:
            ask()
        assert refused.value.code is Code.BAD_SETTING
        assert "provenance[tags]" in str(refused.value)


@pytest.mark.usefixtures("without_cryptography")
def test_a_tap_is_read_where_the_package_is_absent() -> None:
    tap = nfc_tag.parse_tap("uid=041E3C8A2D6B80&ctr=000006&cmac=4B00064004B0B3D3")

    assert isinstance(tap.picc, nfc_tag.Reading)


def test_importing_the_tags_does_not_import_the_package() -> None:
    names = ("provenance.crypto.aes", "provenance.crypto.nfc_tag", "provenance.crypto.claim_code")
    assert all(importlib.util.find_spec(name) for name in names)
    code = f"import sys, {', '.join(names)}\nprint(any(name.split('.')[0] == 'cryptography' for name in sys.modules))"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert said.stdout == "False\n"
