"""What the log knows about everything a code names, from the one thing up to its product: no more than a look.

Rules:

* looking leaves no trace: to resolve a link is not to scan a thing;
* a single thing is known when there is a record of it; what only groups things (a product, a place, a party) when its
  company prefix is licensed here;
* a lot that nobody recorded or gave links to is left out, and its product answers for it; a serial that nobody
  recorded is answered for by nobody: it was never issued.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.codes import Code
from provenance.custody.parties import Party
from provenance.custody.web_links import SINGLE_THINGS, WebLinks
from provenance.errors import NotFoundError
from provenance.gs1.identifiers import Identifier, Kind
from provenance.ids import Subject
from provenance.ports.stores import Store
from provenance.services.drafting import Drafting
from provenance.services.linking import believed

_SERIALISED = SINGLE_THINGS - {Kind.LOT}


@dataclass(frozen=True, slots=True)
class Level:
    """One key that is known here; ``has_record``: it is a single thing, with a page that tells its history."""

    key: Identifier
    licensee: Party | None
    web_links: WebLinks
    has_record: bool

    @property
    def subject(self) -> Subject:
        """The key's one name."""
        return Subject(self.key.uri)


@dataclass(frozen=True, slots=True)
class Known:
    """The levels of a code that are known here, the most particular first.

    ``never_issued`` is the thing with a serial that the code names and nobody recorded: then no level answers for it.
    """

    levels: tuple[Level, ...]
    never_issued: Identifier | None = None


class Resolving:
    """From the levels of a code to what is known about them."""

    def __init__(self, store: Store, drafting: Drafting) -> None:
        self._store, self._drafting = store, drafting

    def look(self, levels: Sequence[Identifier]) -> Known:
        """What is known about the levels of a code (``gs1.identifiers.levels_in``); refuses one from elsewhere."""
        registry = self._drafting.registry()
        subjects = [Subject(key.uri) for key in levels]
        with self._store.reading() as store:
            recorded = {row.subject for row in store.standings(subjects)}
            stated = believed(store, subjects, registry)
        known: list[Level] = []
        for key, subject in zip(levels, subjects, strict=True):
            holder = registry.licensee(subject)
            if key.kind in _SERIALISED and subject not in recorded and holder is not None:
                return Known((), key)
            is_group = holder is not None and key.kind not in SINGLE_THINGS
            if is_group or subject in recorded or subject in stated:
                licensee = None if holder is None else registry.parties[holder]
                web_links = stated.get(subject, WebLinks(subject))
                has_record = subject in recorded and key.kind in SINGLE_THINGS
                known.append(Level(key, licensee, web_links, has_record))
        if not known or (levels[0].kind in _SERIALISED and subjects[0] not in recorded):
            raise _not_known(subjects[0])
        return Known(tuple(known))

    def expect_known(self, subject: Subject) -> None:
        """Refuse a thing that nobody recorded and whose company prefix nobody here holds: we can't say a word of it."""
        if self._drafting.registry().licensee(subject) is None:
            with self._store.reading() as store:
                if not store.standings([subject]):
                    raise _not_known(subject)


def _not_known(subject: Subject) -> NotFoundError:
    return NotFoundError(Code.NOT_KNOWN_HERE, f"nobody here holds the company prefix of {subject}")
