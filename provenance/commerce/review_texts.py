"""The words of a review as a document of their own: the record holds only its hash, so the words can be erased.

Rules:

* a document is ``{"salt":"<32 hexadecimal digits>","text":"…"}`` as RFC 8785 bytes, and nothing else reads as one; its
  SHA-256 is what a record names as ``text``;
* the salt is drawn afresh for each document: once the words are gone, nobody finds them again by guessing;
* the words are plain text of at most ``MOST_CHARACTERS``, in lines; control characters, and such as turn the
  direction of writing, are refused.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.commerce.members import members_of
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.encoding.textual import parse_hex
from provenance.errors import MalformedError

MOST_CHARACTERS = 2000
SALT_BYTES = 16

# Orders to turn the direction of writing would let one review rewrite the page around it.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NO_LETTERS = frozenset({"Cc", "Cs", "Cn", "Co"})


@unique
class Hint(StrEnum):
    """What looks as if it named somebody, and will be read by everybody."""

    MAIL = "mail"
    PHONE = "phone"
    LINK = "link"


_HINTS = {
    Hint.MAIL: re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"),
    Hint.PHONE: re.compile(r"(?:\d[ ()./-]?){7,}"),
    Hint.LINK: re.compile(r"https?://|www\."),
}


@dataclass(frozen=True, slots=True)
class ReviewText:
    """The words of one remark, and the salt they are hashed with (32 hexadecimal digits)."""

    salt: str
    text: str

    @property
    def hash(self) -> str:
        """SHA-256 of the document, which a record names."""
        return hashlib.sha256(format_review_text(self)).hexdigest()


def new_review_text(text: str, random: bytes) -> ReviewText:
    """The document for these words; ``random`` is 16 bytes, fresh from a cryptographic source."""
    return ReviewText(random.hex(), _checked(text.replace("\r\n", "\n").strip()))


def parse_review_text(data: bytes) -> ReviewText:
    """The document in these bytes; accepts only what ``format_review_text`` prints.

    >>> parse_review_text(b'{"salt":"000102030405060708090a0b0c0d0e0f","text":"Lovely."}').text
    'Lovely.'
    """
    return read_review_text(canonical.parse_whole(data))


def read_review_text(value: Json) -> ReviewText:
    """The document in a JSON value; refuses one that is none."""
    members = members_of(value, {"salt", "text"})
    salt = members.read("salt", lambda digits: parse_hex(digits, length=SALT_BYTES))
    text = members.raw("text")
    if not isinstance(text, str):
        raise MalformedError(Code.WRONG_TYPE, "the words are a text", pointer="/text")
    return ReviewText(salt.hex(), _checked(text))


def format_review_text(document: ReviewText) -> bytes:
    """The document as RFC 8785 bytes."""
    return canonical.dump({"salt": document.salt, "text": document.text})


def hints(text: str) -> tuple[Hint, ...]:
    """What in these words looks as if it named somebody: a hint to who writes, for it can't be certain.

    >>> hints("Ask for Ann, +44 20 7946 0000")
    (<Hint.PHONE: 'phone'>,)
    """
    return tuple(hint for hint, pattern in _HINTS.items() if pattern.search(text))


def _checked(text: str) -> str:
    if not 1 <= len(text) <= MOST_CHARACTERS:
        message = f"the words have 1 to {MOST_CHARACTERS} characters, not {len(text)}"
        raise MalformedError(Code.WRONG_VALUE, message, pointer="/text")
    for at, letter in enumerate(text):
        if letter in _TURNS or (unicodedata.category(letter) in _NO_LETTERS and letter != "\n"):
            message = f"the words are plain text in lines; U+{ord(letter):04X} at {at} is no letter of it"
            raise MalformedError(Code.WRONG_VALUE, message, pointer="/text")
    return text
