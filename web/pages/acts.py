"""What a consumer can sign in their browser: for each kind of record, what is asked, and the page that asks it.

Rules:

* what is asked follows the tables of the trade: every member that its row names is asked for, or made by the script
  (``owner``, ``nonce``); a test compares;
* the page says before signing what the record says, that everybody can read it, and that the key stays where it is;
* without script nothing can be signed here: the page names the command that does the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from urllib.parse import urlencode

from provenance.commerce.ownership import Ownership
from provenance.commerce.tables import Kind, Stage
from provenance.commerce.vocabulary import Ask, Trait
from provenance.custody.verdict import VerdictClass
from provenance.ids import Subject
from web.addresses import address_of
from web.pages.text import Text


@unique
class Sort(StrEnum):
    """What sort of answer a field takes; the script makes a member of it."""

    LINE = "line"
    LINES = "lines"  # one a line, sorted
    CHOICE = "choice"
    CHOICES = "choices"  # any of them, sorted
    DAYS = "days"  # so many from now, as an instant
    ANYBODY = "anybody"  # a key, or nothing for whoever comes first
    NUMBER = "number"
    PHOTO = "photo"  # a file that never leaves the browser; its SHA-256
    CODE = "code"  # the hidden code, which never leaves the browser; a key made of it signs too
    WORDS = "words"  # plain text; the hash of its document


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a record, and how it is asked for; ``words`` are the choices."""

    name: str
    sort: Sort
    words: tuple[str, ...] = ()


_MADE = (Field("photo", Sort.PHOTO), Field("seal", Sort.LINE), Field("grams", Sort.NUMBER))
_CONFIRMED = (Trait.SEALED_HYGIENE, Trait.DEVALUED_BY_USE, Trait.FLAW_DISCLOSED)

ACTS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.ORDER_PLACED: (Field("confirmed", Sort.CHOICES, tuple(trait.value for trait in _CONFIRMED)),),
    Kind.ORDER_CANCELLED: (Field("reason", Sort.LINE),),
    Kind.ORDER_COMPLETED: (),
    Kind.PARCEL_DELIVERED: (Field("serials", Sort.LINES),),
    Kind.OWNERSHIP_CLAIMED: (Field("order", Sort.LINE), Field("token", Sort.LINE), Field("code", Sort.CODE)),
    Kind.OWNERSHIP_OFFERED: (Field("to", Sort.ANYBODY), Field("expires", Sort.DAYS)),
    Kind.OWNERSHIP_WITHDRAWN: (),
    Kind.OWNERSHIP_TRANSFERRED: (),
    Kind.ITEM_MISSED: (),
    Kind.ITEM_FOUND: (),
    Kind.RETURN_REQUESTED: (
        Field("order", Sort.LINE),
        Field("item", Sort.LINE),
        Field("ask", Sort.CHOICE, tuple(ask.value for ask in Ask)),
    ),
    Kind.RETURN_WITHDRAWN: (),
    Kind.RETURN_SHIPPED: _MADE,
    Kind.REVIEW_WRITTEN: (
        Field("order", Sort.LINE),
        Field("item", Sort.LINE),
        Field("stars", Sort.NUMBER),
        Field("text", Sort.WORDS),
    ),
}
"""What is asked for, in the order in which it is asked."""

MADE_BY_THE_SCRIPT: Mapping[Kind, frozenset[str]] = {
    Kind.OWNERSHIP_CLAIMED: frozenset({"owner", "nonce", "expires"}),
}
"""Members that nobody is asked for: the visitor's key, 32 bytes of chance, ten minutes from now."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One word that may be chosen, and what it means."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """One field as the page asks it; ``value`` is what the link to the page filled in."""

    name: str
    sort: Sort
    label: str
    hint: str
    value: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ActPage:
    """Everything the template prints; ``now`` is the log's time in seconds."""

    kind: Kind
    subject: str
    title: str
    means: str
    questions: tuple[Question, ...]
    now: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the owner, or a new one, can do next."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class OwnerPage:
    """Whose an item is, as a page: by key, for a key is all that is known of a consumer."""

    item: str
    address: str
    stage: str
    owner: str
    verdict: str
    steps: tuple[Step, ...]


def act_page(kind: Kind, subject: Subject, given: Mapping[str, str], *, now: int, text: Text) -> ActPage:
    """The page on which a record of this kind is signed; ``given`` are answers that the link brought along."""
    questions = tuple(
        Question(
            field.name,
            field.sort,
            text(f"act.field.{field.name}"),
            text.get(f"act.hint.{field.name}") or "",
            given.get(field.name, ""),
            tuple(Choice(word, text(f"act.word.{word}")) for word in field.words),
        )
        for field in ACTS[kind]
    )
    return ActPage(kind, subject, text(f"act.{kind}.title"), text(f"act.{kind}.means"), questions, now)


def sign_address(kind: Kind, subject: Subject, **given: str) -> str:
    """Where a record of this kind is signed about a dossier, with answers that are known already.

    >>> sign_address(Kind.RETURN_REQUESTED, Subject("return:9520789000004/1-1"), ask="withdraw")
    '/sign/return-requested?of=return:9520789000004/1-1&ask=withdraw'
    """
    return f"/sign/{kind}?{urlencode({'of': subject, **given}, safe=':/')}"


def owner_page(
    item: Subject, owned: Ownership | None, following: Sequence[Kind], verdict: VerdictClass, text: Text
) -> OwnerPage:
    """The page of an item's owner; ``following`` is what its dossier's tables let follow."""
    stage = Stage.NONE if owned is None else owned.stage
    return OwnerPage(
        item=item.rpartition("/")[2],
        address=address_of(item),
        stage=text(f"own.stage.{stage}"),
        owner="" if owned is None else owned.owner,
        verdict=text(f"verdict.{verdict}.word"),
        steps=tuple(
            Step(text(f"act.{kind}.title"), sign_address(kind, Subject(f"ownership:{item}")))
            for kind in following
            if kind in ACTS
        ),
    )
