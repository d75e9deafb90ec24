"""Other people's code as judges: Go's transparency log packages over our proofs, JavaScript libraries over envelopes.

Each is skipped only where its tool can't be had: Go and its module proxy, Node and the npm registry.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provenance.bundle import Bundle, parse_bundle, proof_file_of
from provenance.crypto.envelope import pae
from provenance.encoding.textual import format_base64
from provenance.log.proof_file import format_proof_file
from provenance.log.proofs import prove_consistency
from provenance.services.tile_reading import StoredTiles
from tests.cast import item
from tests.shared_bundles import BAG, told
from tests.world import World

HERE = Path(__file__).parent
GO = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
NODE, NPM = shutil.which("node"), shutil.which("npm")
PACKAGES = ("@noble/ed25519@2.1.0", "jose@5.9.6")


@pytest.fixture(scope="module")
def trade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("outsiders") / "world")
    told(world)
    yield world
    world.close()


@pytest.fixture(scope="module")
def go_check(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if GO is None:
        pytest.skip("there is no Go on this machine to build the judge with")
    program = tmp_path_factory.mktemp("go") / "gocheck"
    environment = {**os.environ, "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
    built = subprocess.run(
        [GO, "build", "-o", program, "."],
        cwd=HERE / "gocheck", env=environment, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    if built.returncode != 0:
        pytest.skip(f"the judge could not be built: {built.stderr[-300:]}")
    return program


def judged(go_check: Path, key: str, *files: Path) -> list[str]:
    ran = subprocess.run([go_check, key, *files], capture_output=True, text=True, check=False)
    print(ran.stdout, ran.stderr)
    return [line.split()[0] for line in ran.stdout.splitlines()]


def bundle_of(trade: World) -> Bundle:
    return parse_bundle(trade.bundle(BAG))


def test_go_accepts_every_inclusion_proof_and_refuses_each_changed_one(
    trade: World, go_check: Path, tmp_path: Path
) -> None:
    bundle, key = bundle_of(trade), str(trade.services.trust.log)
    good, bad = [], []
    for exhibit in bundle.exhibits:
        data = format_proof_file(proof_file_of(exhibit, bundle.checkpoint))
        good.append(tmp_path / f"{exhibit.index}.tlog-proof")
        good[-1].write_bytes(data)
        changed = bytearray(data)
        at = data.index(b"\nindex ") + len(b"\nindex ") + len(str(exhibit.index)) + 3  # inside the first hash
        changed[at] = ord("A") if changed[at] != ord("A") else ord("B")
        bad.append(tmp_path / f"bad-{exhibit.index}.tlog-proof")
        bad[-1].write_bytes(bytes(changed))

    assert judged(go_check, key, *good) == ["accepted"] * len(good)
    assert judged(go_check, key, *bad) == ["refused"] * len(bad)


def test_go_accepts_the_growth_of_the_log_and_refuses_another(trade: World, go_check: Path, tmp_path: Path) -> None:
    services, key = trade.services, str(trade.services.trust.log)
    services.checkpointing.checkpoint()
    before = services.checkpointing.latest()
    trade.made(item("GROWTH"))
    services.checkpointing.checkpoint()
    after = services.checkpointing.latest()
    with services.store.reading() as store:
        old, new = (int(note.split("\n")[1]) for note in (before, after))
        proof = prove_consistency(old_size=old, new_size=new, tiles=StoredTiles(store)).hashes
    lines = [format_base64(hash_) for hash_ in proof]
    (tmp_path / "good").write_text("\n".join(lines) + f"\n\n{before}=====\n{after}")
    (tmp_path / "bad").write_text("\n".join(lines[1:] + lines[:1]) + f"\n\n{before}=====\n{after}")

    assert judged(go_check, key, tmp_path / "good", tmp_path / "bad") == ["accepted", "refused"]


def test_go_refuses_a_checkpoint_of_another_log(trade: World, go_check: Path, tmp_path: Path) -> None:
    bundle = bundle_of(trade)
    file = tmp_path / "a.tlog-proof"
    data = format_proof_file(proof_file_of(bundle.exhibits[0], bundle.checkpoint))
    file.write_bytes(data.replace(b"\nworld.example", b"\nother.example", 1))

    assert judged(go_check, str(trade.services.trust.log), file) == ["refused"]


@pytest.fixture(scope="module")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if NODE is None or NPM is None:
        pytest.skip("there is no Node with npm on this machine")
    folder = tmp_path_factory.mktemp("npm")
    got = subprocess.run(
        [NPM, "install", "--silent", "--no-fund", "--no-audit", *PACKAGES],
        cwd=folder, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    if got.returncode != 0:
        pytest.skip(f"the packages could not be had: {got.stderr[-300:]}")
    return folder


def test_javascript_libraries_accept_our_envelopes_and_refuse_changed_ones(trade: World, javascript: Path) -> None:
    assert NODE is not None
    registry, rows, wanted = trade.services.drafting.registry(), [], []
    for exhibit in bundle_of(trade).exhibits:
        envelope = exhibit.envelope
        message = pae(envelope.payload_type, envelope.body)
        for signature in envelope.signatures:
            key = registry.key(signature.key)
            assert key is not None
            for signed, holds in ((message, True), (message + b" ", False)):
                rows.append({"key": _text(key.raw), "message": _text(signed), "sig": _text(signature.sig)})
                wanted.append(holds)

    ran = subprocess.run(
        [NODE, "--no-warnings", HERE / "envelopes.mjs"],
        cwd=javascript, input=json.dumps(rows), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr
    said: dict[str, Any] = json.loads(ran.stdout)
    print({name: f"{sum(found)} of {len(found)} hold" for name, found in said.items()})
    assert said == dict.fromkeys(("noble", "webcrypto", "jose"), wanted)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
