"""What a mirror says of itself can be read on the smallest phone, in both languages, and aloud."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.serving import make_server

from provenance.adapters.key_files import read_trust
from provenance.log.alarm import Alarm, Kind, format_alarm
from provenance.log.note import parse_note
from tests.chromium import Chromium
from tests.homes import ITEM
from tests.measures import SMALL_TARGETS, SMALLEST, TOO_WIDE
from tests.mirrors import mirror_app, turn, write_mirrored_home
from tests.served import running

PAGE = ITEM.replace("https://id.gs1.org", "/verify")


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a mirror on which an alarm stands."""
    folder = tmp_path_factory.mktemp("seen")
    home, copy = write_mirrored_home(folder / "home"), folder / "copy"
    assert turn(home, copy).code == 0
    note, log = parse_note((copy / "checkpoint").read_bytes()), read_trust(home / "trust.json").log
    (copy / "evidence").mkdir()
    alarm = Alarm(Kind.STALE, log, note, None, datetime.now(UTC) + timedelta(days=1))
    (copy / "evidence" / "alarm-00.json").write_bytes(format_alarm(alarm))
    with mirror_app(home, copy) as app:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        with running(server):
            yield f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize(("language", "label"), [("en", "About this mirror"), ("zh-CN", "关于此镜像")])
@pytest.mark.parametrize("path", ["/", PAGE])
def test_the_mirrors_own_words_fit_and_are_a_landmark(
    path: str, language: str, label: str, browser: Chromium, mirror: str
) -> None:
    with browser.page(f"{mirror}{path}?lang={language}", SMALLEST) as page:
        assert page.measure("document.documentElement.scrollWidth") == 320
        assert page.measure(TOO_WIDE) == []
        assert page.measure(SMALL_TARGETS) == []
        assert page.complaints() == []
        assert {"role": "complementary", "name": label} in page.accessible()
        icons = page.measure(
            "[...document.querySelectorAll('.mirror .icon')].map(e => e.getBoundingClientRect().width)"
        )
        assert len(icons) == 2
        assert min(icons) > 10
