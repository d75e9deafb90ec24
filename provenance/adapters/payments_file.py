"""The operator's file with the accounts at payment providers; what is wrong with it is said without repeating it."""

from __future__ import annotations

from pathlib import Path

from provenance.codes import Code
from provenance.commerce.payment_accounts import PaymentSetup, parse_payment_setup
from provenance.encoding.canonical import parse_any
from provenance.errors import ConfigurationError, MalformedError


def read_payments(path: Path | None) -> PaymentSetup | None:
    """The accounts in a file; ``None`` where no file is named, and nobody takes payments."""
    if path is None:
        return None
    try:
        data = path.read_bytes()
    except OSError as err:
        message = f"{path} can't be read ({err.strerror}); PROVENANCE_PAYMENTS names it"
        raise ConfigurationError(Code.BAD_SETTING, message) from err
    try:
        return parse_payment_setup(parse_any(data))
    except MalformedError as err:
        # What the parser says may repeat a piece of the file, and the file holds secrets.
        raise ConfigurationError(Code.BAD_SETTING, f"{path} is no JSON object ({err.code})") from None
