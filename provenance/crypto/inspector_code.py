"""The second code on a thing, for inspectors: its link with the maker's signature, checked without a network.

Rules:

* a code is the thing's GS1 Digital Link URI, ``#``, and an Ed25519 signature as 155 decimal digits;
* signed is the link exactly as printed, domain included: a signature moved to another domain does not hold;
* digits, because a QR code packs three of them into ten bits: 155 take 517 bits for the signature's 512;
* behind ``#``, because there no browser sends it anywhere, and whoever reads links reads the thing itself.

::

    https://ID.EXAMPLE.ORG/01/09521234543213/21/23456789ABCVP#1211…

What is signed::

    provenance/inspector-code/v1
    https://ID.EXAMPLE.ORG/01/09521234543213/21/23456789ABCVP

It shows that the number was given out by whoever has the key, and nothing about the thing: a photo of the code is the
same code. Not checked here: which thing the link names (``gs1.digital_link``), and who may issue it: the keys to
try are those of the licensee of its company prefix, and a key that ended is not among them.

RFC 8032 (Ed25519); ISO/IEC 18004 §7.4.3 (numeric mode).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, SigningKey, is_signed_by
from provenance.errors import MalformedError

DIGITS = 155
"""How many digits the largest number of 512 bits has."""

LONGEST_LINK = 300
"""Characters of the link; with its signature it still fits a QR code of version 15 at level M."""

_LABEL = b"provenance/inspector-code/v1\n"
_SIGNATURE = 64
# Every character of RFC 3986 but the number sign, which begins the signature.
_LINK = re.compile(rf"https://(?=.{{1,{LONGEST_LINK - 8}}}\Z)[A-Za-z0-9.:-]+/[A-Za-z0-9\-._~:/?@!$&'()*+,;=%]*")
_DIGITS = re.compile(rf"[0-9]{{{DIGITS}}}")


@dataclass(frozen=True, slots=True)
class InspectorCode:
    """A code as it was read: nothing about it has been checked yet."""

    link: str
    signature: bytes


def sign_link(link: str, key: SigningKey) -> InspectorCode:
    """The code for this link, which must be printed exactly so; refuses what is no ``https`` link or has a ``#``."""
    return InspectorCode(link, key.sign(_signed(link)))


def signer_of(code: InspectorCode, keys: Iterable[PublicKey]) -> PublicKey | None:
    """The key among these that signed the code, or ``None``.

    To be given the keys of whoever may issue the thing, and no others: any key vouches for any link.
    """
    message = _signed(code.link)
    return next((key for key in keys if is_signed_by(key, message, code.signature)), None)


def parse_inspector_code(text: str) -> InspectorCode:
    """The code with this text; refuses every other spelling of it. No signature is checked here.

    >>> parse_inspector_code("https://ID.EXAMPLE.ORG/01/09521234543213/21/23456789ABCVP#" + 155 * "0").link
    'https://ID.EXAMPLE.ORG/01/09521234543213/21/23456789ABCVP'
    """
    link, _, digits = text[: LONGEST_LINK + DIGITS + 2].partition("#")
    _check_link(link)
    if not _DIGITS.fullmatch(digits):
        message = f"behind # there are {DIGITS} digits, not {digits[:20]!a}… of {len(digits)} characters"
        raise MalformedError(Code.MALFORMED_INSPECTOR_CODE, message)
    number = int(digits)
    if number >> 8 * _SIGNATURE:
        raise MalformedError(Code.MALFORMED_INSPECTOR_CODE, f"the number {digits[:20]}… has more than 512 bits")
    return InspectorCode(link, number.to_bytes(_SIGNATURE, "big"))


def format_inspector_code(code: InspectorCode) -> str:
    """The text for the QR code: link, ``#``, and 155 digits with zeros in front."""
    _check_link(code.link)
    if len(code.signature) != _SIGNATURE:
        message = f"a signature has {_SIGNATURE} bytes, not {len(code.signature)}"
        raise MalformedError(Code.MALFORMED_INSPECTOR_CODE, message)
    return f"{code.link}#{int.from_bytes(code.signature, 'big'):0{DIGITS}}"


def _signed(link: str) -> bytes:
    _check_link(link)
    return _LABEL + link.encode()


def _check_link(link: str) -> None:
    if not _LINK.fullmatch(link):
        message = f"{link[:60]!a} is no https link of at most {LONGEST_LINK} characters"
        raise MalformedError(Code.MALFORMED_INSPECTOR_CODE, message)
