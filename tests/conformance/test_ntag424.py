"""NTAG 424 DNA secure dynamic messages: NXP's examples (AN12196) and those of a public verification server.

All rows in AES mode agree; the tag's other mode (LRP) is not read. The ``kdf`` rows and one message use that server's
way of making tag keys from a master key. It is no part of this project, where each tag is enrolled with the keys it
has, so it is worked out below on our CMAC.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from provenance.codes import Code
from provenance.crypto.aes import cmac
from provenance.crypto.nfc_tag import Reading, Tag, Tap, VerifiedTap, parse_tap, unseal, verify_tap
from provenance.errors import ForgedError
from tests.vectors import vectors

ROWS: dict[str, list[dict[str, Any]]] = json.loads(vectors("gs1", "ntag424_sdm.json").read_text())


def _tag_key(master: bytes, uid: bytes, number: int) -> bytes:
    if not any(master):
        return bytes(16)
    inner = hmac.digest(hmac.digest(master, b"DivBaseKey", hashlib.sha256), uid, hashlib.sha256)[:16]
    return cmac(hmac.digest(master, b"SlotMasterKey" + bytes([number]), hashlib.sha256)[:16], b"\x01" + inner)


def _shared_key(master: bytes) -> bytes:
    return hmac.digest(master, b"PICCDataKey", hashlib.sha256)[:16] if any(master) else bytes(16)


def _tap(row: dict[str, Any]) -> Tap:
    """The tap of a row, by way of its link wherever ours has that form."""
    mac = row["sdmmac"]
    if row.get("plain"):
        return parse_tap(f"uid={row['uid'].upper()}&ctr={row['read_ctr_hex_msb']}&cmac={mac}")
    picc, file = row["picc_enc_data"], row.get("enc_file_data", "")
    if row.get("param_mode") == "BULK":
        # All in one parameter: only the file stands between the offsets.
        return Tap(bytes.fromhex(picc), bytes.fromhex(mac), bytes.fromhex(file), file.encode())
    return parse_tap(f"picc_data={picc}{f'&enc={file}' if file else ''}&cmac={mac}")


def _keys(row: dict[str, Any]) -> tuple[bytes, bytes]:
    """Meta key and file key."""
    if "master_key" in row:
        master = bytes.fromhex(row["master_key"])
        return _shared_key(master), _tag_key(master, bytes.fromhex(row["uid"]), 2)
    return bytes.fromhex(row.get("sdm_meta_read_key", "00" * 16)), bytes.fromhex(row["sdm_file_read_key"])


@pytest.mark.parametrize("row", [row for row in ROWS["sun"] if row["mode"] == "AES"], ids=lambda row: row["name"])
def test_a_message_holds_exactly_when_the_vector_says_so(row: dict[str, Any]) -> None:
    meta_key, file_key = _keys(row)
    tap = _tap(row)
    claimed = tap.picc if isinstance(tap.picc, Reading) else unseal(tap.picc, meta_key=meta_key)
    tag = Tag(claimed.uid, file_key, meta_key)

    if row["valid"]:
        counter = row["read_ctr"] if "read_ctr" in row else int(row["read_ctr_hex_msb"], 16)
        file = row.get("file_data_ascii", "").encode()
        assert verify_tap(tap, tag) == VerifiedTap(Reading(bytes.fromhex(row["uid"]), counter), file)
    else:
        with pytest.raises(ForgedError) as refused:
            verify_tap(tap, tag)
        assert refused.value.code is Code.FORGED_TAP


@pytest.mark.parametrize("row", ROWS["kdf"], ids=lambda row: row["master"])
def test_keys_diversified_on_our_cmac_are_the_vectors(row: dict[str, Any]) -> None:
    master = bytes.fromhex(row["master"])

    assert _shared_key(master).hex() == row["undiversified_1"]
    for uid, number, key in row["tag"]:
        assert _tag_key(master, bytes.fromhex(uid), number).hex() == key


def test_every_row_is_looked_at() -> None:
    assert set(ROWS) == {"sun", "kdf"}
    assert {row["mode"] for row in ROWS["sun"]} <= {"AES", "LRP"}
    assert any(row["valid"] for row in ROWS["sun"] if row["mode"] == "AES")
