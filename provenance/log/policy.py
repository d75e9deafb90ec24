"""Whom we believe: which logs, which witnesses, and how many of them must have confirmed.

Rules (https://c2sp.org/tlog-policy):

* one definition a line, in any order that names nothing before it is defined::

    log log.example/prov+24d42d8d+AWBDqp0J+ccKCxOCnHQuMn2KKm/I3Aee/5cei/eP9yip
    witness a witness.example/w1+36e00442+BGiRVdQOj+LodTzt3rN96zz1K6WFUYZQDgQ3ysnGumdS
    witness b witness.example/w2+1cb80b74+BEhPH6fm0MoZIDcIX+quHIGMEmhPGUZZvlP2DWItHMkE
    group both all a b
    quorum both

* words are parted by spaces and tabs; empty lines and lines that begin with ``#`` are ignored; a
  log or witness may end in a URL;
* a group is ``all``, ``any`` or at least so many of its members; nobody is in two groups, and no
  key stands for two witnesses;
* there is exactly one quorum. That nobody need confirm must be said: ``quorum none``. A file
  without a quorum, or an empty one, is an error and never means "anyone";
* witnesses of types we can't check (0x06) may be named; they never count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from provenance.codes import Code
from provenance.encoding.textual import parse_size
from provenance.errors import MalformedError, ProvenanceError
from provenance.log.note import COSIGNATURE, ED25519, VerifierKey, parse_verifier_key

LARGEST_POLICY = 64 * 1024

_ML_DSA_44 = 0x06
_NONE = "none"
_NOT_ALLOWED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_BLANKS = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log whose checkpoints are accepted; its origin is the key's name."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class KnownWitness:
    """A witness, under the name that the policy gives it."""

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses or groups, of which at least ``threshold`` must have confirmed."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom to believe; made by ``parse_policy``. ``quorum`` is ``None`` only where the file says ``none``."""

    logs: tuple[KnownLog, ...]
    witnesses: tuple[KnownWitness, ...]
    groups: tuple[Group, ...]
    quorum: str | None

    def is_met_by(self, confirmed: Iterable[str]) -> bool:
        """Whether these witnesses, by their names in the policy, are a quorum."""
        if self.quorum is None:
            return True
        reached = {witness.name for witness in self.witnesses}.intersection(confirmed)
        # Members are defined before their group, so one pass in that order settles every level.
        for group in self.groups:
            if len(reached.intersection(group.members)) >= group.threshold:
                reached.add(group.name)
        return self.quorum in reached


def parse_policy(data: bytes) -> Policy:
    """The policy in a file; refuses, with the line's number, whatever leaves a doubt about whom to believe."""
    if len(data) > LARGEST_POLICY:
        raise MalformedError(Code.TOO_LARGE, f"a policy has at most {LARGEST_POLICY} bytes, not {len(data)}")
    try:
        text = data.decode()
    except UnicodeDecodeError as err:
        raise _malformed(f"byte {err.start} is not UTF-8") from err
    *lines, rest = text.split("\n")
    if rest:
        raise _malformed("the last line does not end in a newline")
    reading = _Reading()
    for number, line in enumerate(lines, start=1):
        try:
            reading.line(line)
        except ProvenanceError as err:
            raise _malformed(f"line {number}: {err.refusal.message}") from err
    return reading.policy()


def format_policy(policy: Policy) -> bytes:
    """The policy as a file, without the comments it may have had."""
    lines = [("log", str(log.key), log.url or "") for log in policy.logs]
    lines += [("witness", f"{witness.name} {witness.key}", witness.url or "") for witness in policy.witnesses]
    lines += [("group", f"{group.name} {_threshold(group)}", " ".join(group.members)) for group in policy.groups]
    lines.append(("quorum", policy.quorum or _NONE, ""))
    return "".join(" ".join(filter(None, line)) + "\n" for line in lines).encode()


class _Reading:
    """What the lines read so far have defined."""

    def __init__(self) -> None:
        self.logs: dict[bytes, KnownLog] = {}
        self.witnesses: dict[bytes, KnownWitness] = {}
        self.groups: list[Group] = []
        self.quorums: list[str] = []
        self.free: dict[str, bool] = {}  # each name, and whether it may still join a group

    def line(self, line: str) -> None:
        if found := _NOT_ALLOWED.search(line):
            raise _malformed(f"a control character at {found.start()}")
        match _BLANKS.split(line.strip(" \t")):
            case [""]:
                pass
            case [word, *_] if word.startswith("#"):
                pass
            case ["log", key, *url] if len(url) <= 1:
                self.log(parse_verifier_key(key), *url)
            case ["witness", name, key, *url] if len(url) <= 1:
                self.witness(name, parse_verifier_key(key), *url)
            case ["group", name, threshold, *members]:
                self.group(name, threshold, members)
            case ["quorum", name]:
                self.quorum(name)
            case words:
                raise _malformed(f"no log, witness, group or quorum is defined like this: {' '.join(words)[:60]!r}")

    def log(self, key: VerifierKey, url: str | None = None) -> None:
        _require_type(key, (ED25519, _ML_DSA_44))
        if key.public in self.logs:
            raise _malformed(f"the key of {key.name} is already that of a log")
        self.logs[key.public] = KnownLog(key, url)

    def witness(self, name: str, key: VerifierKey, url: str | None = None) -> None:
        _require_type(key, (COSIGNATURE, _ML_DSA_44))
        if key.public in self.witnesses:
            # One key under two names would count twice.
            raise _malformed(f"the key of {name} is already that of a witness")
        self.define(name)
        self.witnesses[key.public] = KnownWitness(name, key, url)

    def group(self, name: str, threshold: str, members: list[str]) -> None:
        for member in members:
            if not self.free.get(member):
                known = "is already in a group" if member in self.free else "is not defined above"
                raise _malformed(f"{member!r} {known}")
            self.free[member] = False
        least = {"any": 1, "all": len(members)}.get(threshold)
        if least is None:
            least = parse_size(threshold)
        if not 1 <= least <= len(members):
            raise _malformed(f"{least} of {len(members)} members can't be")
        self.define(name)
        self.groups.append(Group(name, least, tuple(members)))

    def quorum(self, name: str) -> None:
        if self.quorums:
            raise _malformed("a second quorum")
        if name != _NONE and name not in self.free:
            raise _malformed(f"{name!r} is not defined above")
        self.quorums.append(name)

    def define(self, name: str) -> None:
        if name == _NONE or name in self.free:
            raise _malformed(f"the name {name!r} is taken")
        self.free[name] = True

    def policy(self) -> Policy:
        if not self.quorums:
            raise _malformed("there is no quorum; where nobody need confirm, it says 'quorum none'")
        quorum = None if self.quorums == [_NONE] else self.quorums[0]
        return Policy(tuple(self.logs.values()), tuple(self.witnesses.values()), tuple(self.groups), quorum)


def _threshold(group: Group) -> str:
    if group.threshold == len(group.members):
        return "all"
    return "any" if group.threshold == 1 else str(group.threshold)


def _require_type(key: VerifierKey, allowed: tuple[int, ...]) -> None:
    if key.type not in allowed:
        wanted = " or ".join(f"0x{kind:02x}" for kind in allowed)
        raise _malformed(f"the key of {key.name} is of type 0x{key.type:02x}, not {wanted}")


def _malformed(message: str) -> MalformedError:
    return MalformedError(Code.MALFORMED_POLICY, message)
