"""Which hidden codes belong to the things that an event brings into the world: their public keys, signed by the maker.

Rules:

* only a commissioning names claim keys, and only for items it commissions; each thing has at most one, for ever;
* a key is public: who reads it can check a claim (``crypto.claim_code.is_proven``) and make none;
* they are part of the signed event, so whoever has the history can judge a claim without asking any server.

    "prov:claimKeys": {"https://id.gs1.org/01/09521234543213/21/23456789ABCVP": "did:key:z6Mk…"}
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, parse_public
from provenance.custody.steps import Step
from provenance.custody.subjects import Touched
from provenance.encoding.canonical import escape
from provenance.epcis.events import Event
from provenance.errors import MalformedError, ProvenanceError
from provenance.ids import Subject

CLAIM_KEYS = "prov:claimKeys"


def claim_keys(event: Event) -> Mapping[Subject, PublicKey]:
    """The key behind each item's hidden code; refuses what is no object of keys."""
    members = event.raw.get(CLAIM_KEYS)
    if members is None and CLAIM_KEYS not in event.raw:
        return {}
    if not isinstance(members, dict):
        raise MalformedError(Code.WRONG_TYPE, "an object of items and their keys", pointer=f"/{CLAIM_KEYS}")
    keys = {}
    for name, text in members.items():
        pointer = f"/{CLAIM_KEYS}/{escape(name)}"
        if not isinstance(text, str):
            raise MalformedError(Code.MALFORMED_KEY, "a key is written did:key:z…", pointer=pointer)
        try:
            keys[Subject(name)] = parse_public(text)
        except ProvenanceError as err:
            raise err.under(pointer) from err
    return keys


def check_claim_keys(event: Event, step: Step, about: Touched) -> None:
    """Refuses claim keys where they mean nothing: on another step, or for what the event does not commission."""
    keys = claim_keys(event)
    if keys and step not in (Step.COMMISSION, Step.CORRECT):
        raise MalformedError(Code.WRONG_VALUE, f"a {step} gives nobody a claim", pointer=f"/{CLAIM_KEYS}")
    commissioned = frozenset(about.items)
    for subject in keys:
        if subject not in commissioned:
            pointer = f"/{CLAIM_KEYS}/{escape(subject)}"
            raise MalformedError(Code.WRONG_VALUE, f"{subject[:80]!r} is no item of this event", pointer=pointer)
