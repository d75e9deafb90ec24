from __future__ import annotations

import pytest

from labels.artwork import item_label_png, item_label_svg
from labels.links import printed_link
from provenance.codes import Code
from provenance.errors import MalformedError
from tests.label_views import LINK, PRINTED


@pytest.mark.parametrize(
    ("given_link", "printed"),
    [
        (LINK, PRINTED),
        ("https://id.example.org/01/09521234543213/21/aBc", "https://ID.EXAMPLE.ORG/01/09521234543213/21/aBc"),
        ("https://Example.org/shop/01/09521234543213/10/L7", "https://EXAMPLE.ORG/shop/01/09521234543213/10/L7"),
        ("http://localhost:8000/01/09521234543213/21/1", "http://LOCALHOST:8000/01/09521234543213/21/1"),
        ("https://id.gs1.org/00/395201234512345678", "https://ID.GS1.ORG/00/395201234512345678"),
    ],
)
def test_only_the_host_is_printed_in_capitals(given_link: str, printed: str) -> None:
    assert printed_link(given_link) == printed


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.UNKNOWN_IDENTIFIER),
        ("https://example.org/", Code.UNKNOWN_IDENTIFIER),
        ("https://example.org/01/09521234543214/21/1", Code.BAD_CHECK_DIGIT),
        ("urn:epc:id:sgtin:9521234.054321.1", Code.UNKNOWN_IDENTIFIER),
        ("https://user@example.org/01/09521234543213/21/1", Code.UNKNOWN_IDENTIFIER),
        ("https://exämple.org/01/09521234543213/21/1", Code.WRONG_CHARACTER),
        ("javascript://example.org/01/09521234543213/21/1", Code.UNKNOWN_IDENTIFIER),
        ("https://example.org/01/09521234543213/21/1" + "0" * 10_000_000, Code.UNKNOWN_IDENTIFIER),
    ],
)
def test_refuses_to_print_what_is_no_digital_link(text: str, code: Code) -> None:
    for make in (printed_link, item_label_svg, item_label_png):
        with pytest.raises(MalformedError) as refused:
            make(text)
        assert refused.value.code is code
