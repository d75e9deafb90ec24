"""A phone opens what a QR code says, and lands on the page that fits: on record, never issued, mistyped, elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from provenance.gs1.link_types import parse_link_type
from provenance.gs1.linkset import WebLink
from tests.cast import MAKER, STRANGER, gtin, item
from tests.chromium import Chromium
from tests.measures import CUT_OFF_TEXTS, SMALL_TARGETS, SMALLEST, TOO_WIDE
from tests.resolvers import Resolver, served
from tests.world import World

PIP = parse_link_type("gs1:pip")
LONG = "https://a-very-long-name-of-a-shop-that-sells-olives-and-figs.example/olives/green/2026/spring"
PAGES = (
    WebLink(PIP, "https://olivar.example/olives", "Green olives in brine, from old trees", "text/html", ("en",)),
    WebLink(PIP, LONG, "Thepageofashopwhosetitlehasnospaceatallandiswiderthananyphone", "text/html", ("en",)),
    WebLink(PIP, "https://olivar.example/zh", "盐水绿橄榄", "text/html", ("zh-CN",), ("CN", "SG")),
    WebLink(parse_link_type("gs1:recipeInfo"), "https://olivar.example/tapenade.pdf", "Tapenade", "application/pdf"),
)


def path_of(name: str) -> str:
    return name.removeprefix("https://id.gs1.org")


CLASS, ISSUED = path_of(gtin()), path_of(item("A1"))
LANDINGS = {
    "on record": (ISSUED, 200, "Record consistent", "记录一致"),
    "never issued": (path_of(item("ZZ9")), 404, "Never issued", "从未签发"),
    "not yet active": ("{fresh}", 200, "Not active", "未启用"),
    "a mistyped serial": ("{slipped}", 404, "This serial number was mistyped", "序列号输入有误"),
    "mistyped": (f"{CLASS[:-1]}2/21/A1", 400, "This number was mistyped or misread", "编号输入或识读有误"),
    "elsewhere": (path_of(item("A1", STRANGER)), 404, "This number is not known here", "这里查不到这个编号"),
    "a product": (CLASS, 200, "Product", "产品"),
    "a lot without a record": (f"{CLASS}/10/KL8G", 200, "Product", "产品"),
    "a party": (path_of(MAKER.party), 200, "Party", "参与方"),
    "a choice": (f"{CLASS}?linkType=gs1:pip&context=LK", 300, "Choose a page", "请选择页面"),
    "no such page": (f"{ISSUED}?linkType=gs1:menuInfo", 404, "There is no page of this kind", "没有这一类页面"),
    "the list": (f"{ISSUED}?linkType=linkset", 200, "Everything about this code", "与这个码有关的全部页面"),
}


@dataclass(frozen=True, slots=True)
class Site:
    """A running resolver, and the code of a serial that is printed on nothing yet."""

    resolver: Resolver
    fresh: str

    def address(self, path: str, language: str) -> str:
        """What a code says, and the language its reader wants."""
        slipped = self.fresh[:-1] + ("2" if self.fresh[-1] != "2" else "3")
        path = path.format(fresh=self.fresh, slipped=slipped)
        return f"{self.resolver.root}{path}{'&' if '?' in path else '?'}lang={language}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("codes")
    world = World(folder / "world")
    world.made(item("A1"))
    fresh = world.services.issuing.issue(CLASS.removeprefix("/01/"), 1)[0].subject
    world.linked(gtin(), *PAGES)
    world.services.checkpointing.checkpoint()
    with served(world.services, folder) as running:
        yield Site(running, path_of(fresh))
    world.close()


@pytest.mark.parametrize("name", LANDINGS)
def test_what_a_code_says_opens_the_page_that_fits_in_both_languages(name: str, browser: Chromium, site: Site) -> None:
    path, status, english, chinese = LANDINGS[name]

    for language, title in (("en", english), ("zh-CN", chinese)):
        with browser.page(site.address(path, language), SMALLEST) as page:
            assert title in page.text()
            assert page.measure("document.documentElement.lang") == language
            assert page.measure("performance.getEntriesByType('navigation')[0].responseStatus") == status
            assert page.measure("document.documentElement.scrollWidth") == 320
            assert page.measure(TOO_WIDE) == page.measure(SMALL_TARGETS) == page.measure(CUT_OFF_TEXTS) == []
            assert all(asked.startswith(site.resolver.root) for asked in page.requests())


def test_a_reader_chooses_by_where_a_page_lies_with_the_keyboard_alone(browser: Chromium, site: Site) -> None:
    with browser.page(site.address(f"{CLASS}?linkType=gs1:pip&context=LK", "en"), SMALLEST) as page:
        links = page.measure("[...document.querySelectorAll('.links a')].map(link => link.href)")
        hosts = page.measure("[...document.querySelectorAll('.links .host')].map(host => host.innerText)")

        assert links == [link.href for link in PAGES[:2]]
        assert hosts == [link.href.split("/")[2] for link in PAGES[:2]]
        for _ in range(12):
            page.press("Tab")
            if page.measure("document.activeElement.href") == links[0]:
                break
        assert page.measure("document.activeElement.href") == links[0]
