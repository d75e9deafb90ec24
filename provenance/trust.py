"""Whom a verifier believes: which log, which registry root, and how many witnesses must have confirmed.

Rules:

* nothing else is believed: a bundle proves itself against this file or not at all;
* there is no default: an empty witness policy is refused; "none" must be said.

A trust file is one JSON object::

    {"origin":"demo.example/log/2026","log":"demo.example/log/2026+7a1c…+AWBD…",
     "roots":["did:key:z6Mk…"],"threshold":1,"witnesses":"none"}
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, parse_public
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import ConfigurationError, ProvenanceError
from provenance.log.note import VerifierKey, parse_verifier_key

NO_WITNESSES = "none"


@dataclass(frozen=True, slots=True)
class Trust:
    """The log's origin and key, the registry's root keys, and the witness policy."""

    origin: str
    log: VerifierKey
    roots: tuple[PublicKey, ...]
    threshold: int
    witnesses: str = NO_WITNESSES


def parse_trust(data: bytes) -> Trust:
    """The trust in a trust file; refuses anything missing, extra or left open."""
    match canonical.parse_any(data):
        case {
            "origin": str(origin),
            "log": str(log),
            "roots": list(roots),
            "threshold": int(threshold),
            "witnesses": str(policy),
            **rest,
        } if not rest:
            pass
        case _:
            raise ConfigurationError(Code.BAD_SETTING, "a trust file has origin, log, roots, threshold and witnesses")
    if policy != NO_WITNESSES:
        raise ConfigurationError(
            Code.BAD_SETTING, "the witness policy must be 'none' or a policy this version knows", pointer="/witnesses"
        )
    if not 1 <= threshold <= len(roots) or isinstance(threshold, bool):
        raise ConfigurationError(Code.BAD_SETTING, f"the threshold must be 1 to {len(roots)}", pointer="/threshold")
    key = parse_verifier_key(log)
    if key.name != origin:
        raise ConfigurationError(Code.BAD_SETTING, f"the log key is named {key.name}, not {origin}", pointer="/log")
    return Trust(origin, key, tuple(_root(text, f"/roots/{i}") for i, text in enumerate(roots)), threshold, policy)


def format_trust(trust: Trust) -> bytes:
    """The trust file that says this; ``parse_trust`` gives the trust back."""
    return canonical.dump(
        {
            "origin": trust.origin,
            "log": str(trust.log),
            "roots": [str(key) for key in trust.roots],
            "threshold": trust.threshold,
            "witnesses": trust.witnesses,
        }
    )


def policy_id(trust: Trust) -> str:
    """The name of a trust file: SHA-256 of its one printed form, in hex."""
    return hashlib.sha256(format_trust(trust)).hexdigest()


def _root(value: Json, pointer: str) -> PublicKey:
    if not isinstance(value, str):
        raise ConfigurationError(Code.BAD_SETTING, "a root key is written did:key:z…", pointer=pointer)
    try:
        return parse_public(value)
    except ProvenanceError as err:
        raise err.under(pointer) from err
