"""What commands open and write: the installation, key files, input files, results.

Rules:

* nothing is overwritten: a file that is there stays;
* the passphrase comes from ``PROVENANCE_PASSPHRASE_FILE`` or ``PROVENANCE_PASSPHRASE``; where neither opens the key
  and someone sits at the terminal, they are asked;
* a private key is readable by its owner alone, and is never printed.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.codes import Code
from provenance.config import Settings, read_settings
from provenance.errors import ConfigurationError, ForgedError, MalformedError

if TYPE_CHECKING:
    from provenance.bootstrap import Services
    from provenance.crypto.keys import SigningKey
    from provenance.ids import PartyId
    from provenance.trust import Trust


def settings() -> Settings:
    """The settings of this command: the environment, with ``--home`` over it."""
    home = click.get_current_context().find_root().params["home"]
    return read_settings({**os.environ, "PROVENANCE_HOME": str(home)})


def installation() -> Settings:
    """The settings, if there is an installation under them."""
    found = settings()
    if not found.trust_file.exists():
        raise ConfigurationError(Code.NOT_SET_UP, f"there is no installation in {found.home}")
    return found


@contextmanager
def services(passphrase: str | None = None) -> Iterator[Services]:
    """The installation, as long as the block lasts; ``passphrase`` opens its log key instead of the environment's."""
    require("sqlalchemy")
    from provenance.bootstrap import build

    found = installation()
    opened = build(found if passphrase is None else replace(found, passphrase=passphrase))
    try:
        yield opened
    finally:
        opened.store.close()


def licences() -> Mapping[str, PartyId]:
    """Whose company prefix is whose in this installation; nobody's where there is none."""
    if not settings().trust_file.exists() or importlib.util.find_spec("sqlalchemy") is None:
        return {}
    with services() as opened:
        return opened.drafting.registry().licences


def require(*packages: str) -> None:
    """Refuse, with what to install, where only the core is installed."""
    for package in packages:
        require_extra(package, "server")


def require_extra(package: str, extra: str) -> None:
    """Refuse, with what to install, where a package is absent that one extra brings."""
    if importlib.util.find_spec(package) is None:
        message = f"the package {package} is not installed; this command needs 'provenance[{extra}]'"
        raise ConfigurationError(Code.BAD_SETTING, message)


def trust_in(path: Path) -> Trust:
    """The trust in a file; one that does not say whom to believe is a setting to correct, not a verdict."""
    from provenance.trust import parse_trust

    try:
        return parse_trust(read_bytes(path))
    except MalformedError as err:
        raise ConfigurationError(err.code, f"{path}: {err.refusal.message}", pointer=err.pointer) from err


def read_bytes(path: Path) -> bytes:
    """All of a file, or of stdin for ``-``."""
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as err:
        raise ConfigurationError(Code.BAD_SETTING, f"{path} can't be read: {err.strerror}") from err


def write_new(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file that is not there yet; refuses one that is."""
    from provenance.adapters.outside import write_durably

    if path.exists():
        raise exists_already(path)
    write_durably(path, data, mode=mode)


def exists_already(path: Path) -> ConfigurationError:
    """The refusal to overwrite."""
    return ConfigurationError(Code.FILE_EXISTS, f"{path} is there already")


def seal_new(path: Path, key: SigningKey, passphrase: str) -> None:
    """Write a new key file that only its owner may read."""
    from provenance.adapters.outside import random_bytes
    from provenance.crypto.keys import seal

    write_new(path, seal(key, passphrase=passphrase, salt=random_bytes(16), nonce=random_bytes(24)), mode=0o600)


def new_key() -> SigningKey:
    """A key nobody has had before."""
    from provenance.adapters.outside import random_bytes
    from provenance.crypto.keys import signing_key_from_seed

    return signing_key_from_seed(random_bytes(32))


def key_in(path: Path) -> SigningKey:
    """The private key in a key file, opened with the passphrase at hand or by asking for it."""
    from provenance.crypto.keys import open_sealed

    data, passphrase = read_bytes(path), settings().passphrase
    if passphrase is not None:
        try:
            return open_sealed(data, passphrase=passphrase)
        except ForgedError:
            if not sys.stdin.isatty():
                raise
    return open_sealed(data, passphrase=_ask(f"Passphrase of {path}", confirm=False))


def new_passphrase(what: str) -> str:
    """The passphrase for a new key file, from the environment or asked for twice."""
    given = settings().passphrase
    passphrase = _ask(f"New passphrase for {what}", confirm=True) if given is None else given
    if not passphrase:
        raise ConfigurationError(Code.BAD_SETTING, "the passphrase is empty")
    return passphrase


def passphrase_for_log() -> str:
    """What opens the log key: the environment's passphrase, or asked for."""
    installation()
    return passphrase_for("log")


def passphrase_for(name: str) -> str:
    """What opens the home's key file of this name: the environment's passphrase, or asked for."""
    found = settings()
    if found.passphrase is not None:
        return found.passphrase
    return _ask(f"Passphrase of {found.key_file(name)}", confirm=False)


def _ask(what: str, *, confirm: bool) -> str:
    if not sys.stdin.isatty():
        message = "a passphrase is needed: set PROVENANCE_PASSPHRASE_FILE, or run this at a terminal"
        raise ConfigurationError(Code.BAD_SETTING, message)
    return str(click.prompt(what, hide_input=True, confirmation_prompt=confirm, err=True))
