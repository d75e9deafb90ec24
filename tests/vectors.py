"""Where third-party test vectors lie, and what happens when they do not.

They are the work of others and no part of this project, so they are kept beside it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
"""The project's root."""


def vectors(*parts: str) -> Path:
    """The vector file or folder with this path; the calling test, or module, is skipped where there is none.

    It may be called while tests are collected: ``CASES = json.loads(vectors("gs1", "….json").read_text())``.
    """
    kept = ROOT.parent / "shared" / "vectors"
    if not kept.is_dir():
        pytest.skip(f"third-party test vectors are absent: no folder {kept}", allow_module_level=True)
    path = kept.joinpath(*parts)
    assert path.exists(), f"the vectors are there, but not {path.relative_to(kept)}"
    return path
