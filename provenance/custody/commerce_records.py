"""A record of an order or of what follows a sale, as far as custody must know it: which chain it extends.

Rules:

* what the record says is the business of ``commerce``; here it stays as it came;
* each names one ``subject`` and extends that subject's chain, which is kept apart from the chains of things and
  parties by its first word;
* who bought something has a key of their own and no entry in the registry: they sign as ``consumer``, in commerce
  records only, and their party's name is the key itself (``did:key:z…``), so the statement introduces it.

    {"at":1795400000,"kind":"order-placed","subject":"order:9520123000028/2026-0001", …}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, parse_public
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError
from provenance.ids import KeyId, PartyId, Subject

CHAIN = "commerce:"
_SUBJECT = re.compile(r"[a-z]+:[!-~]{1,400}")


@dataclass(frozen=True, slots=True)
class CommerceRecord:
    """What a record says, unread, and its subject."""

    subject: Subject
    members: Mapping[str, Json]

    @property
    def chain(self) -> Subject:
        """The chain it extends."""
        return chain_about(self.subject)


def chain_about(subject: Subject) -> Subject:
    """The chain of the records about a subject."""
    return Subject(CHAIN + subject)


def parse_commerce_record(members: Mapping[str, Json]) -> CommerceRecord:
    """The record in a body's members (without the three every statement has)."""
    if "subject" not in members:
        raise MalformedError(Code.MISSING_MEMBER, "the member subject is missing", pointer="/subject")
    subject = members["subject"]
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise MalformedError(Code.WRONG_VALUE, "a subject is written like order:…", pointer="/subject")
    return CommerceRecord(Subject(subject), members)


def consumer_key(party: PartyId, key: KeyId) -> PublicKey:
    """The key of one who signs as consumer; refuses a name that is not that very key."""
    public = parse_public(party)
    if public.id != key:
        raise MalformedError(Code.MALFORMED_KEY, f"{party} has the id {public.id}, not {key}")
    return public
