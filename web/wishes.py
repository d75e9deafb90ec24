"""What a request asks a resolver for: the one page, a page of one kind, or the list of all.

Rules:

* ``linkType`` names a kind of page; ``linkset``, and ``all`` as it was called before, the list; so does a client that
  takes ``application/linkset+json`` by name, at least as gladly as a page, or JSON when it asks for no kind of page;
* a ``*/*`` is no wish: browsers and libraries send it with everything;
* the list comes in the form the client likes best, and as RFC 9264 has it where it likes none better;
* names of parameters are read in any case: ``linktype`` is in use.

GS1-Conformant resolver standard 1.2, sections 2.5 to 2.10; RFC 9110 section 12.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique

from werkzeug.datastructures import Accept
from werkzeug.wrappers import Request

from provenance.gs1.link_types import DEFAULT, link_type_name
from provenance.gs1.resolution import Preference, Wishes

_LISTS = frozenset({"linkset", "all"})


@unique
class ListForm(StrEnum):
    """In which form the list of links is sent; the value is its media type."""

    LINKSET = "application/linkset+json"
    JSON = "application/json"
    JSON_LD = "application/ld+json"
    PAGE = "text/html"


@dataclass(frozen=True, slots=True)
class Asked:
    """``link_type`` is empty where none is asked for; ``form`` is set where the list is."""

    link_type: str
    form: ListForm | None
    wishes: Wishes


def read_wishes(asked: Request) -> Asked:
    """What a request asks for."""
    named = _parameter(asked, "linktype")
    wants_list = named in _LISTS
    link_type = "" if wants_list or link_type_name(named) == DEFAULT else link_type_name(named)
    accepted = asked.accept_mimetypes
    form = list_form(accepted) if wants_list or _takes_list(accepted, has_type=bool(link_type)) else None
    languages, media_types = _preferences(asked.accept_languages), _preferences(accepted)
    return Asked(link_type, form, Wishes(_parameter(asked, "context"), languages, media_types))


def list_form(accepted: Accept) -> ListForm:
    """The form that a client likes best of those it takes by name."""
    named = _named(accepted)
    best = max(ListForm, key=lambda form: named.get(form, 0.0))
    return best if named.get(best) else ListForm.LINKSET


def prefers_page(accepted: Accept) -> bool:
    """Whether a client takes a page by name, more gladly than any list."""
    return list_form(accepted) is ListForm.PAGE


def _takes_list(accepted: Accept, *, has_type: bool) -> bool:
    named = _named(accepted)
    lists = [ListForm.LINKSET] if has_type else [ListForm.LINKSET, ListForm.JSON, ListForm.JSON_LD]
    most = max(named.get(form, 0.0) for form in lists)
    return most > 0 and most >= named.get(ListForm.PAGE, 0.0)


def _named(accepted: Accept) -> dict[str, float]:
    return {name.partition(";")[0].strip().lower(): quality for name, quality in accepted}


def _preferences(accepted: Iterable[tuple[str, float]]) -> tuple[Preference, ...]:
    return tuple(Preference(name.partition(";")[0].strip(), round(quality * 1000)) for name, quality in accepted)


def _parameter(asked: Request, name: str) -> str:
    return next((value for key, value in asked.args.items() if key.lower() == name), "")
