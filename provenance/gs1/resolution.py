"""Which of several web links fits a request best: by context, then language, then media type.

Rules:

* what a request does not speak of decides nothing, but a link that makes no claim then goes before one that does;
* a context that is asked for must be named by a link, or the links without any context serve;
* of the languages a reader takes, the one liked best decides; the exact one before one that only begins like it; a
  link in no stated language serves where none of them fits; the same for media types;
* a quality of 0 rules out; where everything is ruled out, nothing was;
* what is left is one link, or several that are equally good: then the reader chooses.

GS1-Conformant resolver standard 1.2, sections 2.5 to 2.9; RFC 9110 section 12.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provenance.gs1.linkset import WebLink

Rank = tuple[int, int]

_NEVER: Rank = (-1, 0)
_OTHER: Rank = (0, 0)
_NEUTRAL: Rank = (1, 0)
_FITS = 2
# How closely a claim fits what is wanted; who claims nothing fits better than who claims something else.
_AT_ALL, _UNCLAIMED, _ALIKE, _EXACT = 1, 2, 3, 4
_ANYTHING = frozenset({"*", "*/*"})


@dataclass(frozen=True, slots=True)
class Preference:
    """One thing a reader takes, and how gladly: 1000 is best, 0 is not at all."""

    name: str
    quality: int


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a request says about the page it would like; empty where it says nothing."""

    context: str = ""
    languages: tuple[Preference, ...] = ()
    media_types: tuple[Preference, ...] = ()


def best(links: Sequence[WebLink], wishes: Wishes) -> tuple[WebLink, ...]:
    """The links that fit best, in the order given: several only if nothing tells them apart.

    >>> from provenance.gs1.link_types import parse_link_type
    >>> pip = parse_link_type("gs1:pip")
    >>> pages = [WebLink(pip, f"https://example.com/{tag}", tag, languages=(tag,)) for tag in ("en", "fr")]
    >>> [link.href for link in best(pages, Wishes(languages=(Preference("fr-CH", 1000), Preference("en", 800))))]
    ['https://example.com/fr']
    """
    ranks: tuple[Callable[[WebLink], Rank], ...] = (
        lambda link: _by_context(link, wishes.context),
        lambda link: _by_name(link.languages, wishes.languages, _language_fit),
        lambda link: _by_name((link.media_type,) if link.media_type else (), wishes.media_types, _media_fit),
    )
    left = tuple(links)
    for rank in ranks:
        highest = max((rank(link) for link in left), default=_OTHER)
        left = tuple(link for link in left if rank(link) == highest)
    return left


def _by_context(link: WebLink, context: str) -> Rank:
    if context and context in link.contexts:
        return _FITS, 0
    return _OTHER if link.contexts else _NEUTRAL


def _by_name(claims: Sequence[str], wanted: Sequence[Preference], fit: Callable[[str, str], int]) -> Rank:
    """How well what a link claims fits what is wanted: the quality, and among equals the closer fit."""
    if all(one.name in _ANYTHING and one.quality for one in wanted):
        return _OTHER if claims else _NEUTRAL
    if not claims:
        return max((_fits(one.quality, _UNCLAIMED) for one in wanted if one.name in _ANYTHING), default=_NEUTRAL)
    return max(_claim(claim, wanted, fit) for claim in claims)


def _claim(claim: str, wanted: Sequence[Preference], fit: Callable[[str, str], int]) -> Rank:
    fits = [(fit(claim, one.name), one.quality) for one in wanted]
    closest = max(closeness for closeness, _ in fits)
    if not closest:
        return _OTHER
    # RFC 9110 §12.5: the most particular range that a claim fits says how welcome it is.
    quality = max(quality for closeness, quality in fits if closeness == closest)
    return _fits(quality, closest)


def _fits(quality: int, closeness: int) -> Rank:
    return (_FITS, quality * 8 + closeness) if quality else _NEVER


def _language_fit(claim: str, wanted: str) -> int:
    claim, wanted = claim.lower(), wanted.lower()
    if claim == wanted:
        return _EXACT
    # RFC 4647 §3.3.1 and §3.4: en takes en-IE, and who wants fr-CH reads fr.
    if claim.startswith(f"{wanted}-") or wanted.startswith(f"{claim}-"):
        return _ALIKE
    return _AT_ALL if wanted in _ANYTHING else 0


def _media_fit(claim: str, wanted: str) -> int:
    claim, wanted = claim.lower(), wanted.lower()
    if claim == wanted:
        return _EXACT
    if wanted.endswith("/*") and claim.startswith(wanted.removesuffix("*")) and wanted not in _ANYTHING:
        return _ALIKE
    return _AT_ALL if wanted in _ANYTHING else 0
