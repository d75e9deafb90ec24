"""A time-stamping authority on this machine: OpenSSL's, with a root of its own."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

_SETTINGS = """
[tsa]
default_tsa = here
[here]
serial = ./serial
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[stamping]
extendedKeyUsage = critical,timeStamping
basicConstraints = CA:FALSE
"""


@dataclass(frozen=True, slots=True)
class Authority:
    """Answers requests by running ``openssl ts``; ``roots`` are its certificates to be believed."""

    folder: Path

    @property
    def roots(self) -> bytes:
        """Its root certificate, PEM."""
        return (self.folder / "root.pem").read_bytes()

    def stamp(self, request: bytes) -> bytes:
        """The answer to a request."""
        (self.folder / "asked.tsq").write_bytes(request)
        _openssl(self.folder, "ts -reply -config settings.cnf -queryfile asked.tsq -out answer.tsr")
        return (self.folder / "answer.tsr").read_bytes()

    def says(self, answer: bytes, data: bytes) -> bool:
        """Whether OpenSSL itself finds that an answer holds for these bytes."""
        (self.folder / "checked.tsr").write_bytes(answer)
        (self.folder / "checked.bin").write_bytes(data)
        command = "openssl ts -verify -in checked.tsr -data checked.bin -CAfile root.pem"
        return subprocess.run(command.split(), cwd=self.folder, capture_output=True, check=False).returncode == 0


def founded(folder: Path) -> Authority:
    """An authority with fresh keys; the test is skipped where there is no OpenSSL."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, and it is the time-stamping authority here")
    folder.mkdir()
    (folder / "settings.cnf").write_text(_SETTINGS)
    (folder / "serial").write_text("01\n")
    new_key = "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    _openssl(folder, f"{new_key} -x509 -keyout root.key -out root.pem -subj /CN=root -days 3650")
    _openssl(folder, f"{new_key} -keyout tsa.key -out tsa.csr -subj /CN=tsa")
    _openssl(
        folder,
        "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -set_serial 2 -out tsa.pem -days 3650 "
        "-extfile settings.cnf -extensions stamping",
    )
    return Authority(folder)


def _openssl(folder: Path, words: str) -> None:
    subprocess.run(["openssl", *words.split()], cwd=folder, capture_output=True, check=True)
