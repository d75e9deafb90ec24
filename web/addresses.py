"""Where a thing's pages and files are: from the address to the thing, and back.

Rules:

* below ``/verify`` and ``/label`` stands the path of the thing's GS1 Digital Link, spelled as ``gs1`` spells it;
* the form is at the end: nothing for the page, ``.json`` for programs, ``/bundle`` for the evidence, ``.html`` for a
  page in one file that checks it, ``/head`` for the log's word on which statement is the newest, ``.svg`` or ``.png``
  for the label. A serial that ends like one of them has its last dot spelled ``%2E``;
* only single things have a history: an item, a lot or a logistic unit; all else has an entry below ``/about``.

    /01/09521234543213/21/AB23                 what the QR code says; leads to
    /verify/01/09521234543213/21/AB23          the page, and beside it
    /verify/01/09521234543213/21/AB23.json     /verify/01/…/21/AB23/bundle     /label/01/…/21/AB23.svg
    /about/01/09521234543213                   what has no history of its own: a product, a party, a place

GS1 Digital Link URI Syntax 1.3 §4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.errors import NotFoundError
from provenance.gs1.elements import Elements
from provenance.gs1.identifiers import Kind
from provenance.gs1.reading import read_code
from provenance.ids import Subject

_GS1 = "https://id.gs1.org"
_ABOUT = "/about"
_THINGS = frozenset({Kind.ITEM, Kind.LOT, Kind.UNIT})


@unique
class Form(StrEnum):
    """In which form a thing is asked for; the value ends its address."""

    PAGE = ""
    ANSWER = ".json"
    BUNDLE = "/bundle"
    HEAD = "/head"
    OFFLINE = ".html"
    SVG = ".svg"
    PNG = ".png"


@dataclass(frozen=True, slots=True)
class Asked:
    """A thing, and the form it is asked for in."""

    subject: Subject
    form: Form


def read_address(path: str) -> Asked:
    """The thing and form that a path below ``/verify`` or ``/label`` asks for, percent signs and all.

    Refuses what is no GS1 key, a mistyped one, and one that names no single thing.

    >>> read_address("/01/09521234543213/21/AB23/bundle")
    Asked(subject='https://id.gs1.org/01/09521234543213/21/AB23', form=<Form.BUNDLE: '/bundle'>)
    """
    form = next((form for form in Form if form and path.endswith(form)), Form.PAGE)
    if form in (Form.BUNDLE, Form.HEAD) and path.count("/") % 2 == 0:
        form = Form.PAGE  # identifiers and values come in pairs: here it is somebody's serial
    return Asked(read_link(path.removesuffix(form)), form)


def read_link(path: str) -> Subject:
    """The thing that the path of a GS1 Digital Link names, whatever host it stands on."""
    return read_thing(_GS1 + path)


def page_of(text: str) -> str:
    """Where the page is about what a scanned or typed text names: its record, or the entry of what has none.

    >>> page_of("(01)09521234543213(10)L1"), page_of("9521234543213")
    ('/verify/01/09521234543213/10/L1', '/about/01/09521234543213')
    """
    identifier = read_code(text).identifier
    subject = Subject(identifier.uri)
    return address_of(subject) if identifier.kind in _THINGS else about_address(subject)


def read_thing(text: str) -> Subject:
    """The thing that a scanned or typed text names; refuses what names none, or many."""
    identifier = read_code(text).identifier
    if identifier.kind not in _THINGS:
        raise NotFoundError(Code.NOT_ONE_THING, f"{identifier.uri} names a {identifier.kind}, not one thing")
    return Subject(identifier.uri)


def read_resolvable(path: str, query: str) -> Elements:
    """Everything that a GS1 Digital Link says, whatever host it stands on; refuses what is none, or mistyped."""
    return read_code(f"{_GS1}{path}?{query}" if query else _GS1 + path).elements


def read_about(path: str) -> Elements:
    """What the path of an entry's page says; ``about_address`` gives the path."""
    return read_resolvable(path.removeprefix(_ABOUT), "")


def about_address(subject: Subject) -> str:
    """Where the page is of what has no history of its own.

    >>> about_address(Subject("https://id.gs1.org/417/9521234000006"))
    '/about/417/9521234000006'
    """
    return _ABOUT + subject.removeprefix(_GS1)


def link_to(subject: Subject, base_url: str) -> str:
    """The GS1 Digital Link of a thing on this server: what its QR code says."""
    return base_url + subject.removeprefix(_GS1)


def address_of(subject: Subject, form: Form = Form.PAGE) -> str:
    """Where a thing is to be had in a form; ``read_address`` gives both back.

    >>> address_of(Subject("https://id.gs1.org/01/09521234543213/21/A.json"), Form.ANSWER)
    '/verify/01/09521234543213/21/A%2Ejson.json'
    """
    folder = "/label" if form in (Form.SVG, Form.PNG) else "/verify"
    return f"{folder}{_path(subject)}{form}"


def owner_address(subject: Subject) -> str:
    """Where the page is that tells whose an item is."""
    return f"/own{_path(subject)}"


def file_name(subject: Subject) -> str:
    """What the evidence file of a thing is called when it is saved.

    >>> file_name(Subject("https://id.gs1.org/01/09521234543213/21/A%2FB"))
    '01-09521234543213-21-A_B.bundle'
    """
    steps = subject.removeprefix(_GS1).strip("/").replace("%2F", "_").split("/")
    plain = "-".join(steps)
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in plain) + ".bundle"


def _path(subject: Subject) -> str:
    path = subject.removeprefix(_GS1)
    ending = next((form for form in (Form.ANSWER, Form.OFFLINE, Form.SVG, Form.PNG) if path.endswith(form)), None)
    return path if ending is None else f"{path.removesuffix(ending)}%2E{ending[1:]}"
