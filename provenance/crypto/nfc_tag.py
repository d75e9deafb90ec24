"""What an NFC tag says when a phone touches it: that this chip is there now, and how often it was read before.

Rules:

* a tag is an NTAG 424 DNA in AES mode that mirrors its UID and its read counter into its link, and signs them with a
  key that never leaves it; the UID and counter stand in clear, or sealed under the meta key;
* the signature is every second byte of a CMAC, under a key made for this UID and this count;
* a tap is checked against the tag enrolled for the item whose link was opened: a genuine tag of another item is
  another tag;
* the counter is strict: only a count above the highest ever seen counts, whatever the reason for any other.

Three links are read; parameters in this order, in capitals, as the tag fills them in::

    picc_data=EF963FF7828658A599F3041510671E88&cmac=94EED9EE65337086
    picc_data=<32 hex digits>&enc=<the tag's file, encrypted: 32 and more>&cmac=<16 hex digits>
    uid=041E3C8A2D6B80&ctr=000006&cmac=4B00064004B0B3D3

What it cannot show: whoever taps a tag without opening its link keeps one answer for later, good until the tag is
next read; so where it matters, ask for a second tap. A tag moved to another thing speaks for that thing.

NXP NT4H2421Gx data sheet §9.3 (secure dynamic messaging), AN12196 §3; LRP mode is not read.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.crypto.aes import BLOCK, cmac, decrypt_cbc, encrypt_block
from provenance.errors import ForgedError, MalformedError

_UID = 7
_COUNTER = 3
_MAC = 8
_LONGEST = 1024  # characters; the tag's whole file has 256 bytes
_BOTH_MIRRORED = 0xC7  # bit 7: UID, bit 6: counter, bits 3-0: a UID of 7 bytes (data sheet §9.3.4)
_FOR_ENCRYPTION = bytes.fromhex("C33C00010080")  # SV1 and SV2, data sheet §9.3.9.1: label, counter, length
_FOR_MAC = bytes.fromhex("3CC300010080")
_SEALED_LINK = re.compile(
    r"picc_data=(?P<picc>[0-9A-F]{32})(?:&enc=(?P<file>(?:[0-9A-F]{32})+))?&cmac=(?P<mac>[0-9A-F]{16})"
)
_CLEAR_LINK = re.compile(r"uid=(?P<uid>[0-9A-F]{14})&ctr=(?P<counter>[0-9A-F]{6})&cmac=(?P<mac>[0-9A-F]{16})")


@dataclass(frozen=True, slots=True)
class Reading:
    """Which tag was read, and for the how-manieth time."""

    uid: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class Tap:
    """What a tag wrote into its link: nothing about it has been checked yet.

    ``picc`` is a reading in clear or 16 sealed bytes. ``signed`` is what stands between the offsets that the tag was
    set up with (SDMMACInputOffset, SDMMACOffset); ``parse_tap`` knows it for the three links above.
    """

    picc: Reading | bytes
    mac: bytes
    file: bytes = b""
    signed: bytes = b""


@dataclass(frozen=True, slots=True, repr=False)
class Tag:
    """The tag enrolled for one item, with its own file key and the meta key it shares. Its ``repr`` shows no key."""

    uid: bytes
    file_key: bytes
    meta_key: bytes

    def __repr__(self) -> str:
        return f"Tag({self.uid.hex()})"


@dataclass(frozen=True, slots=True)
class VerifiedTap:
    """A tap that the enrolled tag made; made by ``verify_tap``. ``file`` is the part of its file that it encrypted."""

    reading: Reading
    file: bytes = b""


@unique
class Freshness(StrEnum):
    """How a tap stands to those before it; the value is stored and sent, never renamed."""

    FIRST = "first"
    NEWER = "newer"
    REPEATED = "repeated"
    OLDER = "older"

    @property
    def is_fresh(self) -> bool:
        """Whether the tag was touched for this tap and for none before it."""
        return self in (Freshness.FIRST, Freshness.NEWER)


def parse_tap(query: str) -> Tap:
    """The tap in the query of a tag's link; refuses any other than the three, and lower-case hex.

    >>> parse_tap("uid=041E3C8A2D6B80&ctr=000006&cmac=4B00064004B0B3D3").picc
    Reading(uid=b'\\x04\\x1e<\\x8a-k\\x80', counter=6)
    """
    if len(query) <= _LONGEST:
        if match := _CLEAR_LINK.fullmatch(query):
            reading = Reading(bytes.fromhex(match["uid"]), int(match["counter"], 16))
            return Tap(reading, bytes.fromhex(match["mac"]))
        if match := _SEALED_LINK.fullmatch(query):
            file = match["file"] or ""
            # The tag signs the characters of its link, not what they mean.
            signed = f"{file}&cmac=".encode() if file else b""
            return Tap(bytes.fromhex(match["picc"]), bytes.fromhex(match["mac"]), bytes.fromhex(file), signed)
    raise MalformedError(Code.MALFORMED_TAP, f"{query[:60]!a} is not what a tag writes into its link")


def unseal(sealed: bytes, *, meta_key: bytes) -> Reading:
    """Which tag a tap claims to be of: enough to look it up, and proof of nothing.

    Refuses what this key does not open, and tags that leave out their UID or counter.
    """
    if len(sealed) != BLOCK:
        raise MalformedError(Code.MALFORMED_TAP, f"sealed are {BLOCK} bytes, not {len(sealed)}")
    opened = decrypt_cbc(meta_key, sealed, iv=bytes(BLOCK))
    if opened[0] != _BOTH_MIRRORED:
        raise ForgedError(Code.FORGED_TAP, "the meta key opens no UID with its counter")
    uid, counter = opened[1 : 1 + _UID], opened[1 + _UID : 1 + _UID + _COUNTER]
    return Reading(uid, int.from_bytes(counter, "little"))


def verify_tap(tap: Tap, tag: Tag) -> VerifiedTap:
    """The tap, when this tag made it; a tap of another tag and a forged one are told apart.

    Whether it is fresh is not decided here but by ``freshness``, and only for a tap that came through here.
    """
    # 1. What the link has, in the lengths the tag makes.
    if len(tap.mac) != _MAC or len(tap.file) % BLOCK or len(tag.uid) != _UID:
        raise MalformedError(Code.MALFORMED_TAP, "a signature, a file or a UID has another length than a tag gives it")
    if tap.file and tap.file.hex().upper().encode() not in tap.signed:
        raise MalformedError(Code.MALFORMED_TAP, "the tag's file stands outside what the tag signed")
    # 2. Who it claims to be: the tag of this item.
    reading = tap.picc if isinstance(tap.picc, Reading) else unseal(tap.picc, meta_key=tag.meta_key)
    if reading.uid != tag.uid:
        message = f"tag {reading.uid[:_UID].hex()} was tapped; the item has {tag.uid.hex()}"
        raise ForgedError(Code.OTHER_TAG, message)
    # 3. That it knows the key; all eight bytes, in a time that says nothing.
    context = reading.uid + _counter_bytes(reading)
    mac = cmac(cmac(tag.file_key, _FOR_MAC + context), tap.signed)[1::2]
    if not hmac.compare_digest(mac, tap.mac):
        raise ForgedError(Code.FORGED_TAP, f"the signature of tag {tag.uid.hex()} at count {reading.counter} is wrong")
    # 4. What it says besides.
    if not tap.file:
        return VerifiedTap(reading)
    key = cmac(tag.file_key, _FOR_ENCRYPTION + context)
    iv = encrypt_block(key, _counter_bytes(reading).ljust(BLOCK, b"\0"))
    return VerifiedTap(reading, decrypt_cbc(key, tap.file, iv=iv))


def freshness(tap: VerifiedTap, *, highest_seen: int | None) -> Freshness:
    """How a tap stands to the highest count that was ever accepted from its tag; ``None`` if there was none.

    Whoever keeps the count must compare and set it in one step: of two at once with the same count, one is a repeat.
    A repeat may be the same page opened again, an older one a phone that was offline: neither shows a tag, and
    neither accuses anybody.

    >>> freshness(VerifiedTap(Reading(bytes(7), 8)), highest_seen=8).is_fresh
    False
    """
    if highest_seen is None:
        return Freshness.FIRST
    if tap.reading.counter > highest_seen:
        return Freshness.NEWER
    return Freshness.REPEATED if tap.reading.counter == highest_seen else Freshness.OLDER


def _counter_bytes(reading: Reading) -> bytes:
    """The counter as the tag reckons with it: three bytes, the lowest first (in links the highest comes first)."""
    if not 0 <= reading.counter < 1 << 8 * _COUNTER:
        raise MalformedError(Code.MALFORMED_TAP, f"the count {reading.counter} does not fit {_COUNTER} bytes")
    return reading.counter.to_bytes(_COUNTER, "little")
