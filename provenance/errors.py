"""Everything this package can refuse or fail at, as one tree.

    ProvenanceError
    ├── MalformedError       bytes or text are not what they claim to be
    ├── ForgedError          a signature, hash or proof does not hold
    ├── RefusedError         a rule of the trade or of the log says no
    │   └── ConflictError    it contradicts what is already recorded; carries the other side
    ├── NotFoundError        nothing is kept under that name
    ├── StorageError         the store could not do what it promises
    ├── UnreachableError     somebody else's server gave no answer in time
    └── ConfigurationError   a setting, key file or policy is missing or wrong

Every error carries a stable ``code`` (``provenance.codes``), shared by pages, JSON, the terminal
and the tests; a ``pointer`` (RFC 6901) to the place where one applies; and a message that is a fact.
What to do about it is looked up by code, never written into the message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provenance.codes import Code


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not accepted, as data.

    >>> str(Refusal(Code.BAD_CHECK_DIGIT, "GTIN 09521234543214 ends in 4, not 3", pointer="/epcList/0"))
    'bad-check-digit at /epcList/0: GTIN 09521234543214 ends in 4, not 3'
    """

    code: Code
    message: str
    pointer: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        place = f" at {self.pointer}" if self.pointer else ""
        return f"{self.code}{place}: {self.message}"


class ProvenanceError(Exception):
    """The root: whatever this package raises on purpose is one of these."""

    def __init__(
        self, code: Code, message: str, *, pointer: str = "", evidence: Mapping[str, str] | None = None
    ) -> None:
        self.refusal = Refusal(code, message, pointer, dict(evidence or {}))
        super().__init__(str(self.refusal))

    @property
    def code(self) -> Code:
        """The stable word for this failure."""
        return self.refusal.code

    @property
    def pointer(self) -> str:
        """Where in the input it happened (RFC 6901), or the empty string."""
        return self.refusal.pointer

    def under(self, prefix: str) -> ProvenanceError:
        """The same error seen from an enclosing value: ``prefix`` goes before the pointer."""
        refusal = self.refusal
        return type(self)(refusal.code, refusal.message, pointer=prefix + refusal.pointer, evidence=refusal.evidence)


class MalformedError(ProvenanceError):
    """Bytes or text are not what they claim to be."""


class ForgedError(ProvenanceError):
    """A signature, hash or proof does not hold."""


class RefusedError(ProvenanceError):
    """A rule of the trade or of the log says no."""


class ConflictError(RefusedError):
    """It contradicts what is already recorded; ``refusal.evidence`` holds the other side."""


class NotFoundError(ProvenanceError):
    """Nothing is kept under that name."""


class StorageError(ProvenanceError):
    """The store could not do what it promises."""


class UnreachableError(ProvenanceError):
    """Somebody else's server gave no answer in time."""


class ConfigurationError(ProvenanceError):
    """A setting, key file or policy is missing or wrong."""
