"""Which prefixes an event may use: what its JSON-LD ``@context`` declares.

Rules:

* a context is the URI of one, an object, or a list of these; in a document the document's context
  goes before the event's own;
* the standard's context is known by heart (nothing is ever fetched); it declares the prefixes in
  ``STANDARD``, and so does ours with ``prov``;
* another URI may declare anything: a prefix then is *not known*, which is not the same as undeclared;
* ``https://…``, ``urn:…`` and the like are URIs in full and need no declaration;
* what nothing declares is worth a remark, no more: GS1's own examples have it, and JSON-LD drops such a member.

JSON-LD 1.1 §3.1, §4.1; EPCIS 2.0 §12.1; https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provenance.codes import Code
from provenance.encoding.canonical import Json, escape
from provenance.epcis.members import shown
from provenance.epcis.remarks import Remark

EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
STANDARD = frozenset({"epcis", "cbv", "cbvmda", "gs1", "rdfs", "owl", "xsd", "dcterms", "prov"})
_STANDARD_CONTEXTS = ("https://ref.gs1.org/standards/epcis/", "https://gs1.github.io/EPCIS/")
_WORD_MEMBERS = frozenset({"type", "bizStep", "disposition", "set", "unset", "reason", "exception", "component"})
_SCHEMES = frozenset({"urn", "ni", "nih", "did", "tag", "info", "data", "mailto", "tel", "geo", "doi", "oid", "uuid"})


@dataclass(frozen=True, slots=True)
class Context:
    """The prefixes declared in sight, and the contexts that were not looked into."""

    prefixes: frozenset[str] = STANDARD
    unread: tuple[str, ...] = ()

    def declares(self, name: str) -> bool:
        """True if a URI or CURIE means something here.

        >>> read_context({"ex": "https://ns.example.com/"}).declares("ex:colour")
        True
        >>> read_context(None).declares("ex:colour")
        False
        """
        prefix, _, rest = name.partition(":")
        return prefix in self.prefixes or rest.startswith("//") or prefix.lower() in _SCHEMES


def read_context(value: Json) -> Context:
    """What a ``@context`` declares; ``None`` stands for an absent one, which declares the standard's prefixes."""
    prefixes: set[str] = set(STANDARD)
    unread = []
    for entry in entries(value):
        if isinstance(entry, str) and not entry.startswith(_STANDARD_CONTEXTS):
            unread.append(entry)
        if isinstance(entry, dict):
            prefixes.update(name for name, term in entry.items() if _is_prefix(term))
    return Context(frozenset(prefixes), tuple(unread))


def entries(value: Json) -> list[Json]:
    """The parts of a ``@context`` in order, the later over the earlier; none for an absent one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def joined(outer: Json, inner: Json) -> Json:
    """The context of an event with its own ``@context`` inside a document with another.

    >>> joined("https://example.com/a", ["https://example.com/a", {"ex": "https://example.com/"}])
    ['https://example.com/a', {'ex': 'https://example.com/'}]
    """
    if inner is None or outer is None:
        return outer if inner is None else inner
    first = entries(outer)
    return [*first, *(entry for entry in entries(inner) if entry not in first)]


def prefix_remarks(members: Mapping[str, Json], context: Context) -> tuple[Remark, ...]:
    """A remark for each prefix that nothing declares, or that only an unread context can.

    Looked at are the names of members, however deep, and the values of vocabulary members.
    """
    doubtful: dict[str, Remark] = {}
    for name, pointer in _names(members):
        if not context.declares(name):
            prefix = name.partition(":")[0]
            message = f"@context declares no {shown(prefix)}"
            if context.unread:
                message = f"if anything declares {shown(prefix)}, it is {context.unread[0]}, which was not looked into"
            doubtful.setdefault(prefix, Remark(Code.UNDECLARED_PREFIX, message, pointer))
    return tuple(doubtful.values())


def _names(members: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    nodes: deque[tuple[str, Mapping[str, Json] | list[Json], bool]] = deque([("", members, False)])
    while nodes:
        pointer, node, is_word = nodes.popleft()
        children = ((escape(n), n, v) for n, v in node.items()) if isinstance(node, Mapping) else _numbered(node)
        for step, name, value in children:
            if name == "@context":
                continue
            if ":" in name:
                yield name, f"{pointer}/{step}"
            is_word_here = name in _WORD_MEMBERS if name else is_word
            if isinstance(value, dict | list):
                nodes.append((f"{pointer}/{step}", value, is_word_here))
            elif is_word_here and isinstance(value, str) and ":" in value:
                yield value, f"{pointer}/{step}"


def _numbered(values: list[Json]) -> Iterator[tuple[str, str, Json]]:
    return ((str(index), "", value) for index, value in enumerate(values))


def _is_prefix(term: Json) -> bool:
    return isinstance(term, str) or (isinstance(term, dict) and isinstance(term.get("@id"), str))
