"""The files that say whom an installation believes and what it signs with, read from disk."""

from __future__ import annotations

from pathlib import Path

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, SigningKey, open_sealed, public_of_file
from provenance.errors import ConfigurationError
from provenance.trust import Trust, parse_trust


def read_trust(path: Path) -> Trust:
    """The trust in a file."""
    return parse_trust(_read(path, "run 'provenance init' first, or name the trust file"))


def read_key(path: Path, passphrase: str | None) -> SigningKey:
    """The private key in a key file."""
    if passphrase is None:
        raise ConfigurationError(Code.BAD_SETTING, "set PROVENANCE_PASSPHRASE_FILE: the key file is encrypted")
    return open_sealed(_read(path, "there is no such key file"), passphrase=passphrase)


def read_public(path: Path) -> PublicKey | None:
    """The public half of a key file, which needs no passphrase; ``None`` where there is no such file."""
    return public_of_file(_read(path, "it is a key file")) if path.exists() else None


def _read(path: Path, hint: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as err:
        raise ConfigurationError(Code.BAD_SETTING, f"{path} can't be read ({err.strerror}); {hint}") from err
