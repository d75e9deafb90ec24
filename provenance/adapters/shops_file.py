"""The operator's file with the shops that may post orders here; what is wrong with it is said without a secret."""

from __future__ import annotations

from pathlib import Path

from provenance.codes import Code
from provenance.commerce.shop_deliveries import ShopAccounts, parse_shop_accounts
from provenance.errors import ConfigurationError, MalformedError


def read_shop_accounts(path: Path | None) -> ShopAccounts | None:
    """The accounts in a file; ``None`` where no file is named, and no shop may post."""
    if path is None:
        return None
    try:
        data = path.read_bytes()
    except OSError as err:
        message = f"{path} can't be read ({err.strerror}); PROVENANCE_SHOP_SECRETS names it"
        raise ConfigurationError(Code.BAD_SETTING, message) from err
    try:
        return parse_shop_accounts(data)
    except MalformedError as err:
        # What the parser says may repeat a piece of the file, and the file holds secrets.
        raise ConfigurationError(Code.BAD_SETTING, f"{path} names no shops ({err.code})", pointer=err.pointer) from None
