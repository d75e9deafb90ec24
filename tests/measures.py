"""What a page must not be on the smallest phone, as a browser measures it: each gives a list of what is wrong."""

from __future__ import annotations

from tests.chromium import View

SMALLEST = View(320, 640)

TOO_WIDE = """
[...document.querySelectorAll("body *")].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && !e.closest(".hidden, .skip") && (box.right > innerWidth + 0.5 || box.left < -0.5);
}).map(e => e.outerHTML.slice(0, 120))
"""
SMALL_TARGETS = """
[...document.querySelectorAll("a, button, input, summary")].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && e.type !== "hidden" && !e.closest(".skip") && (box.height < 24 || box.width < 24);
}).map(e => e.outerHTML.slice(0, 120))
"""
CUT_OFF_TEXTS = """
[...document.querySelectorAll("svg.picture text")].filter(e => {
  const box = e.getBBox();
  return box.x + box.width > e.ownerSVGElement.viewBox.baseVal.width;
}).map(e => e.textContent)
"""
