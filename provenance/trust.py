"""Whom a verifier believes: which log, which registry root, and how many witnesses must have confirmed.

Rules:

* nothing else is believed: a bundle proves itself against this file or not at all;
* there is no default: an empty witness policy is refused; "none" must be said;
* the witness policy is a C2SP tlog-policy (``log.policy``). The log is the one named here: a ``log``
  line in it may repeat that and may say nothing else.

A trust file is one JSON object::

    {"origin":"demo.example/log/2026","log":"demo.example/log/2026+7a1c…+AWBD…",
     "roots":["did:key:z6Mk…"],"threshold":1,"witnesses":"none"}

and with witnesses, of which two of three must have confirmed a checkpoint::

    "witnesses":"witness a w.example/a+36e0…+BGiR…\nwitness b …\nwitness c …\ngroup two 2 a b c\nquorum two\n"
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, parse_public
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import ConfigurationError, ProvenanceError
from provenance.log.note import VerifierKey, parse_verifier_key
from provenance.log.policy import KnownLog, Policy, format_policy, parse_policy

NO_WITNESSES = Policy((), (), (), None)

_NONE = "none"


@dataclass(frozen=True, slots=True)
class Trust:
    """The log's origin and key, the registry's root keys, and who must confirm its checkpoints."""

    origin: str
    log: VerifierKey
    roots: tuple[PublicKey, ...]
    threshold: int
    witnesses: Policy = NO_WITNESSES

    @property
    def policy(self) -> Policy:
        """The whole policy: this log, and those who confirm it."""
        return replace(self.witnesses, logs=(KnownLog(self.log),))


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
    if not 1 <= threshold <= len(roots) or isinstance(threshold, bool):
        raise ConfigurationError(Code.BAD_SETTING, f"the threshold must be 1 to {len(roots)}", pointer="/threshold")
    key = parse_verifier_key(log)
    if key.name != origin:
        raise ConfigurationError(Code.BAD_SETTING, f"the log key is named {key.name}, not {origin}", pointer="/log")
    believed = tuple(_root(text, f"/roots/{i}") for i, text in enumerate(roots))
    return Trust(origin, key, believed, threshold, _witnesses(policy, key))


def format_trust(trust: Trust) -> bytes:
    """The trust file that says this; ``parse_trust`` gives the trust back."""
    return canonical.dump(
        {
            "origin": trust.origin,
            "log": str(trust.log),
            "roots": [str(key) for key in trust.roots],
            "threshold": trust.threshold,
            "witnesses": _NONE if trust.witnesses == NO_WITNESSES else format_policy(trust.witnesses).decode(),
        }
    )


def _witnesses(text: str, log: VerifierKey) -> Policy:
    if text == _NONE:
        return NO_WITNESSES
    try:
        policy = parse_policy(text.encode())
    except UnicodeEncodeError as err:
        raise ConfigurationError(
            Code.MALFORMED_POLICY, f"a lone surrogate at {err.start}", pointer="/witnesses"
        ) from err
    except ProvenanceError as err:
        raise ConfigurationError(err.code, err.refusal.message, pointer="/witnesses") from err
    if strangers := [known.key.name for known in policy.logs if known.key != log]:
        message = f"the witness policy names the log {strangers[0]}, whose key is not the one in this file"
        raise ConfigurationError(Code.BAD_SETTING, message, pointer="/witnesses")
    return replace(policy, logs=())


def _root(value: Json, pointer: str) -> PublicKey:
    if not isinstance(value, str):
        raise ConfigurationError(Code.BAD_SETTING, "a root key is written did:key:z…", pointer=pointer)
    try:
        return parse_public(value)
    except ProvenanceError as err:
        raise err.under(pointer) from err
