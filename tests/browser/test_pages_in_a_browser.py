"""The pages as people meet them: on a small phone, in the dark, by keyboard, without script, read aloud, on paper."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from provenance.custody.verdict import VerdictClass
from tests.chromium import Chromium, View
from tests.measures import CUT_OFF_TEXTS, SMALL_TARGETS, SMALLEST, TOO_WIDE

if TYPE_CHECKING:
    from tests.browser.conftest import Site

SHOWN = [v for v in VerdictClass if v not in (VerdictClass.CONTRADICTED, VerdictClass.COULD_NOT_CHECK)]
MISTYPED = "/verify/01/09520123000011/21/23456789ABCVQ"
PHONE, DESK = View(360, 740), View(1280, 900)

_NOT_FOUND = "Failed to load resource: the server responded with a status of 404 (NOT FOUND)"
_STYLE = "(getComputedStyle(document.querySelector('{}')).{})"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("verdict", SHOWN)
def test_nothing_is_wider_than_the_smallest_phone_and_the_browser_complains_of_nothing(
    verdict: VerdictClass, language: str, browser: Chromium, site: Site
) -> None:
    with browser.page(site.page(verdict, f"?lang={language}"), SMALLEST) as page:
        page.measure("document.querySelectorAll('details').forEach(each => each.open = true)")

        assert page.measure("document.documentElement.scrollWidth") == 320
        assert page.measure(TOO_WIDE) == []
        assert page.measure(SMALL_TARGETS) == []
        assert page.measure(CUT_OFF_TEXTS) == []
        assert page.complaints() == [_NOT_FOUND] * (verdict is VerdictClass.NOT_ISSUED)
        assert all(address.startswith(site.origin) for address in page.requests())


@pytest.mark.parametrize(
    "path", ["/", "/scan?code=(01)09520123000010(21)A1", MISTYPED, "/problems/stale-link", "/nowhere"]
)
@pytest.mark.parametrize("view", [SMALLEST, DESK], ids=["phone", "desk"])
def test_every_other_page_fits_too(path: str, view: View, browser: Chromium, site: Site) -> None:
    with browser.page(site.origin + path, view) as page:
        assert page.measure("document.documentElement.scrollWidth") == view.width
        assert page.measure(TOO_WIDE) == []
        assert page.measure(SMALL_TARGETS) == []


@pytest.mark.parametrize("verdict", SHOWN)
def test_the_answer_is_seen_without_scrolling_as_colour_icon_and_word(
    verdict: VerdictClass, browser: Chromium, site: Site
) -> None:
    with browser.page(site.page(verdict), PHONE) as page:
        word = page.measure("document.querySelector('.banner .word').getBoundingClientRect().bottom")
        icon = page.measure("document.querySelector('.banner .word svg path').getBoundingClientRect().width")

        assert word < PHONE.height
        assert icon > 10
        assert page.measure("document.querySelector('.banner .word').innerText.trim()")
        assert page.measure(_STYLE.format(".banner", "backgroundColor")) not in (
            "rgba(0, 0, 0, 0)",
            "rgb(255, 255, 255)",
        )


def test_a_code_is_looked_up_by_keyboard_alone_and_without_script(browser: Chromium, site: Site) -> None:
    thing = site.things[VerdictClass.CONSISTENT]
    gtin, serial = thing.split("/")[4], thing.split("/")[6]

    with browser.page(f"{site.origin}/?lang=zh", View(has_script=False)) as page:
        page.call("Emulation.setScriptExecutionDisabled", value=False)
        for _ in range(10):
            page.press("Tab")
            if page.measure("document.activeElement.id") == "code":
                break
        page.type(f"(01){gtin}(21){serial}")
        page.call("Emulation.setScriptExecutionDisabled", value=True)
        page.follow("Enter")
        page.call("Emulation.setScriptExecutionDisabled", value=False)

        assert page.measure("location.href") == site.page(VerdictClass.CONSISTENT, "?lang=zh-CN")
        assert "记录一致" in page.text()


def test_the_first_key_shows_the_way_past_the_frame(browser: Chromium, site: Site) -> None:
    with browser.page(site.page(VerdictClass.CONSISTENT), PHONE) as page:
        before = page.measure("document.querySelector('.skip').getBoundingClientRect().bottom")
        page.press("Tab")
        focused = page.measure("document.activeElement.className")
        after = page.measure("document.querySelector('.skip').getBoundingClientRect().top")
        page.press("Enter")

        assert before <= 0
        assert (focused, after) == ("skip", 0)
        assert page.measure("document.activeElement.id") == "content"


def test_whatever_has_the_focus_is_outlined(browser: Chromium, site: Site) -> None:
    with browser.page(site.page(VerdictClass.CONSISTENT), PHONE) as page:
        reached = []
        for _ in range(8):
            page.press("Tab")
            reached.append(page.measure("document.activeElement.tagName"))
            outline = page.measure("getComputedStyle(document.activeElement).outlineStyle")
            assert (reached[-1], outline) == ("BODY", "none") or outline == "solid"

        assert {"A", "SUMMARY"} <= set(reached)


def _of(nodes: list[dict[str, Any]], role: str) -> list[str]:
    return [node["name"] for node in nodes if node["role"] == role]


def test_the_page_can_be_read_aloud(browser: Chromium, site: Site) -> None:
    with browser.page(site.page(VerdictClass.STOLEN), PHONE) as page:
        nodes = page.accessible()

        assert [len(_of(nodes, role)) for role in ("main", "banner", "contentinfo")] == [1, 1, 1]
        assert "Reported stolen or missing" in " ".join(_of(nodes, "StaticText"))
        assert all(_of(nodes, "link"))
        assert all(_of(nodes, "heading"))
        assert [name for role in ("image", "img") for name in _of(nodes, role)] == [
            next(name for role in ("image", "img") for name in _of(nodes, role))
        ]
        assert "Handbag Ada" in next(name for role in ("image", "img") for name in _of(nodes, role))
        assert "Result: " in page.measure("document.getElementById('verdict').textContent")


def test_the_dark_is_dark_and_the_light_is_light(browser: Chromium, site: Site) -> None:
    grounds = []
    for is_dark in (False, True):
        with browser.page(site.page(VerdictClass.CONSISTENT), View(is_dark=is_dark)) as page:
            grounds.append(page.measure(_STYLE.format("html", "backgroundColor")))
            assert page.measure(_STYLE.format("svg.picture text", "fill")) != grounds[-1]

    assert grounds == ["rgb(250, 248, 244)", "rgb(20, 22, 24)"]


def test_nothing_moves_for_whoever_wants_less_motion(browser: Chromium, site: Site) -> None:
    with browser.page(site.page(VerdictClass.CONSISTENT), View(wants_less_motion=True)) as page:
        moving = page.measure(
            "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).animationName !== 'none'"
            " || parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
        )

        assert moving == 0


def test_on_paper_the_answer_stays_and_the_navigation_goes(browser: Chromium, site: Site) -> None:
    with browser.page(site.page(VerdictClass.RECALLED), View(800, 1100, media="print")) as page:
        assert page.measure(_STYLE.format(".languages", "display")) == "none"
        assert page.measure(_STYLE.format("html", "backgroundColor")) == "rgb(255, 255, 255)"
        assert "Do not use, eat, wear or sell it." in page.text()


def test_at_a_desk_the_thing_and_its_steps_stand_side_by_side(browser: Chromium, site: Site) -> None:
    with browser.page(site.page(VerdictClass.CONSISTENT), DESK) as page:
        aside, story = (
            page.measure(f"(b => [b.left, b.right, b.top])(document.querySelector('{part}').getBoundingClientRect())")
            for part in (".aside", ".story")
        )

        assert aside[1] < story[0]
        assert aside[2] == story[2]


def test_the_picture_has_a_row_for_every_step_and_no_text_on_another(browser: Chromium, site: Site) -> None:
    with browser.page(site.page(VerdictClass.CONSISTENT), PHONE) as page:
        boxes = page.measure(
            "[...document.querySelectorAll('svg.picture text')].map(e => e.getBBox()).map(b => [b.y, b.y + b.height])"
        )
        steps, dots = (
            page.measure(f"document.querySelectorAll('{what}').length")
            for what in (".steps > li", "svg.picture circle")
        )

        assert steps == dots >= 9
        assert all(below[0] >= above[1] - 1 for above, below in pairwise(boxes))
