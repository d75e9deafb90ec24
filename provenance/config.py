"""The settings of an installation, read once from the environment; an error names the variable.

PROVENANCE_HOME             where database, keys and tiles live (default ./var)
PROVENANCE_DATABASE_URL     sqlite:///… or postgresql+psycopg://…  (default: provenance.db in the home)
PROVENANCE_BASE_URL         how visitors reach the server, and where codes lead (default http://localhost:8000)
PROVENANCE_PASSPHRASE_FILE  a file with the passphrase of the log key; or PROVENANCE_PASSPHRASE itself
PROVENANCE_READERS          parties that may read all bodies at once, with spaces between (inspectors may anyway)
PROVENANCE_PAYMENTS         a file with the accounts at payment providers; none: no payments are taken here
PROVENANCE_SHOP_SECRETS     a file with the secrets of the shops that post orders here (default: none may)
PROVENANCE_WEBHOOK_HOSTS    hosts that get webhooks though they are private, with spaces between (default: none)
PROVENANCE_BODY_LIMIT       the largest statement body in bytes (default 1048576)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from provenance.codes import Code
from provenance.custody.roles import parse_party
from provenance.encoding.textual import parse_size
from provenance.errors import ConfigurationError, MalformedError
from provenance.ids import PartyId
from provenance.log.body_bundles import LONGEST_BODY

LARGEST_BODY = LONGEST_BODY


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how large they may be."""

    home: Path
    database_url: str
    base_url: str
    passphrase: str | None
    body_limit: int
    readers: tuple[PartyId, ...]
    payments: Path | None = None
    shop_secrets: Path | None = None
    webhook_hosts: frozenset[str] = frozenset()

    @property
    def trust_file(self) -> Path:
        """Whom this installation's own pages believe; hand a copy to anyone who wants to check offline."""
        return self.home / "trust.json"

    @property
    def tiles(self) -> Path:
        """The published tiles, ready for any file server."""
        return self.home / "tiles"

    @property
    def witness_file(self) -> Path:
        """What a witness in this home remembers."""
        return self.home / "witness.db"

    def key_file(self, name: str) -> Path:
        """The encrypted key file with this name."""
        return self.home / "keys" / f"{name}.key"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in an environment."""
    home = Path(environ.get("PROVENANCE_HOME", "var"))
    base_url = environ.get("PROVENANCE_BASE_URL", "http://localhost:8000").rstrip("/")
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigurationError(Code.BAD_SETTING, f"PROVENANCE_BASE_URL is no http address: {base_url!r}")
    return Settings(
        home,
        environ.get("PROVENANCE_DATABASE_URL", f"sqlite:///{home / 'provenance.db'}"),
        base_url,
        _passphrase(environ),
        _body_limit(environ.get("PROVENANCE_BODY_LIMIT", "1048576")),
        _readers(environ.get("PROVENANCE_READERS", "")),
        Path(environ["PROVENANCE_PAYMENTS"]) if environ.get("PROVENANCE_PAYMENTS") else None,
        Path(shops) if (shops := environ.get("PROVENANCE_SHOP_SECRETS")) else None,
        frozenset(environ.get("PROVENANCE_WEBHOOK_HOSTS", "").lower().split()),
    )


def _passphrase(environ: Mapping[str, str]) -> str | None:
    path = environ.get("PROVENANCE_PASSPHRASE_FILE")
    if path is None:
        return environ.get("PROVENANCE_PASSPHRASE")
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigurationError(Code.BAD_SETTING, f"PROVENANCE_PASSPHRASE_FILE can't be read: {err}") from err


def _body_limit(text: str) -> int:
    try:
        limit = parse_size(text)
    except MalformedError as err:
        raise ConfigurationError(Code.BAD_SETTING, f"PROVENANCE_BODY_LIMIT is no number: {text!r}") from err
    if not 1024 <= limit <= LARGEST_BODY:
        raise ConfigurationError(Code.BAD_SETTING, f"PROVENANCE_BODY_LIMIT must be 1024 to {LARGEST_BODY}")
    return limit


def _readers(text: str) -> tuple[PartyId, ...]:
    try:
        return tuple(map(parse_party, text.split()))
    except MalformedError as err:
        raise ConfigurationError(Code.BAD_SETTING, f"PROVENANCE_READERS: {err.refusal.message}") from err
