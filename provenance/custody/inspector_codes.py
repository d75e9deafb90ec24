"""Who vouches for an inspector's code, as a registry tells: the licensee of the number, with a key that is live.

Rules:

* the thing is the one the signed link names; whose number it is says the licence of its company prefix;
* only live keys of that party count. When a code was printed nobody can see, so a key that ended, for whatever
  reason, vouches for nothing any more;
* what a registry says is as new as the checkpoint it was proven against.

The code's form and its signature: ``crypto.inspector_code``.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.crypto.inspector_code import InspectorCode, signer_of
from provenance.crypto.keys import PublicKey
from provenance.custody.parties import Party, Registry
from provenance.errors import ForgedError, RefusedError
from provenance.gs1.digital_link import parse_link
from provenance.gs1.identifiers import name_in
from provenance.ids import Subject


@dataclass(frozen=True, slots=True)
class Voucher:
    """A party's word that it gave out the number of a thing, and the key that proves it."""

    subject: Subject
    party: Party
    key: PublicKey


def voucher(code: InspectorCode, registry: Registry) -> Voucher:
    """Who vouches for a code; refuses where nobody holds the number, and where its holder did not sign."""
    subject = Subject(name_in(parse_link(code.link).elements).uri)
    licensee = registry.licensee(subject)
    if licensee is None or licensee not in registry.parties:
        raise RefusedError(Code.NOT_LICENSED, f"this registry knows no licence that covers {subject}")
    records = [record for record in registry.keys.values() if record.party == licensee]
    key = signer_of(code, [record.public for record in records if record.ended is None])
    if key is None:
        ended = signer_of(code, [record.public for record in records if record.ended is not None])
        if ended is not None:
            raise RefusedError(Code.KEY_ENDED, f"{subject} was signed with the key {ended} of {licensee}, which ended")
        raise ForgedError(Code.FORGED_INSPECTOR_CODE, f"no key of {licensee} signed this code of {subject}")
    return Voucher(subject, registry.parties[licensee], key)
