"""What holds for every test: the same luck each time, and no test that hangs unseen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.world import World

# Machines differ and are shared: a slow example is no failure. Derandomised, so that a red run is red again;
# `HYPOTHESIS_PROFILE=search` looks further and keeps what it finds.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A trade of one's own: everyone in ``tests.cast`` is enrolled, and nothing has happened yet."""
    from tests.world import World  # noqa: PLC0415 - not every test needs a database

    world = World(tmp_path / "world")
    yield world
    world.close()
