"""The page for when there is no answer: what happened, what to do, and that the thing is not to blame.

Rules: one kind of trouble per reader's next step, not per code; what was typed is shown again; an incident has a
number to report and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.errors import Refusal
from provenance.gs1.identifiers import read_epc
from provenance.ids import Subject
from web.addresses import address_of
from web.pages.findings import Icon, Tone
from web.pages.text import Text


@unique
class Trouble(StrEnum):
    """What a visitor ran into; the value begins the keys of its sentences."""

    MISTYPED = "mistyped"
    MISTYPED_SERIAL = "mistyped-serial"
    UNREADABLE = "unreadable"
    NO_SERIAL = "no-serial"
    NOT_FOUND = "not-found"
    NOT_RECORDED = "not-recorded"
    NOT_ISSUED = "not-issued"
    NOT_KNOWN = "not-known"
    ELSEWHERE = "elsewhere"
    TOO_FAST = "too-fast"
    WRONG = "wrong"
    FAILED = "failed"


_TROUBLES: Mapping[Code, Trouble] = {
    Code.BAD_CHECK_DIGIT: Trouble.MISTYPED,
    Code.MISTYPED_SERIAL: Trouble.MISTYPED_SERIAL,
    Code.WRONG_LENGTH: Trouble.MISTYPED,
    Code.WRONG_CHARACTER: Trouble.MISTYPED,
    Code.UNKNOWN_IDENTIFIER: Trouble.UNREADABLE,
    Code.UNKNOWN_AI: Trouble.UNREADABLE,
    Code.WRONG_CONTENT: Trouble.UNREADABLE,
    Code.REPEATED_AI: Trouble.UNREADABLE,
    Code.MISSING_AI: Trouble.UNREADABLE,
    Code.EXCLUDED_AI: Trouble.UNREADABLE,
    Code.MALFORMED_ELEMENTS: Trouble.UNREADABLE,
    Code.MALFORMED_LINK: Trouble.UNREADABLE,
    Code.NOT_ONE_THING: Trouble.NO_SERIAL,
    Code.NOT_FOUND: Trouble.NOT_FOUND,
    Code.UNKNOWN_DOSSIER: Trouble.NOT_FOUND,
    Code.NOT_RECORDED: Trouble.NOT_RECORDED,
    Code.NOT_ISSUED: Trouble.NOT_ISSUED,
    Code.NOT_KNOWN_HERE: Trouble.NOT_KNOWN,
    Code.NOT_THE_LOG: Trouble.ELSEWHERE,
    Code.RATE_LIMITED: Trouble.TOO_FAST,
    Code.BUSY: Trouble.FAILED,
    Code.READ_ONLY: Trouble.FAILED,
    Code.STORE_FAILED: Trouble.FAILED,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that was likely meant: how it is shown, and where its page is."""

    shown: str
    address: str


@dataclass(frozen=True, slots=True)
class TroublePage:
    """Everything the template prints; ``asked``, ``incident`` and ``likely`` may be empty."""

    tone: Tone
    icon: Icon
    title: str
    what: str
    action: str
    code: Code
    asked: str
    incident: str
    likely: tuple[Choice, ...]


def trouble_page(refusal: Refusal, *, asked: str, incident: str | None, text: Text) -> TroublePage:
    """The page about a refusal."""
    code = refusal.code
    trouble = _TROUBLES.get(code, Trouble.WRONG)
    return TroublePage(
        Tone.NEUTRAL if trouble is Trouble.FAILED else Tone.CAUTION,
        Icon.QUESTION if trouble is Trouble.FAILED else Icon.WARNING,
        text(f"trouble.{trouble}.title"),
        text(f"trouble.{trouble}.what"),
        text(f"trouble.{trouble}.do"),
        code,
        asked[:200],
        text("trouble.incident", incident=incident) if incident else "",
        tuple(map(_choice, refusal.evidence.get("likely", "").split())),
    )


def _choice(uri: str) -> Choice:
    subject = Subject(uri)
    return Choice(read_epc(subject).elements[-1][1], address_of(subject))
