"""The file of shops is read, or what is wrong with it is said without its secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.adapters.shops_file import read_shop_accounts
from provenance.codes import Code
from provenance.commerce.shop_deliveries import Shop
from provenance.errors import ConfigurationError


def test_the_shops_in_a_file_may_post_and_without_a_file_none_may(tmp_path: Path) -> None:
    (tmp_path / "shops.json").write_bytes(b'{"seller":"9520789000004","woocommerce":["hush-hush-2026"]}')

    accounts = read_shop_accounts(tmp_path / "shops.json")

    assert accounts is not None
    assert accounts.secrets == {Shop.WOOCOMMERCE: (b"hush-hush-2026",)}
    assert read_shop_accounts(None) is None


@pytest.mark.parametrize("data", [None, b"hush-hush", b'{"seller":"hush-hush"}', b'{"hush-hush":1,"hush-hush":2}'])
def test_a_file_that_is_none_is_a_setting_to_correct_and_no_secret_is_repeated(
    tmp_path: Path, data: bytes | None
) -> None:
    if data is not None:
        (tmp_path / "shops.json").write_bytes(data)

    with pytest.raises(ConfigurationError) as refused:
        read_shop_accounts(tmp_path / "shops.json")

    assert refused.value.code is Code.BAD_SETTING
    assert "hush" not in str(refused.value)
