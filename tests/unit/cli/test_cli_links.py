"""``provenance link``: set, remove, list."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.homes import write_home
from tests.terminal import Said, Terminal

GTIN = "https://id.gs1.org/01/09520123000011"
HREF = "https://olivar.example/olives"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(write_home(tmp_path / "home"))


def setting(terminal: Terminal, *more: str, about: str = GTIN, href: str = HREF, key: str = "maker") -> Said:
    return terminal(
        "link", "set", about, "--type", "gs1:pip", "--href", href, "--title", "Our olives",
        "--key", terminal.home / "keys" / f"{key}.key", *more,
    )  # fmt: skip


def test_a_link_is_set_listed_and_removed(terminal: Terminal) -> None:
    said = setting(
        terminal, "--language", "en", "--language", "zh-CN", "--media", "text/html", "--context", "LK", "--default",
        "--json",
    )  # fmt: skip

    assert (said.code, said.object["status"], said.object["default"]) == (0, "accepted", HREF)
    listed = terminal(f"link list {GTIN} --json").object
    assert listed == {
        "about": GTIN,
        "default": HREF,
        "links": [
            {
                "linkType": "gs1:pip",
                "href": HREF,
                "title": "Our olives",
                "type": "text/html",
                "hreflang": ["en", "zh-CN"],
                "context": ["LK"],
            }
        ],
    }
    line = f"gs1:pip  {HREF}  Our olives  (text/html, en, zh-CN, LK)  default\n"
    assert terminal(f"link list {GTIN}").out == line

    removed = terminal(f"link remove {GTIN} --type gs1:pip --href {HREF} --key {terminal.home}/keys/maker.key")

    assert (removed.code, removed.out[:8]) == (0, "accepted")
    assert terminal(f"link list {GTIN} --json").object == {"about": GTIN, "default": "", "links": []}


def test_a_key_is_named_as_anywhere_else(terminal: Terminal) -> None:
    assert setting(terminal, about="https://olivar.example/01/09520123000011").code == 0

    assert terminal(f"link list {GTIN}").out.startswith("gs1:pip")


def test_all_links_of_a_kind_are_removed_where_no_address_is_named(terminal: Terminal) -> None:
    setting(terminal)
    setting(terminal, href=f"{HREF}/fr")

    terminal(f"link remove {GTIN} --type gs1:pip --key {terminal.home}/keys/maker.key")

    assert terminal(f"link list {GTIN}").out == ""


@pytest.mark.parametrize(
    ("about", "href", "key", "error"),
    [
        (GTIN, HREF, "shop", "error: not-licensed: "),
        (GTIN, "http://olivar.example", "maker", "error: wrong-value at /links/0/href: "),
        (GTIN, "javascript:alert(1)", "maker", "error: wrong-value at /links/0/href: "),
        ("https://id.gs1.org/01/09506000134352", HREF, "maker", "error: not-licensed: "),
        (GTIN, HREF, "root", "error: unknown-key: "),
    ],
)
def test_what_may_not_be_said_is_refused_and_nothing_is_set(
    about: str, href: str, key: str, error: str, terminal: Terminal
) -> None:
    said = setting(terminal, about=about, href=href, key=key)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(error)
    assert terminal(f"link list {about}").out == ""


def test_a_single_thing_keeps_its_record_as_the_default(terminal: Terminal) -> None:
    said = setting(terminal, "--default", about=f"{GTIN}/21/A1")

    assert (said.code, said.err.partition(":")[0]) == (1, "error")
    assert "wrong-value at /default" in said.err
    assert setting(terminal, about=f"{GTIN}/21/A1").code == 0


def test_what_is_not_there_can_not_be_removed(terminal: Terminal) -> None:
    said = terminal(f"link remove {GTIN} --type gs1:pip --key {terminal.home}/keys/maker.key")

    assert (said.code, said.err.partition(": ")[2].partition(":")[0]) == (1, "no-such-link")


def test_a_link_type_that_gs1_has_not_ratified_is_misuse(terminal: Terminal) -> None:
    said = terminal(f"link set {GTIN} --type gs1:nosuch --href {HREF} --title x --key {terminal.home}/keys/maker.key")

    assert (said.code, said.err.partition(": ")[2].partition(":")[0]) == (2, "wrong-value")
