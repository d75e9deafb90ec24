"""Putting entries into a log and its tree, durably and with no rule asked: ours on SQLite, against Tessera's on files.

Not the same work: Tessera answers each of 512 writers and writes tiles; we are handed batches of 256 and keep bodies,
signatures and a unique hash of each statement. Neither checks a signature here.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from provenance.adapters.sql_stores import open_store
from provenance.crypto.envelope import Envelope, Signature, leaf
from provenance.custody.statements import PayloadType
from provenance.ids import KeyId, LeafIndex
from provenance.log.merkle import leaf_hash
from provenance.log.tiles import edge_tiles, extend
from provenance.ports.stores import NewStatement, Store
from tests.tessera import JUDGE, built

BATCH = 256
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)


def append_ratio(count: int) -> dict[str, float]:
    """Entries a second, in one run each."""
    with tempfile.TemporaryDirectory() as folder:
        judge = built(JUDGE, Path(folder) / "tesseracheck")
        envelopes = [_statement(number) for number in range(count)]
        size = len(leaf(envelopes[0]))
        store = open_store(f"sqlite:///{folder}/provenance.db")
        begun = time.perf_counter()
        for start in range(0, count, BATCH):
            _append(store, start, envelopes[start : start + BATCH])
        ours = count / (time.perf_counter() - begun)
        store.close()
        words = [judge, "append", Path(folder) / "log", str(count), str(size)]
        ran = subprocess.run(words, capture_output=True, text=True, check=True, timeout=300)
    theirs = float(ran.stdout)
    return {"per_second": ours, "tessera_per_second": theirs, "entry_bytes": size, "ratio": ours / theirs}


def _statement(number: int) -> Envelope:
    body = b'{"number":%d,"padding":"%s"}' % (number, b"x" * 700)
    return Envelope(PayloadType.CUSTODY_EVENT, body, (Signature(KeyId("ab" * 32), bytes(64)),))


def _append(store: Store, start: int, envelopes: list[Envelope]) -> None:
    hashes = [leaf_hash(leaf(envelope)) for envelope in envelopes]
    rows = [
        NewStatement(LeafIndex(index), envelope.hash, envelope, NOW, None, (), changes_flags=False)
        for index, envelope in enumerate(envelopes, start)
    ]
    with store.writing() as writing:
        edge = writing.tiles((tile.level, tile.index) for tile in edge_tiles(start))
        writing.append(rows)
        writing.put_tiles(extend(size=start, edge=edge, leaf_hashes=hashes).tiles)
