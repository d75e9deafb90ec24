"""NFC tags to touch in tests: what the chip's data sheet says it does, on another AES than the product's code path."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from provenance.crypto.nfc_tag import Tag


def cbc_of(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Data encrypted in CBC mode."""
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def cmac_of(key: bytes, data: bytes) -> bytes:
    """The whole CMAC of some data."""
    made = CMAC(algorithms.AES(key))
    made.update(data)
    return made.finalize()


@dataclass
class Chip:
    """An NTAG 424 DNA as its data sheet describes it: each touch counts, and makes a link."""

    tag: Tag
    counter: int = 0
    file: bytes = b""
    piccs_tag: int = 0xC7

    def _context(self) -> bytes:
        return self.tag.uid + self.counter.to_bytes(3, "little")

    def _mac(self, signed: bytes) -> str:
        session = cmac_of(self.tag.file_key, b"\x3c\xc3\x00\x01\x00\x80" + self._context())
        return cmac_of(session, signed)[1::2].hex().upper()

    def touch(self) -> str:
        """The query with UID and counter sealed, and the file if it has one."""
        self.counter += 1
        picc = bytes([self.piccs_tag]) + self._context() + b"\x17\x2a\x99\xd0\x01"
        query = f"picc_data={cbc_of(self.tag.meta_key, bytes(16), picc).hex().upper()}"
        if not self.file:
            return f"{query}&cmac={self._mac(b'')}"
        session = cmac_of(self.tag.file_key, b"\xc3\x3c\x00\x01\x00\x80" + self._context())
        iv = cbc_of(session, bytes(16), self.counter.to_bytes(3, "little") + bytes(13))
        enc = cbc_of(session, iv, self.file).hex().upper()
        return f"{query}&enc={enc}&cmac={self._mac(f'{enc}&cmac='.encode())}"

    def touch_in_clear(self) -> str:
        """The query with UID and counter in clear."""
        self.counter += 1
        return f"uid={self.tag.uid.hex().upper()}&ctr={self.counter:06X}&cmac={self._mac(b'')}"
