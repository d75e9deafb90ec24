"""The hidden code with which a buyer shows that the thing is in their hands, and becomes its owner.

Rules:

* a code is 110 bits of chance in 22 characters, and two more that show a typing mistake, in six groups of four;
* its alphabet is Crockford's: capitals do not matter, O is read as 0, I and L as 1, spaces and hyphens as nothing;
* the two last characters are the number before them modulo 1021, a prime: one wrong character or any two exchanged are
  always seen, anything else but once in a thousand;
* what is kept of a code is a public key, derived from it for one item (HKDF-SHA-256): nobody who reads the store or
  the log can claim anything, and the code of one item opens no other;
* a claim is a signature over the item, the new owner's key and a challenge: who sees it cannot use it for themselves.

A code, and what is signed::

    0G40-R40M-30E2-0918-5GR3-8E6M

    provenance/claim/v1
    https://id.gs1.org/01/09521234543213/21/23456789ABCVP
    did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp
    <the challenge: 32 bytes, 64 hex digits>

Not seen to here: that a challenge is fresh and answered once, that a code is used once, that guesses are counted.
Whoever saw the code first can claim first; a code proves nothing about the thing it lies beside.

RFC 5869 (HKDF), RFC 8032 (Ed25519); the alphabet: https://www.crockford.com/base32.html.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, SigningKey, is_signed_by, signing_key_from_seed
from provenance.errors import MalformedError
from provenance.ids import Subject

RANDOM_BYTES = 14
"""How many random bytes a code is made of: 112 bits, of which 110 are used."""

_BITS = 110
_MODULUS = 1021  # the largest prime below 32²
_LENGTH = 24
_GROUP = 4
_MOST_TYPED = 80  # characters anybody types for twenty-four, with all their spaces and hyphens
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORM = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")
_FORGIVEN = str.maketrans("OIL", "011", " -")
_CHALLENGE = 32
_SUBJECT = re.compile(r"[!-~]{1,2048}")
# Says what the key is for; a key derived under another label has nothing to do with it (RFC 5869 §3.1).
_SALT = b"provenance/claim-code/v1"
_CLAIM = "provenance/claim/v1"


@dataclass(frozen=True, slots=True, repr=False)
class ClaimCode:
    """A claim code in memory; made by ``claim_code_from`` or ``parse_claim_code``. Its ``repr`` does not show it."""

    secret: bytes

    def __repr__(self) -> str:
        return "ClaimCode(…)"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants to own which item, and the challenge they were given.

    The challenge is 32 bytes that nobody could foresee, given out for this one claim.
    """

    subject: Subject
    owner: PublicKey
    challenge: bytes


def claim_code_from(random: bytes) -> ClaimCode:
    """The code made of these 14 bytes, which must come fresh from a cryptographic source; two bits are not used."""
    if len(random) != RANDOM_BYTES:
        message = f"a claim code is made of {RANDOM_BYTES} random bytes, not {len(random)}"
        raise MalformedError(Code.RANDOM_BYTES, message)
    return ClaimCode((int.from_bytes(random, "big") % (1 << _BITS)).to_bytes(RANDOM_BYTES, "big"))


def parse_claim_code(text: str) -> ClaimCode:
    """The code that somebody typed; one that is no code is told from one that was mistyped.

    >>> format_claim_code(parse_claim_code("og4o r4om 3oe2 o9i8 5gr3 8e6m"))
    '0G40-R40M-30E2-0918-5GR3-8E6M'
    >>> parse_claim_code("0G40-R40M-30E2-0918-5GR3-8E6N")
    Traceback (most recent call last):
    provenance.errors.MalformedError: mistyped-claim-code: the last two characters do not fit the others
    """
    # Not even the refusal repeats the text: it may be a code but for one letter.
    compact = text.upper().translate(_FORGIVEN) if len(text) <= _MOST_TYPED and text.isascii() else ""
    if not _FORM.fullmatch(compact):
        message = f"a claim code has {_LENGTH} letters and digits, and no U"
        raise MalformedError(Code.MALFORMED_CLAIM_CODE, message)
    number = 0
    for character in compact:
        number = number << 5 | _ALPHABET.index(character)
    secret, check = number >> 10, number & 1023
    if secret % _MODULUS != check:
        raise MalformedError(Code.MISTYPED_CLAIM_CODE, "the last two characters do not fit the others")
    return ClaimCode(secret.to_bytes(RANDOM_BYTES, "big"))


def format_claim_code(code: ClaimCode) -> str:
    """The code as it is printed under the scratch-off or inside the box."""
    secret = int.from_bytes(code.secret, "big")
    number = secret << 10 | secret % _MODULUS
    text = "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
    return "-".join(text[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def claim_key(code: ClaimCode, subject: Subject) -> SigningKey:
    """The key pair that the code is for this item; its public half is what is kept.

    A slow derivation would add nothing: 110 bits are not guessed at any speed, and the item's name in the derivation
    makes each guess count for one item only.
    """
    return signing_key_from_seed(_derive(code.secret, salt=_SALT, info=_named(subject).encode()))


def prove(claim: Claim, code: ClaimCode) -> bytes:
    """The 64 bytes that show knowledge of the item's code, for this claim alone."""
    return claim_key(code, claim.subject).sign(_signed(claim))


def is_proven(claim: Claim, proof: bytes, *, key: PublicKey) -> bool:
    """Whether the claim was made with the code behind this key, which was kept for the claimed item."""
    return is_signed_by(key, _signed(claim), proof)


def _signed(claim: Claim) -> bytes:
    if len(claim.challenge) != _CHALLENGE:
        message = f"a challenge has {_CHALLENGE} bytes, not {len(claim.challenge)}"
        raise MalformedError(Code.RANDOM_BYTES, message)
    # No part can hold a line break, so no claim reads as another; no DSSE message begins like this.
    return "\n".join((_CLAIM, _named(claim.subject), str(claim.owner), claim.challenge.hex())).encode()


def _named(subject: Subject) -> str:
    if not _SUBJECT.fullmatch(subject):
        raise MalformedError(Code.MALFORMED_TEXT, f"{subject[:60]!a} is no item's URI")
    return subject


def _derive(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA-256 with 32 bytes of output: one round of expansion (RFC 5869 §2.3)."""
    extracted = hmac.digest(salt, secret, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)
