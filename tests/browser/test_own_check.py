"""The reader's own check, in a real browser: a bundle that holds, one with one changed byte, and the page in a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from provenance.bundle import parse_bundle
from provenance.custody.verdict import VerdictClass
from provenance.proof_steps import ProofStep
from provenance.trust import parse_trust
from tests.chromium import Chromium, Page, View
from web.offline import offline_page
from web.pages.text import Language, text_in

if TYPE_CHECKING:
    from tests.browser.conftest import Site

_CHECK = """
(async () => {
  const section = document.querySelector("section.check");
  const until = async (is) => { while (!is()) await new Promise((done) => setTimeout(done, 20)); };
  await until(() => "ready" in section.dataset);
  section.querySelector("button").click();
  await until(() => "ended" in section.dataset);
  const lines = [...section.querySelectorAll("[data-step]")];
  return [section.dataset.ended, Object.fromEntries(lines.map((line) => [line.dataset.step, line.dataset.ended]))];
})()
"""
_REASONS = """
[...document.querySelectorAll("[data-ended=fails] .reason")].map((place) => [place.lang, place.textContent])
"""
_ALTERED = """
const fetched = window.fetch;
window.fetch = async (address, ...rest) => {
  const answer = await fetched(address, ...rest);
  if (!String(address).endsWith("/bundle")) return answer;
  const text = await answer.text();
  const altered = text.replace("IwMjYtMDUt", "IwMjctMDUt");
  if (altered === text) throw new Error("nothing to alter");
  return new Response(altered);
};
0
"""
PHONE, DESK = View(360, 740), View(1280, 900)


def checked(page: Page) -> tuple[str, dict[str, str]]:
    ended, steps = page.measure(_CHECK)
    return str(ended), dict(steps)


def holding() -> dict[str, str]:
    return {step.value: "holds" for step in ProofStep} | {"cosignatures": "not-asked"}


@pytest.mark.parametrize("view", [PHONE, View(1280, 900, "zh-CN")], ids=["phone", "desk"])
def test_the_page_verifies_a_real_bundle_by_itself(view: View, browser: Chromium, site: Site, tmp_path: Path) -> None:
    with browser.page(site.page(VerdictClass.CONSISTENT), view) as page:
        ended = checked(page)
        page.picture(tmp_path / "passed.png")

        assert ended == ("passed", holding())
        assert page.complaints() == []


def test_one_changed_byte_is_shown_at_the_step_that_sees_it(browser: Chromium, site: Site, tmp_path: Path) -> None:
    with browser.page(site.page(VerdictClass.CONSISTENT), PHONE) as page:
        page.measure(_ALTERED)
        ended, steps = checked(page)
        page.picture(tmp_path / "failed.png")
        said = page.measure("document.querySelector('section.check').innerText")

    assert ended == "failed"
    # What follows links to the statement as it was, and the leaf was of it too.
    assert steps == holding() | dict.fromkeys(("signatures", "links", "inclusion"), "fails") | {
        "authority": "not-checked"
    }
    assert "does not hold" in said
    assert "A step failed" in said


def test_why_a_step_failed_is_said_in_the_readers_language(browser: Chromium, site: Site) -> None:
    with browser.page(site.page(VerdictClass.CONSISTENT), View(360, 740, "zh-CN")) as page:
        page.measure(_ALTERED)
        checked(page)
        reasons = page.measure(_REASONS)

    assert len(reasons) == 3
    for language, reason in reasons:
        assert language == "zh-CN"
        assert re.search("(签名不成立|不衔接|没有通向根)$", reason)
        assert not re.search("[{}]|undefined", reason)


@pytest.mark.parametrize("language", Language)
def test_the_page_in_a_file_checks_itself_without_a_server(
    language: Language, browser: Chromium, site: Site, tmp_path: Path
) -> None:
    with urlopen(site.page(VerdictClass.CONSISTENT) + "/bundle") as answer:
        bundle = parse_bundle(answer.read())
    with urlopen(f"{site.origin}/trust.json") as answer:
        trust = parse_trust(answer.read())
    file = tmp_path / "evidence.html"
    file.write_bytes(offline_page(bundle, trust, text_in(language)))

    with browser.page(file.as_uri(), DESK) as page:
        ended = checked(page)
        page.picture(tmp_path / "offline.png")

        assert ended == ("passed", holding())
        assert page.complaints() == []
        assert not [url for url in page.requests() if not re.match("file:|data:", url)]


def test_without_script_the_check_is_not_shown(browser: Chromium, site: Site) -> None:
    with browser.page(site.page(VerdictClass.CONSISTENT), View(has_script=False)) as page:
        assert text_in(Language.ENGLISH)("check.title") not in page.text()
