"""A code was read: which thing it is, and what can be said about it.

Rules: any way a GS1 key is written on a thing is understood; the answer is about the key, never about the object
it was read from; resolving a link leaves no trace of who asked.
"""

from __future__ import annotations

from provenance.evidence import Report
from provenance.gs1.reading import read_code
from provenance.ids import Subject
from provenance.services.tracing import Tracing


class Scanning:
    """From a scanned text to a report."""

    def __init__(self, tracing: Tracing) -> None:
        self._tracing = tracing

    def scan(self, text: str) -> Report:
        """The report on the thing a text names; refuses a text that is no GS1 key, or a mistyped one."""
        return self._tracing.trace(Subject(read_code(text).identifier.uri))
