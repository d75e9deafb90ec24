"""Showing one named verifier, now, that somebody owns an item: a signature that is of no use to anybody else.

Rules:

* the verifier says who they are and gives a nonce that nobody could foresee; both are in what is signed, so a proof
  that is passed on proves nothing to the next;
* it names the newest record of the item's dossier: once the item has another owner, or the owner another key, the
  proof no longer fits;
* it is good until the moment it names, and never longer than ``LONGEST`` seconds.

What is signed, line by line::

    provenance/ownership/v1
    https://id.gs1.org/01/09520123000011/21/A1
    did:key:z6Mk…                                   the owner
    insurer.example                                 the verifier
    <the nonce: 64 hex digits>
    1795400600                                      good until then
    <the newest record of the dossier: 64 hex digits>

Not proved: that the item is in the owner's hands. RFC 8032.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.dossier_names import parse_item
from provenance.commerce.members import members_of
from provenance.commerce.ownership import Ownership
from provenance.commerce.tables import Stage
from provenance.crypto.keys import SigningKey, is_signed_by, parse_public
from provenance.encoding import canonical
from provenance.encoding.textual import format_base64, parse_base64
from provenance.errors import ForgedError, RefusedError

LONGEST = 3600

_WHAT = "provenance/ownership/v1"
_NAMES = frozenset({"proof", "item", "owner", "audience", "nonce", "expires", "head", "signature"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a verifier asks for: a proof for them, with their nonce, that is good until a moment."""

    audience: str
    nonce: str
    expires: int


def prove_ownership(ownership: Ownership, asked: Asked, key: SigningKey) -> bytes:
    """The proof as a file, RFC 8785 bytes; refuses a key that is not the owner's."""
    if str(key.public) != ownership.owner:
        raise RefusedError(Code.NOT_OWNER, f"{ownership.item} is owned by {ownership.owner}, not by {key.public}")
    signature = key.sign(_signed(ownership, asked))
    return canonical.dump(
        {
            "proof": _WHAT,
            "item": ownership.item,
            "owner": ownership.owner,
            "audience": asked.audience,
            "nonce": asked.nonce,
            "expires": asked.expires,
            "head": ownership.head,
            "signature": format_base64(signature),
        }
    )


def check_ownership(data: bytes, ownership: Ownership, asked: Asked, *, now: int) -> None:
    """Refuses a proof that is not for this verifier, this nonce and this item's owner as the log knows them now."""
    members = members_of(canonical.parse_whole(data), _NAMES)
    item = members.read("item", parse_item)
    if (item, members.text("head"), members.text("owner")) != (ownership.item, ownership.head, ownership.owner):
        message = f"the log knows {ownership.owner} as owner of {ownership.item}, since {ownership.since}"
        raise RefusedError(Code.NOT_OWNER, message, pointer="/owner")
    expires = members.instant("expires")
    if (members.text("audience"), members.hash("nonce")) != (asked.audience, asked.nonce):
        raise RefusedError(Code.OTHER_VERIFIER, "the proof was made for another verifier or nonce", pointer="/audience")
    if not now <= expires <= now + LONGEST:
        raise RefusedError(Code.TOO_LATE, f"the proof is good until {expires}, it is {now}", pointer="/expires")
    if ownership.stage is Stage.STOLEN:
        raise RefusedError(Code.BLOCKED, f"{item} is stolen")
    said = Asked(members.text("audience"), members.hash("nonce"), expires)
    signature = members.read("signature", lambda text: parse_base64(text, length=64))
    if members.raw("proof") != _WHAT or not is_signed_by(
        parse_public(ownership.owner), _signed(ownership, said), signature
    ):
        raise ForgedError(Code.BAD_SIGNATURE, "the proof's signature does not hold", pointer="/signature")


def _signed(ownership: Ownership, asked: Asked) -> bytes:
    # No part can hold a line break, so no proof reads as another.
    parts = (_WHAT, ownership.item, ownership.owner, asked.audience, asked.nonce, str(asked.expires), ownership.head)
    return "\n".join(parts).encode()
