"""The names of things, so that one kind can't be handed over for another.

All are validated where they are parsed (``gs1``, ``crypto.keys``, ``encoding.textual``); inside,
the type is the proof.
"""

from __future__ import annotations

from typing import NewType

StatementHash = NewType("StatementHash", str)
"""SHA-256 of the DSSE PAE, 64 lower-case hex digits: the identity of a statement."""

KeyId = NewType("KeyId", str)
"""SHA-256 of the multikey bytes (0xED 0x01 ‖ public key), 64 lower-case hex digits."""

PartyId = NewType("PartyId", str)
"""A party: its PGLN as ``https://id.gs1.org/417/{GLN13}``, or a ``did:``."""

Subject = NewType("Subject", str)
"""What a chain is about: an EPC as canonical GS1 Digital Link URI, a party, or a business id."""

LeafIndex = NewType("LeafIndex", int)
"""The zero-based position of a statement in the log; the only order that counts."""

TreeSize = NewType("TreeSize", int)
"""How many leaves a tree has."""
