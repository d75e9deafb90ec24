"""Logs of others, read with our verifier: one written by Tessera, and a Rekor entry of Sigstore's staging."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from provenance.crypto.keys import public_from_bytes
from provenance.errors import ForgedError
from provenance.log.bundles import format_bundle, parse_bundle
from provenance.log.checkpoint import VerifiedCheckpoint, open_checkpoint
from provenance.log.merkle import leaf_hash, root
from provenance.log.note import format_note, parse_verifier_key, signer_key
from provenance.log.proofs import prove_consistency, prove_inclusion, verify_consistency, verify_inclusion
from provenance.log.tiles import Bundle, Tile, parse_path, root_from_tiles
from tests.vectors import vectors

LOG = vectors("tlog", "tessera_log", "log")
LOG_KEY = parse_verifier_key("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
SIZES = range(8)  # what is here of a log that grew to 15


class FilesOf:
    """The tiles of a log in a folder, laid out as they are served."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read_tile(self, *, level: int, index: int, width: int) -> bytes:
        return (self.folder / Tile(level, index, width).path).read_bytes()


TILES = FilesOf(LOG)


def checkpoint_at(size: int) -> VerifiedCheckpoint:
    return open_checkpoint((LOG / f"checkpoint.{size}").read_bytes(), log_keys=[LOG_KEY])


@pytest.mark.parametrize("size", SIZES)
def test_tesseras_checkpoints_are_signed_and_their_roots_are_those_of_its_tiles(size: int) -> None:
    opened = checkpoint_at(size)

    assert opened.checkpoint.origin == "example.com/log/testdata"
    assert opened.checkpoint.size == size
    assert opened.checkpoint.root == root_from_tiles(size, TILES)
    assert format_note(opened.note) == (LOG / f"checkpoint.{size}").read_bytes()


@pytest.mark.parametrize("size", SIZES[1:])
def test_tesseras_entries_hash_to_its_leaves(size: int) -> None:
    data = (LOG / Bundle(0, size).path).read_bytes()

    entries = parse_bundle(data, width=size)

    assert b"".join(map(leaf_hash, entries)) == TILES.read_tile(level=0, index=0, width=size)
    assert root(list(map(leaf_hash, entries))) == checkpoint_at(size).checkpoint.root
    assert format_bundle(entries) == data


def test_each_of_tesseras_paths_is_read_and_printed() -> None:
    files = [file.relative_to(LOG).as_posix() for file in LOG.rglob("*") if file.is_file() and "tile" in file.parts]

    assert len(files) == 14
    assert [parse_path(path).path for path in files] == files


def test_proofs_from_tesseras_tiles_lead_to_its_signed_roots() -> None:
    for size in SIZES[1:]:
        new = checkpoint_at(size).checkpoint
        for index in range(size):
            leaf = TILES.read_tile(level=0, index=0, width=size)[32 * index :][:32]
            proof = prove_inclusion(index=index, size=size, tiles=TILES).hashes
            verify_inclusion(leaf=leaf, index=index, size=size, root=new.root, proof=proof)
        for old_size in range(1, size + 1):
            old = checkpoint_at(old_size).checkpoint
            proof = prove_consistency(old_size=old_size, new_size=size, tiles=TILES).hashes
            verify_consistency(old_size=old_size, old_root=old.root, new_size=size, new_root=new.root, proof=proof)


def test_a_tessera_checkpoint_with_another_root_is_refused() -> None:
    forged = (LOG / "checkpoint.7").read_bytes().replace(b"\n7\n", b"\n6\n")

    with pytest.raises(ForgedError):
        open_checkpoint(forged, log_keys=[LOG_KEY])


def test_a_rekor_entry_is_in_the_log_that_sigstores_trust_root_names() -> None:
    folder = vectors("tlog", "sigstore")
    (trust_file,) = folder.glob("*.trusted_root.json")
    bundle = json.loads((folder / "staging-rekor-v2.txt.sigstore.json").read_text())
    entry = bundle["verificationMaterial"]["tlogEntries"][0]
    inclusion = entry["inclusionProof"]
    log = next(log for log in json.loads(trust_file.read_text())["tlogs"] if log["logId"] == entry["logId"])
    # The key is a SubjectPublicKeyInfo; of an Ed25519 one, the last 32 bytes are the key (RFC 8410 §4).
    public = public_from_bytes(base64.b64decode(log["publicKey"]["rawBytes"])[-32:])
    key = signer_key("log2025-alpha1.rekor.sigstage.dev", public)

    opened = open_checkpoint(inclusion["checkpoint"]["envelope"].encode(), log_keys=[key])

    assert key.id == base64.b64decode(log["logId"]["keyId"])[:4]
    assert opened.checkpoint.size == int(inclusion["treeSize"])
    assert opened.checkpoint.root == base64.b64decode(inclusion["rootHash"])
    verify_inclusion(
        leaf=leaf_hash(base64.b64decode(entry["canonicalizedBody"])),
        index=int(inclusion["logIndex"]),
        size=opened.checkpoint.size,
        root=opened.checkpoint.root,
        proof=[base64.b64decode(hash_) for hash_ in inclusion["hashes"]],
    )
