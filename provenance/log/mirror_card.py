"""Whose copy of a log this is, and where the log itself is: a file that a mirror keeps beside its copy.

Rules:

* the file is one JSON object in its RFC 8785 form::

    {"key":"museum.example/mirror+24d4…+BWBD…","log":"https://shop.example","mirror":"provenance.mirror/v1"}

* ``key`` is what the mirror's own lines below checkpoints are checked with (``log.cosignature``); its name is the
  mirror's name. It is no key of a log and of no witness, and signs nothing else;
* ``log`` is the address that the copy was made from: where statements are taken in, which a mirror never does.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.encoding import canonical
from provenance.errors import MalformedError
from provenance.log.note import COSIGNATURE, VerifierKey, parse_verifier_key

VERSION = "provenance.mirror/v1"
CARD_FILE = "mirror.json"


@dataclass(frozen=True, slots=True)
class MirrorCard:
    """A mirror's key, which has its name in it, and the address of the log that it copies."""

    key: VerifierKey
    url: str


def format_card(card: MirrorCard) -> bytes:
    """The file; ``parse_card`` gives the card back."""
    return canonical.dump({"key": str(card.key), "log": card.url, "mirror": VERSION})


def parse_card(data: bytes) -> MirrorCard:
    """The card in a file; accepts only what ``format_card`` prints."""
    match canonical.parse_whole(data):
        case {"key": str(key), "log": str(url), "mirror": "provenance.mirror/v1", **rest} if not rest:
            card = MirrorCard(parse_verifier_key(key), url)
        case _:
            raise MalformedError(Code.MALFORMED_CARD, f"an object of key, log and mirror ({VERSION})")
    if card.key.type != COSIGNATURE or format_card(card) != data:
        raise MalformedError(Code.MALFORMED_CARD, "the file is not spelled as a mirror's card is printed")
    return card
