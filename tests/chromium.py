"""A real browser for tests: Chromium, driven over the pipe of its DevTools protocol.

Rules:

* nothing is installed: whatever Chromium or Chrome this machine has is used, and ``executable`` is ``None`` without;
* every page is loaded with the size, language and colour scheme a test asks for, and closed again;
* what ``measure`` evaluates runs in the tester's world: the page itself may be forbidden to run any script.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-extensions", "--hide-scrollbars"),
    *("--font-render-hinting=none", "--remote-debugging-pipe"),
)
# The browser reads commands from descriptor 3 and answers on 4.
_LAUNCH = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execvp(sys.argv[3], sys.argv[3:])"
)
_PATIENCE_SECONDS = 30.0


def executable() -> str | None:
    """The browser of this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@dataclass(frozen=True, slots=True)
class View:
    """How a page is looked at."""

    width: int = 360
    height: int = 740
    language: str = "en"
    is_dark: bool = False
    has_script: bool = True
    wants_less_motion: bool = False
    media: str = "screen"


class Chromium:
    """One running browser."""

    def __init__(self, program: str) -> None:
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, self._out = os.pipe()
        self._in, to_write = os.pipe()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-c", _LAUNCH, str(to_read), str(to_write)),
                *(program, *_FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"),
            ],
            pass_fds=(to_read, to_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_read)
        os.close(to_write)
        self._answers: dict[int, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._last = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=_PATIENCE_SECONDS)
        os.close(self._out)
        self._profile.cleanup()

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """The result of a command of the protocol."""
        self._last += 1
        number = self._last
        message = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        with self._news:
            assert self._news.wait_for(lambda: number in self._answers, _PATIENCE_SECONDS), f"no answer to {method}"
            answer = self._answers.pop(number)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def wait_for(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait for an event; the first one that is it."""
        with self._news:
            assert self._news.wait_for(lambda: any(map(is_it, self.events)), _PATIENCE_SECONDS), "it did not happen"
            return next(filter(is_it, self.events))

    @contextmanager
    def page(self, url: str, view: View = View()) -> Iterator[Page]:
        """A page, loaded and looked at like this."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        try:
            page = Page(self, session)
            page.look(view)
            page.go(url)
            yield page
        finally:
            self.call("Target.closeTarget", targetId=target)

    def _listen(self) -> None:
        waiting = b""
        while data := os.read(self._in, 1 << 16):
            *messages, waiting = (waiting + data).split(b"\0")
            with self._news:
                for message in map(json.loads, messages):
                    if "id" in message:
                        self._answers[message["id"]] = message
                    else:
                        self.events.append(message)
                self._news.notify_all()
        os.close(self._in)


@dataclass(slots=True)
class Page:
    """One loaded page."""

    browser: Chromium
    session: str
    _loader: str = field(default="")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command to this page."""
        return self.browser.call(method, self.session, **parameters)

    def look(self, view: View) -> None:
        """Look at it with this size, language, colour scheme and medium."""
        for domain in ("Page", "Network", "Runtime", "Log", "Accessibility", "DOM"):
            self.call(f"{domain}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=view.width, height=view.height, deviceScaleFactor=2 if view.width < 500 else 1,
            mobile=view.width < 500,
        )  # fmt: skip
        scheme, motion = "dark" if view.is_dark else "light", "reduce" if view.wants_less_motion else "no-preference"
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]
        self.call("Emulation.setEmulatedMedia", media=view.media, features=features)
        self.call("Emulation.setScriptExecutionDisabled", value=not view.has_script)
        self.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": view.language})

    def go(self, url: str) -> None:
        """Load an address and wait until all of it is there."""
        self._forget()
        answer = self.call("Page.navigate", url=url)
        assert "errorText" not in answer, f"{url}: {answer['errorText']}"
        self._loaded(lambda loader: loader == answer["loaderId"])

    def measure(self, expression: str) -> Any:
        """What an expression of JavaScript gives."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def text(self) -> str:
        """What can be read on the page."""
        return str(self.measure("document.body.innerText"))

    def press(self, key: str) -> None:
        """Press and release a key: ``Tab``, ``Enter``."""
        codes = {"Tab": 9, "Enter": 13}
        more = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=codes[key], **more)
            more = {}

    def type(self, text: str) -> None:
        """Type where the focus is."""
        self.call("Input.insertText", text=text)

    def follow(self, key: str) -> None:
        """Press a key that leads to another page, and wait for it."""
        before = self._loader
        self._forget()
        self.press(key)
        self._loaded(lambda loader: loader != before)

    def accessible(self) -> list[dict[str, Any]]:
        """What assistive technology is told: role and name of every node that is not ignored."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [
            {"role": node["role"]["value"], "name": node.get("name", {}).get("value", "")}
            for node in nodes
            if not node["ignored"]
        ]

    def complaints(self) -> list[str]:
        """What the browser complained about: refused styles, failed requests, errors."""
        entries = (e["params"]["entry"] for e in self._mine("Log.entryAdded"))
        return [entry["text"] for entry in entries if entry["level"] in ("error", "warning")]

    def requests(self) -> list[str]:
        """Every address that was asked for."""
        return [event["params"]["request"]["url"] for event in self._mine("Network.requestWillBeSent")]

    def picture(self, path: Path) -> None:
        """The whole page as a PNG."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png", clip=self._whole())["data"]
        path.write_bytes(base64.b64decode(data))

    def _whole(self) -> dict[str, float]:
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}

    def _mine(self, method: str) -> list[dict[str, Any]]:
        events = self.browser.events
        return [event for event in events if event["method"] == method and event.get("sessionId") == self.session]

    def _loaded(self, is_this: Callable[[str], bool]) -> None:
        """Wait until the page with this loader is whole: another page's end must not be taken for it."""
        event = self.browser.wait_for(
            lambda event: (
                event["method"] == "Page.lifecycleEvent"
                and event.get("sessionId") == self.session
                and event["params"]["name"] == "load"
                and is_this(event["params"]["loaderId"])
            )
        )
        self._loader = event["params"]["loaderId"]

    def _forget(self) -> None:
        self.browser.events = [event for event in self.browser.events if event.get("sessionId") != self.session]
